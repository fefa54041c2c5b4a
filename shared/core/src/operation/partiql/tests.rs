use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

#[test]
fn verb_and_table_are_found_in_any_spelling() {
    use Effect::{Delete, Read, Write};
    let cases = [
        (r#"SELECT * FROM "orders" WHERE pk = ?"#, Some((Read, "orders"))),
        (r#"select a, b from "orders"."by-date" where c='x'"#, Some((Read, "orders"))),
        ("SELECT a FROM orders", Some((Read, "orders"))),
        ("  SELECT\n*\tFROM\n\"orders\"", Some((Read, "orders"))),
        (r#"SELECT "from", 'FROM' FROM "orders""#, Some((Read, "orders"))),
        (r#"SELECT size("x") FROM "shop.orders_v2""#, Some((Read, "shop.orders_v2"))),
        (r#"INSERT INTO "orders" VALUE {'pk': 'a', 'v': ***(Redacted)}"#, Some((Write, "orders"))),
        (r"insert  into orders value {}", Some((Write, "orders"))),
        (r#"UPDATE "orders" SET a=***(Redacted) WHERE pk='x'"#, Some((Write, "orders"))),
        (r#"DELETE FROM "orders" WHERE pk='x'"#, Some((Delete, "orders"))),
        (r#"Delete From "orders""#, Some((Delete, "orders"))),
        (
            r#"-- cleaning up
           DELETE FROM "orders" WHERE pk='x'"#,
            Some((Delete, "orders")),
        ),
        (
            r#"DELETE FROM "arn:aws:dynamodb:eu-west-1:444455556666:table/orders" WHERE pk='x'"#,
            Some((Delete, "arn:aws:dynamodb:eu-west-1:444455556666:table/orders")),
        ),
        (r#"EXISTS(SELECT * FROM "orders" WHERE pk='x')"#, Some((Read, "orders"))),
        (r#"SELECT * FROM "a""b""#, None),
        (r#"SELECT "a""FROM" FROM "b""#, Some((Read, "b"))),
        (r#"DELETE "orders""#, None),
        (r"DELETE FROM 'orders'", None),
        // What stands in a comment is no part of the statement, wherever it begins.
        ("SELECT a-- FROM decoy\nFROM \"orders\"", Some((Read, "orders"))),
        (r#"SELECT /* FROM decoy */ * FROM "orders""#, Some((Read, "orders"))),
        (r#"SELECT a/* FROM decoy -- */FROM/**/"orders""#, Some((Read, "orders"))),
        ("SELECT a -- /*\nFROM orders -- */ FROM decoy", Some((Read, "orders"))),
        (r"SELECT * /* FROM decoy", None),
        // Nor is what stands in a literal of Ion.
        (r#"SELECT `'` FROM "orders" WHERE a = `' FROM decoy`"#, None),
        (r#"DELETE FROM "orders"#, None),
        (r#"DELETE FROM """#, None),
        ("DROP TABLE orders", None),
        ("SELECT", None),
        ("", None),
        ("***(Redacted)", None),
    ];
    for (statement, want) in cases {
        let got = parse(statement);
        assert_eq!(got.as_ref().map(|s| (s.effect, s.table)), want, "{statement}");
    }
}

#[test]
fn an_index_follows_the_table_it_is_of() {
    let cases = [
        (r#"SELECT * FROM "orders"."by-date" WHERE c='x'"#, Some(("orders", Some("by-date")))),
        (r#"SELECT * FROM orders . "by.date""#, Some(("orders", Some("by.date")))),
        ("SELECT * FROM orders.byDate", Some(("orders", Some("byDate")))),
        (r#"SELECT * FROM "orders""#, Some(("orders", None))),
        (
            r#"SELECT * FROM "arn:aws:dynamodb:eu-west-1:444455556666:table/orders"."by-date""#,
            Some(("arn:aws:dynamodb:eu-west-1:444455556666:table/orders", Some("by-date"))),
        ),
        (r#"EXISTS(SELECT * FROM "orders"."by-date" WHERE c='x')"#, Some(("orders", Some("by-date")))),
        (r#"SELECT * FROM "orders". WHERE c='x'"#, Some(("orders", Some("WHERE")))),
        (r#"SELECT * FROM "orders".'by-date'"#, None),
        (r#"SELECT * FROM "orders"."#, None),
    ];
    for (statement, want) in cases {
        assert_eq!(parse(statement).map(|s| (s.table, s.index)), want, "{statement}");
    }
}

#[test]
fn items_are_named_by_their_keys_where_each_alternative_holds_an_attribute_against_a_literal_in_clear() {
    let conditions = [
        ("pk = 'a'", Keyed::Yes),
        ("pk='a'", Keyed::Yes),
        ("\"pk\" = 'it''s'", Keyed::Yes),
        ("'a' = pk", Keyed::Yes),
        ("pk = ?", Keyed::Unknown),
        ("pk = 7", Keyed::Yes),
        ("pk = -7.25", Keyed::Yes),
        ("pk = +7", Keyed::Yes),
        ("pk = 'a' AND sk BETWEEN 'a' AND 'b'", Keyed::Yes),
        ("sk BETWEEN 'a' AND 'b' AND pk = 'a'", Keyed::Yes),
        ("total > ***(Redacted) AND pk = 'a'", Keyed::Yes),
        ("begins_with(sk, 'x') and PK = 'a'", Keyed::Yes),
        ("pk IN ['a', 'b', ?]", Keyed::Yes),
        ("pk in ('a','b')", Keyed::Yes),
        ("pk = 'a' OR pk = 'b'", Keyed::Yes),
        ("(pk = 'a')", Keyed::Yes),
        ("((pk = 'a' OR (pk = 'b' AND x = ***(Redacted))))", Keyed::Yes),
        ("(pk = 'a' OR pk = 'b') AND status = ***(Redacted)", Keyed::Yes),
        ("pk = 'a' -- AND x", Keyed::Yes),
        ("pk/**/=/* */'a' ORDER BY sk DESC", Keyed::Yes),
        ("pk = 'a' RETURNING ALL OLD *", Keyed::Yes),
        ("pk = 'a';", Keyed::Yes),
        // Whether a parameter stands for a key is not told.
        ("? = x", Keyed::Unknown),
        ("pk IN [?, ?]", Keyed::Unknown),
        ("x = ? AND pk = 'a'", Keyed::Yes),
        ("x = ? OR pk = 'a'", Keyed::Unknown),
        ("x = ? OR y > ?", Keyed::No),
        ("x = ? AND y > ***(Redacted)", Keyed::Unknown),
        // Held against nothing, or not by equality.
        ("", Keyed::No),
        ("pk = ***(Redacted)", Keyed::No),
        ("pk = '***(Redacted)'", Keyed::No),
        ("pk IN ['a', ***(Redacted)]", Keyed::No),
        ("pk IN []", Keyed::No),
        ("pk IN other", Keyed::No),
        ("pk <> 'a'", Keyed::No),
        ("pk != 'a'", Keyed::No),
        ("pk >= 'a'", Keyed::No),
        ("pk > 'a' AND pk < 'b'", Keyed::No),
        ("NOT pk = 'a'", Keyed::No),
        ("NOT (pk = 'a')", Keyed::No),
        ("pk NOT IN ['a']", Keyed::No),
        ("contains(pk, 'a')", Keyed::No),
        ("begins_with(pk, 'a')", Keyed::No),
        ("size(pk) = 1", Keyed::No),
        ("attribute_exists(pk)", Keyed::No),
        ("pk IS NOT MISSING", Keyed::No),
        ("pk BETWEEN 'a' AND 'b'", Keyed::No),
        ("x BETWEEN 'a' AND pk = 'b'", Keyed::No),
        ("pk = 'a' || 'b'", Keyed::No),
        ("pk = pk", Keyed::No),
        ("1 = 1", Keyed::No),
        ("'a' = 'a'", Keyed::No),
        ("true = 1", Keyed::No),
        ("map.pk = 'a'", Keyed::No),
        ("list[0] = 'a'", Keyed::No),
        // One alternative is enough to read all.
        ("pk = 'a' OR 1 = 1", Keyed::No),
        ("pk = 'a' OR status = ***(Redacted)", Keyed::No),
        ("(pk = 'a') OR (status = ***(Redacted))", Keyed::No),
        ("(pk = 'a' OR x > ?) AND y > ?", Keyed::No),
        // What cannot be read.
        ("pk = 'a", Keyed::No),
        ("pk = `\"a\"`", Keyed::No),
        ("(pk = 'a'", Keyed::No),
        ("pk = 'a' AND [x", Keyed::No),
        ("(x])", Keyed::No),
    ];
    for (condition, want) in conditions {
        for statement in [
            format!("SELECT * FROM \"orders\" WHERE {condition}"),
            format!("select a from orders as o where {condition}"),
            format!("SELECT * FROM orders.\"by-date\" WHERE {condition}"),
            format!("DELETE FROM orders WHERE {condition}"),
            format!("UPDATE orders SET a = ***(Redacted) SET b = list_append(b, ?) REMOVE c WHERE {condition}"),
        ] {
            assert_eq!(parse(&statement).map(|s| s.keyed), Some(want), "{statement}");
        }
    }
    let statements = [
        ("SELECT * FROM orders", Keyed::No),
        ("SELECT * FROM orders ORDER BY pk", Keyed::No),
        ("SELECT * FROM orders, carts WHERE pk = 'a'", Keyed::No),
        ("SELECT * FROM orders JOIN carts ON pk = 'a'", Keyed::No),
        ("INSERT INTO orders VALUE {'pk': 'a', 'x': ***(Redacted)}", Keyed::Yes),
        ("EXISTS(SELECT * FROM orders WHERE pk = 'a')", Keyed::Yes),
        ("EXISTS(SELECT * FROM orders WHERE pk = 'a' OR x = ?) AND pk = 'a'", Keyed::Unknown),
        ("EXISTS(SELECT * FROM orders)", Keyed::No),
    ];
    for (statement, want) in statements {
        assert_eq!(parse(statement).map(|s| s.keyed), Some(want), "{statement}");
    }
}

#[test]
fn a_statement_about_one_item_tells_its_key() {
    let key = |statement: &str| {
        let key = parse(statement).unwrap().key;
        let word = |(name, literal): (Cow<'_, str>, Literal<'_>)| match literal {
            Literal::Text(text) => format!("{name}='{text}'"),
            Literal::Number(number) => format!("{name}={number}"),
            Literal::Parameter => unreachable!("a key with a parameter is not told"),
        };
        key.into_iter().map(word).collect::<Vec<_>>().join(" ")
    };
    let cases = [
        ("DELETE FROM t WHERE pk = 'it''s' AND 7 = \"s k\"", "pk='it's' s k=7"),
        ("UPDATE t SET a = ***(Redacted) WHERE \"p\"\"k\"='a' AND sk=-1.5 AND a > ***(Redacted)", "p\"k='a' sk=-1.5"),
        ("EXISTS(SELECT * FROM t WHERE pk='a' AND b = ***(Redacted))", "pk='a'"),
        (
            "INSERT INTO t VALUE {'pk': 'a', 'v': ***(Redacted), 'm': {'x': 'y', 'l': [1, 2]}, \"sk\": +7}",
            "pk='a' sk=7",
        ),
        ("INSERT INTO t value {'s': <<'x', 'y'>>, 'pk': 'a,}'}", "pk='a,}'"),
        // Of which item is not told.
        ("SELECT * FROM t WHERE pk='a' AND sk='b'", ""),
        ("DELETE FROM t WHERE pk='a' AND sk=?", ""),
        ("DELETE FROM t WHERE pk='a' OR pk='b'", ""),
        ("DELETE FROM t WHERE pk IN ['a']", ""),
        ("DELETE FROM t WHERE pk='a' AND sk='b' AND c='d'", ""),
        ("INSERT INTO t VALUE {'pk': 'a', 'sk': 'b', 'c': 'd'}", ""),
        ("DELETE FROM t", ""),
        ("INSERT INTO t VALUE {'pk': 'a', 'sk': ?}", ""),
        ("INSERT INTO t VALUE {'pk': 'a'", ""),
        ("INSERT INTO t VALUE ?", ""),
        ("INSERT INTO t SELECT", ""),
    ];
    for (statement, want) in cases {
        assert_eq!(key(statement), want, "{statement}");
    }
}

#[test]
fn a_condition_without_end_costs_no_more_than_one_of_the_longest() {
    let statement = |condition: &str| format!("SELECT * FROM orders WHERE {condition}");
    for unit in ["(", "pk = 'a' AND ", "pk = 'a' OR ", "NOT "] {
        let endless = statement(&unit.repeat(100_000)) + "pk = 'a'";
        assert_eq!(parse(&endless).map(|s| s.keyed), Some(Keyed::No), "{unit}");
    }
    let nested = |depth| statement(&format!("{}pk = 'a'{}", "(".repeat(depth), ")".repeat(depth)));
    assert_eq!(parse(&nested(20)).map(|s| s.keyed), Some(Keyed::Yes));
    assert_eq!(parse(&nested(4000)).map(|s| s.keyed), Some(Keyed::No));
}

proptest! {
    #[test]
    fn any_string_is_taken(statement in ".*") {
        parse(&statement);
    }

    #[test]
    fn any_ending_of_a_statement_is_taken(
        tail in r#"(["'*\-()\[\]{}:,;?=a-z0-9 .]|FROM|SELECT|WHERE|AND|OR|IN|BETWEEN|\*\*\*\(Redacted\)|\n)*"#,
    ) {
        for verb in ["SELECT ", "DELETE FROM ", "EXISTS(", "INSERT INTO ", "UPDATE ", "SELECT * FROM t WHERE ", "INSERT INTO t VALUE {"] {
            parse(&format!("{verb}{tail}"));
        }
    }
}
