//! What people read, and what scripts do, pinned.

use serde_json::{Value, json};

use crate::sample::{Folder, deletion, log, quiet, record, stdout};

const POLICY: &str = "\
version: 1
accounts:
  \"111122223333\": production
tables:
  - table: orders
    watch: [delete]
    expected:
      - user: intern
  - table: customers
    sensitivity: high
    expected: []
";

/// A stranger among people who are expected: of another account, denied, and in calls of known and unknown size.
fn day() -> Folder {
    let stranger = json!({
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEREPORT001:nightly",
        "arn": "arn:aws:sts::444455556666:assumed-role/report/nightly",
        "accountId": "444455556666",
        "sessionContext": { "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::444455556666:role/ops/report" } },
    });
    let by_stranger = |id, event_name, table| {
        let mut record = record(id, event_name, "", table);
        record["userIdentity"] = stranger.clone();
        record
    };
    let mut denied = by_stranger(12, "GetItem", "orders");
    denied["errorCode"] = "AccessDenied".into();
    let mut tomorrow = by_stranger(13, "GetItem", "customers");
    tomorrow["eventTime"] = "2026-03-03T00:00:05Z".into();
    let mut other = quiet(14);
    other["eventSource"] = "s3.amazonaws.com".into();
    let mut lists = record(15, "ListTables", "intern", "");
    lists["requestParameters"] = Value::Null;
    lists["resources"] = Value::Null;
    lists["eventCategory"] = "Management".into();
    lists["managementEvent"] = true.into();
    let records = [
        deletion(1),
        deletion(2),
        deletion(3),
        deletion(4),
        quiet(5),
        by_stranger(10, "Scan", "customers"),
        by_stranger(11, "GetItem", "customers"),
        denied,
        tomorrow,
        other,
        lists,
    ];
    Folder::new([
        ("policy.yaml", POLICY.as_bytes()),
        ("logs/monday.json", &log(&records)),
        ("logs/again.json", &log(&[deletion(1)])),
        ("logs/notes.txt", b"notes"),
        ("quiet/tuesday.json", &log(&[quiet(1)])),
    ])
}

#[test]
fn the_table_says_who_touched_what_and_why_it_was_flagged() {
    insta::assert_snapshot!(stdout(&day().replay(&["--policy", "policy.yaml", "logs"]).code(1)));
}

#[test]
fn a_quiet_day_says_so_and_who_touched_what() {
    insta::assert_snapshot!(stdout(&day().replay(&["--policy", "policy.yaml", "quiet"]).code(0)));
}

#[test]
fn the_json_object_holds_findings_and_summary() {
    insta::assert_snapshot!(stdout(&day().replay(&["--policy", "policy.yaml", "--format", "json", "logs"]).code(1)));
}

#[test]
fn the_help_names_the_forms_the_formats_and_the_exit_statuses() {
    insta::assert_snapshot!(stdout(&day().replay(&["--help"]).code(0)));
}
