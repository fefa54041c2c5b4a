//! `tablewarden explain` as its users run it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const ID: &str = "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e";

const POLICY: &str = "\
version: 1
tables:
  - table: orders
    sensitivity: high
    watch: [delete]
    expected:
      - role: app/orders-api
  - table: ord*
";

/// A transaction that deletes from one table and writes to another, by a caller who tries to draw on the terminal.
fn record() -> Value {
    json!({
        "eventVersion": "1.11",
        "eventID": ID,
        "eventTime": "2026-03-02T09:15:00Z",
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": "TransactWriteItems",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.24",
        "userAgent": "\u{1b}[2Jall is well\r\n\u{202e}",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/report/night\u{1b}ly",
            "accountId": "111122223333",
            "sessionContext": { "sessionIssuer": { "arn": "arn:aws:iam::111122223333:role/ops/report" } },
        },
        "requestParameters": { "requestItems": [
            { "operation": "Delete", "tableName": "orders", "key": { "pk": "secret" } },
            { "operation": "Put", "tableName": "carts" },
        ] },
        "eventCategory": "Data",
        "recipientAccountId": "111122223333",
    })
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut other = record();
    other["eventID"] = "2a0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e".into();
    let files = [
        ("policy.yaml", POLICY.to_owned()),
        ("logs/monday.json", json!({ "Records": [other, record()] }).to_string()),
        ("logs/tuesday.json", json!({ "Records": [record()] }).to_string()),
        ("broken/odd.json", r#"{"Records":[{"eventID":7}]}"#.to_owned()),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(args: &[&str]) -> Output {
    let folder = folder();
    Command::new(env!("CARGO_BIN_EXE_tablewarden")).current_dir(&folder).arg("explain").args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn people_read_the_path_of_an_event_and_nothing_in_it_is_obeyed() {
    let output = run(&["--event", ID, "--policy", "policy.yaml", "logs"]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    let text = stdout(&output);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']) && !text.contains("secret"), "{text}");
    insta::assert_snapshot!(without(&text, &["COUNTS", "STEP", "SILENT"]));
}

/// The text without the lines under these heads: what stands there changes with the catalogue.
fn without(text: &str, heads: &[&str]) -> String {
    let mut left_out = false;
    let kept = text.lines().filter(|line| {
        if !line.starts_with(' ') {
            left_out = line.split(' ').next().is_some_and(|head| heads.contains(&head));
        }
        !left_out
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn machines_read_the_same() {
    let output = run(&["--event", ID, "--policy", "policy.yaml", "--format", "json", "logs"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}']) && !stdout(&output).contains("secret"));
    let mut json: Value = serde_json::from_str(&stdout(&output)).unwrap();
    for access in json[0]["accesses"].as_array_mut().unwrap() {
        // What stands there changes with the catalogue.
        assert!(!access["silent"].take().as_array().unwrap().is_empty());
        access["detections"].as_array_mut().unwrap().retain(|detection| detection["said"] == "fired");
    }
    insta::assert_json_snapshot!(json);
}

#[test]
fn the_exit_status_tells_whether_it_was_found_and_all_was_read() {
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--event", ID, "logs"], 0, ""),
        (&["--event", ID, "logs", "broken"], 2, "rejected: broken/odd.json: record 0"),
        (&["--event", "2f", "logs"], 2, "error: no event 2f among the 3 records of 2 files\n"),
        (&["--event", "\u{1b}", "logs"], 2, "no event \\u{1b} among"),
        (&["--event", ID, "gone"], 2, "cannot read gone"),
        (&["--event", ID, "--policy", "logs/monday.json", "logs"], 2, "error: "),
        (&["logs"], 2, "--event <ID>"),
        (&["--event", ID], 2, "<PATH>"),
    ];
    for (args, status, want) in cases {
        let output = run(args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(*status), "{args:?}: {stderr}");
        assert!(stderr.contains(want) && stderr.is_empty() == want.is_empty(), "{args:?}: {stderr}");
    }
}

#[test]
fn what_guardduty_found_is_explained_by_its_own_id() {
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/scenarios/guardduty-speaks");
    let output = Command::new(env!("CARGO_BIN_EXE_tablewarden"))
        .current_dir(scenario)
        .args(["explain", "--event", "1dac14eb2f763a7689abed26f88bc00e", "--policy", "policy.yaml", "."])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
