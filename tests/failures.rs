//! Faults: what fails comes again, what does not is done, and nothing waits for anything else.
#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]

use anyhow::Result;
use serde_json::{Value, json};
use tablewarden_tests::fault_proxy::{Fate, FaultProxy};
use tablewarden_tests::function::Function;
use tablewarden_tests::records::{data_event, key, log_file, other_service};
use tablewarden_tests::runtime_api::FunctionError;
use tablewarden_tests::stage::{BUCKET, REMEMBERING, Stage};

fn deletion(number: u64, table: &str) -> Value {
    data_event(number, "orders-api", "DeleteItem", table)
}

/// Hands the next `count` messages to the function, settles them by its answer, and gives what is left of them.
async fn run(stage: &Stage, function: &Function, count: usize) -> Result<Vec<String>> {
    let batch = stage.deliveries.batch(count).await?;
    let answer = function.invoke(&batch).await?;
    stage.deliveries.settle(&batch, &answer).await
}

fn tables(told: &[tablewarden_tests::stage::Told]) -> Vec<&str> {
    told.iter().filter_map(|told| told.alert["table"].as_str()).collect()
}

#[tokio::test]
async fn undecodable_body_fails_only_its_own_message() -> Result<()> {
    let stage = Stage::set().await?;
    let function = stage.function("trail-log", &[]).await?;
    stage.deliver("orders", &[deletion(1, "orders")]).await?;
    stage.deliveries.send("{\"Records\": [").await?;
    stage.deliver("carts", &[deletion(2, "carts")]).await?;

    let failed = run(&stage, &function, 3).await?;

    assert_eq!(failed, ["{\"Records\": ["]);
    assert_eq!(tables(&stage.told(2).await?), ["carts", "orders"]);
    Ok(())
}

#[tokio::test]
async fn missing_denied_and_corrupt_objects_fail_only_their_own_messages() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| match request {
        get if get.path.contains("_denied.json.gz") => Fate::s3_error(403, "AccessDenied"),
        _ => Fate::Pass,
    });
    let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL_S3", proxy.endpoint())]).await?;
    let missing = stage.deliver("missing", &[deletion(1, "never-told")]).await?;
    stage.cloud.s3.delete_object().bucket(BUCKET).key(&missing).send().await?;
    stage.deliver("denied", &[deletion(2, "never-told")]).await?;
    // What it held before the cut is told, and its message fails all the same.
    let records: Vec<Value> = std::iter::once(deletion(3, "corrupt")).chain((100..400).map(other_service)).collect();
    let mut cut = log_file(&records);
    cut.truncate(cut.len() * 3 / 4);
    stage.cloud.put(BUCKET, &key("corrupt"), cut).await?;
    stage.deliver("whole", &[deletion(4, "whole")]).await?;

    let failed = run(&stage, &function, 4).await?;

    let failed_of = |name: &str| failed.iter().filter(|body| body.contains(&format!("_{name}.json.gz"))).count();
    assert_eq!(["missing", "denied", "corrupt", "whole"].map(failed_of), [1, 1, 1, 0]);
    assert_eq!(stage.deliveries.len().await?, 3);
    assert_eq!(tables(&stage.told(2).await?), ["corrupt", "whole"]);
    let metrics = stage.metrics().await?;
    assert_eq!([metrics.sum("ObjectsDone", &[]), metrics.sum("ObjectsFailed", &[])], [Some(1), Some(3)]);
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(2));
    let log = function.log().join("\n");
    for problem in ["NoSuchKey", "AccessDenied", "ends in the middle of its gzip data"] {
        assert!(log.contains(problem), "{problem} is not in:\n{log}");
    }
    Ok(())
}

