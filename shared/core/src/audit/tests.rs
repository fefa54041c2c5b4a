use super::*;
use crate::access::{Access, Call};
use crate::detections::Context;
use crate::place::{ObjectRef, Place};
use crate::table::TableArn;

const DELIVERY: &str = include_str!("../../../../events/deliveries/cloudwatch-logs.json");
const API_CALL: &str = include_str!("../../../../events/deliveries/eventbridge-api-call.json");
const NOTIFICATION: &str = include_str!("../../../../events/deliveries/s3-sqs.json");

/// Keeps what an audit says as it goes.
#[derive(Default)]
struct Notes {
    rejects: Vec<(u64, RejectReason, String)>,
    accesses: usize,
    fates: Vec<(u64, Fate)>,
}

impl Observer for Notes {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejects.push((reject.index, reject.reason, reject.detail.clone()));
    }

    fn accessed(&mut self, _: &Call<'_>, _: &Access<'_>, _: &Context<'_>) {
        self.accesses += 1;
    }

    fn read(&mut self, record: &RawRecord<'_>, fate: Fate) {
        self.fates.push((record.index, fate));
    }
}

fn audit() -> Audit {
    Audit::new(None, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default())
}

fn deletion(event_id: &str, extra: &str) -> String {
    format!(
        r#"{{"eventID":"{event_id}","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"DeleteItem",
            "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"tableName":"orders"}}{extra}}}"#
    )
}

