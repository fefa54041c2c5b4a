//! What was told is in the archive, and coming again it is written over itself.

use std::io::Read as _;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tablewarden_tests::fault_proxy::{Fate, FaultProxy};
use tablewarden_tests::records::{OWNER, data_event, role};
use tablewarden_tests::stage::Stage;

const ARCHIVE: &str = "example-findings";

/// The settings of a function that archives.
const SETTINGS: [(&str, &str); 2] =
    [("TABLEWARDEN_ARCHIVE_BUCKET", ARCHIVE), ("TABLEWARDEN_ARCHIVE_PREFIX", "security/findings")];

fn lines(object: &[u8]) -> Result<Vec<Value>> {
    let mut text = String::new();
    GzDecoder::new(object).read_to_string(&mut text)?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

#[tokio::test]
async fn a_redelivered_log_object_leaves_the_archive_as_it_was() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.bucket(ARCHIVE).await?;
    let function = stage.function("trail-log", &SETTINGS).await?;
    let deletion = data_event(1, "orders-api", "DeleteItem", "orders");
    stage.deliver("orders", std::slice::from_ref(&deletion)).await?;
    let batch = stage.deliveries.batch(1).await?;

    let answer = function.invoke(&batch).await?;

    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let told = stage.told(1).await?;
    let archived = stage.cloud.objects(ARCHIVE).await?;
    assert_eq!(archived.len(), 1, "{:?}", archived.keys());
    let (key, object) = archived.first_key_value().context("no object")?;
    let date = &deletion["eventTime"].as_str().context("no time")?[..10];
    let partition = format!("security/findings/date={date}/account={OWNER}/");
    assert!(key.starts_with(&partition) && key.ends_with(".ndjson.gz"), "{key}");
    let findings = lines(object)?;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["class_uid"], 2004);
    assert_eq!(findings[0]["finding_info"]["uid"], told[0].alert["findings"][0]["id"]);
    assert_eq!(findings[0]["evidences"][0]["actor"]["user"]["uid"], role("orders-api"));

    stage.deliveries.release_all(&batch).await?;
    let again = stage.deliveries.batch(1).await?;
    assert_eq!(again["Records"][0]["messageId"], batch["Records"][0]["messageId"]);
    let answer = function.invoke(&again).await?;

    assert_eq!(stage.deliveries.settle(&again, &answer).await?, [""; 0]);
    assert_eq!(stage.cloud.objects(ARCHIVE).await?, archived);
    Ok(())
}

#[tokio::test]
async fn a_message_whose_finding_is_not_archived_is_kept_until_it_is() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.bucket(ARCHIVE).await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| if request.method == "PUT" { Fate::s3_error(403, "AccessDenied") } else { Fate::Pass });
    let settings = [SETTINGS[0], SETTINGS[1], ("AWS_ENDPOINT_URL", proxy.endpoint())];
    let function = stage.function("trail-log", &settings).await?;
    stage.deliver("orders", &[data_event(1, "orders-api", "DeleteItem", "orders")]).await?;
    let batch = stage.deliveries.batch(1).await?;

    let answer = function.invoke(&batch).await?;

    let id = &batch["Records"][0]["messageId"];
    assert_eq!(answer["batchItemFailures"], json!([{ "itemIdentifier": id }]));
    assert!(stage.cloud.objects(ARCHIVE).await?.is_empty());
    assert!(function.log().iter().any(|line| line.contains("findings not archived") && line.contains(ARCHIVE)));

    proxy.rule(|_| Fate::Pass);
    stage.deliveries.release_all(&batch).await?;
    let again = stage.deliveries.batch(1).await?;
    let answer = function.invoke(&again).await?;

    assert_eq!(stage.deliveries.settle(&again, &answer).await?, [""; 0]);
    assert_eq!(stage.cloud.objects(ARCHIVE).await?.len(), 1);
    assert_eq!(stage.metrics().await?.sum("ItemsDeleted", &[]), Some(1));
    Ok(())
}

#[tokio::test]
async fn without_a_bucket_nothing_is_archived() -> Result<()> {
    let stage = Stage::set().await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    let function = stage.function("trail-log", &[("AWS_ENDPOINT_URL", proxy.endpoint())]).await?;
    stage.deliver("orders", &[data_event(1, "orders-api", "DeleteItem", "orders")]).await?;
    let answer = function.invoke(&stage.deliveries.batch(1).await?).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    stage.told(1).await?;
    assert!(proxy.seen().iter().all(|request| request.method != "PUT"));
    Ok(())
}
