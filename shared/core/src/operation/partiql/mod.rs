//! What a PartiQL statement does, to which table, and whether it names the key.
//!
//! CloudTrail logs statements with the literals of non-key attributes replaced by `***(Redacted)`, which is no valid
//! PartiQL: so this reads the tokens it needs and takes any string. Grammar: "PartiQL - a SQL-compatible query language
//! for Amazon DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html>.

mod condition;
mod tokens;

use super::Effect;
use tokens::{Token, Tokens};

/// The verb of a statement and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Read, write or delete.
    pub effect: Effect,
    /// A table's name or ARN, without the index that may follow.
    pub table: &'a str,
    /// The index that follows the table's name.
    pub index: Option<&'a str>,
    /// Whether it constrains the key. A `SELECT` that does not reads the whole table.
    pub keyed: bool,
}

/// Reads a statement; `None` where its verb or table cannot be told.
///
/// `EXISTS(SELECT …)`, the condition of a transaction, is a read.
pub fn parse(statement: &str) -> Option<Statement<'_>> {
    let mut tokens = Tokens { rest: statement };
    let verb = tokens.next()?;
    let effect = if verb.is("SELECT") {
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if verb.is("EXISTS") {
        tokens.skip_past("SELECT")?;
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if verb.is("INSERT") {
        tokens.next_if(|token| token.is("INTO"))?;
        Effect::Write
    } else if verb.is("UPDATE") {
        Effect::Write
    } else if verb.is("DELETE") {
        tokens.next_if(|token| token.is("FROM"))?;
        Effect::Delete
    } else {
        return None;
    };
    let table = tokens.next()?.name()?;
    let index = match tokens.next_if(|token| token == Token::Mark('.')) {
        Some(_) => Some(tokens.next()?.name()?),
        None => None,
    };
    // An item is inserted with its key.
    let keyed = verb.is("INSERT") || (find_where(&mut tokens, verb) && condition::constrains_key(tokens));
    Some(Statement { effect, table, index, keyed })
}

/// Moves past the `WHERE` that belongs to the statement; `false` where there is none.
fn find_where(tokens: &mut Tokens<'_>, verb: Token<'_>) -> bool {
    if verb.is("UPDATE") {
        return tokens.skip_past("WHERE").is_some();
    }
    // Between the table and `WHERE` there may be an alias; a second table or a join is for no one table's key.
    let is_name = |token: Token<'_>| token.name().is_some() && !token.is("WHERE");
    if tokens.next_if(|token| token.is("AS")).is_some() && tokens.next_if(is_name).is_none() {
        return false;
    }
    tokens.next_if(is_name);
    tokens.next_if(|token| token.is("WHERE")).is_some()
}

#[cfg(test)]
mod tests {
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
    fn a_key_is_constrained_where_each_alternative_holds_an_attribute_against_a_literal_in_clear() {
        let conditions = [
            ("pk = 'a'", true),
            ("pk='a'", true),
            ("\"pk\" = 'it''s'", true),
            ("'a' = pk", true),
            ("pk = ?", true),
            ("pk = 7", true),
            ("pk = -7.25", true),
            ("pk = +7", true),
            ("pk = 'a' AND sk BETWEEN 'a' AND 'b'", true),
            ("sk BETWEEN 'a' AND 'b' AND pk = 'a'", true),
            ("total > ***(Redacted) AND pk = 'a'", true),
            ("begins_with(sk, 'x') and PK = 'a'", true),
            ("pk IN ['a', 'b', ?]", true),
            ("pk in ('a','b')", true),
            ("pk = 'a' OR pk = 'b'", true),
            ("(pk = 'a')", true),
            ("((pk = 'a' OR (pk = 'b' AND x = ***(Redacted))))", true),
            ("(pk = 'a' OR pk = 'b') AND status = ***(Redacted)", true),
            ("pk = 'a' -- AND x", true),
            ("pk/**/=/* */'a' ORDER BY sk DESC", true),
            ("pk = 'a' RETURNING ALL OLD *", true),
            ("pk = 'a';", true),
            // Held against nothing, or not by equality.
            ("", false),
            ("pk = ***(Redacted)", false),
            ("pk = '***(Redacted)'", false),
            ("pk IN ['a', ***(Redacted)]", false),
            ("pk IN []", false),
            ("pk IN other", false),
            ("pk <> 'a'", false),
            ("pk != 'a'", false),
            ("pk >= 'a'", false),
            ("pk > 'a' AND pk < 'b'", false),
            ("NOT pk = 'a'", false),
            ("NOT (pk = 'a')", false),
            ("pk NOT IN ['a']", false),
            ("contains(pk, 'a')", false),
            ("begins_with(pk, 'a')", false),
            ("size(pk) = 1", false),
            ("attribute_exists(pk)", false),
            ("pk IS NOT MISSING", false),
            ("pk BETWEEN 'a' AND 'b'", false),
            ("x BETWEEN 'a' AND pk = 'b'", false),
            ("pk = 'a' || 'b'", false),
            ("pk = pk", false),
            ("1 = 1", false),
            ("'a' = 'a'", false),
            ("true = 1", false),
            ("map.pk = 'a'", false),
            ("list[0] = 'a'", false),
            // One alternative is enough to read all.
            ("pk = 'a' OR 1 = 1", false),
            ("pk = 'a' OR status = ***(Redacted)", false),
            ("(pk = 'a') OR (status = ***(Redacted))", false),
            ("(pk = 'a' OR x > ?) AND y > ?", false),
            // What cannot be read.
            ("pk = 'a", false),
            ("pk = `\"a\"`", false),
            ("(pk = 'a'", false),
            ("pk = 'a' AND [x", false),
            ("(x])", false),
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
            ("SELECT * FROM orders", false),
            ("SELECT * FROM orders ORDER BY pk", false),
            ("SELECT * FROM orders, carts WHERE pk = 'a'", false),
            ("SELECT * FROM orders JOIN carts ON pk = 'a'", false),
            ("INSERT INTO orders VALUE {'pk': 'a', 'x': ***(Redacted)}", true),
            ("EXISTS(SELECT * FROM orders WHERE pk = 'a')", true),
            ("EXISTS(SELECT * FROM orders WHERE pk = 'a' OR x = ?) AND pk = 'a'", true),
            ("EXISTS(SELECT * FROM orders)", false),
        ];
        for (statement, want) in statements {
            assert_eq!(parse(statement).map(|s| s.keyed), Some(want), "{statement}");
        }
    }

    #[test]
    fn a_condition_without_end_costs_no_more_than_one_of_the_longest() {
        let statement = |condition: &str| format!("SELECT * FROM orders WHERE {condition}");
        for unit in ["(", "pk = 'a' AND ", "pk = 'a' OR ", "NOT "] {
            let endless = statement(&unit.repeat(100_000)) + "pk = 'a'";
            assert_eq!(parse(&endless).map(|s| s.keyed), Some(false), "{unit}");
        }
        let nested = |depth| statement(&format!("{}pk = 'a'{}", "(".repeat(depth), ")".repeat(depth)));
        assert_eq!(parse(&nested(20)).map(|s| s.keyed), Some(true));
        assert_eq!(parse(&nested(4000)).map(|s| s.keyed), Some(false));
    }

    proptest! {
        #[test]
        fn any_string_is_taken(statement in ".*") {
            parse(&statement);
        }

        #[test]
        fn any_ending_of_a_statement_is_taken(
            tail in r#"(["'*\-()\[\],;?=a-z0-9 .]|FROM|SELECT|WHERE|AND|OR|IN|BETWEEN|\*\*\*\(Redacted\)|\n)*"#,
        ) {
            for verb in ["SELECT ", "DELETE FROM ", "EXISTS(", "INSERT INTO ", "UPDATE ", "SELECT * FROM t WHERE "] {
                parse(&format!("{verb}{tail}"));
            }
        }
    }
}
