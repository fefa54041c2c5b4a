//! The harness itself: what the end-to-end tests rely on holds without the real functions.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_sdk_sns::types::MessageAttributeValue;
use serde_json::{Value, json};
use tablewarden_tests::cloud::{Cloud, Wrapping};
use tablewarden_tests::emulator::Emulator;
use tablewarden_tests::fault_proxy::{Fate, FaultProxy};
use tablewarden_tests::function::Function;
use tablewarden_tests::runtime_api::FunctionError;
use tablewarden_tests::{ACCOUNT, eventually};

#[tokio::test]
async fn new_object_is_announced_to_the_queue_after_the_test_event() -> Result<()> {
    let emulator = Emulator::start().await?;
    let cloud = Cloud::connect(emulator.endpoint());
    let queue = cloud.queue("deliveries").await?;
    cloud.bucket("trail-logs").await?;
    cloud.notify("trail-logs", &queue).await?;
    cloud.put("trail-logs", "AWSLogs/a b+c.json.gz", b"{}".to_vec()).await?;

    let event = queue.batch(2).await?;

    let bodies = bodies(&event)?;
    assert_eq!(bodies[0]["Event"], "s3:TestEvent");
    assert_eq!(bodies[1]["Records"][0]["s3"]["object"]["key"], "AWSLogs/a+b%2Bc.json.gz");
    assert_eq!(bodies[1]["Records"][0]["s3"]["bucket"]["name"], "trail-logs");
    Ok(())
}

