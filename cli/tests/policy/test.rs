//! Cases beside a policy.

use std::path::Path;

use super::{folder, run};

const POLICY: &str = "version: 1
tables:
  - table: orders
    watch: [delete]
    expected: [{user: alice}]
";

/// A case with one call.
fn case(name: &str, event_name: &str, user: &str, expect: &str) -> String {
    format!(
        r#"  - name: {name}
    event:
      eventID: e
      eventTime: 2026-03-02T09:15:00Z
      eventSource: dynamodb.amazonaws.com
      eventName: {event_name}
      awsRegion: eu-west-1
      userIdentity: {{type: IAMUser, arn: "arn:aws:iam::111122223333:user/{user}"}}
      recipientAccountId: "111122223333"
      requestParameters: {{tableName: orders, key: {{pk: a}}}}
    expect: {expect}
"#
    )
}

#[test]
fn the_example_of_the_repository_passes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/policy-example");
    let tested = run(Path::new(folder), &["test", "policy.yaml"]);
    assert_eq!((tested.status, tested.stderr.as_str()), (Some(0), ""), "{}", tested.stdout);
    let lines: Vec<&str> = tested.stdout.lines().collect();
    assert!(lines.len() > 4, "{}", tested.stdout);
    assert_eq!(lines.iter().filter(|line| line.starts_with("ok    ")).count(), lines.len() - 1);
}

#[test]
fn what_differs_is_shown_below_its_case() {
    let cases = [
        case("right", "DeleteItem", "alice", "[item-deletion]"),
        case("right with its severity", "DeleteItem", "alice", "[{detection: item-deletion, severity: low}]"),
        case("of another severity", "DeleteItem", "alice", "[{detection: item-deletion, severity: high}]"),
        case("of another detection", "GetItem", "mallory", "[item-deletion]"),
        case("none expected", "GetItem", "mallory", "[]"),
        case("none found", "GetItem", "alice", "[unexpected-principal]"),
    ];
    let cases = format!("cases:\n{}", cases.concat());
    let folder = folder(&[("policy.yaml", POLICY), ("policy.tests.yaml", &cases)]);
    let tested = run(folder.path(), &["test", "policy.yaml"]);
    assert_eq!((tested.status, tested.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(tested.stdout, @"
    ok    right
    ok    right with its severity
    FAIL  of another severity
            missing     item-deletion (high)
            unexpected  item-deletion (low): the table asks to be told of deletions (policy line 3)
    FAIL  of another detection
            missing     item-deletion
            unexpected  unexpected-principal (medium): no expectation of the table (policy line 3) names user/mallory
    FAIL  none expected
            unexpected  unexpected-principal (medium): no expectation of the table (policy line 3) names user/mallory
    FAIL  none found
            missing     unexpected-principal
    2 of 6 cases passed
    ");
}

#[test]
fn a_case_whose_event_says_nothing_is_no_success() {
    let other =
        case("another service", "GetItem", "alice", "[]").replace("dynamodb.amazonaws.com", "ec2.amazonaws.com");
    let broken = case("no record", "GetItem", "alice", "[]").replace("      eventID: e\n", "");
    let gone = "  - {name: no file, event: gone.json, expect: []}\n".to_owned();
    for (case, status, words) in [
        (other, 1, "not judged: its event holds no call that is audited: OtherService"),
        (broken, 2, "not understood: record 0: not a CloudTrail record: missing field `eventID`"),
        (gone, 2, "not understood: cannot open gone.json"),
    ] {
        let cases = format!("cases:\n{case}");
        let folder = folder(&[("policy.yaml", POLICY), ("other.yaml", &cases)]);
        let tested = run(folder.path(), &["test", "policy.yaml", "--cases", "other.yaml"]);
        assert_eq!(tested.status, Some(status), "{}", tested.stdout);
        assert!(tested.stdout.starts_with("FAIL  ") && tested.stdout.contains(words), "{}", tested.stdout);
    }
}

#[test]
fn what_is_wrong_with_the_cases_is_said() {
    for (cases, words) in [
        (
            "cases:\n  - {name: a, event: a.json, expect: [item-deletions]}\n",
            "case `a`: `item-deletions` is no detection",
        ),
        (
            "cases:\n  - {name: a, event: a.json, expect: [{detection: item-deletion, severity: grave}]}\n",
            "case `a`: `grave` is no severity, expected one of: informational",
        ),
        ("cases:\n  - {name: a, event: a.json}\n", "missing field `expect`"),
        ("cases:\n  - {name: a, event: a.json, expect: [], because: x}\n", "unknown field `because`"),
        (
            "cases:\n  - {name: a, event: 5, expect: []}\n",
            "expected the path of a file, or the fields of a record at line 2",
        ),
        (
            "cases:\n  - {name: a, event: a.json, expect: [{detection: item-deletion}]}\n",
            "expected the id of a detection, or fields `detection` and `severity` at line 2",
        ),
        ("case: []\n", "unknown field `case`"),
    ] {
        let folder = folder(&[("policy.yaml", POLICY), ("policy.tests.yaml", cases)]);
        let tested = run(folder.path(), &["test", "policy.yaml"]);
        assert_eq!((tested.status, tested.stdout.as_str()), (Some(2), ""), "{}", tested.stderr);
        assert!(
            tested.stderr.contains("the cases policy.tests.yaml") && tested.stderr.contains(words),
            "{}",
            tested.stderr
        );
    }
    let folder = folder(&[("policy.yaml", POLICY)]);
    let tested = run(folder.path(), &["test", "policy.yaml"]);
    assert!(
        tested.status == Some(2) && tested.stderr.contains("cannot read the cases policy.tests.yaml"),
        "{}",
        tested.stderr
    );
}
