//! The main story: a log object comes into the bucket, and its alert, its metrics and its acknowledgement come out.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tablewarden_tests::cloud::Wrapping;
use tablewarden_tests::eventually;
use tablewarden_tests::function::artefact;
use tablewarden_tests::records::{AGE, OWNER, data_event, denied, event_id, log_file, other_service, role};
use tablewarden_tests::stage::{BUCKET, Stage};

/// Two tables that are known, so that the third is one of `other`.
const POLICY: &str = r#"
version: 1
accounts:
  "111122223333": production
tables:
  - table: orders
    owner: shop-team@example.com
    watch: [delete]
    expected:
      - role: app/orders-api
  - table: customers
    sensitivity: high
    expected:
      - role: app/crm
"#;

#[tokio::test]
async fn log_object_becomes_alerts_and_metrics_and_its_message_is_done() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.put(BUCKET, "config/policy.yaml", POLICY.into()).await?;
    stage.deliveries.take(1).await?;
    let people = stage.cloud.queue("people").await?;
    stage.cloud.subscribe(&stage.topic, &people, Wrapping::Envelope, None).await?;
    let critical = stage.cloud.queue("orders-only").await?;
    stage.cloud.subscribe(&stage.topic, &critical, Wrapping::Raw, Some(&json!({ "table": ["orders"] }))).await?;
    let policy = ("TABLEWARDEN_POLICY", "s3://example-trail-logs/config/policy.yaml");
    let function = stage.function("trail-log", &[policy]).await?;
    // A key of an organisation's trail with a prefix, of which the notification has to be decoded.
    let key =
        format!("audit logs/ä+1/AWSLogs/o-exampleorgid/{OWNER}/CloudTrail/eu-west-1/2026/03/02/{OWNER}_x.json.gz");
    let records = [
        data_event(1, "orders-api", "DeleteItem", "orders"),
        data_event(2, "orders-api", "DeleteItem", "orders"),
        data_event(3, "orders-api", "PutItem", "orders"),
        data_event(4, "report", "GetItem", "customers"),
        data_event(5, "crm", "GetItem", "customers"),
        denied(data_event(6, "crm", "Scan", "customers")),
        data_event(7, "orders-api", "UpdateItem", "sessions"),
        other_service(8),
        data_event(1, "orders-api", "DeleteItem", "orders"),
        json!("no record"),
    ];
    stage.cloud.put(BUCKET, &key, log_file(&records)).await?;

    let batch = stage.deliveries.batch(1).await?;
    let answer = function.invoke(&batch).await?;

    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(stage.deliveries.settle(&batch, &answer).await?, [""; 0]);
    assert_eq!(stage.deliveries.len().await?, 0);

    let told = stage.told(3).await?;
    let heads = |field: &str| told.iter().map(|told| told.alert[field].clone()).collect::<Vec<_>>();
    assert_eq!(heads("detection"), ["access-denied", "item-deletion", "unexpected-principal"]);
    assert_eq!(heads("table"), ["customers", "orders", "customers"]);
    assert_eq!(heads("actor"), [role("crm"), role("orders-api"), role("report")]);
    assert_eq!(heads("severity"), ["medium", "low", "high"]);
    let deletion = &told[1];
    let want = [
        ("account", "111122223333"),
        ("detection", "item-deletion"),
        ("region", "eu-west-1"),
        ("severity", "low"),
        ("table", "orders"),
    ];
    assert_eq!(deletion.attributes, want.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!(deletion.alert["account_name"], "production");
    assert_eq!(deletion.alert["owner"], "shop-team@example.com");
    let finding = &deletion.alert["findings"][0];
    assert_eq!(finding["items"], 2);
    assert_eq!(finding["accesses"], 2);
    assert_eq!((&finding["effect"], &finding["outcome"]), (&json!("delete"), &json!("succeeded")));
    assert_eq!(finding["event_ids"], json!([event_id(1), event_id(2)]));
    assert_eq!(finding["places"], json!([format!("s3://{BUCKET}/{key}")]));

    let mut machines_of_orders = critical.take(1).await?;
    let only: Value = serde_json::from_str(&machines_of_orders.remove(0).body)?;
    assert_eq!(only, deletion.alert);
    let subjects = people.take(3).await?;
    for envelope in subjects {
        let envelope: Value = serde_json::from_str(&envelope.body)?;
        let subject = envelope["Subject"].as_str().unwrap();
        assert!((1..100).contains(&subject.len()), "{subject}");
        assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");
        assert!(told.iter().any(|told| told.alert["subject"] == subject), "{subject}");
    }

    let metrics = stage.metrics().await?;
    let run = |name: &str| metrics.sum(name, &[]).unwrap();
    assert_eq!(run("RecordsRead"), 10);
    assert_eq!(run("RecordsRead"), run("RecordsRelevant") + run("RecordsSkipped") + run("RecordsRejected"));
    assert_eq!((run("RecordsRelevant"), run("RecordsSkipped"), run("RecordsRejected")), (7, 2, 1));
    assert_eq!((run("ObjectsDone"), run("ObjectsFailed")), (1, 0));
    assert_eq!((run("AlertsSent"), run("AlertsFailed")), (3, 0));
    assert_eq!(run("RecordsRelevant"), metrics.total("Accesses"), "each record was one access");
    for (table, effect, accesses) in
        [("orders", "delete", 2), ("orders", "write", 1), ("customers", "read", 3), ("other", "write", 1)]
    {
        assert_eq!(
            metrics.sum("Accesses", &[("Table", table), ("Effect", effect)]),
            Some(accesses),
            "{table} {effect}"
        );
    }
    assert_eq!(metrics.sum("ItemsDeleted", &[("Table", "orders")]), Some(2));
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(metrics.total("ItemsDeleted")));
    assert_eq!(metrics.sum("Denials", &[("Table", "customers")]), Some(1));
    assert_eq!(metrics.sum("Denials", &[]), Some(metrics.total("Denials")));
    let severities = ["low", "medium", "high"].map(|severity| metrics.sum("Findings", &[("Severity", severity)]));
    assert_eq!(severities, [Some(1); 3]);
    let delay = run("DeliveryDelay") / run("RecordsRelevant");
    let age = AGE.unsigned_abs().as_secs();
    assert!((age..age + 60).contains(&delay), "{delay} s");
    Ok(())
}

