//! Policies with what was learned in them, to the byte.

use super::super::merge;
use super::*;

const ALL: Accept = Accept { root: true, other_accounts: true, bulk_deletions: true };

/// A role calls `orders`, and another one a table that has no entry.
fn samples() -> [Sample; 2] {
    [Sample::new(role("app/new", "i-1"), "GetItem", "orders"), Sample::new(role("app/new", "i-1"), "Scan", "fresh")]
}

fn merged(yaml: &str, samples: &[Sample]) -> String {
    let merged = merge("policy.yaml", yaml, &learn(samples, ALL, Some(yaml))).unwrap();
    // What is in it is not added again.
    let again = merge("policy.yaml", &merged.yaml, &learn(samples, ALL, Some(&merged.yaml))).unwrap();
    assert_eq!(again.yaml, merged.yaml);
    merged.yaml
}

const NEW_LINE: &str = "- role: app/new  # 1 call, last 2026-03-02";

#[test]
fn lines_and_entries_are_added_where_their_neighbours_stand() {
    let line = |indent: &str| format!("{indent}{NEW_LINE}\n{indent}  actions: [GetItem]\n");
    let entry = |indent: &str| {
        format!(
            "{indent}- table: fresh  # 1 call, last 2026-03-02\n{indent}  expected:\n{indent}    {NEW_LINE}\n{indent}      actions: [Scan]\n"
        )
    };
    let flow = "{role: app/new, actions: [GetItem]}";
    let cases = [
        // (what stands before the line, what stands between line and entry, what stands after both)
        (
            "# head\nversion: 1\ntables:\n  - table: orders   # shop\n    expected:  # who\n      # first\n      - role:   app/api  # api\n        effects: [read,  write]   # both\n",
            "\n      # to be looked at\n    owner: a@example.com\n  # the end\n\n  - table: carts\n",
            "# foot\naccounts: {}\n",
            line("      "),
            entry("  "),
        ),
        // Lists that are not indented.
        (
            "version: 1\ntables:\n- table: orders\n  expected:\n  - role: app/api\n",
            "  sensitivity: high\n",
            "suppressions: []\n",
            line("  "),
            entry(""),
        ),
        // An empty list gives way to a block.
        ("version: 1\ntables:\n  - table: orders\n    expected:", "", "", format!("\n{}", line("      ")), entry("  ")),
    ];
    for (before, between, after, line, entry) in cases {
        let empty = if before.ends_with("expected:") { " []\n" } else { "" };
        let yaml = format!("{before}{empty}{between}{after}");
        assert_eq!(merged(&yaml, &samples()), format!("{before}{line}{between}{entry}{after}"));
    }
    let one_line = |expected: &str, rest: &str| {
        format!("version: 1\ntables:\n  - {{table: orders, expected: [{expected}]}}\n{rest}")
    };
    let flows = [
        ("", flow.to_owned()),
        ("{role: app/api}", format!("{{role: app/api}}, {flow}")),
        ("{role: app/api}, ", format!("{{role: app/api}}, {flow}, ")),
    ];
    for (before, after) in flows {
        assert_eq!(merged(&one_line(before, ""), &samples()), one_line(&after, &entry("  ")));
    }
}

#[test]
fn a_policy_without_tables_gets_them() {
    let entries = "tables:\n  - table: fresh  # 1 call, last 2026-03-02\n    expected:\n      - role: app/new  # 1 call, last 2026-03-02\n        actions: [Scan]\n";
    for (before, want) in [
        ("version: 1", format!("version: 1\n{entries}")),
        (
            "version: 1\n# none yet\ntables: []  # none\n",
            format!("version: 1\n# none yet\ntables:  # none\n{}", &entries[8..]),
        ),
        ("\u{feff}version: 1\naccounts: {}\n", format!("\u{feff}version: 1\naccounts: {{}}\n{entries}")),
        ("version: 1\r\n", format!("version: 1\r\n{}", entries.replace('\n', "\r\n"))),
        (
            "{version: 1}",
            "{version: 1, tables: [{table: fresh, expected: [{role: app/new, actions: [Scan]}]}]}".to_owned(),
        ),
        (
            "{\"version\": 1, \"tables\": []}\n",
            "{\"version\": 1, \"tables\": [{table: fresh, expected: [{role: app/new, actions: [Scan]}]}]}\n".to_owned(),
        ),
    ] {
        assert_eq!(merged(before, &samples()[1..]), want);
    }
}

#[test]
fn what_a_line_expects_already_is_not_added() {
    let policies = [
        "version: 1\ntables:\n  - table: orders\n    expected: [{role: app/new}]\n",
        "version: 1\ntables:\n  - table: orders\n    expected: [{role: \"app/*\", actions: [\"Get*\"]}]\n",
        // Where nobody is judged, nobody need be expected.
        "version: 1\ntables:\n  - table: orders\n",
    ];
    for policy in policies {
        assert_eq!(merged(policy, &samples()[..1]), policy);
    }
}

#[test]
fn a_line_that_names_other_calls_gets_a_second_one_beside_it() {
    let policy =
        "version: 1\ntables:\n  - table: orders\n    expected:\n      - role: app/new\n        actions: [Query]\n";
    assert_eq!(merged(policy, &samples()[..1]), format!("{policy}      {NEW_LINE}\n        actions: [GetItem]\n"));
}

#[test]
fn an_entry_that_speaks_by_a_pattern_gets_the_line_and_a_note() {
    let policy = "version: 1\ntables:\n  - table: ord*\n    expected:\n      - role: app/api\n";
    let merged = merge("policy.yaml", policy, &learn(&samples()[..1], ALL, Some(policy))).unwrap();
    assert!(merged.yaml.ends_with(&format!("      {NEW_LINE}\n        actions: [GetItem]\n")), "{}", merged.yaml);
    assert_eq!(
        merged.notes,
        ["line 3 speaks for all tables called ord*: what was added there is expected of each of them"]
    );
}

#[test]
fn a_list_that_is_an_alias_is_refused_with_its_line() {
    let policy = "version: 1\ntables:\n  - table: carts\n    expected: &who\n      - role: app/api\n  - table: orders\n    expected: *who\n";
    let error = merge("policy.yaml", policy, &learn(&samples()[..1], ALL, Some(policy))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 6: nothing can be added to `expected` here; write it as a list or a map of its own"
    );
}

#[test]
fn what_is_accepted_of_the_root_user_is_added_to_the_suppressions() {
    let policy = "version: 1\ntables:\n  - table: orders\n    expected: []\nsuppressions:\n  - detection: full-scan  # s\n    until: 2027-01-01\n    reason: r\n# end\n";
    let suppression = "  - detection: root-access\n    table: orders\n    until: 2026-05-31\n    reason: \"accepted when the policy was learned, 1 call, last 2026-03-02\"\n";
    let samples = [Sample::new(root(), "GetItem", "orders")];
    assert_eq!(merged(policy, &samples), policy.replace("# end\n", &format!("{suppression}# end\n")));
    let without = "version: 1\ntables: []\n";
    assert_eq!(merged(without, &samples), format!("{without}suppressions:\n{suppression}"));
}