#[tokio::test]
async fn settling_keeps_only_the_messages_that_failed() -> Result<()> {
    let emulator = Emulator::start().await?;
    let queue = Cloud::connect(emulator.endpoint()).queue("deliveries").await?;
    for body in ["good", "bad", "also good"] {
        queue.send(body).await?;
    }
    let event = queue.batch(3).await?;
    let records = event["Records"].as_array().unwrap();
    let bad = &records.iter().find(|record| record["body"] == "bad").unwrap()["messageId"];

    let failed = queue.settle(&event, &json!({ "batchItemFailures": [{ "itemIdentifier": bad }] })).await?;

    assert_eq!(failed, ["bad"]);
    assert_eq!(queue.len().await?, 1);
    let again = queue.batch(1).await?;
    assert_eq!(again["Records"][0]["body"], "bad");
    assert_eq!(again["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
    assert!(queue.settle(&again, &json!({ "batchItemFailures": [{ "itemIdentifier": "foreign" }] })).await.is_err());
    Ok(())
}

#[tokio::test]
async fn alert_reaches_raw_wrapped_and_filtered_subscribers() -> Result<()> {
    let emulator = Emulator::start().await?;
    let cloud = Cloud::connect(emulator.endpoint());
    let topic = cloud.topic("alerts").await?;
    let raw = cloud.queue("machines").await?;
    let wrapped = cloud.queue("people").await?;
    let filtered = cloud.queue("critical-only").await?;
    cloud.subscribe(&topic, &raw, Wrapping::Raw, None).await?;
    cloud.subscribe(&topic, &wrapped, Wrapping::Envelope, None).await?;
    cloud.subscribe(&topic, &filtered, Wrapping::Raw, Some(&json!({ "severity": ["critical"] }))).await?;

    for severity in ["critical", "low"] {
        let attribute = MessageAttributeValue::builder().data_type("String").string_value(severity).build()?;
        let structure = json!({ "default": "for people", "sqs": format!("for machines: {severity}") });
        cloud
            .sns
            .publish()
            .topic_arn(&topic)
            .subject("a subject")
            .message_structure("json")
            .message(structure.to_string())
            .message_attributes("severity", attribute)
            .send()
            .await?;
    }

    let alerts = raw.take(2).await?;
    assert_eq!(alerts[0].body, "for machines: critical");
    assert_eq!(alerts[0].attributes["severity"], "critical");
    let envelope: Value = serde_json::from_str(&wrapped.take(2).await?[0].body)?;
    assert_eq!(envelope["Subject"], "a subject");
    assert_eq!(envelope["Message"], "for machines: critical");
    assert_eq!(filtered.take(1).await?[0].body, "for machines: critical");
    Ok(())
}

#[tokio::test]
async fn metrics_are_summed_by_name_and_dimensions() -> Result<()> {
    let emulator = Emulator::start().await?;
    let cloud = Cloud::connect(emulator.endpoint());
    for (table, value) in [(Some("orders"), 2.0), (Some("orders"), 3.0), (Some("customers"), 4.0), (None, 8.0)] {
        let dimensions = table.map(|table| vec![Dimension::builder().name("Table").value(table).build()]);
        let datum = MetricDatum::builder().metric_name("ItemsDeleted").set_dimensions(dimensions);
        let datum = datum.value(value).unit(StandardUnit::Count).build();
        cloud.cloudwatch.put_metric_data().namespace("Tablewarden").metric_data(datum).send().await?;
    }

    let mut sums: Vec<_> = cloud.metrics("Tablewarden").await?.into_iter().map(|m| (m.dimensions, m.sum)).collect();
    sums.sort_by(|a, b| a.0.cmp(&b.0));

    let one = |table: &str, sum: f64| (std::iter::once(("Table".to_owned(), table.to_owned())).collect(), sum);
    assert_eq!(sums, [(BTreeMap::new(), 8.0), one("customers", 4.0), one("orders", 5.0)]);
    Ok(())
}

#[tokio::test]
async fn event_reaches_the_target_of_its_rule_only() -> Result<()> {
    let emulator = Emulator::start().await?;
    let cloud = Cloud::connect(emulator.endpoint());
    let queue = cloud.queue("ddl").await?;
    let detail_type = "AWS API Call via CloudTrail";
    cloud.rule("ddl", "aws.dynamodb", detail_type, queue.arn()).await?;

    cloud.event("aws.s3", detail_type, &json!({})).await?;
    cloud.event("aws.dynamodb", detail_type, &json!({ "eventName": "DeleteTable", "n": 1 })).await?;

    let event: Value = serde_json::from_str(&queue.take(1).await?[0].body)?;
    assert_eq!(event["source"], "aws.dynamodb");
    assert_eq!(event["detail-type"], detail_type);
    assert_eq!(event["account"], ACCOUNT);
    assert_eq!(event["detail"], json!({ "eventName": "DeleteTable", "n": 1 }));
    Ok(())
}

#[tokio::test]
async fn faults_reach_the_client_and_the_emulator_only_what_passes() -> Result<()> {
    let emulator = Emulator::start().await?;
    let proxy = FaultProxy::start(emulator.endpoint()).await?;
    let direct = Cloud::connect(emulator.endpoint());
    let through = Cloud::connect(proxy.endpoint());
    direct.bucket("trail-logs").await?;
    for key in ["open", "denied"] {
        direct.put("trail-logs", key, key.into()).await?;
    }
    let topic = direct.topic("alerts").await?;
    let subscriber = direct.queue("machines").await?;
    direct.subscribe(&topic, &subscriber, Wrapping::Raw, None).await?;
    proxy.rule(|request| match request {
        get if get.path.contains("/denied") => Fate::s3_error(403, "AccessDenied"),
        publish if publish.mentions("Message=unheard") => Fate::PassThenHang,
        publish if publish.mentions("Message=unsent") => Fate::Hang,
        publish if publish.mentions("Message=invalid") => Fate::sns_error(400, "InvalidParameter"),
        _ => Fate::Pass,
    });

    let open = through.s3.get_object().bucket("trail-logs").key("open").send().await?;
    assert_eq!(open.body.collect().await?.to_vec(), b"open");
    let denied = through.s3.get_object().bucket("trail-logs").key("denied").send().await.unwrap_err();
    assert_eq!(denied.as_service_error().unwrap().meta().code(), Some("AccessDenied"));
    let publish = |text: &str| through.sns.publish().topic_arn(&topic).message(text).send();
    let invalid = publish("invalid").await.unwrap_err();
    assert_eq!(invalid.as_service_error().unwrap().meta().code(), Some("InvalidParameter"));
    for text in ["unheard", "unsent"] {
        assert!(tokio::time::timeout(Duration::from_millis(300), publish(text)).await.is_err());
    }

    assert_eq!(subscriber.take(1).await?[0].body, "unheard");
    assert!(proxy.seen().iter().any(|request| request.mentions("unsent")));
    Ok(())
}

#[tokio::test]
async fn function_answers_fails_and_logs_like_in_lambda() -> Result<()> {
    let function = sample(&[("SETTING", "as configured")]).await?;

    let answer = function.invoke(&json!({ "n": 1 })).await?;
    let failure = function.invoke(&json!({ "do": "fail" })).await;

    assert_eq!(answer, json!({ "echo": { "n": 1 }, "setting": "as configured" }));
    assert!(matches!(failure, Err(FunctionError::Reported(error)) if error["errorMessage"] == "it was asked to fail"));
    assert!(function.peak_rss_bytes()? > 1 << 20);
    Ok(())
}

#[tokio::test]
async fn function_that_ends_or_never_answers_fails_its_invocation() -> Result<()> {
    let exits = sample(&[]).await?.invoke(&json!({ "do": "exit" })).await;
    assert!(matches!(exits, Err(FunctionError::Exited { status, .. }) if status == "exit status: 7"));

    let sleeper = sample(&[]).await?;
    let late = sleeper.invoke_within(Duration::from_millis(200), &json!({ "do": "sleep" })).await;
    assert!(matches!(late, Err(FunctionError::TimedOut(_))));
    assert!(sleeper.peak_rss_bytes().is_err(), "its process is killed");

    let victim = sample(&[]).await?;
    let sleep = json!({ "do": "sleep" });
    let (killed, ()) = tokio::join!(victim.invoke(&sleep), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        victim.kill().await;
    });
    assert!(matches!(killed, Err(FunctionError::Exited { status, .. }) if status.starts_with("signal: 9")));
    Ok(())
}

#[tokio::test]
async fn emulator_ends_when_its_value_is_dropped() -> Result<()> {
    let emulator = Emulator::start().await?;
    let endpoint = emulator.endpoint().to_owned();
    assert!(Cloud::connect(&endpoint).queue("there").await.is_ok());

    drop(emulator);

    eventually("the end of the emulator", Duration::from_secs(5), async || {
        let address = endpoint.trim_start_matches("http://");
        Ok(tokio::net::TcpStream::connect(address).await.is_err().then_some(()))
    })
    .await
}

async fn sample(environment: &[(&str, &str)]) -> Result<Function> {
    Function::spawn(Path::new(env!("CARGO_BIN_EXE_sample-function")), environment).await
}

fn bodies(event: &Value) -> Result<Vec<Value>> {
    let records = event["Records"].as_array().context("no Records")?;
    records.iter().map(|record| Ok(serde_json::from_str(record["body"].as_str().context("no body")?)?)).collect()
}