#[tokio::test]
async fn download_cut_short_fails_only_its_own_message_and_is_told_when_it_comes_again() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| match request {
        get if get.path.contains("_cut.json.gz") => Fate::PassThenCut,
        _ => Fate::Pass,
    });
    let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL_S3", proxy.endpoint())]).await?;
    // The deletion is in the half that does not come.
    let records: Vec<Value> = (100..400).map(other_service).chain([deletion(1, "cut")]).collect();
    stage.deliver("cut", &records).await?;
    stage.deliver("whole", &[deletion(2, "whole")]).await?;

    let failed = run(&stage, &function, 2).await?;

    assert_eq!(failed.len(), 1);
    assert!(failed[0].contains("_cut.json.gz"));
    assert_eq!(tables(&stage.told(1).await?), ["whole"]);
    let problem = "end of file before message length reached";
    assert!(function.log().iter().any(|line| line.contains("cannot read on") && line.contains(problem)));

    proxy.rule(|_| Fate::Pass);
    assert_eq!(run(&stage, &function, 1).await?, [""; 0]);
    assert_eq!(tables(&stage.told(1).await?), ["cut"]);
    assert_eq!(stage.deliveries.len().await?, 0);
    let metrics = stage.metrics().await?;
    assert_eq!([metrics.sum("ObjectsDone", &[]), metrics.sum("ObjectsFailed", &[])], [Some(2), Some(1)]);
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(2));
    Ok(())
}

#[tokio::test]
async fn corrupt_object_is_told_again_when_it_comes_again() -> Result<()> {
    let stage = Stage::set().await?;
    let function = stage.function("trail-log", &[]).await?;
    let whole = log_file(&[deletion(1, "orders"), other_service(2)]);
    stage.cloud.put(BUCKET, &key("cut"), whole[..whole.len() - 8].to_vec()).await?;
    assert_eq!(run(&stage, &function, 1).await?.len(), 1);
    let before = stage.told(1).await?;

    // The file is repaired, which is announced too.
    stage.cloud.put(BUCKET, &key("cut"), whole).await?;
    let failed = run(&stage, &function, 2).await?;

    assert_eq!(failed, [""; 0]);
    assert_eq!(stage.told(1).await?, before);
    Ok(())
}

#[tokio::test]
async fn only_messages_with_findings_fail_while_sns_does_and_are_told_when_it_recovers() -> Result<()> {
    for (status, code) in [(503, "ServiceUnavailable"), (400, "Throttling"), (403, "AuthorizationError")] {
        let stage = Stage::set().await?;
        let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
        proxy.rule(move |_| Fate::sns_error(status, code));
        let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL_SNS", proxy.endpoint())]).await?;
        stage.deliver("orders", &[deletion(1, "orders")]).await?;
        stage.deliver("quiet", &[other_service(2)]).await?;
        stage.deliver("carts", &[deletion(3, "carts")]).await?;

        let failed = run(&stage, &function, 3).await?;

        assert_eq!(failed.len(), 2, "{code}");
        assert!(!failed.iter().any(|body| body.contains("_quiet.json.gz")), "{code}");
        assert!(function.log().iter().any(|line| line.contains(code)), "{code}");
        let metrics = stage.metrics().await?;
        assert_eq!(metrics.sum("AlertsFailed", &[]), Some(2));
        assert_eq!(metrics.sum("ItemsDeleted", &[]), None, "what comes again is counted then");
        assert_eq!([metrics.sum("ObjectsDone", &[]), metrics.sum("ObjectsFailed", &[])], [Some(1), Some(2)]);

        proxy.rule(|_| Fate::Pass);
        assert_eq!(run(&stage, &function, 2).await?, [""; 0]);
        assert_eq!(tables(&stage.told(2).await?), ["carts", "orders"]);
        assert_eq!(stage.deliveries.len().await?, 0);
        assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(2));
    }
    Ok(())
}

#[tokio::test]
async fn alert_that_sns_refuses_holds_back_only_the_message_it_is_about() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| match request {
        publish if publish.mentions("table%2Fcarts") => Fate::sns_error(400, "InvalidParameter"),
        _ => Fate::Pass,
    });
    let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL_SNS", proxy.endpoint())]).await?;
    stage.deliver("orders", &[deletion(1, "orders")]).await?;
    stage.deliver("both", &[deletion(2, "carts"), deletion(3, "users")]).await?;

    let failed = run(&stage, &function, 2).await?;

    assert_eq!(failed.len(), 1);
    assert!(failed[0].contains("_both.json.gz"));
    assert_eq!(tables(&stage.told(2).await?), ["orders", "users"]);
    Ok(())
}

