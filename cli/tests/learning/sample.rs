//! A day of a small shop, and the command that reads it.

use std::fs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with `log.json`, gone after the test.
pub(crate) struct Shop(TempDir);

impl Shop {
    pub(crate) fn new() -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        shop.write("log.json", &json!({ "Records": day() }).to_string());
        shop
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablewarden"));
        command.current_dir(self.0.path()).args(args).assert()
    }
}

pub(crate) fn stdout(run: &Assert) -> String {
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

pub(crate) fn stderr(run: &Assert) -> String {
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}

/// An API reads and writes through one VPC endpoint and is denied a deletion, a person looks, the root user and another
/// account come by, and a deployment changes the table.
fn day() -> Vec<Value> {
    let api = role("111122223333", "app/orders-api", "i-0a1b2c3d");
    let set = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_DataEngineer_0123456789abcdef";
    let key = json!({ "pk": "order-1" });
    let get = json!({ "tableName": "orders", "key": key, "projectionExpression": "#s", "expressionAttributeNames": { "#s": "status" } });
    let mut calls: Vec<(Value, &str, Value, Value)> = Vec::new();
    for _ in 0..20 {
        calls.push((api.clone(), "GetItem", get.clone(), json!({ "vpcEndpointId": "vpce-0a1b2c3d" })));
    }
    let endpoint = json!({ "vpcEndpointId": "vpce-0a1b2c3d" });
    let put = json!({ "requestItems": [{ "operation": "Put", "tableName": "orders" }] });
    let query = json!({ "tableName": "orders", "indexName": "by-date", "keyConditionExpression": "pk = :pk" });
    let delete = json!({ "tableName": "orders", "key": key });
    let denied = json!({ "vpcEndpointId": "vpce-0a1b2c3d", "errorCode": "AccessDenied" });
    calls.push((api.clone(), "TransactWriteItems", put, endpoint.clone()));
    calls.push((api.clone(), "Query", query, endpoint));
    calls.push((api, "DeleteItem", delete, denied));
    let orders = || json!({ "tableName": "orders" });
    calls.push((role("111122223333", set, "alice@example.com"), "Scan", orders(), json!({})));
    calls.push((role("444455556666", "partners/sync", "s"), "Scan", orders(), json!({})));
    calls.push((role("111122223333", "ci/deploy", "run-7"), "UpdateTable", orders(), json!({})));
    let root = json!({ "type": "Root", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:root" });
    calls.push((root, "Scan", orders(), json!({})));
    calls
        .into_iter()
        .enumerate()
        .map(|(id, (identity, name, params, more))| record(id, &identity, name, &params, &more))
        .collect()
}

fn role(account: &str, path: &str, session: &str) -> Value {
    let name = path.rsplit('/').next().unwrap();
    json!({
        "type": "AssumedRole",
        "accountId": account,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"),
        "sessionContext": { "sessionIssuer": { "type": "Role", "arn": format!("arn:aws:iam::{account}:role/{path}") } },
    })
}

fn record(id: usize, identity: &Value, name: &str, params: &Value, more: &Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": format!("2026-03-02T09:15:{id:02}Z"),
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "10.0.0.7",
        "userAgent": "aws-sdk-java/2.31.0",
        "requestParameters": params,
        "responseElements": null,
        "eventID": format!("1f0c4a3e-7b52-4b8e-9d55-{id:012}"),
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}
