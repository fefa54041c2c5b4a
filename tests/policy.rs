//! A function takes a new version of its policy while it runs, and keeps the last good one where the new one is broken.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tablewarden_tests::function::Function;
use tablewarden_tests::records::data_event;
use tablewarden_tests::stage::{BUCKET, Stage};

const OBJECT: (&str, &str) = ("TABLEWARDEN_POLICY", "s3://example-trail-logs/config/policy.yaml");

/// A function looks at the object once a minute at most.
const A_MINUTE: Duration = Duration::from_secs(61);

/// Puts a policy by which deletions from one table are told of, and from nowhere else.
async fn put(stage: &Stage, policy: String) -> Result<()> {
    stage.cloud.put(BUCKET, "config/policy.yaml", policy.into_bytes()).await
}

fn watching(table: &str) -> String {
    format!("version: 1\ntables:\n  - table: {table}\n    watch: [delete]\n")
}

/// Deletes from two tables.
async fn delete(function: &Function, number: u64) -> Result<()> {
    for (more, table) in [(0, "carts"), (1, "orders")] {
        let detail = data_event(number + more, "intern", "DeleteItem", table);
        let event = json!({ "source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail", "detail": detail });
        function.invoke(&event).await?;
    }
    Ok(())
}

#[tokio::test]
async fn new_version_of_the_policy_is_in_force_without_a_restart() -> Result<()> {
    let stage = Stage::set().await?;
    put(&stage, watching("orders")).await?;
    let function = stage.function("trail-log", &[OBJECT]).await?;
    delete(&function, 1).await?;
    assert_eq!(stage.told(1).await?[0].alert["table"], "orders");

    put(&stage, watching("carts")).await?;
    tokio::time::sleep(A_MINUTE).await;
    delete(&function, 3).await?;

    assert_eq!(stage.told(1).await?[0].alert["table"], "carts");
    assert_eq!(stage.metrics().await?.sum("PolicyRejected", &[]), None);
    Ok(())
}

#[tokio::test]
async fn broken_version_of_the_policy_is_told_and_the_last_good_one_stays_in_force() -> Result<()> {
    let stage = Stage::set().await?;
    put(&stage, watching("orders")).await?;
    let function = stage.function("ddl-event", &[OBJECT]).await?;
    delete(&function, 1).await?;
    assert_eq!(stage.told(1).await?[0].alert["table"], "orders");

    put(&stage, watching("carts").replace("watch", "wach")).await?;
    tokio::time::sleep(A_MINUTE).await;
    delete(&function, 3).await?;

    let told = stage.told(2).await?;
    assert_eq!(told[0].alert["table"], "orders");
    let refused: &Value = &told[1].alert;
    assert_eq!((&refused["detection"], &refused["resource"]), (&json!("policy-refused"), &json!(OBJECT.1)));
    assert!(refused["problem"].as_str().is_some_and(|problem| problem.contains("config/policy.yaml:4:5")), "{refused}");
    assert_eq!(told[1].attributes["severity"], "high");
    assert_eq!(stage.metrics().await?.sum("PolicyRejected", &[]), Some(1));
    assert!(function.log().iter().any(|line| line.contains("policy refused") && line.contains("\"level\":\"ERROR\"")));
    Ok(())
}
