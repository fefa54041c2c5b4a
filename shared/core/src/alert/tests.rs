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

fn refused() -> PolicyRefused {
    let yaml = "version: 1\ntables:\n  - table: orders\n    sensitivity: hihg\n";
    let source = "s3://example-config/tablewarden/policy.yaml";
    PolicyRefused {
        source: source.into(),
        version: Some("\"9b2cf5\"".into()),
        problem: Policy::parse(source, yaml).unwrap_err().to_string(),
        in_force: Some("\"77ab01\"".into()),
        since: "2026-03-02T09:15:00Z".parse().unwrap(),
        account: "111122223333".into(),
        region: "eu-west-1".into(),
    }
}

/// What e-mail subscriptions get.
fn email(message: &Message) -> String {
    let bodies: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    bodies["email"].as_str().unwrap().to_owned()
}

#[test]
fn a_refused_policy_is_told_with_the_place_of_the_error_and_what_stays_in_force() {
    insta::assert_snapshot!(email(&refused().message()));
    let gone = PolicyRefused { version: None, problem: "NoSuchKey\nx\u{1b}[2J".into(), ..refused() };
    let text = email(&gone.message());
    assert!(text.contains("\nWhat   s3://example-config/tablewarden/policy.yaml cannot be read\n"), "{text}");
    assert!(text.contains("\n  NoSuchKey\n  x\\u{1b}[2J\n"), "{text}");
    let attributes = gone.attributes();
    assert_eq!(attributes[..2], [("severity", "high".to_owned()), ("detection", "policy-refused".to_owned())]);
}

#[test]
fn a_refused_policy_is_told_within_the_limits_of_sns_whatever_is_wrong() {
    let long = "\"é\u{202e}".repeat(100_000);
    let problem = format!("{long}\n").repeat(100);
    let message = PolicyRefused { source: long, problem, ..refused() }.message();
    assert!(message.subject.len() <= 99 && message.body.len() <= 256 * 1024, "{}", message.body.len());
}

/// A custom notification, parsed.
fn chat(notice: Notice<'_>) -> serde_json::Value {
    serde_json::from_str(&notice.chat()).unwrap()
}

#[test]
fn a_channel_reads_what_happened_who_and_what_to_do() {
    let deletion = &alerts(&[record(1, "DeleteItem", serde_json::json!({}))])[0];
    insta::assert_json_snapshot!("chat_of_a_deletion", chat(Notice::Alert(deletion)));
    let chain = raid().into_iter().find(|alert| alert.detection.id == "recovery-destruction").unwrap();
    insta::assert_json_snapshot!("chat_of_a_chain", chat(Notice::Alert(&chain)));
    insta::assert_json_snapshot!("chat_of_a_refused_policy", chat(Notice::PolicyRefused(&refused())));
    let (summary, held) = (Summary::of(deletion), HeldBack::of(deletion).unwrap());
    insta::assert_json_snapshot!("chat_of_what_went_on", chat(Notice::WentOn(&summary, &held)));
}

#[test]
fn a_storm_stays_in_one_thread_and_others_out_of_it() {
    let thread = |notice: Notice<'_>| chat(notice)["metadata"]["threadId"].as_str().unwrap().to_owned();
    let deletion = |n: u8, table: &str| {
        let fields = serde_json::json!({"requestParameters": {"tableName": table}});
        alerts_at(&[record(n, "DeleteItem", fields)], &place(), "").remove(0)
    };
    let (first, again, other) = (deletion(1, "orders"), deletion(2, "orders"), deletion(3, "carts"));
    let (summary, held) = (Summary::of(&again), HeldBack::of(&again).unwrap());
    let threads = [Notice::Alert(&first), Notice::Alert(&again), Notice::WentOn(&summary, &held)].map(thread);
    assert!(threads.iter().all(|thread| *thread == threads[0]), "{threads:?}");
    assert_ne!(thread(Notice::Alert(&other)), threads[0]);
}

#[test]
fn what_an_attacker_writes_is_no_markup_of_a_channel_and_calls_nobody() {
    let evil = "`*bold* _x_ ~y~ <!channel> <https://evil.example.com|click> @here & ```\n<@U123> [a](https://evil.example.com)";
    let fields = serde_json::json!({
        "userAgent": evil, "sourceIPAddress": evil, "errorCode": "AccessDenied", "awsRegion": evil,
        "requestParameters": {"tableName": evil},
        "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{evil}"), "accountId": "111122223333"},
    });
    let alert = &alerts_at(&[record(1, "Scan", fields)], &place(), "")[0];
    let (summary, held) = (Summary::of(alert), HeldBack::of(alert).unwrap());
    let refused = PolicyRefused { source: evil.into(), problem: evil.into(), version: Some(evil.into()), ..refused() };
    for notice in [Notice::Alert(alert), Notice::WentOn(&summary, &held), Notice::PolicyRefused(&refused)] {
        let said = chat(notice);
        let (content, metadata) = (&said["content"], &said["metadata"]);
        let shown =
            [&content["title"], &content["description"], &metadata["summary"], &metadata["relatedResources"][0]];
        for text in shown.into_iter().filter_map(serde_json::Value::as_str) {
            assert!(!text.contains(['<', '>']), "{text}");
            // Outside of code stand words of ours.
            for line in text.lines() {
                let outside: String = line.split('`').step_by(2).collect();
                assert!(line.matches('`').count() % 2 == 0, "{line}");
                assert!(
                    !outside.contains(['@', '_', '~', '|', '&', '['])
                        || outside.starts_with("[LOW]")
                        || outside.starts_with("[HIGH]"),
                    "{line}"
                );
                assert!(!outside.contains("bold") && !outside.contains("evil"), "{line}");
            }
        }
    }
}

