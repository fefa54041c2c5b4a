use super::*;
use crate::ports::{Counted, Step};
use crate::severity::Severity;

#[test]
fn a_bulk_deletion_is_one_finding_about_what_lies_in_its_windows() {
    let mut calls = deletions(60, 0, 1, "mallory", "orders");
    // Long before and long after, and by somebody else.
    calls.extend(deletions(5, -3600, 60, "mallory", "orders"));
    calls.extend(deletions(5, 7200, 60, "mallory", "orders"));
    calls.extend(deletions(99, 0, 1, "alice", "orders"));
    let batch = r#"{"requestItems":{"orders":[{"deleteRequest":{}},{"deleteRequest":{}}]}}"#;
    calls.extend(
        (0..30).map(|n| Call { params: batch.to_owned(), ..call(100 + n, "BatchWriteItem", "mallory", "orders") }),
    );
    let findings = found("bulk-deletion", &calls);
    assert_eq!(
        told(&findings),
        ["high orders by user/mallory: 120 items deleted within 5 minutes from 09:00:00 UTC, the threshold is 100"]
    );
    let finding = &findings[0];
    assert_eq!((finding.accesses, finding.known_items(), finding.event_ids.iter().count()), (90, Some(120), 90));
    assert_eq!(finding.first.time.to_string(), "2026-03-02T09:00:00Z");
    assert_eq!(finding.last_seen.to_string(), "2026-03-02T09:02:09Z");
    assert_eq!(finding.operations.iter().collect::<Vec<_>>(), ["BatchWriteItem", "DeleteItem"]);
}

#[test]
fn what_is_slow_or_in_vain_or_of_many_tables_is_no_bulk_deletion() {
    let failed: Vec<Call> = deletions(200, 0, 1, "mallory", "orders")
        .into_iter()
        .map(|call| Call { error: "ThrottlingException", ..call })
        .collect();
    let spread = (0..200)
        .zip(["orders", "carts", "stock"].into_iter().cycle())
        .map(|(n, table)| call(n, "DeleteItem", "mallory", table));
    let cases = [
        ("one short", deletions(99, 0, 1, "mallory", "orders")),
        ("slow", deletions(200, 0, 4, "mallory", "orders")),
        ("throttled", failed),
        ("of three tables", spread.collect()),
    ];
    for (claim, calls) in cases {
        assert_eq!(told(&found("bulk-deletion", &calls)), Vec::<String>::new(), "{claim}");
    }
}

#[test]
fn two_bursts_of_one_actor_are_one_finding_and_the_greater_is_its_reason() {
    let mut calls = deletions(110, 0, 1, "mallory", "orders");
    calls.extend(deletions(150, 90_000, 1, "mallory", "orders"));
    let findings = found("bulk-deletion", &calls);
    assert_eq!(
        told(&findings),
        [
            "high orders by user/mallory: 150 items deleted within 5 minutes from 2026-03-03 10:00:00 UTC, the threshold is 100"
        ]
    );
    assert_eq!(findings[0].accesses, 260);
}

#[test]
fn denials_are_told_of_the_table_or_of_several_together() {
    let tables = ["orders", "carts", "stock", "users"];
    let names = ["GetItem", "Scan", "DescribeTable", "DeleteItem"];
    let spread = |count: i64| -> Vec<Call> {
        let tries = names.into_iter().zip(tables).cycle();
        (0..count).zip(tries).map(|(n, (name, table))| denied(n * 20, name, "mallory", table)).collect()
    };
    assert_eq!(told(&found("denied-burst", &spread(9))), Vec::<String>::new());
    let findings = found("denied-burst", &spread(12));
    assert_eq!(
        told(&findings),
        [
            "medium * by user/mallory: 12 calls denied on several tables within 10 minutes from 09:00:00 UTC, the threshold is 10"
        ]
    );
    assert_eq!((findings[0].tables.iter().count(), findings[0].subject.account.as_str()), (4, "111122223333"));

    // Where one table is told by itself, the sum is not.
    let mut calls = spread(12);
    calls.extend((0..10).map(|n| denied(n, "GetItem", "mallory", "orders")));
    let findings = found("denied-burst", &calls);
    assert_eq!(
        told(&findings),
        ["medium orders by user/mallory: 13 calls denied within 10 minutes from 09:00:00 UTC, the threshold is 10"]
    );
}

