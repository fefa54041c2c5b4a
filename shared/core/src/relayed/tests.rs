use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const GUARDDUTY: &str = include_str!("../../../../events/deliveries/eventbridge-guardduty.json");
const CONFIG: &str = include_str!("../../../../events/deliveries/eventbridge-config.json");

fn detail(sample: &str) -> Value {
    serde_json::from_str::<Value>(sample).unwrap()["detail"].take()
}

fn read(reporter: Reporter, detail: &Value) -> Relayed {
    Relayed::read(reporter, &detail.to_string()).unwrap()
}

/// The sample with another value at a place.
fn with(sample: &str, pointer: &str, value: Value) -> Value {
    let mut detail = detail(sample);
    *detail.pointer_mut(pointer).unwrap() = value;
    detail
}

fn is_about_dynamodb(relayed: &Relayed) -> bool {
    match relayed.claim {
        Claim::Threat { is_about_dynamodb, .. } | Claim::Compliance { is_about_dynamodb, .. } => is_about_dynamodb,
    }
}

#[test]
fn a_finding_of_guardduty_is_read_into_our_nouns() {
    let relayed = read(Reporter::GuardDuty, &detail(GUARDDUTY));
    assert_eq!(
        relayed.tables.iter().map(TableId::arn).collect::<Vec<_>>(),
        ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]
    );
    assert_eq!(
        relayed.actors.iter().map(|actor| actor.name.as_ref()).collect::<Vec<_>>(),
        ["arn:aws:iam::111122223333:role/reports-export"]
    );
    assert_eq!((relayed.operation.as_deref(), relayed.source.as_deref()), (Some("Scan"), Some("203.0.113.66")));
    assert_eq!(relayed.time.to_string(), "2026-03-02T08:52:11Z");
    assert_eq!((relayed.original.count, relayed.original.severity.as_deref()), (Some(4), Some("8")));
    assert!(is_about_dynamodb(&relayed));
}

#[test]
fn a_principal_goes_by_its_name_as_far_as_guardduty_tells_it() {
    let role = "arn:aws:iam::111122223333:role/reports";
    let cases = [
        ("AssumedRole", "reports", "AROAEXAMPLE:session", ActorKind::Role, role),
        ("Role", "reports", "AROAEXAMPLE", ActorKind::Role, role),
        ("IAMUser", "eve", "AIDAEXAMPLE", ActorKind::User, "arn:aws:iam::111122223333:user/eve"),
        ("Root", "Root", "111122223333", ActorKind::Root, "arn:aws:iam::111122223333:root"),
        ("FederatedUser", "eve", "1:eve", ActorKind::Federated, "arn:aws:sts::111122223333:federated-user/eve"),
        ("AWSAccount", "", "444455556666", ActorKind::Account, "444455556666"),
        ("AWSService", "ec2.amazonaws.com", "", ActorKind::Service, "ec2.amazonaws.com"),
        ("AssumedRole", "", "AROAEXAMPLE:session", ActorKind::Unknown, "AROAEXAMPLE:session"),
        ("New", "eve", "", ActorKind::Unknown, "eve"),
    ];
    for (user_type, name, id, kind, want) in cases {
        let key = json!({"userType": user_type, "userName": name, "principalId": id});
        let relayed = read(Reporter::GuardDuty, &with(GUARDDUTY, "/resource/accessKeyDetails", key));
        assert_eq!((relayed.actors[0].kind, relayed.actors[0].name.as_ref()), (kind, want), "{user_type} {name}");
        // Nothing that GuardDuty tells vouches for a person.
        assert_eq!(relayed.actors[0].person, None);
    }
    let nobody = read(Reporter::GuardDuty, &with(GUARDDUTY, "/resource/accessKeyDetails", json!({})));
    assert_eq!(nobody.actors, []);
    assert_eq!(nobody.subjects().next().unwrap().0.name, "guardduty.amazonaws.com");
}

