//! Documents that are written, and that are held against what was used.

use super::*;

#[test]
fn resources_with_the_same_actions_share_a_statement_and_none_is_granted_more() {
    let usage = used(&[
        ("GetItem", r#"{"tableName":"orders"}"#),
        ("Query", r#"{"tableName":"orders","indexName":"by-date"}"#),
        ("PutItem", r#"{"tableName":"orders"}"#),
        ("GetItem", r#"{"tableName":"carts.v2"}"#),
        ("GetItem", r#"{"tableName":"users"}"#),
        ("ListTables", "null"),
        // The names of two statements would be the same.
        ("Scan", r#"{"tableName":"or-ders"}"#),
        ("Query", r#"{"tableName":"or_ders"}"#),
    ]);
    let document = least_privilege(&usage);
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(Document::parse(&json).unwrap(), document);
    assert_eq!(size(&serde_json::to_string_pretty(&document).unwrap()), size(&json));
    assert_eq!(compare(&document, &usage), Comparison::default());
}

#[test]
fn a_present_document_is_held_against_what_was_used() {
    let usage = used(&[
        ("GetItem", r#"{"tableName":"orders"}"#),
        ("PutItem", r#"{"tableName":"orders"}"#),
        ("Query", r#"{"tableName":"orders","indexName":"by-date"}"#),
    ]);
    let orders = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    let everywhere = "arn:aws:dynamodb:*:*:table/*";
    // (statements, unused actions, unused resources, missing)
    let cases = [
        (
            json!([{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Scan"], "Resource": orders }]),
            vec!["Scan"],
            vec![],
            vec!["PutItem orders", "Query orders/index/by-date"],
        ),
        (
            json!({ "Effect": "Allow", "Action": "dynamodb:*Item", "Resource": [format!("{orders}*"), everywhere] }),
            vec!["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "UpdateItem"],
            vec![],
            vec!["Query orders/index/by-date"],
        ),
        (
            json!([{ "Effect": "Allow", "Action": ["DynamoDB:getitem", "dynamodb:PutItem", "dynamodb:Query", "s3:*"],
                "Resource": [orders, format!("{orders}/index/*"), "arn:aws:dynamodb:*:*:table/carts", "arn:aws:s3:::x"] }]),
            vec![],
            vec!["arn:aws:dynamodb:*:*:table/carts"],
            vec![],
        ),
        (
            json!([
                { "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
                  "Resource": "*" },
                { "Effect": "Deny", "Action": ["dynamodb:Put*", "dynamodb:Scan"], "Resource": "*" },
            ]),
            vec![],
            vec![],
            vec!["PutItem orders"],
        ),
        (
            json!([{ "Effect": "Allow", "NotAction": ["dynamodb:[A-O]*", "dynamodb:P*"], "NotResource": orders }]),
            // Everything else is granted; only the beginning is looked at below.
            vec!["AssociateTableReplica"],
            vec![],
            vec!["GetItem orders", "PutItem orders"],
        ),
        (
            json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }]),
            vec![],
            vec![],
            vec!["GetItem orders", "PutItem orders", "Query orders/index/by-date"],
        ),
    ];
    for (statements, actions, resources, missing) in cases {
        let json = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let comparison = compare(&Document::parse(&json).unwrap(), &usage);
        let unused = comparison.unused.first().cloned();
        let (got_actions, got_resources) = unused.map_or((vec![], vec![]), |unused| (unused.actions, unused.resources));
        let shown = if json.contains("NotAction") { 1 } else { got_actions.len() };
        assert_eq!(got_actions[..shown], actions[..], "{json}");
        assert_eq!(got_resources, resources, "{json}");
        assert_eq!(grants(&comparison.missing), missing, "{json}");
    }
}

#[test]
fn a_condition_is_taken_as_met_where_it_allows_and_as_not_met_where_it_denies() {
    let usage = used(&[("GetItem", r#"{"tableName":"orders"}"#)]);
    let condition = json!({ "Bool": { "aws:SecureTransport": "true" } });
    let json = json!({ "Statement": [
        { "Sid": "Read", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": condition },
        { "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition },
    ] });
    let comparison = compare(&Document::parse(&json.to_string()).unwrap(), &usage);
    assert_eq!((comparison.unused, comparison.missing), (vec![], vec![]));
    assert_eq!(comparison.conditional, ["Read", "statement 2"]);
}

#[test]
fn what_is_wrong_with_a_document_is_said_with_its_place() {
    let cases = [
        (r#"{"Effect":"Allow","Actions":"*","Resource":"*"}"#, "unknown field `Actions`, expected one of"),
        (r#"{"Effect":"allow","Action":"*","Resource":"*"}"#, "unknown variant `allow`"),
        (r#"{"Effect":"Allow","Action":7,"Resource":"*"}"#, "invalid type: integer `7`, expected one value or a list"),
    ];
    for (statement, want) in cases {
        for json in [format!("{{\"Statement\":[\n{statement}]}}"), format!("{{\"Statement\":\n{statement}}}")] {
            let error = Document::parse(&json).unwrap_err();
            assert!(error.to_string().contains(want) && error.line() == 2, "{error}");
        }
    }
}
