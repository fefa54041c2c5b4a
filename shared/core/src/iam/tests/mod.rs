//! Calls of every form, and whose they are.

mod documents;
mod suggestions;

use serde_json::json;

use super::*;
use crate::access::Call;
use crate::record::Record;

const ROLE: &str = "arn:aws:iam::111122223333:role/app/orders-api";

/// A call of a role; the error code may be empty.
fn record(role: &str, event_name: &str, params: &str, error: &str, extra: &str) -> String {
    let name = role.rsplit('/').next().unwrap();
    let error = if error.is_empty() { String::new() } else { format!(r#","errorCode":"{error}""#) };
    format!(
        r#"{{"eventVersion":"1.11","eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",
            "eventName":"{event_name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{params},
            "userIdentity":{{"type":"AssumedRole","accountId":"111122223333",
            "arn":"arn:aws:sts::111122223333:assumed-role/{name}/i-1",
            "sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"{role}"}}}}}}{error}{extra}}}"#
    )
}

fn add(usage: &mut Usage, json: &str) {
    let record = Record::parse(json).unwrap();
    let call = Call::read(&record).unwrap();
    for access in call.accesses() {
        usage.add(&call, &access);
    }
}

fn used(calls: &[(&str, &str)]) -> Usage {
    let mut usage = Usage::of("app/orders-api");
    for (event_name, params) in calls {
        add(&mut usage, &record(ROLE, event_name, params, "", ""));
    }
    usage
}

/// `Action RESOURCE`, the table's prefix left out.
fn grants<'a>(of: impl IntoIterator<Item = &'a Grant>) -> Vec<String> {
    let short = |resource: &str| resource.replace("arn:aws:dynamodb:eu-west-1:111122223333:table/", "");
    of.into_iter().map(|grant| format!("{} {}", grant.action, short(&grant.resource))).collect()
}

#[test]
fn each_call_needs_the_actions_of_iam_and_not_of_the_api_on_what_it_reaches() {
    let orders = |rest: &str| format!(r#"{{"tableName":"orders"{rest}}}"#);
    let statement = |text: &str| json!({ "statement": text }).to_string();
    let cases: Vec<(&str, String, Vec<&str>)> = vec![
        ("GetItem", orders(r#","key":{"pk":"a"}"#), vec!["GetItem orders"]),
        ("Query", orders(r#","indexName":"by-date""#), vec!["Query orders/index/by-date"]),
        ("Scan", orders(""), vec!["Scan orders"]),
        (
            "BatchGetItem",
            r#"{"requestItems":{"orders":{"keys":[{"pk":"a"}]},"carts":{"keys":[{"pk":"a"}]}}}"#.into(),
            vec!["BatchGetItem carts", "BatchGetItem orders"],
        ),
        (
            "BatchWriteItem",
            r#"{"requestItems":{"orders":[{"putRequest":{}},{"deleteRequest":{"key":{"pk":"a"}}}]}}"#.into(),
            vec!["BatchWriteItem orders"],
        ),
        (
            "TransactGetItems",
            r#"{"transactItems":[{"get":{"tableName":"orders","key":{"pk":"a"}}}]}"#.into(),
            vec!["GetItem orders"],
        ),
        (
            "TransactWriteItems",
            r#"{"requestItems":[{"operation":"Put","TableName":"orders"},{"operation":"Update","tableName":"carts"},
                {"operation":"Delete","tableName":"carts"},{"operation":"ConditionCheck","tableName":"users"}]}"#
                .into(),
            vec!["DeleteItem carts", "UpdateItem carts", "PutItem orders", "ConditionCheckItem users"],
        ),
        (
            "TransactWriteItems",
            r#"{"transactItems":[{"put":{"tableName":"orders"}},{"Update":{"tableName":"orders"}}]}"#.into(),
            vec!["PutItem orders", "UpdateItem orders"],
        ),
        (
            "ExecuteStatement",
            statement(r#"SELECT * FROM "orders"."by-date" WHERE pk='a'"#),
            vec!["PartiQLSelect orders/index/by-date"],
        ),
        ("ExecuteStatement", statement(r#" insert into "orders" value {'pk':'a'}"#), vec!["PartiQLInsert orders"]),
        ("ExecuteStatement", statement(r#"UPDATE "orders" SET a=1 WHERE pk='a'"#), vec!["PartiQLUpdate orders"]),
        ("ExecuteStatement", statement(r#"DELETE FROM "orders" WHERE pk='a'"#), vec!["PartiQLDelete orders"]),
        (
            "ExecuteTransaction",
            json!({ "transactStatements": [
                { "statement": "UPDATE \"orders\" SET a=1 WHERE pk='a'" },
                { "statement": "INSERT INTO \"carts\" VALUE {'pk':'a'}" },
            ] })
            .to_string(),
            vec!["PartiQLInsert carts", "PartiQLUpdate orders"],
        ),
        (
            "GetShardIterator",
            r#"{"streamArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000"}"#
                .into(),
            vec!["GetShardIterator orders/stream/2026-01-01T00:00:00.000"],
        ),
        ("ListTables", "null".into(), vec!["ListTables *"]),
        ("DescribeTable", orders(""), vec!["DescribeTable orders"]),
        (
            "DeleteBackup",
            r#"{"backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01"}"#.into(),
            vec!["DeleteBackup orders/backup/01"],
        ),
        (
            "RestoreTableToPointInTime",
            r#"{"sourceTableName":"orders","targetTableName":"copy"}"#.into(),
            vec![
                "BatchWriteItem copy",
                "DeleteItem copy",
                "GetItem copy",
                "PutItem copy",
                "Query copy",
                "Scan copy",
                "UpdateItem copy",
            ],
        ),
        (
            "DescribeGlobalTable",
            r#"{"globalTableName":"orders"}"#.into(),
            vec!["DescribeGlobalTable arn:aws:dynamodb::111122223333:global-table/orders"],
        ),
        // An API that IAM's list does not have is told, and not granted.
        ("EvaporateTable", orders(""), vec![]),
    ];
    for (event_name, params, want) in cases {
        let mut got = grants(used(&[(event_name, &params)]).used().keys());
        // Which of the two tables a restore is told of is not for this test.
        got.retain(|grant| !grant.starts_with("RestoreTable"));
        assert_eq!(got, want, "{event_name} {params}");
    }
    assert_eq!(used(&[("EvaporateTable", "{}")]).unknown().len(), 1);
}

#[test]
fn only_what_got_past_the_check_of_permissions_is_granted() {
    let params = r#"{"tableName":"orders","key":{"pk":"a"}}"#;
    let cases = [
        ("", 1, 0),
        ("ConditionalCheckFailedException", 1, 0),
        ("AccessDenied", 0, 1),
        ("ValidationException", 0, 0),
        ("InternalServerError", 0, 0),
    ];
    for (error, granted, denied) in cases {
        let mut usage = Usage::of("orders-api");
        add(&mut usage, &record(ROLE, "PutItem", params, error, ""));
        assert_eq!((usage.used().len(), usage.denied().len()), (granted, denied), "{error}");
    }
}

#[test]
fn a_principal_is_found_by_each_of_its_names_and_others_are_proposed() {
    let other = "arn:aws:iam::111122223333:role/ops/orders-export";
    let elsewhere = "arn:aws:iam::444455556666:role/app/orders-api";
    let params = r#"{"tableName":"orders"}"#;
    let principal = |wanted: &str, roles: &[&str]| {
        let mut usage = Usage::of(wanted);
        for role in roles {
            add(&mut usage, &record(role, "Scan", params, "", ""));
        }
        usage.principal().map(str::to_owned)
    };
    for wanted in ["orders-api", "app/orders-api", "/app/orders-api", "role/app/orders-api", ROLE] {
        assert_eq!(principal(wanted, &[ROLE, other]), Ok(ROLE.to_owned()), "{wanted}");
    }
    let error = principal("role/app/order-api", &[ROLE, other]).unwrap_err().to_string();
    assert_eq!(
        error,
        "no principal in these logs is called `role/app/order-api`; there are role/app/orders-api, role/ops/orders-export"
    );
    let error = principal("orders-api", &[ROLE, elsewhere]).unwrap_err().to_string();
    assert_eq!(error, format!("`orders-api` can mean {ROLE} or {elsewhere}: write the ARN"));
    assert_eq!(principal(elsewhere, &[ROLE, elsewhere]), Ok(elsewhere.to_owned()));
    let error = principal("orders-api", &[]).unwrap_err().to_string();
    assert!(error.ends_with("they hold no calls of roles or users"), "{error}");
}
