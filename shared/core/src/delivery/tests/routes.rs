//! Every route, from its raw body to parcels.

use super::*;

#[test]
fn every_route_leads_to_the_log_object() {
    for ((route, body), _, id) in ANNOUNCEMENTS {
        let (message, parcels) = only(body);
        assert_eq!(message.as_deref(), id, "{route}");
        let expected = ObjectRef { bucket: "example-trail-logs".into(), key: KEY.into() };
        assert_eq!(parcels, [Parcel::Log(expected)], "{route}");
    }
}

#[test]
fn each_route_decodes_keys_as_they_were_encoded() {
    for ((route, body), keys, _) in ANNOUNCEMENTS {
        let (_, parcels) = only(&body.replace("AWSLogs/", "a+b%2Bc/AWSLogs/"));
        let expected = match keys {
            Keys::Form => format!("a b+c/{KEY}"),
            Keys::Plain => format!("a+b%2Bc/{KEY}"),
        };
        assert_eq!(logs(&parcels)[0].key, expected, "{route}");
    }
}

#[test]
fn records_come_through_cloudwatch_logs_and_eventbridge() {
    let cases = [
        (sample!("cloudwatch-logs"), Route::CloudWatchLogs, "DeleteItem", "orders", "AssumedRole"),
        (sample!("eventbridge-api-call"), Route::EventBridge, "DeleteTable", "orders-archive", "IAMUser"),
    ];
    for ((name, body), expected_route, event, table, identity) in cases {
        let (_, parcels) = only(body);
        let [Parcel::Record { json, route }] = &parcels[..] else { panic!("{name}: {parcels:?}") };
        assert_eq!(*route, expected_route, "{name}");
        let record: Value = serde_json::from_str(json).unwrap();
        assert_eq!(record["eventName"], event, "{name}");
        assert_eq!(record["requestParameters"]["tableName"], table, "{name}");
        assert_eq!(record["userIdentity"]["type"], identity, "{name}");
    }
}

#[test]
fn what_other_services_found_comes_through_eventbridge() {
    let cases = [
        (sample!("eventbridge-guardduty"), "Exfiltration:IAMUser/AnomalousBehavior"),
        (sample!("eventbridge-config"), "dynamodb-pitr-enabled"),
    ];
    for ((name, body), kind) in cases {
        let (_, parcels) = only(body);
        let [Parcel::Relayed(relayed)] = &parcels[..] else { panic!("{name}: {parcels:?}") };
        assert_eq!(relayed.original.kind, kind, "{name}");
        assert_eq!(relayed.tables[0].name, "orders", "{name}");
        let wrapped = json!({"Records": [in_sqs("a", &in_sns(body).to_string())]}).to_string();
        assert_eq!(only(&wrapped).1, parcels, "{name}");
        // Anybody may put events of these kinds, but not as these services.
        let forged = body.replace("\"source\": \"aws.", "\"source\": \"acme.");
        assert!(
            matches!(&only(&forged).1[..], [Parcel::Skipped(Skipped { reason: SkipReason::OtherEvent, .. })]),
            "{name}"
        );
    }
}

#[test]
fn a_record_is_the_same_in_every_wrapping() {
    let (_, body) = sample!("eventbridge-api-call");
    let (_, expected) = only(body);
    let wrapped = [
        in_sns(body).to_string(),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": in_sns(body)}]}).to_string(),
        json!({"Records": [in_sqs("a", body)]}).to_string(),
        json!({"Records": [in_sqs("a", &in_sns(body).to_string())]}).to_string(),
        json!([in_sqs("a", &in_sns(body).to_string())]).to_string(),
        format!("[{body}]"),
        format!(" \n{body}\n"),
    ];
    for body in wrapped {
        assert_eq!(only(&body).1, expected, "{body}");
    }
}

#[test]
fn a_list_of_events_is_opened_in_order() {
    let (_, api_call) = sample!("eventbridge-api-call");
    let (_, object) = sample!("s3-eventbridge");
    let (id, parcels) = only(&format!("[{api_call}, {object}]"));
    assert_eq!(id, None);
    assert!(matches!(&parcels[..], [Parcel::Record { .. }, Parcel::Log(_)]), "{parcels:?}");
}

#[test]
fn cloudtrails_message_names_one_key_or_many() {
    let other = KEY.replace("eu-west-1", "us-east-1");
    let cases = [(json!([KEY, other]), vec![KEY, &other]), (json!(KEY), vec![KEY]), (json!([]), vec![])];
    for (keys, expected) in cases {
        let (_, parcels) = only(&json!({"s3Bucket": "example-trail-logs", "s3ObjectKey": keys}).to_string());
        let found: Vec<_> = logs(&parcels).into_iter().map(|log| log.key.as_str()).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_step_functions_lists_is_announced_but_for_the_siblings_of_logs() {
    let digest = KEY.replace("/CloudTrail/", "/CloudTrail-Digest/");
    let item = |key: &str| json!({"Key": key, "Etag": "e", "Size": 1, "StorageClass": "STANDARD"});
    let body = json!({"BatchInput": {"bucket": "b"}, "Items": [item(KEY), item(&digest), item("AWSLogs/"), item(KEY)]});
    let (id, parcels) = only(&body.to_string());
    assert_eq!(id, None);
    let skipped = |parcel: &Parcel| matches!(parcel, Parcel::Skipped(_));
    assert_eq!(parcels.iter().map(skipped).collect::<Vec<_>>(), [false, true, true, false]);
    let log = Parcel::Log(ObjectRef { bucket: "b".into(), key: KEY.into() });
    assert_eq!((&parcels[0], &parcels[3]), (&log, &log));
}

#[test]
fn test_events_are_skipped_by_every_route() {
    let (_, in_queue) = sample!("s3-test-event");
    let probe = "CloudTrail validation message.";
    let bodies = [
        serde_json::from_str(in_queue).unwrap(),
        json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "example-trail-logs"}),
        in_sns(probe),
        json!({"Records": [in_sqs("a", probe)]}),
        json!({"Records": [in_sqs("a", &in_sns(probe).to_string())]}),
    ];
    for body in bodies {
        assert_eq!(reason(&body), SkipReason::TestEvent, "{body}");
    }
}

