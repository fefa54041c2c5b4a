//! What is learned, and what is not.

use super::*;

const NOTHING: Accept = Accept { root: false, other_accounts: false, bulk_deletions: false };

/// What stands behind the principals of one table's lines.
fn lines(learned: &Learned) -> Vec<(&str, Vec<&str>)> {
    let lines = learned.tables.iter().flat_map(|table| &table.lines);
    lines.map(|line| (line.principal.as_str(), line.actions.iter().map(String::as_str).collect())).collect()
}

/// Reason, APIs and number of calls of what was left out.
fn left_out(learned: &Learned) -> Vec<(String, Vec<&str>, u64)> {
    let short = |why: String| why.split(" (").next().unwrap().to_owned();
    let told = learned.left_out.iter();
    told.map(|one| (short(one.why.to_string()), one.apis.iter().map(String::as_str).collect(), one.calls)).collect()
}

#[test]
fn what_was_done_becomes_a_policy_that_says_how_often_and_when() {
    let mut samples = vec![
        Sample::new(role("app/orders-api", "i-1"), "GetItem", "orders"),
        Sample::new(role("app/orders-api", "i-2"), "PutItem", "orders"),
        Sample::new(role("app/orders-api", "i-2"), "PutItem", "orders").error("ConditionalCheckFailedException"),
        Sample::new(role("ci/deploy", "run-7"), "UpdateTable", "orders"),
        Sample::new(person("DataEngineer", "bob@example.com"), "Query", "orders"),
        Sample::new(person("DataEngineer", "alice@example.com"), "Scan", "orders"),
        Sample::new(user("people/intern"), "GetItem", "carts"),
        Sample::new(r#"{"type":"AWSService","invokedBy":"backup.amazonaws.com"}"#.to_owned(), "Scan", "carts"),
        Sample::new(role("app/replica", "i-3"), "Query", "global").region("us-east-1"),
        Sample::new(role("app/global", "i-4"), "Query", "global").region("us-east-1"),
        Sample::new(role("app/global", "i-4"), "Query", "global"),
        Sample::new(root(), "Scan", "orders"),
        Sample::new(role("app/orders-api", "i-1"), "DescribeTable", "orders"),
    ];
    samples.extend(Sample::new(role("app/carts", "i-5"), "UpdateItem", "carts").endpoint("vpce-0a1b2c3d").times(20));
    insta::assert_snapshot!(learn(&samples, NOTHING, None).to_yaml());
}

#[test]
fn a_log_without_anything_to_learn_makes_a_policy_all_the_same() {
    let yaml = learn(&[], NOTHING, None).to_yaml();
    Policy::parse("policy.yaml", &yaml).unwrap();
}

#[test]
fn what_nobody_should_be_told_to_expect_is_left_out() {
    let api = || role("app/orders-api", "i-1");
    let cases: Vec<(Sample, &str)> = vec![
        (Sample::new(api(), "GetItem", "orders").error("AccessDenied"), "denied"),
        (
            Sample::new(api(), "GetItem", "orders").error("ValidationException"),
            "failed each time, so that it is not known whether it is allowed",
        ),
        (Sample::new(root(), "GetItem", "orders"), "by the root user, whom no line can expect"),
        (Sample::new(role_of("444455556666", "app/sync", "i-1"), "GetItem", "orders"), "from another account"),
        (Sample::new(api(), "DeleteTable", "orders"), "what table-deleted is there to tell of"),
        (Sample::new(person("Admin", "carol"), "UpdateTable", "orders"), "a person's change of a table"),
        (Sample::new(api(), "EvaporateItems", "orders"), "what unreadable-request is there to tell of"),
        (
            Sample::new(r#"{"type":"Unknown"}"#.to_owned(), "GetItem", "orders"),
            "by an actor, or on a table, that no line can name",
        ),
    ];
    for (sample, why) in cases {
        let name = sample.name;
        let learned = learn(&[sample], NOTHING, None);
        assert_eq!(left_out(&learned), [(why.to_owned(), vec![name], 1)], "{name}");
        assert_eq!(learned.left_out[0].events, ["event-0"], "{name}");
        assert!(learned.tables.is_empty() && learned.accounts.is_empty(), "{name}: {learned:?}");
    }
}

#[test]
fn a_call_that_no_detection_minds_needs_no_line() {
    let samples = [
        Sample::new(role("app/orders-api", "i-1"), "DescribeTable", "orders"),
        Sample::new(person("Admin", "carol"), "DescribeTable", "orders"),
        Sample::new(role("app/orders-api", "i-1"), "ListTables", "orders").params("null"),
    ];
    let learned = learn(&samples, NOTHING, None);
    assert_eq!((lines(&learned), left_out(&learned)), (vec![], vec![]));
}

#[test]
fn other_accounts_are_learned_where_they_are_accepted() {
    let samples = [Sample::new(role_of("444455556666", "app/sync", "i-1"), "GetItem", "orders")];
    let learned = learn(&samples, Accept { other_accounts: true, ..NOTHING }, None);
    assert_eq!(lines(&learned), [("- role: arn:aws:iam::444455556666:role/app/sync", vec!["GetItem"])]);
    assert_eq!(left_out(&learned), []);
    // A policy approves of the accounts that it names.
    assert_eq!(learned.accounts.keys().collect::<Vec<_>>(), ["111122223333"]);
}

#[test]
fn what_the_root_user_did_is_learned_where_it_is_accepted_but_for_what_others_would_be_told_of_too() {
    let samples = [Sample::new(root(), "GetItem", "orders"), Sample::new(root(), "Scan", "orders")];
    let learned = learn(&samples, Accept { root: true, ..NOTHING }, None);
    assert_eq!(left_out(&learned), [("what full-scan is there to tell of".to_owned(), vec!["Scan"], 1)]);
    let yaml = learned.to_yaml();
    let suppression = "suppressions:\n  - detection: root-access\n    table: orders\n    until: 2026-05-31\n    \
                       reason: \"accepted when the policy was learned, 1 call, last 2026-03-02\"\n";
    assert!(yaml.contains(suppression), "{yaml}");
}

#[test]
fn a_failure_speaks_for_nothing_unless_the_call_was_allowed_once() {
    let put = || Sample::new(role("app/lock", "i-1"), "PutItem", "locks");
    let cases: [(&[Sample], &[&str]); 3] = [
        (&[put().error("ConditionalCheckFailedException")], &["PutItem"]),
        (&[put().error("ProvisionedThroughputExceededException")], &[]),
        (&[put().error("ProvisionedThroughputExceededException"), put()], &["PutItem"]),
    ];
    for (samples, want) in cases {
        let learned = learn(samples, NOTHING, None);
        let actions: Vec<&str> = lines(&learned).into_iter().flat_map(|(_, actions)| actions).collect();
        assert_eq!(actions, want);
    }
}

#[test]
fn endpoints_are_required_only_of_machines_that_always_come_through_the_same_few() {
    let through = |endpoint| Sample::new(role("app/api", "i-1"), "GetItem", "orders").endpoint(endpoint);
    let by_person = Sample::new(person("Dev", "bob"), "GetItem", "orders").endpoint("vpce-0a");
    let cases: [(Vec<Sample>, &[&str]); 6] = [
        (through("vpce-0a").times(20), &["vpce-0a"]),
        (through("vpce-0a").times(19), &[]),
        ([through("vpce-0b").times(10), through("vpce-0a").times(10)].concat(), &["vpce-0a", "vpce-0b"]),
        ([through("vpce-0a").times(20), through("").times(1)].concat(), &[]),
        (["vpce-0a", "vpce-0b", "vpce-0c", "vpce-0d"].map(|id| through(id).times(10)).concat(), &[]),
        (by_person.times(20), &[]),
    ];
    for (samples, want) in cases {
        let learned = learn(&samples, NOTHING, None);
        assert_eq!(learned.tables[0].lines[0].vpc_endpoints, want);
    }
}

#[test]
fn tables_of_one_name_in_two_accounts_have_an_entry_each() {
    let elsewhere = r#"{"tableName":"arn:aws:dynamodb:eu-west-1:444455556666:table/orders"}"#;
    let samples = [
        Sample::new(role("app/api", "i-1"), "GetItem", "orders"),
        Sample::new(role_of("444455556666", "app/api", "i-1"), "GetItem", "orders").params(elsewhere),
        Sample::new(role("app/api", "i-1"), "GetItem", "other"),
    ];
    let learned = learn(&samples, NOTHING, None);
    let labels: Vec<&str> = learned.tables.iter().map(|table| table.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "arn:aws:dynamodb:*:111122223333:table/orders",
            "arn:aws:dynamodb:*:444455556666:table/orders",
            // A word of metrics, which no entry may be called.
            "arn:aws:dynamodb:*:111122223333:table/other",
        ]
    );
    Policy::parse("policy.yaml", &learned.to_yaml()).unwrap();
}

#[test]
fn long_lists_are_broken_and_hostile_names_break_nothing() {
    let mut samples: Vec<Sample> = [
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "GetRecords",
        "GetShardIterator",
    ]
    .map(|name| Sample::new(role("app/api", "i-1"), name, "null"))
    .to_vec();
    samples.push(Sample::new(person("Dev", r"x\n  - role: app/evil\u2028"), "Query", "null"));
    samples.push(Sample::new(role(r"a/b\nc", "i-1"), "Query", "null"));
    samples.push(Sample::new(root(), "Query", r"x\n- table: y"));
    let yaml = learn(&samples, NOTHING, None).to_yaml();
    Policy::parse("policy.yaml", &yaml).unwrap();
    assert!(yaml.lines().filter(|line| !line.starts_with('#')).all(|line| line.len() <= 120), "{yaml}");
    assert!(yaml.contains("- table: \"null\""), "{yaml}");
    assert!(
        !yaml.lines().any(|line| line.trim_start().starts_with("- role: app/evil") || line.starts_with("- table: y"))
    );
}

#[test]
fn a_flood_of_names_is_told_together_and_hides_no_table_that_there_is() {
    const FLOOD: usize = 5_000;
    let made_up = |error: &'static str| -> Vec<Sample> {
        let one = |n: usize| Sample::new(role("app/scanner", "i-1"), "GetItem", &format!("made-up-{n}")).error(error);
        (0..FLOOD).map(one).collect()
    };
    for error in ["ResourceNotFoundException", "AccessDenied"] {
        let mut samples = made_up(error);
        samples.push(Sample::new(role("app/orders-api", "i-2"), "GetItem", "orders"));
        let learned = learn(&samples, NOTHING, None);
        assert_eq!(lines(&learned), [("- role: app/orders-api", vec!["GetItem"])], "{error}");
        assert!(learned.left_out.len() < FLOOD / 2, "{error}: {}", learned.left_out.len());
        let calls: u64 = learned.left_out.iter().map(|left_out| left_out.calls).sum();
        assert_eq!(calls, FLOOD as u64, "{error}");
        let yaml = learned.to_yaml();
        assert!(yaml.contains("by role/app/scanner on more tables than are told apart, "), "{error}: {yaml}");
    }
    // A pattern of the policy speaks for them all.
    let base = "version: 1\ntables:\n  - table: \"made-*\"\n    expected: []\n";
    let learned = learn(&made_up("ResourceNotFoundException"), NOTHING, Some(base));
    assert_eq!(left_out(&learned).iter().map(|(_, _, calls)| calls).sum::<u64>(), FLOOD as u64);
    assert!(learned.to_yaml().contains(" on more tables than are told apart: made-up-0 ("));
}

#[test]
fn what_failed_on_many_tables_is_learned_where_it_is_allowed_later() {
    let get = |table: usize| Sample::new(role("app/api", "i-1"), "GetItem", &format!("table-{table}"));
    let mut samples: Vec<Sample> = (0..100).map(|n| get(n).error("ThrottlingException")).collect();
    samples.extend((0..100).map(get));
    let learned = learn(&samples, NOTHING, None);
    assert_eq!((learned.tables.len(), learned.left_out.len()), (100, 0));
    assert!(learned.tables.iter().all(|table| table.calls == 2));
}
