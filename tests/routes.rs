//! Each sample of events/deliveries, as it stands there, through the function that it is for.
#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tablewarden_tests::cargo_lambda::CargoLambda;
use tablewarden_tests::records::{data_event, log_file};
use tablewarden_tests::stage::{BUCKET, Stage};

/// Where the samples are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/deliveries");

/// What is told of the samples of other services: the detection, the table and the actor.
const GUARDDUTY: (&str, &str, &str) = ("guardduty-finding", "orders", "arn:aws:iam::111122223333:role/reports-export");
const CONFIG: (&str, &str, &str) = ("config-noncompliant", "orders", "config.amazonaws.com");

/// The log object that the samples name.
const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T0915Z_Qx7mT2vLk9PzR4aB.json.gz";

#[tokio::test]
async fn every_sample_delivery_is_told_by_trail_log() -> Result<()> {
    let stage = stage_with_the_log_object().await?;
    let function = stage.function("trail-log", &[]).await?;
    let samples = samples()?;
    assert!(samples.len() > 10, "{samples:?}");
    for (name, sample) in samples {
        let answer = function.invoke(&sample).await.with_context(|| name.clone())?;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{name}");
        let want = match name.as_str() {
            "s3-test-event" => {
                stage.told(0).await?;
                let skipped = stage.metrics().await?.sum("DeliveriesSkipped", &[("Reason", "TestEvent")]);
                assert_eq!(skipped, Some(1));
                continue;
            }
            "eventbridge-api-call" => ("table-deleted", "orders-archive", "arn:aws:iam::111122223333:user/martha.ruiz"),
            "cloudwatch-logs" => ("item-deletion", "orders", "arn:aws:iam::111122223333:role/app/orders-api"),
            "eventbridge-guardduty" => GUARDDUTY,
            "eventbridge-config" => CONFIG,
            _ => ("item-deletion", "orders", "arn:aws:iam::111122223333:role/app/intern"),
        };
        assert_told(&stage, want).await.context(name)?;
    }
    Ok(())
}

#[tokio::test]
async fn ddl_event_takes_calls_and_refuses_log_objects() -> Result<()> {
    let stage = stage_with_the_log_object().await?;
    let function = stage.function("ddl-event", &[]).await?;
    for (name, sample) in samples()? {
        let answer = function.invoke(&sample).await;
        match name.as_str() {
            "s3-test-event" => drop(answer?),
            "eventbridge-api-call" => {
                answer?;
                let martha = "arn:aws:iam::111122223333:user/martha.ruiz";
                assert_told(&stage, ("table-deleted", "orders-archive", martha)).await?;
            }
            "cloudwatch-logs" => {
                answer?;
                let api = "arn:aws:iam::111122223333:role/app/orders-api";
                assert_told(&stage, ("item-deletion", "orders", api)).await?;
            }
            "eventbridge-guardduty" => {
                answer?;
                assert_told(&stage, GUARDDUTY).await?;
            }
            "eventbridge-config" => {
                answer?;
                assert_told(&stage, CONFIG).await?;
            }
            // Done in silence, it would be lost.
            _ => assert!(answer.is_err_and(|error| error.to_string().contains("trail-log")), "{name}"),
        }
    }
    Ok(())
}

#[tokio::test]
async fn samples_can_be_tried_with_cargo_lambda() -> Result<()> {
    let stage = stage_with_the_log_object().await?;
    let cargo_lambda = CargoLambda::start().await?;
    let invoke = async |function: &str, sample: &str| {
        let runtime_api = cargo_lambda.runtime_api(function);
        let _process = stage.function(function, &[("AWS_LAMBDA_RUNTIME_API", &runtime_api)]).await?;
        cargo_lambda.invoke(function, &Path::new(FOLDER).join(sample)).await
    };

    assert_eq!(invoke("trail-log", "s3-sqs.json").await?, json!({ "batchItemFailures": [] }));
    assert_told(&stage, ("item-deletion", "orders", "arn:aws:iam::111122223333:role/app/intern")).await?;

    assert_eq!(invoke("ddl-event", "eventbridge-api-call.json").await?, Value::Null);
    assert_told(&stage, ("table-deleted", "orders-archive", "arn:aws:iam::111122223333:user/martha.ruiz")).await
}

async fn stage_with_the_log_object() -> Result<Stage> {
    let stage = Stage::set().await?;
    let log = log_file(&[data_event(1, "intern", "DeleteItem", "orders")]);
    stage.cloud.put(BUCKET, KEY, log).await?;
    Ok(stage)
}

async fn assert_told(stage: &Stage, (detection, table, actor): (&str, &str, &str)) -> Result<()> {
    let told = stage.told(1).await?;
    let alert = &told[0].alert;
    assert_eq!(
        (&alert["detection"], &alert["table"], &alert["actor"]),
        (&json!(detection), &json!(table), &json!(actor))
    );
    Ok(())
}

/// The samples with their names, in order.
fn samples() -> Result<Vec<(String, Value)>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(FOLDER)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let named = |file: PathBuf| {
        let Some(name) = file.file_stem().and_then(|stem| stem.to_str()) else {
            bail!("{} has no name", file.display())
        };
        Ok((name.to_owned(), serde_json::from_slice(&std::fs::read(&file)?)?))
    };
    files.into_iter().map(named).collect()
}
