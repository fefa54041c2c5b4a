//! Which entry speaks for a table, and what it says.

use proptest::prelude::*;

use super::*;

#[test]
fn all_fields_of_the_format_are_read() {
    let policy = policy(
        "\u{feff}version: 1
accounts:
  \"111122223333\": production
  012345678901: zeros
tables:
  - table: orders
    owner: shop-team@example.com
    sensitivity: high
    watch: [delete]
    expected:
      - role: app/orders-api
      - permission-set: DataEngineer
        person: alice@example.com
  - table: cache
    expected: []
  - table: '*'
",
    );
    assert_eq!(policy.account_name("111122223333"), Some("production"));
    assert_eq!(policy.account_name("012345678901"), Some("zeros"));
    assert_eq!(policy.account_name("444455556666"), None);
    let said: Vec<_> = policy
        .tables
        .iter()
        .map(|t| {
            (t.label.as_str(), t.owner.as_deref(), t.sensitivity, t.watch.contains(&Effect::Delete), t.judges(), t.line)
        })
        .collect();
    assert_eq!(
        said,
        [
            ("orders", Some("shop-team@example.com"), Sensitivity::High, true, true, 6),
            ("cache", None, Sensitivity::Normal, false, true, 14),
            ("*", None, Sensitivity::Normal, false, false, 16),
        ]
    );
}

#[test]
fn the_most_specific_entry_speaks_whatever_the_order_of_the_file() {
    let entries = [
        "'*'",
        "ord*",
        "order*",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/ord*",
        "orders",
        "arn:aws:dynamodb:*:111122223333:table/orders",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    ];
    let elsewhere = |account: &'static str, region: &'static str| TableId {
        account: account.into(),
        region: region.into(),
        ..table("orders")
    };
    let cases = [
        (table("orders"), "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
        (elsewhere("111122223333", "us-east-1"), "arn:aws:dynamodb:*:111122223333:table/orders"),
        (elsewhere("444455556666", "eu-west-1"), "orders"),
        (table("orders-old"), "order*"),
        (table("ordinals"), "arn:aws:dynamodb:eu-west-1:111122223333:table/ord*"),
        (TableId { region: "us-east-1".into(), ..table("ordinals") }, "ord*"),
        (table("customers"), "*"),
    ];
    let lines = entries.map(|entry| format!("  - table: {entry}\n"));
    let backwards: String = lines.iter().rev().map(String::as_str).collect();
    for tables in [lines.concat(), backwards] {
        let policy = policy(&format!("version: 1\ntables:\n{tables}"));
        for (table, want) in &cases {
            let got = policy.table(table).map(|t| t.label.as_str());
            assert_eq!(got, Some(*want), "{table}\n{tables}");
        }
    }
}

#[test]
fn a_table_no_entry_matches_has_none() {
    let policy = policy("version: 1\ntables:\n  - table: orders\n  - table: cust*\n");
    assert!(policy.table(&table("Orders")).is_none());
    assert!(policy.table(&table("orders-old")).is_none());
    assert!(Policy::default().table(&table("orders")).is_none());
}

#[test]
fn patterns_that_share_no_table_may_be_equally_specific() {
    let policy = policy("version: 1\ntables:\n  - table: eu-*\n  - table: us-*\n  - table: '*-a'\n");
    assert_eq!(policy.table(&table("us-orders")).map(|t| t.line), Some(4));
}

/// Comparing each entry with all others, or long patterns byte by byte, would not end.
#[test]
fn a_policy_with_as_many_entries_as_its_size_allows_is_read() {
    let long = "x".repeat(230);
    let cases: [(usize, &dyn Fn(usize) -> String); 4] = [
        (40_000, &|n| format!("t{n:05}")),
        (14_000, &|n| format!("arn:aws:dynamodb:eu-west-1:{n:012}:table/orders")),
        (3_000, &|n| format!("t{n:05}*{long}*")),
        (3_000, &|n| format!("*{long}*{n:05}")),
    ];
    for (count, entry) in cases {
        let tables: Vec<String> = (0..count).map(|n| format!("  - table: '{}'\n", entry(n))).collect();
        let policy = policy(&format!("version: 1\ntables:\n{}", tables.concat()));
        assert_eq!(policy.tables.len(), count, "{}", entry(0));
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        let _ = Policy::parse("policy.yaml", &text).map_err(|error| error.to_string());
    }

    #[test]
    fn no_text_that_looks_like_a_policy_makes_the_parser_panic(
        lines in prop::collection::vec(
            ("[ \t]{0,6}(- )?(table|expected|role|accounts|tables|person|watch|&a|<<)?:?", "[ a-z0-9*&\"'{}\\[\\]|>:#é\t\r~-]{0,12}"),
            0..12,
        ),
    ) {
        let body: String = lines.into_iter().flat_map(|(field, value)| [field, value, "\n".to_owned()]).collect();
        let _ = Policy::parse("policy.yaml", &format!("version: 1\n{body}")).map_err(|error| error.to_string());
    }

    #[test]
    fn any_one_entry_is_found_for_the_table_it_names(name in "[a-zA-Z0-9_.-]{3,40}") {
        let policy = policy(&format!("version: 1\ntables:\n  - table: \"{name}\"\n  - table: '*'\n"));
        prop_assert_eq!(policy.table(&table(&name)).map(|t| t.line), Some(3));
    }
}
