//! What functions remember: whatever comes twice, in parts or by two routes is told once.
#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tablewarden_tests::eventually;
use tablewarden_tests::fault_proxy::{Fate, FaultProxy, Seen};
use tablewarden_tests::function::Function;
use tablewarden_tests::records::{data_event, event_id, key, log_file};
use tablewarden_tests::stage::{BUCKET, REMEMBERING, Stage, Told};

fn deletion(number: u64) -> Value {
    data_event(number, "orders-api", "DeleteItem", "orders")
}

/// Hands the next `count` messages to the function, settles them by its answer, and gives what is left of them.
async fn run(stage: &Stage, function: &Function, count: usize) -> Result<Vec<String>> {
    let batch = stage.deliveries.batch(count).await?;
    let answer = function.invoke(&batch).await?;
    stage.deliveries.settle(&batch, &answer).await
}

/// Whether a request notes which events were told.
fn is_note(request: &Seen) -> bool {
    request.mentions("PutRequest") && request.mentions("event#")
}

fn detections(told: &[Told]) -> Vec<&str> {
    told.iter().filter_map(|told| told.alert["detection"].as_str()).collect()
}

#[tokio::test]
async fn an_object_that_is_announced_again_is_told_and_counted_once_by_any_process() -> Result<()> {
    let stage = Stage::remembering().await?;
    let object = stage.deliver("orders", &[deletion(1)]).await?;
    for process in 0..2 {
        let function = stage.function("trail-log", &[REMEMBERING]).await?;
        assert_eq!(run(&stage, &function, 1).await?, [""; 0]);
        assert_eq!(stage.told(usize::from(process == 0)).await?.len(), usize::from(process == 0));
        stage.cloud.put(BUCKET, &object, log_file(&[deletion(1)])).await?;
    }
    let metrics = stage.metrics().await?;
    assert_eq!((metrics.sum("ItemsDeleted", &[]), metrics.sum("RecordsRead", &[])), (Some(1), Some(1)));
    assert_eq!(metrics.sum("DeliveriesSkipped", &[("Reason", "Repeated")]), Some(1));
    Ok(())
}

#[tokio::test]
async fn two_processes_with_the_same_bulk_deletion_tell_it_once() -> Result<()> {
    let stage = Stage::remembering().await?;
    let (one, other) =
        tokio::try_join!(stage.function("trail-log", &[REMEMBERING]), stage.function("trail-log", &[REMEMBERING]))?;
    // The same records in two objects, as two trails write them: at the same time, one for each process.
    let records: Vec<Value> = (0..150).map(deletion).collect();
    for name in ["first", "second"] {
        stage.deliver(name, &records).await?;
    }
    let batches = (stage.deliveries.batch(1).await?, stage.deliveries.batch(1).await?);
    let (answer, other_answer) = tokio::join!(one.invoke(&batches.0), other.invoke(&batches.1));
    for (batch, answer) in [(&batches.0, answer?), (&batches.1, other_answer?)] {
        assert_eq!(stage.deliveries.settle(batch, &answer).await?, [""; 0]);
    }
    let told = stage.told(2).await?;
    assert_eq!(detections(&told), ["bulk-deletion", "item-deletion"]);
    assert!(told.iter().all(|told| told.alert["accesses"] == 150), "{told:#?}");
    Ok(())
}