#[test]
fn a_notification_is_cut_where_a_channel_would_cut_it() {
    let wide: Vec<_> = (0..40_u8)
        .map(|n| {
            let name = ["Scan", "PutItem", "DeleteItem", "DescribeTable", "EvaporateItems"][usize::from(n % 5)];
            let text = format!("{n}{}", "<".repeat(2000));
            record(
                n,
                name,
                serde_json::json!({"errorCode": "AccessDenied", "userAgent": text, "sourceIPAddress": text}),
            )
        })
        .collect();
    for alert in alerts_at(&wide, &place(), "") {
        let said = chat(Notice::Alert(&alert));
        let length = |value: &serde_json::Value| value.as_str().unwrap().chars().count();
        assert!(length(&said["content"]["description"]) <= 3000);
        assert!(length(&said["content"]["title"]) <= 250 && length(&said["metadata"]["summary"]) <= 1500);
        assert!(said["content"]["nextSteps"].as_array().unwrap().len() <= 5);
    }
}

/// The alerts about what other services found, under the policy.
fn relayed(sample: &str, change: impl Fn(&mut serde_json::Value)) -> Vec<Alert> {
    let mut event: serde_json::Value = serde_json::from_str(sample).unwrap();
    change(&mut event["detail"]);
    let policy = Arc::new(Policy::parse("policy.yaml", POLICY).unwrap());
    let mut audit = Audit::new(Some(Arc::clone(&policy)), "2026-03-02T09:30:00Z".parse().unwrap(), Limits::default());
    let place = Place::Event("EventBridge".into());
    audit.any_file(event.to_string().as_bytes(), Origin { place: &place, message: 0 }, &mut NoRejects).unwrap();
    fold(audit.into_findings(), Some(&policy))
}

const GUARDDUTY: &str = include_str!("../../../../events/deliveries/eventbridge-guardduty.json");
const CONFIG: &str = include_str!("../../../../events/deliveries/eventbridge-config.json");

#[test]
fn what_guardduty_found_is_told_with_its_type_its_count_and_its_page() {
    insta::assert_snapshot!(relayed(GUARDDUTY, |_| {})[0].text());
}

#[test]
fn a_rule_that_is_not_kept_is_told_with_what_to_do_first_and_names_nobody() {
    insta::assert_snapshot!(relayed(CONFIG, |_| {})[0].text());
}

#[test]
fn a_channel_reads_what_another_service_says() {
    let mut alerts = relayed(GUARDDUTY, |_| {});
    alerts.extend(relayed(CONFIG, |_| {}));
    let said: Vec<serde_json::Value> = alerts.iter().map(|alert| chat(Notice::Alert(alert))).collect();
    insta::assert_json_snapshot!("chat_of_other_services", said);
}

#[test]
fn what_another_service_says_breaks_no_line_and_makes_no_link() {
    let hostile = "x\r\nWhy    all is well\u{202e} https://evil.example.com ".repeat(200);
    let alerts = relayed(GUARDDUTY, |detail| {
        for member in ["title", "description"] {
            detail[member] = hostile.clone().into();
        }
        detail["type"] = hostile.clone().into();
        detail["id"] = "#/../evil".into();
        detail["resource"]["accessKeyDetails"]["userName"] = hostile.clone().into();
        detail["service"]["action"]["awsApiCallAction"]["api"] = hostile.clone().into();
    });
    let (text, subject) = (alerts[0].text(), alerts[0].subject());
    assert!(subject.len() < 100 && subject.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{subject}");
    assert!(text.lines().all(|line| !line.contains(char::is_control) && !line.starts_with("Why    all")), "{text}");
    assert!(text.len() < 16 * 1024, "{}", text.len());
    // The title, the description, and a page that an id like this must not lead to.
    let links: Vec<&str> = text.lines().filter(|line| line.contains("://") && !line.contains("[://]")).collect();
    assert!(links.iter().all(|line| !line.contains("  https://")), "{links:?}");
    assert!(text.contains("The console of GuardDuty in this account and region."), "{text}");
}
