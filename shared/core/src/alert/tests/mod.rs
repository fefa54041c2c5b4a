mod chat;
mod policy_refused;
mod relayed;

use std::sync::Arc;

use super::*;
use crate::audit::Audit;
use crate::finding::Origin;
use crate::log_file::Limits;
use crate::place::{ObjectRef, Place};
use crate::ports::{Observer, Reject};

const POLICY: &str = r#"
version: 1
accounts:
  "111122223333": production
tables:
  - table: orders
    owner: shop-team@example.com
    watch: [delete]
  - table: customers
    sensitivity: high
    expected:
      - role: app/customers-api
"#;

struct NoRejects;

impl Observer for NoRejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        panic!("{reject:?}");
    }
}

fn place() -> Place {
    let key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/it's a log.json.gz".into();
    Place::Object(ObjectRef { bucket: "example-trail-logs".into(), key })
}

/// A record with these fields over the usual ones.
#[expect(clippy::needless_pass_by_value, reason = "the fields are built where they are passed")]
fn record(n: u8, name: &str, fields: serde_json::Value) -> serde_json::Value {
    let mut record = serde_json::json!({
        "eventVersion": "1.11", "eventID": format!("1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d{n:02x}"),
        "eventTime": format!("2026-03-02T09:15:{:02}Z", n % 60), "eventSource": "dynamodb.amazonaws.com", "eventName": name,
        "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31.0", "requestParameters": {"tableName": "orders", "key": {"pk": "secret-of-a-customer"}},
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:user/staff/intern"},
    });
    for (key, value) in fields.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn alerts_at(records: &[serde_json::Value], place: &Place, policy: &str) -> Vec<Alert> {
    let policy = (!policy.is_empty()).then(|| Arc::new(Policy::parse("policy.yaml", policy).unwrap()));
    let mut audit = Audit::new(policy.clone(), "2026-03-02T09:30:00Z".parse().unwrap(), Limits::default());
    let file = serde_json::json!({ "Records": records }).to_string();
    audit.log_file(file.as_bytes(), Origin { place, message: 0 }, &mut NoRejects).unwrap();
    fold(audit.into_findings(), policy.as_deref())
}

fn alerts(records: &[serde_json::Value]) -> Vec<Alert> {
    alerts_at(records, &place(), POLICY)
}

fn role(name: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "AssumedRole", "accountId": "111122223333", "arn": format!("arn:aws:sts::111122223333:assumed-role/{name}/s"),
        "sessionContext": {"sessionIssuer": {"arn": format!("arn:aws:iam::111122223333:role/ops/{name}")}},
    })
}

#[test]
fn a_person_reads_what_happened_and_what_to_do() {
    let mut records: Vec<_> = (0..12).map(|n| record(n, "DeleteItem", serde_json::json!({}))).collect();
    records.push(record(
        40,
        "TransactWriteItems",
        serde_json::json!({"requestParameters": {"requestItems": [
        {"operation": "Delete", "tableName": "orders"}, {"operation": "Delete", "tableName": "orders"}]}}),
    ));
    let alerts = alerts(&records);
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].text());
}

#[test]
fn an_unexpected_principal_comes_with_the_lines_that_would_expect_it() {
    let customers =
        serde_json::json!({"requestParameters": {"tableName": "customers"}, "userIdentity": role("report-export")});
    let mut denied = customers.clone();
    denied["errorCode"] = "AccessDenied".into();
    let alerts = alerts(&[record(1, "Query", customers), record(2, "DeleteItem", denied)]);
    assert_eq!(
        alerts.iter().map(|alert| alert.detection.id).collect::<Vec<_>>(),
        ["unexpected-principal", "access-denied"]
    );
    insta::assert_snapshot!(alerts[0].text());
}

#[test]
fn a_dropped_table_comes_with_the_page_of_the_console() {
    let mut drop = record(1, "DeleteTable", serde_json::json!({}));
    drop["requestParameters"] = serde_json::json!({"tableName": "invoices"});
    let alerts = alerts_at(&[drop], &Place::Event("EventBridge".into()), POLICY);
    insta::assert_snapshot!(alerts[0].text());
}

/// Batches that delete 125 items, and then recovery that is switched off.
fn raid() -> Vec<Alert> {
    let batch: Vec<serde_json::Value> = vec![serde_json::json!({"deleteRequest": {"key": {"pk": "secret"}}}); 25];
    let params = serde_json::json!({"requestParameters": {"requestItems": {"orders": batch}}});
    let mut records: Vec<_> = (0..5).map(|n| record(n, "BatchWriteItem", params.clone())).collect();
    records.push(record(
        30,
        "UpdateContinuousBackups",
        serde_json::json!({"requestParameters": {
            "tableName": "orders", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}}}),
    ));
    alerts(&records)
}