#[test]
fn one_call_is_one_call_however_many_tables_it_names() {
    let many: Vec<String> = (0..50).map(|n| format!(r#""t{n}":{{"keys":[{{}}]}}"#)).collect();
    let params = format!(r#"{{"requestItems":{{{}}}}}"#, many.join(","));
    let one = Call { params, ..denied(0, "BatchGetItem", "mallory", "") };
    assert_eq!(told(&found("denied-burst", &[one])), Vec::<String>::new());
}

#[test]
fn success_after_a_burst_of_denials_is_critical() {
    let burst = || (0..12).map(|n| denied(n * 10, "Scan", "mallory", "orders"));
    let reason = "12 calls denied within 10 minutes from 09:00:00 UTC, the threshold is 10";
    let through = "and then a call on the data of orders succeeded at 2026-03-02 09:30:00 UTC";
    let after = |name, user, table| call(1800, name, user, table);
    let cases = [
        ("the same call", after("Scan", "mallory", "orders"), true),
        ("another call", after("GetItem", "mallory", "orders"), true),
        ("a look at the table", after("DescribeTable", "mallory", "orders"), false),
        ("another table", after("Scan", "mallory", "carts"), false),
        ("another actor", after("Scan", "alice", "orders"), false),
        ("two days later", call(180_000, "Scan", "mallory", "orders"), false),
        ("throttled", Call { error: "ThrottlingException", ..after("Scan", "mallory", "orders") }, false),
    ];
    for (claim, success, is_through) in cases {
        let calls: Vec<Call> = burst().chain([success]).collect();
        let want = if is_through {
            format!("critical orders by user/mallory: {reason}, {through}")
        } else {
            format!("medium orders by user/mallory: {reason}")
        };
        assert_eq!(told(&found("denied-burst", &calls)), [want], "{claim}");
    }
    // A severity that the policy sets is for bursts that lead to nothing.
    let set = "version: 1\ndetections:\n  denied-burst: {severity: low}\n";
    let got_through: Vec<Call> = burst().chain([call(1800, "Scan", "mallory", "orders")]).collect();
    let led_to_nothing: Vec<Call> = burst().collect();
    for (calls, want) in [(got_through, Severity::Critical), (led_to_nothing, Severity::Low)] {
        let findings = found_under(set, "denied-burst", &calls);
        assert_eq!(findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [want]);
    }
    // Who got through before, gets through after: no news.
    let calls: Vec<Call> = burst().chain([-5, 1800].map(|second| call(second, "Query", "mallory", "orders"))).collect();
    assert_eq!(told(&found("denied-burst", &calls)), [format!("medium orders by user/mallory: {reason}")]);
}

#[test]
fn the_policy_moves_thresholds_and_severities_and_leaves_out_what_it_suppresses() {
    let suppressed_until = |until: &str| {
        format!(
            "suppressions:\n  - detection: bulk-deletion\n    table: orders\n    until: {until}\n    reason: move\n"
        )
    };
    let of_orders = |lines: &str| format!("tables:\n  - table: orders\n{lines}");
    let cases = [
        ("nothing said", String::new(), Some((Severity::High, 150))),
        ("switched off", "detections:\n  bulk-deletion: off\n".into(), None),
        ("a higher threshold", "detections:\n  bulk-deletion: {items: 151}\n".into(), None),
        (
            "a lower one for the table",
            "detections:\n  bulk-deletion: {items: 151}\n".to_owned()
                + &of_orders("    detections:\n      bulk-deletion: {items: 150, severity: low}\n"),
            Some((Severity::Low, 150)),
        ),
        ("a sensitive table", of_orders("    sensitivity: high\n"), Some((Severity::Critical, 150))),
        ("suppressed", suppressed_until("2026-12-31"), None),
        ("suppressed too long ago", suppressed_until("2026-03-01"), Some((Severity::High, 150))),
        ("suppressed for too few of them", suppressed_until("2026-03-02T09:00:50Z"), Some((Severity::High, 100))),
        ("suppressed for enough of them", suppressed_until("2026-03-02T09:00:51Z"), None),
    ];
    let mut calls = deletions(150, 0, 1, "mallory", "orders");
    calls.push(call(HOUR, "DeleteTable", "mallory", "orders"));
    for (claim, lines, want) in cases {
        let policy = format!("version: 1\n{lines}");
        let findings = found_under(&policy, "bulk-deletion", &calls);
        let told: Vec<_> = findings.iter().map(|finding| (finding.severity, finding.accesses)).collect();
        assert_eq!(told, Vec::from_iter(want), "{claim}");
        let chains = found_under(&policy, "recovery-destruction", &calls);
        assert_eq!(chains.len(), told.len(), "{claim}: what is not told is no step");
    }
}

/// What earlier runs counted.
struct Before(Vec<(i64, u64)>);

impl History for Before {
    async fn count(&mut self, run: Vec<Counted>) -> Vec<BTreeMap<i64, Counts>> {
        let with_before = |counted: Counted| {
            let mut counts: BTreeMap<i64, Counts> =
                counted.buckets.iter().map(|(number, bucket)| (*number, bucket.counts)).collect();
            for (number, items) in &self.0 {
                counts.entry(*number).or_default().items += items;
            }
            counts
        };
        run.into_iter().map(with_before).collect()
    }

    async fn link(&mut self, _: &[Step]) -> Vec<Step> {
        Vec::new()
    }
}

#[test]
fn a_window_goes_on_from_what_earlier_runs_counted() {
    let morning = MORNING.parse::<Timestamp>().unwrap().as_second() / 10;
    let calls = records(&deletions(60, 100, 1, "mallory", "orders"));
    for (before, want) in
        [(vec![(morning, 39)], None), (vec![(morning, 40)], Some(60)), (vec![(morning - 40, 60)], None)]
    {
        let findings = settle(&calls, "", &mut Before(before.clone()));
        let bulk = findings.iter().find(|finding| finding.subject.detection.id == "bulk-deletion");
        assert_eq!(bulk.map(|finding| finding.accesses), want, "{before:?}");
    }
}

#[test]
fn a_threshold_of_a_table_is_for_what_is_expected_there() {
    let policy = "version: 1
detections: {bulk-deletion: {items: 120}}
tables:
  - table: orders
    detections: {bulk-deletion: {items: 1000}}
    expected:
      - user: cleaner
      - {user: intern, effects: [read]}
  - table: carts
    detections: {bulk-deletion: {items: 50}}
    expected: []
  - table: logs
    detections: {bulk-deletion: {items: 1000}}
";
    let cases = [
        ("cleaner", "orders", 500, None),
        ("cleaner", "orders", 1000, Some(1000)),
        // Who may read is no more expected to delete than who is not named at all.
        ("intern", "orders", 119, None),
        ("intern", "orders", 120, Some(120)),
        ("mallory", "orders", 120, Some(120)),
        // A lower one is for everybody.
        ("mallory", "carts", 50, Some(50)),
        // Where nobody is judged, nobody is unexpected.
        ("mallory", "logs", 500, None),
    ];
    for (user, table, count, want) in cases {
        let batch = r#"{"requestItems":{"TABLE":[ITEMS]}}"#
            .replace("TABLE", table)
            .replace("ITEMS", &vec![r#"{"deleteRequest":{}}"#; count].join(","));
        let call = Call { params: batch, ..call(0, "BatchWriteItem", user, table) };
        let want: Vec<String> = want
            .iter()
            .map(|threshold| {
                format!("high {table} by user/{user}: {count} items deleted within 5 minutes from 09:00:00 UTC, the threshold is {threshold}")
            })
            .collect();
        assert_eq!(told(&found_under(policy, "bulk-deletion", &[call])), want, "{user} {table} {count}");
    }
}

#[test]
fn one_unexpected_call_holds_the_actor_to_the_lower_threshold_in_any_order() {
    let policy = "version: 1
tables:
  - table: orders
    detections: {bulk-deletion: {items: 1000}}
    expected: [{user: cleaner, actions: [DeleteItem]}]
";
    let expected = deletions(150, 0, 1, "cleaner", "orders");
    assert_eq!(told(&found_under(policy, "bulk-deletion", &expected)), [""; 0]);
    let batch = r#"{"requestItems":{"orders":[{"deleteRequest":{}}]}}"#.to_owned();
    let other = Call { params: batch, ..call(75, "BatchWriteItem", "cleaner", "orders") };
    let calls = [expected, vec![other]].concat();
    assert_eq!(
        told(&found_under(policy, "bulk-deletion", &calls)),
        ["high orders by user/cleaner: 151 items deleted within 5 minutes from 09:00:00 UTC, the threshold is 100"]
    );
}