fn other(event_id: &str) -> String {
    format!(r#"{{"eventID":"{event_id}","eventSource":"ec2.amazonaws.com","eventName":"GetObject"}}"#)
}

fn run(file: &str, any: bool) -> (Vec<Finding>, Tally, Notes, Result<(), LogFileError>) {
    let (mut audit, mut notes) = (audit(), Notes::default());
    let place = Place::File("test".into());
    let origin = Origin { place: &place, message: 0 };
    let result = if any {
        audit.any_file(file.as_bytes(), origin, &mut notes)
    } else {
        audit.log_file(file.as_bytes(), origin, &mut notes)
    };
    let tally = audit.take_tally();
    assert!(tally.reconciles(), "{tally:?}");
    (audit.into_findings(), tally, notes, result)
}

#[test]
fn every_record_is_counted_once_as_relevant_skipped_or_rejected() {
    let records = [
        deletion("a", ""),
        other("b"),
        "7".into(),
        deletion("a", ""),
        "{\"eventID\":\"c\"}".into(),
        deletion("d", r#","eventTime":"again""#),
        deletion("e", r#","eventCategory":"NetworkActivity""#),
        r#"{"eventCategory":"Insight"}"#.into(),
        r#"{"eventCategory":"Aggregated"}"#.into(),
        deletion("f", ""),
    ];
    let (findings, tally, notes, result) = run(&format!("{{\"Records\":[{}]}}", records.join(",")), false);
    assert!(result.is_ok());
    assert_eq!((tally.records_read, tally.records_relevant), (10, 2));
    let skipped = [Skip::OtherService, Skip::Duplicate, Skip::Insight, Skip::Aggregated, Skip::NetworkActivity];
    assert_eq!(tally.records_skipped, skipped.map(|skip| (skip, 1)).into());
    assert_eq!(tally.records_rejected, [(RejectReason::Malformed, 3)].into());
    assert_eq!(notes.rejects.iter().map(|reject| reject.0).collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(notes.accesses, 2);
    let rejected = Fate::Rejected(RejectReason::Malformed);
    let fates = [
        Fate::Judged,
        Fate::Skipped(Skip::OtherService),
        rejected,
        Fate::Skipped(Skip::Duplicate),
        rejected,
        rejected,
        Fate::Skipped(Skip::NetworkActivity),
        Fate::Skipped(Skip::Insight),
        Fate::Skipped(Skip::Aggregated),
        Fate::Judged,
    ];
    assert_eq!(notes.fates, (0..).zip(fates).collect::<Vec<_>>());
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].accesses, findings[0].known_items()), (2, Some(2)));
}

#[test]
fn both_accounts_records_of_one_call_are_one_access() {
    let shared = r#","sharedEventID":"s""#;
    let file = format!("{{\"Records\":[{},{}]}}", deletion("a", shared), deletion("b", shared));
    let (findings, tally, ..) = run(&file, false);
    assert_eq!(findings[0].accesses, 1);
    assert_eq!(tally.records_skipped, [(Skip::Duplicate, 1)].into());
}

#[test]
fn what_one_call_did_to_a_table_and_to_its_index_are_two_accesses() {
    let statements = r#"{"statements":["DELETE FROM orders","DELETE FROM orders.\"by-date\""]}"#;
    let call = |id| {
        let deletion = deletion(id, r#","sharedEventID":"s""#).replace("DeleteItem", "BatchExecuteStatement");
        deletion.replace(r#"{"tableName":"orders"}"#, statements)
    };
    let file = format!("[{},{}]", call("a"), call("b"));
    let (findings, tally, ..) = run(&file, true);
    assert_eq!(findings.iter().map(|finding| finding.accesses).sum::<u64>(), 2);
    assert_eq!(tally.records_skipped, [(Skip::Duplicate, 1)].into());
}

#[test]
fn records_that_share_an_id_are_each_told_for_the_tables_they_alone_tell_of() {
    let in_account = |id: &str, table: &str| {
        deletion(id, r#","sharedEventID":"70d3ca21-37b7-45ad-a28c-3c2d9d6d2a5e""#).replace("orders", table)
    };
    let records = [
        in_account("a", "arn:aws:dynamodb:eu-west-1:444455556666:table/carts"),
        in_account("b", "orders"),
        in_account("c", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
    ];
    let (findings, tally, ..) = run(&format!("[{}]", records.join(",")), true);
    assert_eq!(findings.iter().map(|finding| finding.accesses).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(tally.records_skipped, [(Skip::Duplicate, 1)].into());
}

#[test]
fn an_id_that_is_no_guid_makes_no_two_events_one() {
    for id in ["", "REDACTED"] {
        let other_time = deletion(id, "").replace("09:15:00", "09:16:00");
        let (findings, tally, ..) = run(&format!("[{},{other_time},{other_time}]", deletion(id, "")), true);
        assert_eq!(findings[0].accesses, 2, "{id}");
        assert_eq!(tally.records_skipped, [(Skip::Duplicate, 1)].into(), "{id}");
    }
}

#[test]
fn what_stood_before_the_damage_is_audited() {
    let (findings, tally, _, result) = run(&format!("{{\"Records\":[{},{{\"eventID\":", deletion("a", "")), false);
    assert!(matches!(result, Err(LogFileError::Truncated { .. })));
    assert_eq!(findings.len(), 1);
    assert_eq!((tally.objects_done, tally.objects_failed), (0, 1));
}

#[test]
fn a_flood_of_names_is_folded_and_loses_no_access_and_no_table_of_the_policy() {
    let policy =
        "version: 1\ntables:\n  - table: customers\n    watch: [delete]\n  - table: \"*\"\n    watch: [delete]\n";
    let policy = Arc::new(Policy::parse("policy.yaml", policy).unwrap());
    let flood = |name: &dyn Fn(usize) -> (String, String)| {
        let records: Vec<String> = (0..3000)
            .map(|n| {
                let (user, table) = name(n);
                let identity =
                    format!(r#","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}"}}"#);
                deletion(&format!("{n}"), &identity).replace("orders", &table)
            })
            .collect();
        let mut audit = Audit::new(Some(policy.clone()), "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
        let place = Place::File("test".into());
        let file = format!("[{}]", records.join(","));
        audit.any_file(file.as_bytes(), Origin { place: &place, message: 0 }, &mut Notes::default()).unwrap();
        let findings: Vec<serde_json::Value> = audit.into_findings().iter().map(|finding| finding.to_json(0)).collect();
        assert_eq!(findings.iter().map(|finding| finding["accesses"].as_u64().unwrap()).sum::<u64>(), 3000);
        findings
    };
    let about = |findings: &[serde_json::Value], table: &str| {
        findings.iter().filter(|finding| finding["table"] == table).cloned().collect::<Vec<_>>()
    };
    let table = |n: usize| if n == 2999 { "customers".to_owned() } else { format!("table-{n}") };

    let findings = flood(&|n| ("mallory".into(), table(n)));
    assert_eq!((findings.len(), about(&findings, "customers").len()), (252, 1));
    let folded = &about(&findings, "*")[0];
    assert_eq!((&folded["accesses"], &folded["table_arn"]), (&2749.into(), &serde_json::Value::Null));
    assert_eq!(folded["actor"], "arn:aws:iam::111122223333:user/mallory");
    assert_eq!(folded["tables"][0], "arn:aws:dynamodb:eu-west-1:111122223333:table/table-1000");

    let findings = flood(&|n| (format!("user-{n}"), table(n)));
    assert_eq!((findings.len(), about(&findings, "customers").len()), (502, 1));
    let folded = findings.iter().find(|finding| finding["actor"] == "*" && finding["table"] == "*").unwrap();
    assert_eq!(
        (&folded["accesses"], &folded["actors"][0]),
        (&2499.into(), &"arn:aws:iam::111122223333:user/user-1000".into())
    );
}

#[test]
fn an_oversized_record_costs_only_itself() {
    let big = deletion("big", &format!(r#","errorMessage":"{}""#, "x".repeat(3 << 20)));
    let (findings, tally, notes, _) = run(&format!("{{\"Records\":[{big},{}]}}", deletion("a", "")), false);
    assert_eq!(findings.len(), 1);
    assert_eq!(tally.records_rejected, [(RejectReason::TooLarge, 1)].into());
    assert!(notes.rejects[0].2.contains("the limit is 2097152"), "{:?}", notes.rejects);
}

#[test]
fn what_is_kept_of_a_record_does_not_grow_with_its_texts() {
    let long = "ü".repeat(100_000);
    let extra =
        ["userAgent", "sourceIPAddress", "vpcEndpointId"].map(|field| format!(r#","{field}":"{long}""#)).concat();
    let (findings, ..) = run(&format!("[{}]", deletion("a", &extra)), true);
    let json = findings[0].to_json(usize::MAX).to_string();
    assert!(json.len() < 5000, "{}", json.len());
    let resources = format!(r#","resources":[{{"ARN":"arn:aws:dynamodb:eu-west-1:111122223333:table/{long}"}}]"#);
    let (findings, ..) = run(&format!("[{}]", deletion("a", &resources)), true);
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_log_object_of_rejects_is_audited_to_its_end_and_fails() {
    let most = usize::try_from(MOST_REJECTS).unwrap();
    for (rejects, told, fails) in [(most, most, false), (3 * most, most, true)] {
        let file = format!("{{\"Records\":[{}{}]}}", "1,".repeat(rejects), deletion("a", ""));
        let (findings, tally, notes, result) = run(&file, false);
        assert_eq!((findings.len(), notes.rejects.len()), (1, told));
        assert_eq!(tally.records_rejected, [(RejectReason::Malformed, rejects as u64)].into());
        assert_eq!(matches!(result, Err(LogFileError::TooManyRejects { .. })), fails, "{result:?}");
        assert_eq!(tally.objects_failed, u64::from(fails));
    }
}

#[test]
fn a_log_object_without_records_is_rejected_and_not_skipped() {
    let (_, tally, notes, _) = run(&deletion("a", ""), false);
    assert_eq!(tally.records_rejected, [(RejectReason::Malformed, 1)].into());
    assert_eq!(notes.rejects[0].2, "expected an object with an array `Records`");
}

#[test]
fn records_are_found_in_files_of_every_form() {
    let record = deletion("a", "").replace('\n', " ");
    let looked_up =
        serde_json::json!({"Events": [{"EventId": "a", "EventName": "DeleteItem", "CloudTrailEvent": record}]});
    let event = serde_json::json!({
        "version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail", "source": "aws.dynamodb",
        "detail": serde_json::from_str::<serde_json::Value>(&record).unwrap(),
    });
    let forms = [
        ("log file", format!("{{\"Records\":[{record}]}}")),
        ("one record", record.clone()),
        ("list of records", format!("[{record}]")),
        ("NDJSON", format!("{record}\n{}\n", other("b"))),
        ("lookup-events", looked_up.to_string()),
        ("EventBridge event", event.to_string()),
        ("NDJSON of EventBridge events", format!("{event}\n{event}\n")),
    ];
    for (form, file) in forms {
        let (findings, tally, notes, result) = run(&file, true);
        assert!(result.is_ok(), "{form}");
        assert_eq!(notes.rejects, [], "{form}");
        assert_eq!((findings.len(), tally.records_relevant), (1, 1), "{form}");
        assert_eq!(findings[0].subject.detection.id, "item-deletion", "{form}");
    }
}

#[test]
fn records_are_found_in_delivery_bodies_and_a_mere_notification_is_rejected() {
    for (body, relevant, rejected) in [(DELIVERY, 1, 0), (API_CALL, 1, 0), (NOTIFICATION, 0, 1)] {
        let (_, tally, notes, _) = run(body, true);
        assert_eq!((tally.records_relevant, notes.rejects.len()), (relevant, rejected), "{body}");
    }
    let (.., notes, _) = run(NOTIFICATION, true);
    assert!(notes.rejects[0].2.contains("names the log object s3://example-trail-logs/"), "{:?}", notes.rejects);
}

#[test]
fn an_entry_that_holds_no_record_is_rejected() {
    let other_service = r#"{"eventSource":"aws:s3","eventName":"x","Records":[]}"#;
    let queued = r#"{"messageId":"m","eventSource":"aws:sqs","body":"{\"Records\":[]}"}"#;
    for entry in ["[]", "[[]]", r#"{"Records":[]}"#, other_service, queued] {
        let file = format!("{{\"Records\":[{entry},{}]}}", deletion("a", ""));
        let (findings, tally, notes, _) = run(&file, true);
        assert_eq!((findings.len(), tally.records_read, notes.rejects.len()), (1, 2, 1), "{entry}");
        let (index, reason, detail) = &notes.rejects[0];
        assert_eq!((*index, *reason), (0, RejectReason::Malformed), "{entry}");
        assert!(detail.starts_with("expected a record"), "{entry}: {detail}");
    }
}

#[test]
fn the_bucket_of_a_log_file_is_a_log_bucket() {
    let deletion = |id: &str, bucket: &str| {
        format!(
            r#"{{"eventID":"{id}","eventTime":"2026-03-02T09:15:00Z","eventSource":"s3.amazonaws.com","eventName":"DeleteBucketPolicy",
                "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"bucketName":"{bucket}"}}}}"#
        )
    };
    let file = format!("{{\"Records\":[{},{}]}}", deletion("a", "acme-cloudtrail"), deletion("b", "acme-exports"));
    let object = ObjectRef { bucket: "acme-cloudtrail".into(), key: "AWSLogs/a.json.gz".into() };
    for (place, want) in
        [(Place::Object(object), vec![Some("acme-cloudtrail")]), (Place::File("a.json".into()), vec![])]
    {
        let mut audit = audit();
        audit.log_file(file.as_bytes(), Origin { place: &place, message: 0 }, &mut Notes::default()).unwrap();
        let findings = audit.into_findings();
        let tampered = findings.iter().filter(|finding| finding.subject.detection.id == "log-bucket-tampered");
        assert_eq!(tampered.map(|finding| finding.subject.resource.as_deref()).collect::<Vec<_>>(), want);
    }
}

#[test]
fn what_is_found_at_the_end_and_suppressed_is_counted() {
    let key = "0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d";
    let policy = format!(
        "version: 1\ntables:\n  - {{table: orders, encryption-keys: [{key}]}}\n\
         suppressions:\n  - {{detection: key-endangered, resource: {key}, until: 2027-01-01, reason: retired}}\n"
    );
    let disabled = format!(
        r#"{{"eventID":"a","eventTime":"2026-03-02T09:15:00Z","eventSource":"kms.amazonaws.com","eventName":"DisableKey",
            "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"keyId":"{key}"}}}}"#
    );
    let place = Place::File("test".into());
    for (policy, want) in
        [(policy.replace(&format!("resource: {key}"), "resource: another"), (1, 0, 0)), (policy, (0, 0, 1))]
    {
        let policy = Arc::new(Policy::parse("policy.yaml", &policy).unwrap());
        let mut audit = Audit::new(Some(policy), "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
        audit.event(disabled.as_bytes(), Origin { place: &place, message: 0 }, &mut Notes::default());
        let before = audit.take_tally().hits_suppressed;
        let (findings, at_end) = audit.settle_alone();
        assert_eq!((findings.len(), before, at_end.hits_suppressed), want);
    }
}

/// It may quote the key of an item.
#[test]
fn what_a_service_answers_in_words_is_in_no_finding_and_no_alert() {
    for code in ["ValidationException", "ConditionalCheckFailedException", "AccessDenied"] {
        let record = deletion("a", &format!(r#","errorCode":"{code}","errorMessage":"pk is alice@example.com""#))
            .replace(r#"{"tableName":"orders"}"#, r#""gone""#);
        let (findings, ..) = run(&record, true);
        assert!(!findings.is_empty(), "{code}");
        let mut outputs: Vec<String> = findings.iter().map(|finding| finding.to_json(usize::MAX).to_string()).collect();
        for alert in crate::alert::fold(findings, None) {
            outputs.extend([alert.text(), alert.subject(), alert.to_json(usize::MAX).to_string()]);
        }
        assert!(!outputs.iter().any(|output| output.contains("alice")), "{outputs:?}");
    }
}

#[test]
fn the_table_in_which_runs_remember_does_not_feed_itself_and_is_told_of_where_anyone_else_reaches_for_it() {
    let role = |account: &str| {
        format!(
            r#","userIdentity":{{"type":"AssumedRole","accountId":"{account}","arn":"arn:aws:sts::{account}:assumed-role/trail-log/trail-log",
                "sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::{account}:role/trail-log","accountId":"{account}","userName":"trail-log"}}}}}}"#
        )
    };
    let user =
        r#","userIdentity":{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/eve"}"#;
    let own: TableId<'static> =
        TableArn::parse("arn:aws:dynamodb:eu-west-1:111122223333:table/orders").unwrap().table.into_owned();
    let cases = [
        ("the function's", deletion("a", &role("111122223333")).replace("DeleteItem", "PutItem"), true),
        ("what no function does", deletion("a", &role("111122223333")), false),
        ("a person's", deletion("a", user), false),
        ("another account's", deletion("a", &role("444455556666")), false),
        ("on another table", deletion("a", &role("111122223333")).replace("orders", "carts"), false),
        ("on the table itself", deletion("a", &role("111122223333")).replace("DeleteItem", "DeleteTable"), false),
    ];
    for (claim, record, is_own) in cases {
        let mut audit = audit().without_own(Some(own.clone()));
        let place = Place::File("test".into());
        audit.any_file(record.as_bytes(), Origin { place: &place, message: 0 }, &mut Notes::default()).unwrap();
        let skipped = audit.take_tally().records_skipped.contains_key(&Skip::OwnTable);
        assert_eq!((skipped, audit.into_findings().is_empty()), (is_own, is_own), "{claim}");
    }
}
