//! Keys, parts and reach.

use super::*;

/// The accesses of a call, each as `table[/part] reach keys…`.
fn reached(name: &str, params: &str, extra: &str) -> Vec<String> {
    lines(&record(name, &format!(r#","requestParameters":{params}{extra}"#)), |access| {
        let table = access.table.map_or("-".into(), |table| table.name.into_owned());
        let part = access.part.map_or(String::new(), |part| format!("/{}", part.path()));
        let mut words = vec![format!("{table}{part}"), format!("{:?}", access.reach)];
        words.extend(access.keys.iter().map(|key| key.0.to_string()));
        words.join(" ")
    })
}

fn check(name: &str, params: &str, want: &[&str]) {
    assert_eq!(reached(name, params, ""), want, "{name} {params}");
}

#[test]
fn calls_on_one_item_tell_its_key() {
    for name in ["GetItem", "PutItem", "UpdateItem", "DeleteItem"] {
        for field in ["key", "Key", "KEY"] {
            let params = format!(r#"{{"tableName":"orders","{field}":{{"sk":7,"pk":"a"}}}}"#);
            check(name, &params, &[r#"orders Items {"pk":"a","sk":7}"#]);
        }
        check(name, r#"{"tableName":"orders","item":["pk","total"]}"#, &["orders Items"]);
        check(name, r#"{"tableName":"orders","key":["pk"]}"#, &["orders Items"]);
    }
}

#[test]
fn batches_and_transactions_tell_the_keys_of_their_items_in_every_form() {
    for params in [
        r#"{"requestItems":{"orders":{"keys":[{"pk":"a"},{"pk":"b"}]},"carts":[{"pk":"c"}]}}"#,
        r#"{"RequestItems":[{"tableName":"orders","Keys":[{"pk":"a"},{"pk":"b"}]},{"TableName":"carts","key":{"pk":"c"}}]}"#,
        r#"{"requestItems":[{"get":{"tableName":"orders","key":{"pk":"a"}}},{"operation":"Get","tableName":"orders","key":{"pk":"b"}},
            {"Get":{"TableName":"carts","Key":{"pk":"c"}}}]}"#,
    ] {
        check("BatchGetItem", params, &[r#"orders Items {"pk":"a"} {"pk":"b"}"#, r#"carts Items {"pk":"c"}"#]);
    }
    check("BatchGetItem", r#"{"requestItems":["orders"]}"#, &["orders Items"]);
    check("BatchGetItem", r#"{"requestItems":{"orders":{"keys":[1,"a"]}}}"#, &["orders Items"]);
    check(
        "BatchWriteItem",
        r#"{"requestItems":{"orders":[{"putRequest":{"item":["pk"]}},{"DeleteRequest":{"Key":{"pk":"a"}}},{"deleteRequest":{"key":{"pk":"b"}}},{"putRequest":{"key":{"pk":"c"}}}]}}"#,
        &[r#"orders Items {"pk":"c"}"#, r#"orders Items {"pk":"a"} {"pk":"b"}"#],
    );
    check(
        "TransactWriteItems",
        r#"{"requestItems":[{"operation":"Put","tableName":"orders","key":{"pk":"a"},"items":["pk"]},{"operation":"Delete","TableName":"orders","Key":{"pk":"b"}}]}"#,
        &[r#"orders Items {"pk":"a"}"#, r#"orders Items {"pk":"b"}"#],
    );
    check(
        "TransactWriteItems",
        r#"{"transactItems":[{"delete":{"tableName":"orders","key":{"pk":"a"}}},{"ConditionCheck":{"TableName":"orders","Key":{"pk":"b"}}}]}"#,
        &[r#"orders Items {"pk":"a"}"#, r#"orders Items {"pk":"b"}"#],
    );
}

#[test]
fn the_key_in_a_statement_is_the_same_as_in_a_request() {
    let key = r#"orders Items {"pk":"a","sk":7}"#;
    check("DeleteItem", r#"{"tableName":"orders","key":{"sk":7,"pk":"a"}}"#, &[key]);
    for statement in [
        "DELETE FROM orders WHERE sk = 7 AND pk = 'a'",
        "UPDATE orders SET total = ***(Redacted) WHERE pk = 'a' AND sk = +7",
        "INSERT INTO orders VALUE {'pk': 'a', 'total': ***(Redacted), 'sk': 7}",
    ] {
        check("ExecuteStatement", &serde_json::json!({"statement": statement}).to_string(), &[key]);
    }
    for statement in ["DELETE FROM orders WHERE pk = 'a' AND pk = 'b'", "DELETE FROM orders WHERE pk = 1e-e"] {
        check("ExecuteStatement", &serde_json::json!({"statement": statement}).to_string(), &["orders Items"]);
    }
}

#[test]
fn of_many_keys_a_hundred_are_kept_and_all_are_counted() {
    let keys: Vec<String> = (0..250).map(|number| format!(r#"{{"pk":{number}}}"#)).collect();
    for requests in [format!("[{}]", keys.join(",")), format!(r#"{{"keys":[{}]}}"#, keys.join(","))] {
        let params = format!(r#","requestParameters":{{"requestItems":{{"orders":{requests}}}}}"#);
        let counts = |access: Access<'_>| format!("{:?} {}", access.items, access.keys.len());
        assert_eq!(lines(&record("BatchGetItem", &params), counts), ["Some(250) 100"]);
    }
}

#[test]
fn an_index_is_told_by_the_request_or_the_resources() {
    let resources = |path: &str| {
        format!(r#","resources":[{{"type":"AWS::DynamoDB::Table","ARN":"{ARN}"}},{{"ARN":"{ARN}{path}"}}]"#)
    };
    let arn = |path: &str| format!(r#"{{"tableName":"{ARN}{path}"}}"#);
    for name in ["Query", "Scan"] {
        let reach = if name == "Scan" { "Whole" } else { "Partition" };
        let on_index = [format!("orders/index/by-date {reach}")];
        for params in [
            r#"{"tableName":"orders","indexName":"by-date"}"#,
            r#"{"IndexName":"by-date","TableName":"orders"}"#,
            &arn("/index/by-date"),
        ] {
            assert_eq!(reached(name, params, ""), on_index, "{params}");
        }
        let plain = r#"{"tableName":"orders"}"#;
        assert_eq!(reached(name, plain, &resources("/index/by-date")), on_index);
        assert_eq!(reached(name, "null", &resources("/index/by-date")), on_index);
        assert_eq!(reached(name, plain, &resources("/backup/0154")), [format!("orders {reach}")]);
        assert_eq!(reached(name, plain, ""), [format!("orders {reach}")]);
        let denied = format!(
            r#","errorCode":"AccessDenied","errorMessage":"User: x is not authorized to perform: dynamodb:{name} on resource: {ARN}/index/by-date""#
        );
        assert_eq!(reached(name, "null", &denied), on_index);
    }
    check(
        "ExecuteStatement",
        r#"{"statement":"SELECT * FROM \"orders\".\"by-date\""}"#,
        &["orders/index/by-date Whole"],
    );
    check(
        "UpdateContributorInsights",
        r#"{"tableName":"orders","indexName":"by-date"}"#,
        &["orders/index/by-date Unknown"],
    );
}

#[test]
fn a_stream_is_told_by_its_arn_its_iterator_or_the_resources() {
    let stream = format!("{ARN}/stream/2026-01-01T00:00:00.000");
    let want = ["orders/stream/2026-01-01T00:00:00.000 Unknown"];
    let resources = format!(r#","resources":[{{"type":"AWS::DynamoDB::Stream","ARN":"{stream}"}}]"#);
    for (name, params, extra) in [
        ("GetShardIterator", format!(r#"{{"streamArn":"{stream}","shardId":"shardId-1"}}"#), ""),
        ("DescribeStream", format!(r#"{{"StreamArn":"{stream}"}}"#), ""),
        ("GetRecords", format!(r#"{{"shardIterator":"{stream}|1|AAAAAAAAAAEvJp6D+zaQ"}}"#), ""),
        ("GetRecords", r#"{"limit":100}"#.into(), &*resources),
        ("GetRecords", "null".into(), &*resources),
        ("PutResourcePolicy", format!(r#"{{"resourceArn":"{stream}","policy":"{{}}"}}"#), ""),
    ] {
        assert_eq!(reached(name, &params, extra), want, "{name} {params}");
    }
    check("GetRecords", r#"{"shardIterator":"AAAA"}"#, &["- Unknown"]);
}

#[test]
fn the_table_and_each_of_its_indexes_are_reached_apart() {
    check(
        "BatchExecuteStatement",
        r#"{"statements":[{"statement":"SELECT * FROM orders WHERE pk='a'"},{"statement":"SELECT * FROM orders.\"by-date\" WHERE day='b'"},
            {"statement":"SELECT * FROM orders WHERE pk='b'"}]}"#,
        &["orders Partition", "orders/index/by-date Partition"],
    );
}

#[test]
fn statements_reach_as_far_as_their_conditions_let_them_and_the_widest_counts() {
    let cases = [
        (&["SELECT * FROM orders WHERE pk='a'"][..], "orders Partition"),
        (&["SELECT * FROM orders WHERE total = ***(Redacted)"], "orders Whole"),
        (&["SELECT * FROM orders WHERE pk = ?"], "orders Unknown"),
        (&["SELECT * FROM orders WHERE pk='a'", "SELECT * FROM orders WHERE x = ?"], "orders Unknown"),
        (&["INSERT INTO orders VALUE {'pk':'a','sk':?}"], "orders Items"),
        (&["DELETE FROM orders WHERE pk=?"], "orders Items"),
        (&["UPDATE orders SET a=1 WHERE pk=?"], "orders Items"),
        (&["SELECT * FROM orders WHERE pk='a'", "SELECT * FROM orders"], "orders Whole"),
        (&["SELECT * FROM orders", "SELECT * FROM orders WHERE pk='a'"], "orders Whole"),
        (&["gibberish"], "- Unknown"),
    ];
    for (statements, want) in cases {
        let params = serde_json::json!({"statements": statements}).to_string();
        check("BatchExecuteStatement", &params, &[want]);
    }
    check("CreateTable", r#"{"tableName":"orders"}"#, &["orders Unknown"]);
    check("EvaporateItems", r#"{"tableName":"orders"}"#, &["orders Unknown"]);
}
