//! A log object of 200 MB goes through with little more memory than a function has that does nothing, and nothing of it is lost.
#![expect(clippy::indexing_slicing, reason = "a test that lacks what it expects fails by panicking")]
#![expect(clippy::print_stdout, reason = "figures for whoever runs the tests with their output")]

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tablewarden_tests::records::{data_event, key, with};
use tablewarden_tests::stage::{BUCKET, Stage};

/// Decompressed bytes of the log object.
const SIZE: usize = 200_000_000;

/// What a function may take, in bytes, over what it has after an event that tells of no object. Lambda's smallest has 128 MB.
const OVER_IDLE: u64 = 48 << 20;

/// Every caller deletes from every table.
const CALLERS: usize = 12;
const TABLES: usize = 8;

/// Nobody is expected anywhere, so that everything in the file is a finding, and each deletion three: of a stranger, of a
/// table that asks to be told, and of many within minutes.
const STRICT: &str = "version: 1\ntables:\n  - table: '*'\n    watch: [delete]\n    expected: []\n";

#[tokio::test]
async fn large_log_of_a_whole_account_takes_little_more_memory_than_none() -> Result<()> {
    let log = generate(20)?;
    goes_through(&log, "", CALLERS * TABLES).await
}

#[tokio::test]
async fn large_log_of_findings_alone_takes_little_more_memory_than_none() -> Result<()> {
    let log = generate(1)?;
    goes_through(&log, STRICT, 3 * CALLERS * TABLES).await
}

async fn goes_through(log: &Log, policy: &str, alerts: usize) -> Result<()> {
    let stage = Stage::set().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("policy.yaml");
    std::fs::write(&file, policy)?;
    let settings = [("TABLEWARDEN_POLICY", file.to_str().context("no UTF-8")?)];
    let settings = if policy.is_empty() { &[][..] } else { &settings };
    let function = stage.function("trail-log", settings).await?;
    let nothing = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET }).to_string();
    let nothing = json!({ "messageId": "1", "eventSource": "aws:sqs", "body": nothing });
    let answer = function.invoke(&json!({ "Records": [nothing] })).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let idle = function.peak_rss_bytes()?;
    stage.cloud.put(BUCKET, &key("large"), log.gzipped.clone()).await?;
    let batch = stage.deliveries.batch(1).await?;

    let start = Instant::now();
    let answer = function.invoke_within(Duration::from_mins(5), &batch).await?;

    let (took, peak) = (start.elapsed(), function.peak_rss_bytes()?);
    let (input, records) = (log.gzipped.len(), log.records);
    let (before, over) = (idle >> 10, (peak - idle) >> 10);
    println!(
        "{records} records, {SIZE} bytes in {input}: {took:?}, {before} KiB resident before, at most {over} KiB more"
    );
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert!(peak - idle <= OVER_IDLE, "{peak} bytes resident, {idle} before");
    let metrics = stage.metrics().await?;
    assert_eq!(metrics.sum("RecordsRead", &[]), Some(log.records));
    assert_eq!(metrics.sum("RecordsRelevant", &[]), Some(log.relevant));
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(log.deletions));
    let told = stage.told(alerts).await?;
    let of_deletions = told.iter().filter(|told| told.alert["detection"] == "item-deletion");
    let items: u64 = of_deletions.filter_map(|told| told.alert["findings"][0]["items"].as_u64()).sum();
    assert_eq!(items, log.deletions, "every deletion is in an alert");
    Ok(())
}

/// A log file and what it holds.
#[derive(Default)]
struct Log {
    gzipped: Vec<u8>,
    records: u64,
    relevant: u64,
    deletions: u64,
}

/// A log file of [`SIZE`] bytes in which one record of `one_in` is DynamoDB's, and every second of those a deletion.
///
/// The file is packed as it grows. Its records are copies of a few, with ids of their own.
fn generate(one_in: u64) -> Result<Log> {
    let others = ["sts", "s3", "kms", "ec2"].map(|service| pieces(&of_service(service)));
    let calls = (0..2 * CALLERS * TABLES).map(|number| {
        let operation = if number % 2 == 0 { "DeleteItem" } else { "GetItem" };
        let (caller, table) = (number / 2 % CALLERS, number / 2 / CALLERS);
        pieces(&data_event(0, &format!("service-{caller}"), operation, &format!("table-{table}")))
    });
    let (mut others, mut calls) = (others.iter().cycle(), calls.collect::<Vec<_>>().into_iter().cycle());
    let mut log = Log::default();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let mut text = "{\"Records\":[".to_owned();
    let mut written = 0;
    while written + text.len() < SIZE {
        if log.records > 0 {
            text.push(',');
        }
        if log.records.is_multiple_of(one_in) {
            text.push_str(&calls.next().context("no calls")?.join(&guid(log.records)));
            log.deletions += u64::from(log.relevant.is_multiple_of(2));
            log.relevant += 1;
        } else {
            text.push_str(&others.next().context("no others")?.join(&guid(log.records)));
        }
        log.records += 1;
        if text.len() > 1 << 20 {
            encoder.write_all(text.as_bytes())?;
            written += text.len();
            text.clear();
        }
    }
    text.push_str("]}");
    encoder.write_all(text.as_bytes())?;
    log.gzipped = encoder.finish()?;
    Ok(log)
}

/// The text of a record around its ids.
fn pieces(record: &Value) -> Vec<String> {
    let ids = [&record["eventID"], &record["requestID"], &record["requestParameters"]["key"]["id"]];
    let without = |text: String, id: &str| text.replace(id, "\0");
    let cut = ids.into_iter().filter_map(Value::as_str).fold(record.to_string(), without);
    cut.split('\0').map(str::to_owned).collect()
}

fn of_service(service: &str) -> Value {
    let source = json!(format!("{service}.amazonaws.com"));
    let response = json!({ "note": "braces } ] and \"quotes\" in a string, and \\ too" });
    with(data_event(0, "web", "Call", "none"), [("eventSource", source), ("responseElements", response)])
}

/// Another id for each number, as unlike the one before as random ones: the number at the end makes it unique.
fn guid(number: u64) -> String {
    // The mixer of SplitMix64, by Steele, Lea and Flood.
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    format!("{:08x}-{:04x}-4000-8000-{number:012x}", mixed >> 32, mixed & 0xffff)
}