#[test]
fn a_window_is_told_with_its_peak_and_how_to_raise_the_threshold() {
    let alert = raid().into_iter().find(|alert| alert.detection.id == "bulk-deletion").unwrap();
    insta::assert_snapshot!(alert.text());
}

#[test]
fn a_chain_is_told_step_by_step() {
    let alert = raid().into_iter().find(|alert| alert.detection.id == "recovery-destruction").unwrap();
    insta::assert_snapshot!(alert.text());
}

#[test]
fn a_machine_reads_the_same_in_json() {
    let alerts = alerts(&[record(1, "DeleteItem", serde_json::json!({}))]);
    insta::assert_json_snapshot!(alerts[0].to_json(10));
    let attributes = alerts[0].attributes();
    insta::assert_debug_snapshot!(attributes, @r#"
    [
        (
            "severity",
            "low",
        ),
        (
            "detection",
            "item-deletion",
        ),
        (
            "account",
            "111122223333",
        ),
        (
            "region",
            "eu-west-1",
        ),
        (
            "table",
            "orders",
        ),
    ]
    "#);
}

#[test]
fn subjects_say_what_who_and_where() {
    let customers =
        || serde_json::json!({"requestParameters": {"tableName": "customers"}, "userIdentity": role("report-export")});
    let denied = |name: &str| record(1, name, serde_json::json!({"errorCode": "AccessDenied"}));
    let long = serde_json::json!({
        "requestParameters": {"tableName": "a-table-with-quite-a-long-name-as-generated-by-cloudformation-ABCDEFGH1234"},
        "userIdentity": role("a-role-with-quite-a-long-name-as-generated-by-cloudformation-ABCDEF1234"),
        "awsRegion": "ap-southeast-2",
    });
    let cases = [
        (
            vec![record(1, "DeleteItem", serde_json::json!({}))],
            POLICY,
            "[LOW] Item deletion: orders by user/staff/intern (1 item), production eu-west-1",
        ),
        (
            vec![record(1, "Query", customers()), record(2, "Query", customers())],
            POLICY,
            "[HIGH] Unexpected principal: customers by role/ops/report-export (2 calls), production eu-west-1",
        ),
        (
            vec![denied("DeleteTable")],
            POLICY,
            "[MEDIUM] Table deletion denied: orders by user/staff/intern, production eu-west-1",
        ),
        (vec![denied("Scan")], POLICY, "[LOW] Access denied: orders by user/staff/intern, production eu-west-1"),
        (
            vec![record(1, "DeleteItem", long)],
            "",
            "[LOW] Item deletion: a-table-..EFGH1234 by role/ops..CDEF1234 (1 item), 111122223333 ap-southeast-2",
        ),
    ];
    for (records, policy, want) in cases {
        let alerts = alerts_at(&records, &place(), policy);
        assert_eq!(alerts[0].subject(), want);
    }
}

#[test]
fn what_an_attacker_writes_breaks_no_line() {
    let evil = "x\r\nBcc: everyone@example.com\n\u{1b}[2J\u{202e}<script>";
    let fields = serde_json::json!({
        "userAgent": evil, "sourceIPAddress": evil, "errorCode": "AccessDenied", "awsRegion": evil,
        "requestParameters": {"tableName": evil},
        "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{evil}"), "accountId": "111122223333"},
    });
    let calm = serde_json::json!({"errorCode": "AccessDenied"});
    let (evil, calm) = (
        &alerts_at(&[record(1, "Scan", fields)], &place(), "")[0],
        &alerts_at(&[record(1, "Scan", calm)], &place(), "")[0],
    );
    let message = evil.message();
    assert!(message.subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{}", message.subject);
    assert!(message.subject.len() <= 99);
    let lines = |alert: &Alert| alert.text().lines().count();
    // The calm one has a line of its full name and a link to the console less or more; no line comes from the text.
    assert!(lines(evil) <= lines(calm) + 1, "{}", evil.text());
    assert!(!evil.text().contains(['\r', '\u{1b}', '\u{202e}']), "{}", evil.text());
    assert!(!evil.text().contains("\nBcc"), "{}", evil.text());
}