#[tokio::test]
async fn rejected_record_is_logged_with_bucket_key_and_index() -> Result<()> {
    let stage = Stage::set().await?;
    let function = stage.function("trail-log", &[]).await?;
    let key = stage.deliver("rejects", &[other_service(1), json!("no record"), other_service(2)]).await?;

    function.invoke(&stage.deliveries.batch(1).await?).await?;

    let log: Vec<Value> = function.log().iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?;
    let rejects: Vec<&Value> = log.iter().filter(|line| line["message"] == "record rejected").collect();
    assert_eq!(rejects.len(), 1, "{log:?}");
    assert_eq!(["bucket", "key", "index"].map(|field| &rejects[0][field]), [&json!(BUCKET), &json!(key), &json!(1)]);
    Ok(())
}

#[tokio::test]
async fn deployed_function_drains_its_queue_and_keeps_only_what_failed() -> Result<()> {
    let stage = Stage::set().await?;
    let zip = artefact("trail-log", "bootstrap.zip")?;
    let arn = stage.cloud.deploy("trail-log", &zip, &stage.environment(&[])).await?;
    stage.deliver("first", &[data_event(1, "orders-api", "DeleteItem", "orders")]).await?;
    stage.deliver("second", &[data_event(2, "crm", "DeleteItem", "customers")]).await?;
    stage.deliveries.send("not a delivery").await?;

    stage.cloud.feed(&stage.deliveries, &arn).await?;

    let told = stage.told(2).await?;
    assert_eq!(told[0].alert["table"], "customers");
    assert_eq!(told[1].alert["table"], "orders");
    eventually("an almost empty queue", Duration::from_secs(20), async || {
        Ok((stage.deliveries.len().await? == 1).then_some(()))
    })
    .await?;
    let metrics = stage.metrics().await?;
    assert_eq!(metrics.sum("AlertsSent", &[]), Some(2));
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(2));
    Ok(())
}

#[tokio::test]
async fn object_announced_twice_and_event_in_two_files_are_told_once() -> Result<()> {
    let stage = Stage::set().await?;
    let function = stage.function("trail-log", &[]).await?;
    let deletion = |number| data_event(number, "orders-api", "DeleteItem", "orders");
    stage.deliver("twice", &[deletion(1), other_service(2)]).await?;
    stage.deliver("twice", &[deletion(1), other_service(2)]).await?;
    stage.deliver("overlap", &[deletion(1), deletion(3)]).await?;

    let batch = stage.deliveries.batch(3).await?;
    let answer = function.invoke(&batch).await?;

    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let told = stage.told(1).await?;
    assert_eq!(told[0].alert["findings"][0]["items"], 2);
    assert_eq!(told[0].alert["findings"][0]["event_ids"], json!([event_id(1), event_id(3)]));
    let metrics = stage.metrics().await?;
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(2));
    assert_eq!(metrics.sum("RecordsRelevant", &[]), Some(2));
    // The two other records and their like from the second reading, and event 1 twice.
    assert_eq!(metrics.sum("RecordsSkipped", &[]), Some(4));
    assert_eq!(metrics.sum("ObjectsDone", &[]), Some(3));
    Ok(())
}
