//! How much is normal, and what is too much of a person.

use super::super::merge;
use super::*;

const NOTHING: Accept = Accept { root: false, other_accounts: false, bulk_deletions: false };
const BULK: Accept = Accept { bulk_deletions: true, ..NOTHING };

/// So many calls that delete twenty items each, a second apart.
fn deletions(identity: String, table: &str, calls: u64) -> Vec<Sample> {
    let entries = vec![r#"{"deleteRequest":{}}"#; 20].join(",");
    let params = format!(r#"{{"requestItems":{{"{table}":[{entries}]}}}}"#);
    Sample::new(identity, "BatchWriteItem", table).params(&params).times(calls)
}

/// Detection and what is to be changed about it, by table.
fn changes(learned: &Learned) -> Vec<(&str, String)> {
    let changes = learned.tables.iter().flat_map(|table| table.changes.iter().map(move |change| (table, change)));
    changes.map(|(table, change)| (table.label.as_str(), format!("{}: {}", change.detection, change.value()))).collect()
}

#[test]
fn a_threshold_is_raised_only_where_normal_machine_traffic_reaches_it() {
    let expiry = || role("app/expiry", "i-1");
    let cases = [
        (deletions(expiry(), "carts", 4), vec![]),
        (deletions(expiry(), "carts", 5), vec![("carts", "bulk-deletion: {items: 200}".to_owned())]),
        // The busiest counts, and two actors are not added up.
        (
            [deletions(expiry(), "carts", 5), deletions(role("app/other", "i-2"), "carts", 8)].concat(),
            vec![("carts", "bulk-deletion: {items: 320}".to_owned())],
        ),
        ([deletions(expiry(), "carts", 4), deletions(role("app/other", "i-2"), "carts", 4)].concat(), vec![]),
        ([deletions(expiry(), "carts", 4), deletions(expiry(), "orders", 4)].concat(), vec![]),
    ];
    for (samples, want) in cases {
        let learned = learn(&samples, NOTHING, None);
        assert_eq!(changes(&learned), want);
        assert!(learned.left_out.is_empty(), "{:?}", learned.left_out);
        Policy::parse("policy.yaml", &learned.to_yaml()).unwrap();
    }
}

#[test]
fn a_persons_deletions_in_bulk_are_left_out_unless_they_are_accepted() {
    let bulk = deletions(user("people/intern"), "carts", 5);
    let reads = vec![Sample::new(user("people/intern"), "Query", "carts")];
    let samples = [bulk, reads].concat();
    let lines = |learned: &Learned| {
        let lines = learned.tables.iter().flat_map(|table| &table.lines);
        lines.map(|line| line.actions.iter().cloned().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };

    let learned = learn(&samples, NOTHING, None);
    assert_eq!((lines(&learned), changes(&learned)), (vec!["Query".to_owned()], vec![]));
    let left_out: Vec<_> = learned.left_out.iter().map(|one| (one.why, one.calls)).collect();
    assert_eq!(left_out, [(super::super::Why::BulkDeletion, 5)]);

    let learned = learn(&samples, BULK, None);
    assert_eq!(lines(&learned), ["BatchWriteItem Query"]);
    assert_eq!(changes(&learned), [("carts", "bulk-deletion: {items: 200}".to_owned())]);
    assert!(learned.left_out.is_empty());
}

#[test]
fn what_one_person_of_a_set_deletes_in_bulk_does_not_keep_the_others_from_deleting() {
    let samples = [
        deletions(person("Support", "bob"), "carts", 5),
        deletions(person("Support", "alice"), "carts", 1),
        vec![Sample::new(person("Support", "bob"), "DeleteItem", "carts")],
    ];
    let learned = learn(&samples.concat(), NOTHING, None);
    let line = &learned.tables[0].lines[0];
    assert_eq!((line.actions.iter().map(String::as_str).collect::<Vec<_>>(), line.calls), (vec!["BatchWriteItem"], 1));
    let left_out: Vec<_> = learned.left_out.iter().map(|one| (one.who.as_str(), one.calls)).collect();
    assert_eq!(left_out, [("bob (SSO Support)", 6)]);
}

#[test]
fn thresholds_are_added_where_the_policy_says_nothing_of_them() {
    let samples = deletions(role("app/expiry", "i-1"), "carts", 5);
    let change = "bulk-deletion: {items: 200}";
    let comment = "  # 100 by role/app/expiry at 2026-03-02T09:00:00Z";
    let expected = "    expected: [{role: app/expiry}]\n";
    let entry = |rest: &str| format!("version: 1\ntables:\n  - table: carts  # c\n{rest}{expected}");
    let cases = [
        (entry(""), entry(&format!("    detections:\n      {change}{comment}\n"))),
        (
            entry("    detections:\n      table-updated: off\n"),
            entry(&format!("    detections:\n      table-updated: off\n      {change}{comment}\n")),
        ),
        (
            entry("    detections: {table-updated: off}\n"),
            entry(&format!("    detections: {{table-updated: off, {change}}}\n")),
        ),
        (entry("    detections: {}\n"), entry(&format!("    detections:\n      {change}{comment}\n"))),
        (
            entry("    detections: {bulk-deletion: {severity: low}}\n"),
            entry("    detections: {bulk-deletion: {severity: low, items: 200}}\n"),
        ),
        (
            entry("    detections:\n      bulk-deletion:\n        severity: low  # s\n"),
            entry("    detections:\n      bulk-deletion:\n        severity: low  # s\n        items: 200\n"),
        ),
        (
            "version: 1\ntables: [{table: carts, expected: [{role: app/expiry}]}]\n".to_owned(),
            format!(
                "version: 1\ntables: [{{table: carts, expected: [{{role: app/expiry}}], detections: {{{change}}}}}]\n"
            ),
        ),
        // Nothing is to be said where nothing is told.
        (entry("    detections: {bulk-deletion: off}\n"), entry("    detections: {bulk-deletion: off}\n")),
        (
            entry("    detections: {bulk-deletion: {items: 101}}\n"),
            entry("    detections: {bulk-deletion: {items: 101}}\n"),
        ),
    ];
    for (policy, want) in cases {
        let merged = merge("policy.yaml", &policy, &learn(&samples, NOTHING, Some(&policy))).unwrap();
        assert_eq!((merged.yaml.as_str(), merged.notes), (want.as_str(), vec![]), "{policy}");
        let again = merge("policy.yaml", &merged.yaml, &learn(&samples, NOTHING, Some(&merged.yaml))).unwrap();
        assert_eq!(again.yaml, merged.yaml);
    }
}

#[test]
fn a_threshold_that_the_policy_sets_itself_stays_and_is_told_of() {
    let samples = deletions(role("app/expiry", "i-1"), "carts", 5);
    let policy = "version: 1\ntables:\n  - table: carts\n    detections: {bulk-deletion: {items: 100}}\n    expected: [{role: app/expiry}]\n";
    let merged = merge("policy.yaml", policy, &learn(&samples, NOTHING, Some(policy))).unwrap();
    assert_eq!(merged.yaml, policy);
    assert_eq!(
        merged.notes,
        [
            "line 4: bulk-deletion fires on what was seen, 100 by role/app/expiry at 2026-03-02T09:00:00Z; `items: 200` would keep it quiet"
        ]
    );
}