#[tokio::test]
async fn a_bulk_deletion_in_three_files_is_told_with_its_sum_and_once() -> Result<()> {
    let stage = Stage::remembering().await?;
    let function = stage.function("trail-log", &[REMEMBERING]).await?;
    for part in 0..3_u64 {
        stage.deliver(&format!("part-{part}"), &(part * 50..part * 50 + 50).map(deletion).collect::<Vec<_>>()).await?;
        assert_eq!(run(&stage, &function, 1).await?, [""; 0]);
    }
    let told = stage.told(2).await?;
    assert_eq!(detections(&told), ["bulk-deletion", "item-deletion"]);
    let reason = told[0].alert["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("100 items deleted within 5 minutes"), "{reason}");
    assert_eq!(stage.metrics().await?.sum("AlertsHeldBack", &[]), Some(3));
    Ok(())
}

#[tokio::test]
async fn an_event_that_came_by_eventbridge_is_not_told_by_its_log_file() -> Result<()> {
    let stage = Stage::remembering().await?;
    let ddl_event = stage.function("ddl-event", &[REMEMBERING]).await?;
    let trail_log = stage.function("trail-log", &[REMEMBERING]).await?;
    let mut record = data_event(1, "orders-api", "DeleteTable", "orders");
    record["eventCategory"] = json!("Management");
    record["managementEvent"] = json!(true);
    let event = json!({
        "version": "0", "id": "0b9c4f8e-1a51-4a0e-8b45-5b1b1f0f6f3f", "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.dynamodb", "account": "111122223333", "time": record["eventTime"], "region": "eu-west-1",
        "resources": [], "detail": record,
    });
    ddl_event.invoke(&event).await?;
    let told = stage.told(1).await?;
    assert_eq!(told[0].alert["findings"][0]["event_ids"], json!([event_id(1)]));

    stage.deliver("orders", &[record]).await?;
    assert_eq!(run(&stage, &trail_log, 1).await?, [""; 0]);
    assert_eq!(stage.told(0).await?, []);
    let metrics = stage.metrics().await?;
    assert_eq!(metrics.sum("Accesses", &[("Table", "other"), ("Effect", "admin")]), Some(1), "{metrics:#?}");
    Ok(())
}

#[tokio::test]
async fn killed_before_it_notes_what_it_told_it_tells_again_and_counts_once() -> Result<()> {
    let stage = Stage::remembering().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    // The first write after the alert: what was told is not noted.
    proxy.rule(|request| if is_note(request) { Fate::Hang } else { Fate::Pass });
    let victim = stage.function("trail-log", &[REMEMBERING, ("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint())]).await?;
    stage.deliver("orders", &[deletion(1)]).await?;
    let batch = stage.deliveries.batch(1).await?;
    let (answer, told) = tokio::join!(victim.invoke(&batch), async {
        let told = stage.told(1).await;
        let waits = async || Ok(proxy.seen().iter().any(is_note).then_some(()));
        let waited = eventually("the note", Duration::from_secs(20), waits).await;
        victim.kill().await;
        waited.and(told)
    });
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(detections(&told?), ["item-deletion"]);

    stage.deliveries.release_all(&batch).await?;
    let fresh = stage.function("trail-log", &[REMEMBERING]).await?;
    // The claim of the dead process has not lapsed: until it has, the message stays in the queue.
    let failed = run(&stage, &fresh, 1).await?;
    assert_eq!(failed.len(), 1);
    assert!(failed[0].contains(&key("orders")), "{failed:?}");
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), None);
    Ok(())
}

#[tokio::test]
async fn a_state_that_is_down_or_throttled_keeps_nothing_from_being_told() -> Result<()> {
    let stage = Stage::remembering().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    let throttled =
        json!({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "Rate exceeded"});
    for (n, status) in [(1, 400), (2, 503)] {
        let body = throttled.to_string();
        proxy.rule(move |_| Fate::Answer { status, body: body.clone() });
        let function =
            stage.function("trail-log", &[REMEMBERING, ("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint())]).await?;
        stage.deliver(&format!("orders-{n}"), &[deletion(n)]).await?;
        assert_eq!(run(&stage, &function, 1).await?, [""; 0]);
        assert_eq!(detections(&stage.told(1).await?), ["item-deletion"]);
        assert!(function.log().iter().any(|line| line.contains("what other runs told is not known")));
    }
    assert!(stage.metrics().await?.sum("StateFailures", &[]) >= Some(2));
    Ok(())
}

#[tokio::test]
async fn a_function_that_would_run_out_of_time_hands_its_message_back_instead_of_dying() -> Result<()> {
    let stage = Stage::remembering().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| if request.path.contains("_slow.json.gz") { Fate::Hang } else { Fate::Pass });
    let function = stage.function("trail-log", &[REMEMBERING, ("AWS_ENDPOINT_URL_S3", proxy.endpoint())]).await?;
    stage.deliver("quick", &[deletion(1)]).await?;
    stage.deliver("slow", &[deletion(2)]).await?;
    let batch = stage.deliveries.batch(2).await?;

    let answer = function.invoke_within(Duration::from_secs(6), &batch).await?;

    let failed = stage.deliveries.settle(&batch, &answer).await?;
    assert!(failed.iter().any(|body| body.contains("_slow.json.gz")), "{failed:?}");
    // What was read in time is told, unless the slow one came first and left no time for it.
    let told = 2 - failed.len();
    assert_eq!(stage.told(told).await?.len(), told);
    assert!(function.log().iter().any(|line| line.contains("no time left")));
    proxy.rule(|_| Fate::Pass);
    let left = stage.deliveries.batch(failed.len()).await?;
    let answer = function.invoke(&left).await?;
    assert_eq!(stage.deliveries.settle(&left, &answer).await?, [""; 0]);
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(2));
    Ok(())
}
