//! What the table says beside a finding's own line.

use serde_json::json;

use crate::sample::{Folder, deletion, log, record, stdout};

#[test]
fn what_is_no_table_is_named_below() {
    let trail = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";
    let mut stopped = record(1, "StopLogging", "mallory", "none");
    stopped["eventSource"] = "cloudtrail.amazonaws.com".into();
    stopped["requestParameters"] = json!({ "name": trail });
    stopped["resources"] = json!(null);
    let folder = Folder::new([("a.json", log(&[stopped, deletion(2)]).as_slice())]);
    let text = stdout(&folder.replay(&["a.json"]).code(1));
    let named: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("what  ")).collect();
    assert!(matches!(named.as_slice(), [line] if line.ends_with(trail)), "{text}");
}

#[test]
fn keys_are_told_as_the_policy_says_and_suppressed_hits_are_counted() {
    let policy = |keys: &str| {
        format!(
            "version: 1\ntables:\n  - {{table: orders, keys: {keys}, watch: [delete]}}\nsuppressions:\n  - \
             {{detection: item-deletion, table: orders, user: robot, until: 2027-01-01, reason: clean-up}}\n"
        )
    };
    let calls = [deletion(1), record(2, "DeleteItem", "robot", "orders"), record(3, "DeleteItem", "robot", "orders")];
    for (keys, is_told) in [("show", true), ("redact", false)] {
        let folder = Folder::new([("policy.yaml", policy(keys).as_bytes()), ("a.json", &log(&calls))]);
        let text = stdout(&folder.replay(&["--policy", "policy.yaml", "a.json"]).code(1));
        assert_eq!(text.contains("keys  {\"pk\":\"redacted\"}"), is_told, "{text}");
        assert!(text.contains("FINDINGS  1 low, 2 hits suppressed\n"), "{text}");
    }
}

#[test]
fn no_findings_in_what_was_not_read_are_no_good_news() {
    let folder = Folder::new([("empty.json", b"".as_slice())]);
    let run = folder.replay(&["empty.json"]).code(2);
    assert!(stdout(&run).starts_with("No findings in what could be read.\n"), "{}", stdout(&run));
}
