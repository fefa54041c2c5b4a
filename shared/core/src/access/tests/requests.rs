//! Requests as they are logged, for properties that hold for all of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::ARN;
use super::operations::{OF_CLUSTERS, OF_TABLES};
use crate::log_file::arbitrary_json;
use crate::operation::Service;

/// A call's service, name and `requestParameters`.
pub(super) type Request = (Service, String, Value);

/// Any call of any audited service, with a request that it may have.
pub(super) fn request() -> impl Strategy<Value = Request> {
    const ON_ITEMS: &[&str] = &["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"];
    const LISTED: &[&str] = &["TransactWriteItems", "TransactGetItems", "BatchWriteItem", "BatchGetItem"];
    const STATED: &[&str] = &["ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"];
    let of_tables = |(name, params): (&str, Value)| (Service::DynamoDb, name.to_owned(), params);
    let listed_of_tables = select(&OF_TABLES[..]).prop_map(|(name, params, _)| {
        let params = serde_json::from_str(params).unwrap();
        (Service::DynamoDb, name.to_owned(), params)
    });
    prop_oneof![
        4 => (select(ON_ITEMS), on_one_item()).prop_map(of_tables),
        2 => (Just("BatchGetItem"), keys_by_table()).prop_map(of_tables),
        2 => (Just("BatchWriteItem"), writes_by_table()).prop_map(of_tables),
        3 => (select(LISTED), operations()).prop_map(of_tables),
        3 => (select(STATED), statements()).prop_map(of_tables),
        2 => listed_of_tables,
        1 => (Just(Service::Dax), select(&OF_CLUSTERS[..]).prop_map(str::to_owned), names()),
        4 => (select(&Service::ALL), arbitrary_json::call(), names()),
    ]
}

fn table() -> impl Strategy<Value = String> {
    let foreign = ARN.replace("111122223333", "444455556666");
    let index = format!("{ARN}/index/by-date");
    select(vec!["orders".to_owned(), "carts".to_owned(), ARN.to_owned(), foreign, index])
}

fn key() -> impl Strategy<Value = Value> {
    // The names of attributes are told apart by case, and may look like fields.
    let names = subsequence(vec!["pk", "PK", "sk", "tableName", "key"], 1..3);
    let values = vec(prop_oneof!["[ab]".prop_map(Value::from), (0..3).prop_map(Value::from)], 2);
    (names, values).prop_map(|(names, values)| names.into_iter().zip(values).collect())
}

fn on_one_item() -> impl Strategy<Value = Value> {
    (table(), key(), prop::option::of(Just("by-date")))
        .prop_map(|(table, key, index)| json!({"tableName": table, "key": key, "indexName": index, "limit": 7}))
}

fn keys_by_table() -> impl Strategy<Value = Value> {
    let asked = vec(key(), 0..4).prop_map(|keys| json!({"keys": keys, "projectionExpression": "pk"}));
    vec((table(), asked), 1..4).prop_map(|asked| json!({"requestItems": asked.into_iter().collect::<Value>()}))
}

fn writes_by_table() -> impl Strategy<Value = Value> {
    let put = key().prop_map(|key| json!({"putRequest": {"item": ["pk"], "key": key}}));
    let delete = key().prop_map(|key| json!({"deleteRequest": {"key": key}}));
    vec((table(), vec(prop_oneof![put, delete], 0..4)), 1..4)
        .prop_map(|asked| json!({"requestItems": asked.into_iter().collect::<Value>()}))
}

fn operations() -> impl Strategy<Value = Value> {
    let operation = select(&["Put", "Update", "Delete", "ConditionCheck", "Get", "Sublimate"]);
    let entry = (table(), key(), operation, any::<bool>()).prop_map(|(table, key, operation, is_field)| {
        if is_field {
            json!({"tableName": table, "key": key, "items": ["pk"], "operation": operation})
        } else {
            json!({ operation: {"tableName": table, "key": key} })
        }
    });
    (select(&["requestItems", "transactItems"]), vec(entry, 1..5)).prop_map(|(name, entries)| json!({ name: entries }))
}

fn statements() -> impl Strategy<Value = Value> {
    let verb = select(&["SELECT * FROM ", "DELETE FROM ", "UPDATE ", "EXISTS(SELECT a FROM ", "INSERT INTO ", "DROP "]);
    let rest = select(&["", " WHERE pk = 'a'", " WHERE total = ***(Redacted)", ".\"by-date\" WHERE day IN ['a']"]);
    let statement = (verb, table(), rest).prop_map(|(verb, table, rest)| format!("{verb}\"{table}\"{rest}"));
    (vec(statement, 1..4), any::<bool>()).prop_map(|(statements, is_list)| {
        if is_list {
            let list: Value = statements.into_iter().map(|statement| json!({"statement": statement})).collect();
            json!({"requestItems": list})
        } else {
            json!({"statement": statements[0]})
        }
    })
}

/// The fields in which the requests of other services name what they are about.
fn names() -> impl Strategy<Value = Value> {
    let stream = format!("{ARN}/stream/2026-01-01T00:00:00.000");
    let context = json!({"aws:dynamodb:tableName": "orders", "aws:dynamodb:subscriberId": "444455556666"});
    let fields = vec![
        ("clusterName", json!("shop")),
        ("parameterGroupName", json!("p")),
        ("keyId", json!("k-1")),
        ("constraints", json!({"encryptionContextSubset": context})),
        ("name", json!("main")),
        ("trailName", json!("main")),
        ("backupVaultName", json!("daily")),
        ("recoveryPointArn", json!(format!("{ARN}/backup/0154"))),
        ("bucketName", json!("acme-trail")),
        ("functionName", json!("orders-fn")),
        ("uUID", json!("5be8")),
        ("eventSourceArn", json!(stream)),
        ("rule", json!("ddl")),
        ("eventBusName", json!("shop")),
        ("source", json!(stream)),
        ("topicArn", json!("arn:aws:sns:eu-west-1:111122223333:alerts")),
        ("subscriptionArn", json!("arn:aws:sns:eu-west-1:111122223333:alerts:5be8")),
        ("queueUrl", json!("https://sqs.eu-west-1.amazonaws.com/111122223333/logs")),
        ("serviceNamespace", json!("dynamodb")),
        ("resourceId", json!("table/orders/index/by-date")),
        ("alarmName", json!("backlog")),
        ("alarmNames", json!(["a", "b"])),
    ];
    let count = fields.len();
    subsequence(fields, 0..=count).prop_map(|fields| fields.into_iter().collect())
}