#[test]
fn s3_events_are_deliveries_only_when_an_object_was_created() {
    let cases = [
        ("ObjectCreated:Put", None),
        ("ObjectCreated:CompleteMultipartUpload", None),
        ("s3:ObjectCreated:Copy", None),
        ("ObjectRemoved:Delete", Some(SkipReason::ObjectRemoved)),
        ("s3:ObjectRemoved:DeleteMarkerCreated", Some(SkipReason::ObjectRemoved)),
        ("LifecycleExpiration:Delete", Some(SkipReason::ObjectRemoved)),
        ("ObjectTagging:Put", Some(SkipReason::OtherEvent)),
        ("ObjectCreatedLater:Put", Some(SkipReason::OtherEvent)),
    ];
    for (event, skipped) in cases {
        let body = json!({"Records": [s3_record(event, KEY)]});
        match skipped {
            Some(expected) => assert_eq!(reason(&body), expected, "{event}"),
            None => assert_eq!(logs(&only(&body.to_string()).1).len(), 1, "{event}"),
        }
    }
}

#[test]
fn eventbridge_events_about_something_else_are_skipped() {
    let object = json!({"bucket": {"name": "example-trail-logs"}, "object": {"key": KEY}});
    let foreign = json!({"bucket": {"name": "example-trail-logs"}, "object": {"key": "orders.csv"}});
    let cases = [
        ("aws.s3", "Object Deleted", &object, SkipReason::ObjectRemoved),
        ("aws.s3", "Object Tags Added", &object, SkipReason::OtherEvent),
        ("aws.s3", "Object Created", &foreign, SkipReason::NotCloudTrail),
        ("aws.guardduty", "GuardDuty Runtime Protection Healthy", &json!({}), SkipReason::OtherEvent),
        ("aws.cloudtrail", "AWS Insight via CloudTrail", &json!({}), SkipReason::Insight),
        ("aws.cloudtrail", "AWS Network Activity Event via CloudTrail", &json!({}), SkipReason::NetworkActivity),
        // Written by somebody with `events:PutEvents`.
        ("com.example", "AWS API Call via CloudTrail", &json!({}), SkipReason::OtherEvent),
        ("com.example", "Object Created", &object, SkipReason::OtherEvent),
    ];
    for (source, kind, detail, expected) in cases {
        assert_eq!(reason(&eventbridge(source, kind, detail)), expected, "{source} {kind}");
    }
    for kind in ["AWS Console Signin via CloudTrail", "AWS Service Event via CloudTrail"] {
        let (_, parcels) = only(&eventbridge("aws.signin", kind, &json!({})).to_string());
        assert!(matches!(&parcels[..], [Parcel::Record { .. }]), "{kind}");
    }
}

#[test]
fn subscriptions_being_confirmed_are_skipped() {
    for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        let mut envelope = in_sns("You have chosen to subscribe to the topic");
        envelope["Type"] = kind.into();
        assert_eq!(reason(&envelope), SkipReason::OtherEvent, "{kind}");
    }
}

#[test]
fn an_empty_list_announces_nothing() {
    for body in [r#"{"Records": []}"#, "[]"] {
        assert_eq!(only(body), (None, vec![]), "{body}");
    }
}

#[test]
fn elements_of_a_records_list_are_told_from_records_of_cloudtrail() {
    let s3 = s3_record("ObjectCreated:Put", KEY);
    let body = json!({"Records": [s3]}).to_string();
    for element in [&s3, &in_sqs("a", &body), &json!({"EventSource": "aws:sns", "Sns": in_sns(&body)})] {
        let parcels = decode_element(element.to_string().as_bytes()).unwrap().unwrap();
        assert_eq!(logs(&parcels).len(), 1, "{element}");
    }

    let (_, api_call) = sample!("eventbridge-api-call");
    let record: Value = serde_json::from_str(api_call).unwrap();
    for other in [record["detail"].to_string(), "[]".into(), "7".into(), "{".into(), String::new()] {
        assert!(decode_element(other.as_bytes()).is_none(), "{other}");
    }

    let error = decode_element(in_sqs("a", "{").to_string().as_bytes()).unwrap().unwrap_err();
    assert_eq!(error.place, "record: SQS message a: body");
}
