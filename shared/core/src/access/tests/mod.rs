mod dependency;
mod operations;
mod properties;
mod reached;
mod requests;

use super::*;

const ARN: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

/// A record of a call of the user `intern`, with these fields behind the usual ones.
fn record(name: &str, extra: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",
            "eventName":"{name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333",
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/intern"}}{extra}}}"#
    )
}

/// The accesses of a record, each by a line.
fn lines(json: &str, line: impl Fn(Access<'_>) -> String) -> Vec<String> {
    let record = Record::parse(json).unwrap();
    let call = Call::read(&record).unwrap();
    call.accesses().into_iter().map(line).collect()
}

/// The accesses of a record, each as `account/table effect items`, with `!reason` behind what could not be read.
fn accesses(name: &str, extra: &str) -> Vec<String> {
    lines(&record(name, extra), |access| {
        let table = access.table.map_or("-".into(), |table| format!("{}/{}", table.account, table.name));
        let items = access.items.map_or("?".into(), |items| items.to_string());
        let why = access.unreadable.map_or(String::new(), |why| format!(" !{why}"));
        format!("{table} {} {items}{why}", access.effect.as_str())
    })
}

fn check(name: &str, params: &str, want: &[&str]) {
    assert_eq!(accesses(name, &format!(r#","requestParameters":{params}"#)), want, "{name} {params}");
}

#[test]
fn single_item_calls_touch_one_item_of_the_table_they_name() {
    for (name, want) in [
        ("GetItem", "111122223333/orders read 1"),
        ("Query", "111122223333/orders read ?"),
        ("Scan", "111122223333/orders read ?"),
        ("PutItem", "111122223333/orders write 1"),
        ("UpdateItem", "111122223333/orders write 1"),
        ("DeleteItem", "111122223333/orders delete 1"),
        ("DescribeTable", "111122223333/orders admin ?"),
        ("DeleteTable", "111122223333/orders admin ?"),
    ] {
        check(name, r#"{"tableName":"orders","key":{"pk":"a"}}"#, &[want]);
        check(name, r#"{"key":{"tableName":"decoy"},"TableName":"orders"}"#, &[want]);
    }
}

#[test]
fn a_table_is_of_the_account_and_region_in_its_arn() {
    let foreign = "arn:aws:dynamodb:us-east-1:444455556666:table/orders";
    check("GetItem", &format!(r#"{{"tableName":"{foreign}"}}"#), &["444455556666/orders read 1"]);
    let resources = format!(
        r#","requestParameters":{{"tableName":"orders"}},"resources":[{{"accountId":"111122223333","type":"AWS::DynamoDB::Table","ARN":"{foreign}"}}]"#
    );
    assert_eq!(accesses("GetItem", &resources), ["444455556666/orders read 1"]);
}

#[test]
fn tables_are_found_wherever_the_record_names_them() {
    let stream = format!(
        r#","requestParameters":{{}},"resources":[{{"type":"AWS::DynamoDB::Stream","ARN":"{ARN}/stream/2026-01-01T00:00:00.000"}}]"#
    );
    assert_eq!(accesses("GetRecords", &stream), ["111122223333/orders read ?"]);
    let described = format!(
        r#","requestParameters":{{"tableArn":7}},"responseElements":{{"tableDescription":{{"tableArn":"{ARN}"}}}}"#
    );
    assert_eq!(accesses("UpdateTable", &described), ["111122223333/orders admin ?"]);
    let denied = format!(
        r#","requestParameters":null,"errorCode":"AccessDenied","errorMessage":"User: arn:aws:iam::111122223333:user/intern is not authorized to perform: dynamodb:Scan on resource: {ARN} because no identity-based policy allows the dynamodb:Scan action""#
    );
    assert_eq!(accesses("Scan", &denied), ["111122223333/orders read ?"]);
    let denied_all = denied.replace("dynamodb:Scan", "dynamodb:ListTables").replace("table/orders", "table/*");
    assert_eq!(accesses("ListTables", &denied_all), ["- admin ?"]);
    check(
        "DeleteBackup",
        &format!(r#"{{"backupArn":"{ARN}/backup/01547087347000-c8b6cdf3"}}"#),
        &["111122223333/orders admin ?"],
    );
    for (name, field) in [("DescribeExport", "exportArn"), ("DescribeImport", "importArn")] {
        let kind = name.trim_start_matches("Describe").to_lowercase();
        let params = format!(r#"{{"{field}":"{ARN}/{kind}/01547087347000-c8b6cdf3"}}"#);
        check(name, &params, &["111122223333/orders admin ?"]);
    }
    check("ListTables", "{}", &["- admin ?"]);
    check("ListTables", &format!(r#"{{"tableName":"{}"}}"#, "x".repeat(256)), &["- admin ?"]);
}

#[test]
fn batches_are_counted_in_every_form_they_were_seen_in() {
    check(
        "BatchWriteItem",
        r#"{"requestItems":{"orders":[{"putRequest":{"item":["pk"]}},{"DeleteRequest":{"Key":{"pk":"a"}}},{"deleteRequest":{"key":{"pk":"b"}}}],"carts":[{"deleteRequest":{}}]}}"#,
        &["111122223333/orders write 1", "111122223333/orders delete 2", "111122223333/carts delete 1"],
    );
    check(
        "BatchWriteItem",
        r#"{"RequestItems":[{"operation":"Delete","tableName":"orders"},{"operation":"Put","TableName":"orders"},{"Operation":"DELETE","tableName":"orders"}]}"#,
        &["111122223333/orders delete 2", "111122223333/orders write 1"],
    );
    check(
        "BatchWriteItem",
        r#"{"requestItems":["orders"]}"#,
        &["111122223333/orders write ? !a batch whose items cannot be told"],
    );
    check(
        "BatchWriteItem",
        r#"{"requestItems":{"orders":[{"novelRequest":{}}, {"deleteRequest":{}}]}}"#,
        &["111122223333/orders delete 1", "111122223333/orders write ? !a batch whose items cannot be told"],
    );
    check(
        "BatchGetItem",
        r#"{"requestItems":{"orders":{"keys":[{"pk":"a"},{"pk":"b"}]}}}"#,
        &["111122223333/orders read 2"],
    );
    check(
        "BatchGetItem",
        r#"{"requestItems":["orders","carts"]}"#,
        &["111122223333/orders read ?", "111122223333/carts read ?"],
    );
}

#[test]
fn transactions_are_told_apart_by_operation_and_a_condition_check_is_no_write() {
    check(
        "TransactWriteItems",
        r#"{"requestItems":[{"operation":"Put","tableName":"orders","items":["pk"]},{"operation":"Delete","TableName":"orders","Key":{"pk":"a"}},{"operation":"ConditionCheck","tableName":"carts","ConditionExpression":"x"},{"operation":"Update","tableName":"orders"}]}"#,
        &["111122223333/orders write 2", "111122223333/orders delete 1", "111122223333/carts read 1"],
    );
    check(
        "TransactWriteItems",
        r#"{"transactItems":[{"delete":{"tableName":"orders"}},{"Put":{"TableName":"orders"}}]}"#,
        &["111122223333/orders delete 1", "111122223333/orders write 1"],
    );
    check(
        "TransactGetItems",
        r#"{"requestItems":[{"get":{"tableName":"orders"}},{"operation":"Get","tableName":"orders"}]}"#,
        &["111122223333/orders read 2"],
    );
    check(
        "TransactWriteItems",
        r#"{"requestItems":[{"operation":"Sublimate","tableName":"orders"}]}"#,
        &["111122223333/orders unknown ? !an operation of a batch or transaction that is not known"],
    );
}

#[test]
fn partiql_is_judged_by_its_statements() {
    check(
        "ExecuteStatement",
        r#"{"statement":"DELETE FROM \"orders\" WHERE pk='a'"}"#,
        &["111122223333/orders delete 1"],
    );
    check("ExecuteStatement", r#"{"statement":"SELECT * FROM \"orders\""}"#, &["111122223333/orders read ?"]);
    check(
        "BatchExecuteStatement",
        r#"{"requestItems":[{"statement":"DELETE FROM orders WHERE pk='a'"},{"Statement":"delete from orders where pk='b'"}]}"#,
        &["111122223333/orders delete 2"],
    );
    check(
        "ExecuteTransaction",
        r#"{"transactStatements":[{"statement":"UPDATE \"orders\" SET a=***(Redacted) WHERE pk='a'"},{"statement":"EXISTS(SELECT * FROM \"carts\" WHERE pk='a')"}]}"#,
        &["111122223333/orders write 1", "111122223333/carts read ?"],
    );
    check(
        "ExecuteStatement",
        r#"{"statement":"gibberish"}"#,
        &["- unknown ? !a PartiQL statement that cannot be read"],
    );
}

#[test]
fn what_cannot_be_read_falls_back_on_the_resources_and_says_so() {
    let resources = format!(r#","resources":[{{"type":"AWS::DynamoDB::Table","ARN":"{ARN}"}}]"#);
    let cases = [
        (
            "TransactWriteItems",
            r#"{"reason":"requestParameters too large","omitted":true,"originalSize":150000}"#,
            "111122223333/orders write ? !request parameters omitted by CloudTrail as too large",
        ),
        ("BatchWriteItem", r#""gone""#, "111122223333/orders write ? !request parameters are no object"),
        ("BatchGetItem", r#"{"other":1}"#, "111122223333/orders read ? !request parameters of an unknown form"),
        ("ExecuteStatement", "null", "111122223333/orders unknown ? !no request parameters"),
        (
            "ExecuteStatement",
            r#"{"statement":"SELECT '\ud800' FROM decoy"}"#,
            "111122223333/orders unknown ? !request parameters cannot be parsed",
        ),
        ("DeleteItem", "null", "111122223333/orders delete 1"),
        ("EvaporateTable", "{}", "111122223333/orders unknown ? !an API that Tablewarden does not know"),
    ];
    for (name, params, want) in cases {
        let extra = format!(r#","requestParameters":{params}{resources}"#);
        assert_eq!(accesses(name, &extra), [want], "{name} {params}");
    }
}

/// `resources` that list tables of this name, by account.
fn listing(tables: &[(&str, &str)]) -> String {
    let arn = |(account, name)| format!(r#"{{"ARN":"arn:aws:dynamodb:eu-west-1:{account}:table/{name}"}}"#);
    let arns: Vec<String> = tables.iter().copied().map(arn).collect();
    format!(r#","resources":[{}]"#, arns.join(","))
}

#[test]
fn a_table_that_is_listed_and_not_named_is_told() {
    let orders = listing(&[("111122223333", "carts"), ("111122223333", "orders")]);
    let why = "!the record lists a table that its request does not name";
    let cases = [
        ("Scan", r#"{"tableName":"carts"}"#, "carts read ?", "orders read ?"),
        ("DeleteItem", r#"{"tableName":""}"#, "carts delete 1", "orders delete ?"),
        ("TransactWriteItems", r#"{"requestItems":[{"operation":"Delete"}]}"#, "carts delete 1", "orders write ?"),
        ("ExecuteStatement", r#"{"statement":"SELECT * FROM carts, orders"}"#, "carts read ?", "orders unknown ?"),
    ];
    for (name, params, first, second) in cases {
        let want = [format!("111122223333/{first}"), format!("111122223333/{second} {why}")];
        assert_eq!(accesses(name, &format!(r#","requestParameters":{params}{orders}"#)), want, "{name} {params}");
    }
    let named = format!(r#","requestParameters":{{"requestItems":["orders","carts"]}}{orders}"#);
    assert_eq!(accesses("BatchGetItem", &named), ["111122223333/orders read ?", "111122223333/carts read ?"]);
}

#[test]
fn an_odd_resource_hides_no_other() {
    let arn = |name: &str| ARN.replace("orders", name);
    let listed = |elements: &str| format!(r#","requestParameters":{{"tableName":"carts"}},"resources":{elements}"#);
    let why = "resources that cannot be read in full";
    let unnamed =
        |name: &str| format!("111122223333/{name} read ? !the record lists a table that its request does not name");
    let (orders, users) = (arn("orders"), arn("users"));
    let last = format!(r#"{{"ARN":"{users}"}}"#);
    for odd in ["null", "{}", r#"{"ARN":null}"#, r#"{"ARNPrefix":"arn:aws:s3:::example-data/"}"#] {
        let want = ["111122223333/carts read ?".to_owned(), unnamed("users")];
        assert_eq!(accesses("Scan", &listed(&format!("[{odd},{last}]"))), want, "{odd}");
    }
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let nested = format!(r#"{{"ARN":{deep}}}"#);
    for odd in [r#""gone""#, "7", "[]", r#"{"ARN":7}"#, r#"{"ARN":"\u0061rn"}"#, &deep, &nested] {
        let want = [format!("111122223333/carts read ? !{why}"), unnamed("users")];
        assert_eq!(accesses("Scan", &listed(&format!("[{odd},{last}]"))), want, "{odd}");
    }
    for (one, other) in [("arn", "ARN"), ("ARN", "arn"), ("ARN", "ARN")] {
        let both = listed(&format!(r#"[{{"{one}":"{orders}","{other}":"{users}"}}]"#));
        let want = ["111122223333/carts read ?".to_owned(), unnamed("orders"), unnamed("users")];
        assert_eq!(accesses("Scan", &both), want, "{both}");
    }
    for odd in [r#""gone""#, "{}", "7"] {
        assert_eq!(accesses("Scan", &listed(odd)), [format!("111122223333/carts read ? !{why}")], "{odd}");
    }
    assert_eq!(accesses("Scan", &listed("null")), ["111122223333/carts read ?"]);
}

#[test]
fn no_table_is_called_by_an_asterisk() {
    let all = ARN.replace("orders", "*");
    for name in ["*", &all] {
        let params = format!(r#"{{"tableName":"{name}"}}"#);
        check("Scan", &params, &["- read ? !no table is named"]);
        let listed = format!(r#","requestParameters":{params},"resources":[{{"ARN":"{all}"}},{{"ARN":"{ARN}"}}]"#);
        assert_eq!(accesses("Scan", &listed), ["111122223333/orders read ?"], "{name}");
    }
    check("BatchGetItem", r#"{"requestItems":{"*":{"keys":[1]}}}"#, &["- read 1 !no table is named"]);
}

#[test]
fn a_bare_name_is_the_callers_table_before_one_of_another_account() {
    let params = r#","requestParameters":{"requestItems":{"orders":{"keys":[1]},"arn:aws:dynamodb:eu-west-1:444455556666:table/orders":{"keys":[1,2]}}}"#;
    for tables in [["444455556666", "111122223333"], ["111122223333", "444455556666"]] {
        let extra = params.to_owned() + &listing(&tables.map(|account| (account, "orders")));
        assert_eq!(accesses("BatchGetItem", &extra), ["111122223333/orders read 1", "444455556666/orders read 2"]);
    }
}

#[test]
fn a_field_without_a_value_does_not_hide_one_with_a_value() {
    check("Scan", r#"{"tableName":null,"TableName":"orders"}"#, &["111122223333/orders read ?"]);
}

#[test]
fn a_record_full_of_tables_is_read_whole() {
    let names: Vec<String> = (0..40_000).map(|number| format!("{number:05}")).collect();
    let list = listing(&names.iter().map(|name| ("111122223333", name.as_str())).collect::<Vec<_>>());
    let params = format!(r#","requestParameters":{{"requestItems":["{}"]}}"#, names.join("\",\""));
    // Were each looked up among all others, this would take minutes.
    assert_eq!(accesses("BatchGetItem", &(params + &list)).len(), names.len());
}

#[test]
fn deep_nesting_is_unreadable_and_no_crash() {
    let deep = format!(r#"{{"tableName":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let json = format!(
        r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"Scan","awsRegion":"eu-west-1","requestParameters":{deep}}}"#
    );
    let record = Record::parse(&json).unwrap();
    let call = Call::read(&record).unwrap();
    assert_eq!(call.accesses()[0].unreadable, Some("request parameters cannot be parsed"));
}
