//! A function starts with a policy from either place, or not at all and says why.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tablewarden_tests::function::{Function, artefact};
use tablewarden_tests::records::data_event;
use tablewarden_tests::runtime_api::FunctionError;
use tablewarden_tests::stage::{BUCKET, Stage};

/// Names and values.
type Settings<'a> = &'a [(&'a str, &'a str)];

/// Deletions from `orders` are told of, and from nowhere else.
const POLICY: &str = "version: 1\ntables:\n  - table: orders\n    watch: [delete]\n";

/// Reads are told of.
const RULE: &str = "\
title: A read
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventSource: dynamodb.amazonaws.com, eventName: GetItem}, condition: s}
";

#[tokio::test]
async fn policy_is_taken_from_s3_and_from_beside_the_binary() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.put(BUCKET, "config/policy.yaml", POLICY.into()).await?;
    stage.deliveries.take(1).await?;
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("policy.yaml"), POLICY)?;
    let policies = [
        format!("s3://{BUCKET}/config/policy.yaml"),
        "policy.yaml".to_owned(),
        folder.path().join("policy.yaml").to_str().context("no UTF-8")?.to_owned(),
    ];
    for name in ["trail-log", "ddl-event"] {
        let binary = folder.path().join(name);
        std::fs::copy(artefact(name, "bootstrap")?, &binary)?;
        for policy in &policies {
            let function = Function::spawn(&binary, &stage.environment(&[("TABLEWARDEN_POLICY", policy)])).await?;
            for (number, table) in [(1, "carts"), (2, "orders")] {
                function.invoke(&event(number, table)).await.with_context(|| format!("{name} with {policy}"))?;
            }
            let told = stage.told(1).await?;
            assert_eq!(told[0].alert["table"], "orders", "{name} with {policy}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn rules_are_taken_from_s3_and_from_a_folder_beside_the_binary() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.put(BUCKET, "config/rules.yml", RULE.into()).await?;
    stage.deliveries.take(1).await?;
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("rules"))?;
    std::fs::write(folder.path().join("rules").join("reads.yml"), RULE)?;
    std::fs::write(folder.path().join("policy.yaml"), POLICY)?;
    for name in ["trail-log", "ddl-event"] {
        let binary = folder.path().join(name);
        std::fs::copy(artefact(name, "bootstrap")?, &binary)?;
        for (rules, id) in [("s3://example-trail-logs/config/rules.yml", "sigma:rules"), ("rules", "sigma:reads")] {
            let settings = [("TABLEWARDEN_POLICY", "policy.yaml"), ("TABLEWARDEN_RULES", rules)];
            let function = Function::spawn(&binary, &stage.environment(&settings)).await?;
            let detail = data_event(1, "intern", "GetItem", "carts");
            let event =
                json!({ "source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail", "detail": detail });
            function.invoke(&event).await.with_context(|| format!("{name} with {rules}"))?;
            let told = stage.told(1).await?;
            assert_eq!((&told[0].alert["detection"], &told[0].alert["table"]), (&json!(id), &json!("carts")));
        }
    }
    Ok(())
}

#[tokio::test]
async fn broken_policy_or_setting_keeps_the_function_from_starting_and_its_log_says_why() -> Result<()> {
    let stage = Stage::set().await?;
    stage.cloud.put(BUCKET, "broken.yaml", POLICY.replace("watch", "wach").into()).await?;
    let topic = ("TABLEWARDEN_ALERT_TOPIC_ARN", stage.topic.as_str());
    stage.cloud.put(BUCKET, "hashed.yaml", format!("{POLICY}    keys: hash\n").into()).await?;
    let hashed = ("TABLEWARDEN_POLICY", "s3://example-trail-logs/hashed.yaml");
    let cases: [(Settings, &[&str]); 12] = [
        (
            &[topic, ("TABLEWARDEN_POLICY", "s3://example-trail-logs/broken.yaml")],
            &["broken.yaml:4:5", "wach", "watch"],
        ),
        (&[topic, ("TABLEWARDEN_POLICY", "s3://example-trail-logs/gone.yaml")], &["gone.yaml", "NoSuchKey"]),
        (&[topic, ("TABLEWARDEN_POLICY", "gone.yaml")], &["gone.yaml", "No such file"]),
        (&[topic, ("TABLEWARDEN_POLICY", "s3://no-key")], &["TABLEWARDEN_POLICY", "s3://BUCKET/KEY"]),
        (&[], &["TABLEWARDEN_ALERT_TOPIC_ARN", "expected the ARN of a standard SNS topic"]),
        (&[("TABLEWARDEN_ALERT_TOPIC_ARN", "alerts")], &["TABLEWARDEN_ALERT_TOPIC_ARN", "alerts"]),
        (&[topic, ("TABLEWARDEN_RULES", "no-such-rules")], &["rules: no-such-rules", "No such file"]),
        (
            &[topic, ("TABLEWARDEN_RULES", "s3://example-trail-logs/broken.yaml")],
            &["rules: ", "no Sigma rule for CloudTrail"],
        ),
        (&[topic, ("TABLEWARDEN_POLICIE", "policy.yaml")], &["TABLEWARDEN_POLICIE: no such setting"]),
        (&[topic, hashed], &["TABLEWARDEN_KEY_SECRET", "keys: hash"]),
        (&[topic, hashed, ("TABLEWARDEN_KEY_SECRET", "short")], &["TABLEWARDEN_KEY_SECRET", "at least 16 bytes"]),
        (&[topic, ("TABLEWARDEN_MAX_OBJECT_MIB", "2 GiB")], &["TABLEWARDEN_MAX_OBJECT_MIB", "2 GiB"]),
    ];
    for name in ["trail-log", "ddl-event"] {
        let binary = artefact(name, "bootstrap")?;
        for (settings, want) in cases {
            let log = log_of_failed_start(&binary, stage.emulator.endpoint(), settings).await?;
            for words in want {
                assert!(log.contains(words), "{words} is not in what {name} wrote for {settings:?}:\n{log}");
            }
        }
    }
    Ok(())
}

/// What the log line says of the error.
async fn log_of_failed_start(binary: &Path, endpoint: &str, settings: Settings<'_>) -> Result<String> {
    let environment: Vec<_> = std::iter::once(("AWS_ENDPOINT_URL", endpoint)).chain(settings.iter().copied()).collect();
    let function = Function::spawn(binary, &environment).await?;
    let answer = function.invoke(&event(1, "orders")).await;
    let Err(FunctionError::Exited { status, log }) = answer else { anyhow::bail!("it started: {answer:?}") };
    assert_eq!(status, "exit status: 1");
    // Once is enough, and a line of JSON is what alarms can find.
    let line: Value = serde_json::from_str(&log).with_context(|| format!("not one line of JSON:\n{log}"))?;
    line.get("error").and_then(Value::as_str).map(str::to_owned).context("the line has no error")
}

/// An event that both functions take.
fn event(number: u64, table: &str) -> Value {
    let detail = data_event(number, "intern", "DeleteItem", table);
    json!({ "source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail", "detail": detail })
}
