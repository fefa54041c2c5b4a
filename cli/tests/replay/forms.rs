//! Whatever form the records come in, the same findings come out.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::sample::{Folder, deletion, findings, gzip, log, quiet, stdout};

fn ndjson(records: &[Value]) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    lines.join("\n").into_bytes()
}

/// As `aws cloudtrail lookup-events` prints it.
fn looked_up(records: &[Value]) -> Vec<u8> {
    let event = |record: &Value| {
        json!({
            "EventId": record["eventID"],
            "EventName": record["eventName"],
            "EventSource": record["eventSource"],
            "Username": "intern",
            "Resources": [],
            "CloudTrailEvent": record.to_string(),
        })
    };
    serde_json::to_vec_pretty(&json!({ "Events": records.iter().map(event).collect::<Vec<_>>() })).unwrap()
}

fn bridged(record: &Value) -> Value {
    json!({
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.dynamodb",
        "account": "111122223333",
        "time": "2026-03-02T09:15:30Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": record,
    })
}

/// One EventBridge event after the other, as a rule that writes to a log group leaves them.
fn bridged_lines(records: &[Value]) -> Vec<u8> {
    ndjson(&records.iter().map(bridged).collect::<Vec<_>>())
}

/// A batch of a queue that stands behind a rule.
fn queued(records: &[Value]) -> Vec<u8> {
    let message = |record: &Value| {
        json!({
            "messageId": record["eventID"],
            "receiptHandle": "AQEBexample",
            "body": bridged(record).to_string(),
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:tablewarden",
            "awsRegion": "eu-west-1",
        })
    };
    log(&records.iter().map(message).collect::<Vec<_>>())
}

fn subscribed(records: &[Value]) -> Vec<u8> {
    let event =
        |record: &Value| json!({ "id": "0", "timestamp": 1_772_442_900_000_u64, "message": record.to_string() });
    let batch = json!({
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "trail",
        "logStream": "111122223333_CloudTrail_eu-west-1",
        "subscriptionFilters": ["tablewarden"],
        "logEvents": records.iter().map(event).collect::<Vec<_>>(),
    });
    let data = BASE64_STANDARD.encode(gzip(batch.to_string().as_bytes()));
    json!({ "awslogs": { "data": data } }).to_string().into_bytes()
}

/// The findings without the name of the file.
fn told(args: &[&str], folder: &Folder, stdin: &[u8]) -> Vec<Value> {
    let run = folder.command(args).write_stdin(stdin).assert().code(1).stderr("");
    let mut findings = findings(&run);
    for finding in &mut findings {
        finding["places"].take();
    }
    findings
}

#[test]
fn every_form_of_input_gives_the_same_findings() {
    let records = [deletion(1), quiet(2), deletion(3)];
    let forms = [
        ("log.json", log(&records)),
        ("log.json.gz", gzip(&log(&records))),
        ("array.json", serde_json::to_vec_pretty(&records).unwrap()),
        ("records.ndjson", ndjson(&records)),
        ("records.jsonl.gz", gzip(&ndjson(&records))),
        ("lookup-events.json", looked_up(&records)),
        ("events.ndjson", bridged_lines(&records)),
        ("queue.json", queued(&records)),
        ("subscription.json", subscribed(&records)),
    ];
    let want = told(&["--format", "ndjson", "-"], &Folder::new([]), &log(&records));
    assert_eq!(want.len(), 1);
    assert_eq!((&want[0]["detection"], &want[0]["items"]), (&json!("item-deletion"), &json!(2)));
    for (name, bytes) in &forms {
        let folder = Folder::new([(name, bytes)]);
        assert_eq!(told(&["--format", "ndjson", name], &folder, b""), want, "{name} as a file");
        assert_eq!(told(&["--format", "ndjson", "."], &folder, b""), want, "{name} in a folder");
        assert_eq!(told(&["--format", "ndjson", "-"], &folder, bytes), want, "{name} as standard input");
    }
}