#[test]
fn dynamodb_is_found_wherever_guardduty_has_it() {
    let elsewhere =
        || with(GUARDDUTY, "/service", json!({"action": {"awsApiCallAction": {"serviceName": "s3.amazonaws.com"}}}));
    assert!(!is_about_dynamodb(&read(Reporter::GuardDuty, &elsewhere())));
    let arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/carts/index/by-date";
    let cases = [
        ("service", json!({"action": {"awsApiCallAction": {"serviceName": "dynamodb.amazonaws.com"}}}), 0),
        ("service", json!({"action": {"awsApiCallAction": {"serviceName": "streams.dynamodb.amazonaws.com"}}}), 0),
        (
            "service",
            json!({"action": {"awsApiCallAction": {"affectedResources": {"AWS::DynamoDB::Table": "carts, orders"}}}}),
            2,
        ),
        ("service", json!({"action": {"awsApiCallAction": {"affectedResources": {"AWS::DynamoDB::Table": arn}}}}), 1),
        (
            "service",
            json!({"additionalInfo": {"anomalies": {"anomalousAPIs": "dynamodb.amazonaws.com:[Scan:success]"}}}),
            0,
        ),
        (
            "service",
            json!({"additionalInfo": {"value": "{\"anomalousAPIs\":{\"dynamodb.amazonaws.com\":[\"Scan\"]}}"}}),
            0,
        ),
        (
            "service",
            json!({"additionalInfo": {"anomalies": {"anomalousAPIs": {"dynamodb.amazonaws.com": ["Scan"]}}}}),
            0,
        ),
        ("service", json!({"detection": {"sequence": {"signals": [{"name": "dynamodb:DeleteTable"}]}}}), 0),
        ("service", json!({"detection": {"sequence": {"resources": [{"uid": arn}, {"uid": arn}]}}}), 1),
        ("resource", json!({"resourceType": "AWS::DynamoDB::Table"}), 0),
        ("resource", json!({"dynamoDbTableDetails": [{"arn": arn}]}), 1),
        // A caller can write an ARN into its user agent, which makes it no table that was touched.
        ("service", json!({"additionalInfo": {"userAgent": {"fullUserAgent": arn}}}), 0),
    ];
    for (member, value, tables) in cases {
        let mut detail = elsewhere();
        detail[member] = value;
        let relayed = read(Reporter::GuardDuty, &detail);
        assert!(is_about_dynamodb(&relayed), "{detail}");
        assert_eq!(relayed.tables.len(), tables, "{detail}");
    }
}

#[test]
fn each_publication_of_a_finding_is_an_event_of_its_own() {
    let id = |detail: &Value| read(Reporter::GuardDuty, detail).event_id;
    let first = id(&detail(GUARDDUTY));
    assert_eq!(id(&with(GUARDDUTY, "/title", json!("another"))), first);
    assert_ne!(id(&with(GUARDDUTY, "/updatedAt", json!("2026-03-02T14:52:11Z"))), first);
    assert_ne!(id(&with(GUARDDUTY, "/id", json!("2"))), first);
    assert_ne!(id(&with(GUARDDUTY, "/accountId", json!("444455556666"))), first);
    // What is known again has to have a GUID.
    assert!(matches!(first, EventId::Guid(_)));
}

#[test]
fn techniques_are_those_that_guardduty_names() {
    let indicators = json!([
        {"key": "ATTACK_TECHNIQUE", "values": ["T1530 - Data from Cloud Storage", "T1078.004", "Valid Accounts", "T15", 7]},
        {"key": "ATTACK_TACTIC", "values": ["T1485"]},
        {"values": ["T1485"]}, 5,
    ]);
    let service = json!({"detection": {"sequence": {"sequenceIndicators": indicators}}});
    let relayed = read(Reporter::GuardDuty, &with(GUARDDUTY, "/service", service));
    assert_eq!(relayed.original.techniques, ["T1078.004", "T1530"]);
    assert_eq!(read(Reporter::GuardDuty, &detail(GUARDDUTY)).original.techniques, [""; 0]);
}

#[test]
fn a_rule_says_what_to_do_first_and_only_a_table_s_name_goes_into_a_command() {
    let cases = [
        (
            "dynamodb-pitr-enabled",
            "AWS::DynamoDB::Table",
            "orders",
            Some("update-continuous-backups --table-name orders "),
        ),
        (
            "x-DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
            "AWS::DynamoDB::Table",
            "orders",
            Some("update-table --table-name orders "),
        ),
        ("tablewarden-encrypted-kms", "AWS::DynamoDB::Table", "orders", Some("describe-table --table-name orders ")),
        (
            "dynamodb-in-backup-plan",
            "AWS::DynamoDB::Table",
            "orders; rm -rf .",
            Some("create-backup --table-name TABLE "),
        ),
        (
            "dynamodb-in-backup-plan",
            "AWS::DynamoDB::Table",
            "arn:aws:dynamodb:eu-west-1:1:table/`reboot`",
            Some("--table-name TABLE "),
        ),
        ("dynamodb-autoscaling-enabled", "AWS::DynamoDB::Table", "orders", None),
    ];
    for (rule, kind, id, want) in cases {
        let mut detail = with(CONFIG, "/configRuleName", json!(rule));
        (detail["resourceType"], detail["resourceId"]) = (json!(kind), json!(id));
        let step = read(Reporter::Config, &detail).original.first_step;
        assert_eq!(step.is_some(), want.is_some(), "{rule}");
        assert!(want.is_none_or(|want| step.as_ref().unwrap().contains(want)), "{rule}: {step:?}");
    }
}