#[test]
fn no_character_that_sns_refuses_is_in_a_message_or_an_attribute() {
    let evil = "a\u{0}b\u{fffe}c\u{ffff}d\u{1b}";
    let fields = serde_json::json!({
        "userAgent": evil, "awsRegion": evil, "recipientAccountId": "", "requestParameters": {"tableName": evil},
    });
    let alert = &alerts_at(&[record(1, "DeleteItem", fields)], &place(), "")[0];
    let refused = |c: char| (c.is_control() && c != '\n') || c == '\u{fffe}' || c == '\u{ffff}';
    let bodies: serde_json::Value = serde_json::from_str(&alert.message().body).unwrap();
    for protocol in ["default", "email", "sms"] {
        assert!(!bodies[protocol].as_str().unwrap().contains(refused), "{protocol}");
    }
    let machine: serde_json::Value = serde_json::from_str(bodies["default"].as_str().unwrap()).unwrap();
    assert_eq!(machine["findings"][0]["user_agents"][0], evil);
    for (name, value) in alert.attributes() {
        assert!(!value.is_empty() && !value.contains(refused), "{name} {value:?}");
    }
}

#[test]
fn keys_of_items_are_in_no_output() {
    let alert = &alerts(&[record(1, "DeleteItem", serde_json::json!({}))])[0];
    assert!(!alert.message().body.contains("secret-of-a-customer"));
}

#[test]
fn a_message_stays_within_256_kib() {
    let flood: Vec<_> = (0..5000_u32)
        .map(|n| {
            record(
                (n % 60) as u8,
                "DeleteItem",
                serde_json::json!({"eventID": format!("1f0c4a3e-7b52-4b8e-9d55-{n:012x}")}),
            )
        })
        .collect();
    // Each quote takes four bytes where JSON stands in JSON.
    let wide: Vec<_> = (0..40_u8)
        .map(|n| {
            let name = ["Scan", "PutItem", "DeleteItem", "DescribeTable", "EvaporateItems"][usize::from(n % 5)];
            let text = format!("{n}{}", "\"".repeat(2000));
            record(
                n,
                name,
                serde_json::json!({"errorCode": "AccessDenied", "userAgent": text, "sourceIPAddress": text}),
            )
        })
        .collect();
    for (records, detection, left_out, truncated) in
        [(flood, "item-deletion", 4800, false), (wide, "access-denied", 8, true)]
    {
        let alerts = alerts_at(&records, &place(), "");
        let message = alerts.iter().find(|alert| alert.detection.id == detection).unwrap().message();
        assert!(message.body.len() <= 256 * 1024, "{}", message.body.len());
        let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        let machine: serde_json::Value = serde_json::from_str(body["default"].as_str().unwrap()).unwrap();
        assert_eq!(machine["detection"], detection);
        assert_eq!(machine["truncated"] == true, truncated);
        assert!(machine["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
        let email = body["email"].as_str().unwrap();
        assert!(
            ["\nWho", "\nWhen", "\nWhy", "\nEvent ids (", "1f0c4a3e-"].iter().all(|part| email.contains(part)),
            "{email}"
        );
        assert_eq!(machine["findings"][0]["event_ids_left_out"], left_out);
    }
}

proptest::proptest! {
    #[test]
    fn any_names_give_a_subject_that_sns_takes(table in ".*", user in ".*", region in ".*") {
        let fields = serde_json::json!({
            "requestParameters": {"tableName": table}, "awsRegion": region,
            "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{user}")},
        });
        let alerts = alerts_at(&[record(1, "DeleteItem", fields)], &place(), "");
        let subject = alerts[0].subject();
        proptest::prop_assert!((1..=99).contains(&subject.len()));
        proptest::prop_assert!(subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{subject}");
    }
}

#[test]
fn a_file_of_any_form_is_searched_at_every_depth_and_in_strings() {
    let file = Place::File("it's/lookup events.json".into());
    let guid = record(1, "DeleteItem", serde_json::json!({}));
    let no_guid = record(1, "DeleteItem", serde_json::json!({"eventID": "REDACTED"}));
    for (record, filter) in
        [(guid, r#"select(.eventID == "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d01")"#), (no_guid, "select(.eventID)")]
    {
        let line = format!(
            "\n  gzip -dcf <\"it's/lookup events.json\" | jq '.. | ., (strings | fromjson? | ..) | objects | {filter}'\n"
        );
        let text = alerts_at(&[record], &file, POLICY)[0].text();
        assert!(text.contains(&line), "{text}");
    }
}
