//! The stories of events/scenarios through the function: it tells what the command tells of them.

#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tablewarden_testkit::{Scenario, gzip, scenarios};
use tablewarden_tests::records::key;
use tablewarden_tests::stage::{BUCKET, Stage};

#[tokio::test]
async fn every_scenario_is_told_and_counted_as_expected() -> Result<()> {
    for scenario in scenarios() {
        is_told_and_counted(&scenario).await.with_context(|| scenario.name.clone())?;
    }
    Ok(())
}

/// All files of a scenario come in one batch: what is told twice in it is folded.
async fn is_told_and_counted(scenario: &Scenario) -> Result<()> {
    let stage = Stage::set().await?;
    let policy = scenario.folder.join("policy.yaml");
    let policy = ("TABLEWARDEN_POLICY", policy.to_str().context("no UTF-8")?);
    let mut settings = Vec::from_iter(scenario.policy.is_some().then_some(policy));
    if let Some(rules) = &scenario.rules {
        settings.push(("TABLEWARDEN_RULES", rules.to_str().context("no UTF-8")?));
    }
    let function = stage.function("trail-log", &settings).await?;
    for (number, file) in scenario.events.iter().enumerate() {
        let text = std::fs::read_to_string(file)?;
        let is_event = serde_json::from_str::<Value>(&text).is_ok_and(|json| json.get("detail-type").is_some());
        if is_event {
            // As a rule with a queue for its target would bring it.
            stage.deliveries.send(&text).await?;
        } else {
            stage.cloud.put(BUCKET, &key(&number.to_string()), gzip(text.as_bytes())).await?;
        }
    }

    let batch = stage.deliveries.batch(scenario.events.len()).await?;
    let answer = function.invoke(&batch).await?;

    assert_eq!(answer, json!({ "batchItemFailures": [] }), "{}", scenario.name);
    let metrics = stage.metrics().await?;
    let counts = scenario.expected_counts();
    for (name, field) in [
        ("RecordsRead", "read"),
        ("RecordsRelevant", "relevant"),
        ("RecordsSkipped", "skipped"),
        ("RecordsRejected", "rejected"),
    ] {
        assert_eq!(metrics.sum(name, &[]), counts[field].as_u64(), "{}: {name}", scenario.name);
    }
    let alerts = metrics.sum("AlertsSent", &[]).context("no AlertsSent")?;
    let told = stage.told(usize::try_from(alerts)?).await?;
    let of_alert = |alert: &Value| alert["findings"].as_array().cloned().unwrap_or_default();
    let findings: Vec<Value> = told.iter().flat_map(|told| of_alert(&told.alert)).collect();
    let difference = scenario.difference(&findings);
    assert!(difference.is_empty(), "{}: - expected, + told\n{difference}", scenario.name);
    Ok(())
}