#[test]
fn what_makes_an_event_of_a_service_has_to_be_there() {
    let cases = [
        (Reporter::GuardDuty, GUARDDUTY, "id"),
        (Reporter::GuardDuty, GUARDDUTY, "type"),
        (Reporter::GuardDuty, GUARDDUTY, "severity"),
        (Reporter::GuardDuty, GUARDDUTY, "accountId"),
        (Reporter::GuardDuty, GUARDDUTY, "region"),
        (Reporter::GuardDuty, GUARDDUTY, "updatedAt"),
        (Reporter::GuardDuty, GUARDDUTY, "resource"),
        (Reporter::GuardDuty, GUARDDUTY, "service"),
        (Reporter::Config, CONFIG, "awsAccountId"),
        (Reporter::Config, CONFIG, "awsRegion"),
        (Reporter::Config, CONFIG, "configRuleName"),
        (Reporter::Config, CONFIG, "resourceType"),
        (Reporter::Config, CONFIG, "resourceId"),
    ];
    for (reporter, sample, member) in cases {
        for wrong in [Some(json!([])), Some(json!("")), Some(Value::Null), None] {
            if member.ends_with("ccountId") || member.ends_with("egion") {
                // An empty one is odd, and tells as much as any.
                if wrong == Some(json!("")) {
                    continue;
                }
            }
            let mut detail = detail(sample);
            match wrong.clone() {
                Some(wrong) => detail[member] = wrong,
                None => drop(detail.as_object_mut().unwrap().remove(member)),
            }
            assert!(Relayed::read(reporter, &detail.to_string()).is_err(), "{reporter}: {member} {wrong:?}");
        }
    }
    for text in ["[]", "7", "null", "\"text\"", "{", ""] {
        for reporter in [Reporter::GuardDuty, Reporter::Config] {
            assert!(Relayed::read(reporter, text).is_err(), "{text}");
        }
    }
}

#[test]
fn of_a_resource_that_is_gone_nothing_is_evaluated() {
    let relayed = read(Reporter::Config, &with(CONFIG, "/newEvaluationResult", Value::Null));
    assert!(matches!(relayed.claim, Claim::Compliance { is_violated: false, .. }));
    let mut detail = with(CONFIG, "/newEvaluationResult", Value::Null);
    detail["notificationCreationTime"] = Value::Null;
    assert!(Relayed::read(Reporter::Config, &detail.to_string()).is_err());
}

/// JSON out of the members of both events.
fn any_value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "accessKeyDetails",
        "userType",
        "AssumedRole",
        "Root",
        "userName",
        "principalId",
        "s3BucketDetails",
        "arn",
        "action",
        "awsApiCallAction",
        "api",
        "serviceName",
        "dynamodb.amazonaws.com",
        "affectedResources",
        "AWS::DynamoDB::Table",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        "remoteIpDetails",
        "ipAddressV4",
        "detection",
        "sequence",
        "actors",
        "user",
        "name",
        "sequenceIndicators",
        "key",
        "ATTACK_TECHNIQUE",
        "values",
        "T1530",
        "count",
        "eventFirstSeen",
        "additionalInfo",
        "userAgent",
        "complianceType",
        "NON_COMPLIANT",
        "resultRecordedTime",
        "2026-03-02T09:00:00Z",
        "annotation",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*") {
        for reporter in [Reporter::GuardDuty, Reporter::Config] {
            let _ = Relayed::read(reporter, &text);
        }
    }

    #[test]
    fn whatever_a_member_holds_it_is_read_or_refused(
        member in any::<prop::sample::Index>(), value in any_value(),
    ) {
        for (reporter, sample) in [(Reporter::GuardDuty, GUARDDUTY), (Reporter::Config, CONFIG)] {
            let mut detail = detail(sample);
            let names: Vec<String> = detail.as_object().unwrap().keys().cloned().collect();
            detail[member.get(&names)] = value.clone();
            if let Ok(relayed) = Relayed::read(reporter, &detail.to_string()) {
                prop_assert!(relayed.subjects().next().is_some());
                prop_assert!(relayed.original.title.len() <= LONGEST && relayed.original.kind.len() <= LONGEST);
            }
        }
    }

    /// What only describes never keeps a finding from being heard.
    #[test]
    fn whatever_resource_and_service_hold_a_finding_is_heard(
        resource in prop::collection::btree_map(".{0,8}", any_value(), 0..4),
        service in prop::collection::btree_map("action|detection|count|additionalInfo", any_value(), 0..4),
    ) {
        let mut detail = detail(GUARDDUTY);
        detail["resource"] = Value::Object(resource.into_iter().collect());
        detail["service"] = Value::Object(service.into_iter().collect());
        prop_assert!(Relayed::read(Reporter::GuardDuty, &detail.to_string()).is_ok());
    }
}
