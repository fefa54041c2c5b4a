use std::sync::Arc;

use super::*;
use crate::audit::Audit;
use crate::finding::Origin;
use crate::log_file::Limits;
use crate::place::Place;
use crate::policy::Policy;

const ASKED: &str = "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e";
const OTHER: &str = "2a0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e";

const POLICY: &str = "\
version: 1
tables:
  - table: orders
    sensitivity: high
    watch: [delete]
    expected:
      - user: alice
      - role: app/orders-api
  - table: ord*
  - table: carts
";

/// A call of DynamoDB by the user `mallory`.
fn record(id: &str, name: &str, extra: &str) -> String {
    format!(
        r#"{{"eventID":"{id}","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"{name}",
            "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"tableName":"orders"}},
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/mallory"}}{extra}}}"#
    )
}

/// What is said of the event that is asked for, among these records of a file each.
fn explained(policy: Option<&str>, records: &[String]) -> Vec<Explanation> {
    let policy = policy.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut audit = Audit::new(policy, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
    let mut explainer = Explainer::new(ASKED);
    for (number, record) in records.iter().enumerate() {
        let place = Place::File(format!("{number}.json"));
        audit.any_file(record.as_bytes(), Origin { place: &place, message: 0 }, &mut explainer).unwrap();
    }
    explainer.into_explanations(&audit.into_findings())
}

/// Its places as `file fate why`.
fn places(explanation: &Explanation) -> Vec<String> {
    let place = |place: &PlaceStory| {
        format!("{} {} {} {}", place.place, place.index, place.fate, place.why.as_deref().unwrap_or("-"))
    };
    explanation.places.iter().map(place).collect()
}

#[test]
fn an_event_is_told_with_what_was_judged_and_what_it_is_part_of() {
    let records = [record(OTHER, "DeleteItem", ""), record(ASKED, "DeleteItem", "")];
    let explanations = explained(Some(POLICY), &records);
    let [explanation] = explanations.as_slice() else { panic!("{explanations:?}") };
    assert_eq!(places(explanation), ["1.json 0 judged -"]);
    let event = explanation.event.as_ref().unwrap();
    assert_eq!((event.name.as_str(), event.plane, event.outcome), ("DeleteItem", Some("data"), "succeeded"));
    assert_eq!((event.actor.named_by.as_str(), event.actor.is_person), ("userIdentity.arn", Some(true)));
    let [access] = explanation.accesses.as_slice() else { panic!("{explanation:?}") };
    assert_eq!((access.effect, access.items), ("delete", Some(1)));
    let policy = &access.policy;
    let entry = |entry: &EntryStory| (entry.table.clone(), entry.line);
    assert_eq!(policy.entry.as_ref().map(entry), Some(("orders".into(), 3)));
    assert_eq!(policy.less_specific.iter().map(entry).collect::<Vec<_>>(), [("ord*".into(), 9)]);
    assert_eq!(
        policy.tried.iter().map(|trial| (trial.line, trial.matches)).collect::<Vec<_>>(),
        [(7, false), (8, false)]
    );
    assert_eq!(policy.standing, "not expected: no line names the actor");
    let fired: Vec<_> = access.detections.iter().map(|one| (one.id, one.said)).collect();
    assert!(
        fired.contains(&("unexpected-principal", "fired")) && fired.contains(&("item-deletion", "fired")),
        "{fired:?}"
    );
    let severity = access.detections.iter().find(|one| one.id == "item-deletion").unwrap().severity.as_ref().unwrap();
    assert_eq!((severity.own, severity.severity), ("low", "medium"));
    assert_eq!(severity.moved, [("the table is of high sensitivity", "medium")]);
    assert!(access.silent.contains(&"table-deleted"));
    let parts: Vec<_> =
        explanation.findings.iter().map(|finding| (finding.detection.as_str(), finding.accesses)).collect();
    assert!(parts.contains(&("item-deletion", 2)), "{parts:?}");
}

#[test]
fn why_an_access_is_not_judged_is_said() {
    let tables = |table: &str| record(ASKED, "GetItem", "").replace("\"orders\"", &format!("\"{table}\""));
    let cases = [
        (None, tables("orders"), "not judged: there is no policy"),
        (Some(POLICY), record(ASKED, "ListTables", "").replace("tableName", "limit"), "not judged: no table is named"),
        (Some(POLICY), tables("customers"), "not judged: no entry speaks for the table"),
        (Some(POLICY), tables("carts"), "not judged: the entry does not say who is expected"),
        (Some(POLICY), tables("orders").replace("mallory", "alice"), "expected by line 7"),
    ];
    for (policy, record, want) in cases {
        assert_eq!(explained(policy, &[record])[0].accesses[0].policy.standing, want);
    }
}

#[test]
fn how_far_an_access_came_with_each_line_is_said() {
    let policy = "\
version: 1
tables:
  - table: orders
    expected:
      - user: mallory
        effects: [write]
      - user: mallory
        cidrs: [10.0.0.0/8]
      - user: mallory
        until: 2026-03-01
        reason: INC-42
      - user: alice
      - user: mallory
        until: 2026-04-01
        reason: INC-43
";
    let explanations = explained(Some(policy), &[record(ASKED, "GetItem", r#","sourceIPAddress":"203.0.113.7""#)]);
    let policy = &explanations[0].accesses[0].policy;
    let tried: Vec<_> = policy.tried.iter().map(|trial| (trial.line, trial.result.as_str())).collect();
    assert_eq!(
        tried,
        [
            (5, "names the actor, not the action: GetItem (read), expected write"),
            (7, "names actor and action, not from there: from 203.0.113.7, expected 10.0.0.0/8"),
            (9, "names all of it, not at that time: at 2026-03-02T09:15:00Z, expected until 2026-03-02T00:00:00Z"),
            (12, "names another principal"),
            (13, "expects it: INC-43"),
        ]
    );
    assert_eq!(policy.standing, "expected by line 13");
}

#[test]
fn what_the_policy_changes_about_a_detection_is_said() {
    let policy = "\
version: 1
detections:
  unexpected-principal: off
  item-deletion: {severity: critical}
tables:
  - table: orders
    sensitivity: low
    watch: [delete]
    expected: []
suppressions:
  - detection: item-deletion
    user: mallory
    until: 2026-12-31
    reason: the clean-up of spring
";
    let explanations = explained(Some(policy), &[record(ASKED, "DeleteItem", "")]);
    let said = |id: &str| explanations[0].accesses[0].detections.iter().find(|one| one.id == id).unwrap();
    let off = said("unexpected-principal");
    assert_eq!((off.said, off.severity.is_none()), ("off", true));
    assert_eq!(off.reason, "no expectation of the table (policy line 6) names user/mallory");
    let deletion = said("item-deletion");
    assert_eq!((deletion.said, deletion.suppressed_by), ("suppressed", Some(11)));
    assert!(deletion.reason.ends_with(": the clean-up of spring"), "{}", deletion.reason);
    let severity = deletion.severity.as_ref().unwrap();
    assert_eq!(severity.moved, [("the policy sets it", "critical")]);
    assert!(explanations[0].findings.is_empty());
}

#[test]
fn a_message_that_may_hold_a_key_is_told_only_where_the_policy_shows_keys() {
    let orders = |keys: &str| format!("version: 1\ntables:\n  - table: orders\n    keys: {keys}\n");
    let failed = |code: &str| {
        record(ASKED, "PutItem", &format!(r#","errorCode":"{code}","errorMessage":"pk is alice@example.com""#))
    };
    let batch = failed("ValidationException")
        .replace("PutItem", "BatchGetItem")
        .replace(r#"{"tableName":"orders"}"#, r#"{"requestItems":{"orders":{"keys":[{}]},"carts":{"keys":[{}]}}}"#);
    let shown = Some("pk is alice@example.com");
    let cases = [
        (None, failed("ValidationException"), None),
        (Some(orders("redact")), failed("ValidationException"), None),
        (Some(orders("hash")), failed("ConditionalCheckFailedException"), None),
        (Some(orders("show")), failed("ValidationException"), shown),
        (None, failed("AccessDeniedException"), shown),
        // The other table's keys are not shown.
        (Some(orders("show")), batch, None),
        // Nothing is known of its tables.
        (Some(orders("show")), failed("ValidationException").replace("dynamodb.amazonaws", "iam.amazonaws"), None),
    ];
    for (policy, record, want) in cases {
        let explanations = explained(policy.as_deref(), std::slice::from_ref(&record));
        let event = explanations[0].event.as_ref().unwrap();
        assert_eq!(event.error_message.as_deref(), want, "{policy:?} {record}");
        assert_eq!(event.error_message_withheld.is_some(), want.is_none(), "{policy:?} {record}");
        let json = serde_json::to_string(&explanations).unwrap();
        assert_eq!(json.contains("alice"), want.is_some(), "{json}");
    }
    assert_eq!(
        explained(None, &[record(ASKED, "PutItem", "")])[0].event.as_ref().unwrap().error_message_withheld,
        None
    );
}

#[test]
fn an_event_that_stands_in_several_places_is_told_once_with_all_of_them() {
    let records = vec![record(ASKED, "DeleteItem", ""); MOST + 2];
    let explanations = explained(None, &records);
    let [explanation] = explanations.as_slice() else { panic!("{explanations:?}") };
    assert_eq!(places(explanation)[..2], ["0.json 0 judged -", "1.json 0 skipped told before: the same event id"]);
    assert_eq!((explanation.places.len(), explanation.more_places), (MOST, 2));
    assert_eq!(explanation.accesses.len(), 1);
}

#[test]
fn why_a_record_was_passed_over_or_rejected_is_said() {
    let of = |from: &str, to: &str| record(ASKED, "GetItem", "").replace(from, to);
    let cases = [
        (of("dynamodb.amazonaws", "ec2.amazonaws"), "skipped ec2.amazonaws.com is no service that is audited"),
        (
            of("dynamodb.amazonaws", "s3.amazonaws"),
            "skipped GetItem is none of the calls of s3.amazonaws.com that are audited",
        ),
        (
            record(ASKED, "GetItem", r#","eventCategory":"NetworkActivity""#),
            "skipped a network activity event tells of a VPC endpoint; the call has a record of its own",
        ),
        (
            of("2026-03-02T09:15:00Z", "yesterday"),
            "rejected eventTime is no timestamp of the form 2026-01-31T23:59:59Z",
        ),
        (
            record(ASKED, "GetItem", r#","eventID":"again""#),
            "rejected not a CloudTrail record: duplicate field `eventID`",
        ),
    ];
    for (record, want) in cases {
        let explanations = explained(None, std::slice::from_ref(&record));
        let [explanation] = explanations.as_slice() else { panic!("{record}: {explanations:?}") };
        assert!(places(explanation)[0].starts_with(&format!("0.json 0 {want}")), "{:?}", places(explanation));
        assert!(explanation.accesses.is_empty());
    }
}

#[test]
fn the_record_of_another_account_is_told_to_be_one() {
    let shared = r#","sharedEventID":"3b0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e""#;
    let explanations = explained(None, &[record(OTHER, "GetItem", shared), record(ASKED, "GetItem", shared)]);
    let want = "1.json 0 skipped told before: the record that another account got of this call, under the shared id 3b0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e";
    assert_eq!(places(&explanations[0]), [want]);
    assert!(explanations[0].event.is_some() && explanations[0].accesses.is_empty());
}

#[test]
fn other_events_are_left_alone_and_case_does_not_matter() {
    assert!(explained(None, &[record(OTHER, "GetItem", "")]).is_empty());
    // It stands in the record, but is not its id.
    assert!(explained(None, &[record(OTHER, "GetItem", &format!(r#","userAgent":"{ASKED}""#))]).is_empty());
    let explanations = explained(None, &[record(&ASKED.to_uppercase(), "GetItem", "")]);
    assert_eq!((explanations.len(), explanations[0].accesses.len()), (1, 1));
}

#[test]
fn where_the_name_of_an_actor_stands_is_said() {
    let identities = [
        (r#""type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root""#, "userIdentity.arn"),
        (r#""type":"Root","accountId":"111122223333""#, "userIdentity.type Root, with the account"),
        (
            r#""type":"IAMUser","accountId":"111122223333","userName":"alice""#,
            "userIdentity.userName, with the account",
        ),
        (
            r#""type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/api/s1""#,
            "the session's ARN in userIdentity.arn: the role's path is not told",
        ),
        (
            r#""type":"AssumedRole","principalId":"AROAEXAMPLE:s1""#,
            "userIdentity.principalId, without the session's name",
        ),
        (
            r#""type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/api/s1",
               "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/app/api"}}"#,
            "userIdentity.sessionContext.sessionIssuer.arn, the same for all sessions of the role",
        ),
        (
            r#""type":"AWSAccount","accountId":"444455556666","principalId":"AROAEXAMPLE:s1""#,
            "userIdentity.accountId and principalId, without the session's name",
        ),
        (r#""type":"AWSAccount","accountId":"444455556666""#, "userIdentity.accountId"),
        (r#""type":"AWSService","invokedBy":"backup.amazonaws.com""#, "userIdentity.invokedBy"),
        (r#""type":"Unknown""#, "userIdentity.type"),
        ("", "userIdentity tells none"),
    ];
    for (identity, want) in identities {
        let json = format!(
            r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"Scan",
                "awsRegion":"eu-west-1","userIdentity":{{{identity}}}}}"#
        );
        assert_eq!(EventStory::of(&Record::parse(&json).unwrap(), false).actor.named_by, want, "{identity}");
    }
}

#[test]
fn the_event_of_another_service_is_found_by_its_own_id_and_by_ours() {
    const SAMPLE: &str = include_str!("../../../../events/deliveries/eventbridge-guardduty.json");
    let explained = |asked: &str, event: &str| {
        let policy = Policy::parse("policy.yaml", POLICY).unwrap();
        let mut audit = Audit::new(Some(Arc::new(policy)), "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
        let mut explainer = Explainer::new(asked);
        let place = Place::File("guardduty.json".to_owned());
        audit.any_file(event.as_bytes(), Origin { place: &place, message: 0 }, &mut explainer).unwrap();
        explainer.into_explanations(&audit.into_findings())
    };
    let theirs =
        serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap()["detail"]["id"].as_str().unwrap().to_owned();
    let by_theirs = explained(&theirs, SAMPLE);
    let story = by_theirs[0].relayed.as_ref().unwrap();
    assert_eq!((story.original.count, story.about.len()), (Some(4), 1));
    assert_eq!((story.about[0].detections[0].id, story.about[0].detections[0].said), ("guardduty-finding", "fired"));
    assert_eq!(by_theirs[0].findings[0].detection, "guardduty-finding");
    let by_ours = explained(&by_theirs[0].event_id, SAMPLE);
    assert_eq!(by_ours[0].findings[0].id, by_theirs[0].findings[0].id);

    let elsewhere = SAMPLE.replace("dynamodb.amazonaws.com", "s3.amazonaws.com").replace("AWS::DynamoDB::Table", "x");
    let skipped = explained(&theirs, &elsewhere);
    assert_eq!(
        places(&skipped[0]),
        ["guardduty.json 0 skipped it is neither about DynamoDB nor about a principal that the policy names"]
    );
    assert!(skipped[0].findings.is_empty());
}