#[test]
fn deliveries_that_carry_records_are_read_and_those_that_name_objects_are_rejected() {
    let folder = Folder::new([]);
    let deliveries = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/deliveries");
    let cases = [
        ("cloudwatch-logs.json", 1, Some(("item-deletion", "orders"))),
        ("eventbridge-api-call.json", 1, Some(("table-deleted", "orders-archive"))),
        ("s3-test-event.json", 0, None),
        ("s3-sqs.json", 2, None),
    ];
    for (name, status, finding) in cases {
        let run = folder.replay(&["--format", "ndjson", &format!("{deliveries}/{name}")]).code(status);
        let findings = findings(&run);
        let found =
            findings.first().map(|first| (first["detection"].as_str().unwrap(), first["table"].as_str().unwrap()));
        assert_eq!(found, finding, "{name}");
    }
}

#[test]
fn the_order_of_the_paths_does_not_show() {
    let folder = Folder::new([
        ("a.json", log(&[deletion(1), quiet(2)]).as_slice()),
        ("b/c.json", &log(&[deletion(2), deletion(1)])),
        ("b/d.json.gz", &gzip(&log(&[deletion(4)]))),
    ]);
    for format in ["table", "json", "ndjson"] {
        let want = stdout(&folder.replay(&["--format", format, "a.json", "b"]).code(1));
        assert_eq!(stdout(&folder.replay(&["--format", format, "b", "a.json"]).code(1)), want);
        assert_eq!(
            stdout(&folder.replay(&["--format", format, "b/d.json.gz", "b/c.json", "b", "a.json"]).code(1)),
            want
        );
    }
}

#[test]
fn what_stands_in_two_files_is_told_once() {
    let folder =
        Folder::new([("a.json", log(&[deletion(1)]).as_slice()), ("b.json", &log(&[deletion(1), deletion(2)]))]);
    let run = folder.replay(&["--format", "json", "."]).code(1);
    let report: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(report["findings"][0]["items"], 2);
    assert_eq!(
        report["summary"]["records"],
        json!({ "read": 3, "relevant": 2, "skipped": { "Duplicate": 1 }, "rejected": {} })
    );
}

#[test]
fn of_a_folder_only_logs_are_read_and_the_rest_is_counted() {
    let digest = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/d.json.gz";
    let folder = Folder::new([
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", gzip(&log(&[deletion(1)])).as_slice()),
        (digest, &gzip(b"{}")),
        ("scenario/events.json", &log(&[deletion(2)])),
        ("scenario/expected.ndjson", b"{}"),
        ("scenario/policy.yaml", b"version: 1"),
    ]);
    // A digest that is named is no log either.
    for paths in [&["."][..], &[".", digest]] {
        let run = folder.replay(&[&["--format", "json"], paths].concat()).code(1).stderr("");
        let report: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let digests = paths.len();
        assert_eq!(
            report["summary"]["files"],
            json!({ "read": 2, "failed": 0, "passed_over": { "Digest": digests, "Expectation": 1, "OtherFile": 1 } })
        );
        assert_eq!(report["findings"][0]["items"], 2);
    }
}

#[test]
fn each_line_of_ndjson_holds_the_promised_fields() {
    let folder = Folder::new([("a.json", log(&[deletion(1), deletion(2)]).as_slice())]);
    let findings = findings(&folder.replay(&["--format", "ndjson", "a.json"]).code(1));
    let want = [
        ("detection", json!("item-deletion")),
        ("severity", json!("low")),
        ("actor", json!("arn:aws:iam::111122223333:user/intern")),
        ("account", json!("111122223333")),
        ("region", json!("eu-west-1")),
        ("table", json!("orders")),
        ("effect", json!("delete")),
        ("outcome", json!("succeeded")),
        ("items", json!(2)),
        ("first_seen", json!("2026-03-02T09:15:01Z")),
        ("last_seen", json!("2026-03-02T09:15:02Z")),
        ("event_ids", json!(["1f0c4a3e-7b52-4b8e-9d55-000000000001", "1f0c4a3e-7b52-4b8e-9d55-000000000002"])),
        ("reason", json!("there is no policy, so every deletion is told")),
    ];
    assert_eq!(findings.len(), 1);
    for (field, value) in want {
        assert_eq!(findings[0][field], value, "{field}");
    }
}
