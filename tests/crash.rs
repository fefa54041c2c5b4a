//! The function is killed at the worst moments; what it had in hand is delivered again and nothing is lost.
#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tablewarden_tests::eventually;
use tablewarden_tests::fault_proxy::{Fate, FaultProxy, Seen};
use tablewarden_tests::records::{data_event, event_id};
use tablewarden_tests::runtime_api::FunctionError;
use tablewarden_tests::stage::Stage;

#[tokio::test]
async fn killed_before_the_alert_is_out_it_is_told_by_the_next_process() -> Result<()> {
    killed_at("Publish", |request| request.mentions("Action=Publish"), Fate::Hang, 0).await
}

#[tokio::test]
async fn killed_between_alert_and_its_confirmation_it_is_told_again() -> Result<()> {
    killed_at("Publish", |request| request.mentions("Action=Publish"), Fate::PassThenHang, 1).await
}

#[tokio::test]
async fn killed_between_alert_and_acknowledgement_it_is_told_again() -> Result<()> {
    killed_at("PutMetricData", |request| request.mentions("PutMetricData"), Fate::Hang, 1).await
}

#[tokio::test]
async fn killed_while_it_reads_the_object_it_is_told_by_the_next_process() -> Result<()> {
    killed_at("GetObject", |request| request.method == "GET", Fate::Hang, 0).await
}

/// Kills the function while it waits for the answer to `call`, when `told_before` alerts are out, and delivers again.
async fn killed_at(call: &str, is_call: fn(&Seen) -> bool, fate: Fate, told_before: usize) -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(move |request| if is_call(request) { fate.clone() } else { Fate::Pass });
    let victim = stage.function("trail-log", &[("AWS_ENDPOINT_URL", proxy.endpoint())]).await?;
    stage.deliver("orders", &[data_event(1, "orders-api", "DeleteItem", "orders")]).await?;
    let batch = stage.deliveries.batch(1).await?;

    let (answer, killed) = tokio::join!(victim.invoke(&batch), async {
        let waits = async || Ok(proxy.seen().iter().any(is_call).then_some(()));
        let result = eventually(call, Duration::from_secs(20), waits).await;
        victim.kill().await;
        result
    });

    killed?;
    assert!(matches!(answer, Err(FunctionError::Exited { .. })), "{answer:?}");
    let before = stage.told(told_before).await?;
    assert_eq!(stage.deliveries.len().await?, 1, "nobody acknowledged it");

    stage.deliveries.release_all(&batch).await?;
    let fresh = stage.function("trail-log", &[]).await?;
    let again = stage.deliveries.batch(1).await?;
    let answer = fresh.invoke(&again).await?;

    assert_eq!(again["Records"][0]["messageId"], batch["Records"][0]["messageId"]);
    assert_eq!(stage.deliveries.settle(&again, &answer).await?, [""; 0]);
    assert_eq!(stage.deliveries.len().await?, 0);
    let told = stage.told(1).await?;
    assert_eq!(told[0].alert["findings"][0]["event_ids"], json!([event_id(1)]));
    // A duplicate is known as one: it is the same message with the same finding id.
    assert!(before.iter().all(|before| *before == told[0]), "{before:#?}");
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(1));
    Ok(())
}