#[tokio::test]
async fn metrics_that_cannot_be_put_hold_nothing_back() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|_| Fate::Answer { status: 503, body: String::new() });
    // Nobody listens on port 1.
    for endpoint in [proxy.endpoint(), "http://127.0.0.1:1"] {
        let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL_CLOUDWATCH", endpoint)]).await?;
        stage.deliver("orders", &[deletion(1, "orders")]).await?;

        let failed = run(&stage, &function, 1).await?;

        assert_eq!(failed, [""; 0]);
        assert_eq!(tables(&stage.told(1).await?), ["orders"]);
        assert_eq!(stage.deliveries.len().await?, 0);
        assert!(function.log().iter().any(|line| line.contains("metrics not put")), "{:#?}", function.log());
    }
    assert!(!proxy.seen().is_empty());
    Ok(())
}

#[tokio::test]
async fn record_or_object_over_its_limit_is_told_of_and_the_rest_goes_on() -> Result<()> {
    let stage = Stage::set().await?;
    let limits = [("TABLEWARDEN_MAX_OBJECT_MIB", "1"), ("TABLEWARDEN_MAX_RECORD_KIB", "8")];
    let function = stage.function("trail-log", &limits).await?;
    let mut large = deletion(1, "never-told");
    large["requestParameters"]["key"]["id"] = "x".repeat(8 << 10).into();
    stage.deliver("large-record", &[large, deletion(2, "orders")]).await?;
    let mut records = vec![deletion(3, "carts")];
    records.extend((100..1500).map(other_service));
    stage.deliver("large-object", &records).await?;

    let failed = run(&stage, &function, 2).await?;

    assert_eq!(failed.len(), 1);
    assert!(failed[0].contains("_large-object.json.gz"));
    assert_eq!(tables(&stage.told(2).await?), ["carts", "orders"]);
    assert_eq!(stage.metrics().await?.sum("RecordsRejected", &[]), Some(1));
    Ok(())
}

#[tokio::test]
async fn event_fails_while_its_alert_is_not_out() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|_| Fate::sns_error(503, "ServiceUnavailable"));
    let function = stage.function("ddl-event", &[("AWS_ENDPOINT_URL_SNS", proxy.endpoint())]).await?;
    let event = json!({
        "source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail", "detail": deletion(1, "orders"),
    });

    let refused = function.invoke(&event).await;

    assert!(matches!(refused, Err(FunctionError::Reported(_))), "{refused:?}");
    proxy.rule(|_| Fate::Pass);
    function.invoke(&event).await?;
    assert_eq!(tables(&stage.told(1).await?), ["orders"]);
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(1));
    Ok(())
}

#[tokio::test]
async fn poison_goes_to_the_dead_letters_with_its_reason_in_the_log_and_comes_back_after_the_fix() -> Result<()> {
    let stage = Stage::remembering().await?;
    let dead = stage.cloud.queue("dead").await?;
    stage.deliveries.give_up_to(&dead, 2).await?;
    let function = stage.function("trail-log", &[REMEMBERING]).await?;
    let missing = stage.deliver("missing", &[deletion(1, "orders")]).await?;
    stage.cloud.s3.delete_object().bucket(BUCKET).key(&missing).send().await?;
    stage.deliver("whole", &[deletion(2, "carts")]).await?;

    assert_eq!(run(&stage, &function, 2).await?.len(), 1);
    assert_eq!(run(&stage, &function, 1).await?.len(), 1);
    assert_eq!(stage.deliveries.some(10).await?, None, "it came as often as it may");
    assert_eq!((stage.deliveries.len().await?, dead.len().await?), (0, 1));
    assert_eq!(tables(&stage.told(1).await?), ["carts"]);
    let log = function.log().join("\n");
    assert!(log.contains("message failed") && log.contains("NoSuchKey") && log.contains(&missing), "{log}");

    // The fix announces it too: both messages together tell of it once.
    stage.cloud.put(BUCKET, &missing, log_file(&[deletion(1, "orders")])).await?;
    dead.redrive(&stage.deliveries).await?;
    assert_eq!(run(&stage, &function, 2).await?, [""; 0]);
    assert_eq!(tables(&stage.told(1).await?), ["orders"]);
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(2));
    Ok(())
}
