use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

use super::*;
use crate::log_file::arbitrary_json::{Writer, member};

fn screen(json: &str) -> Screened {
    Screen::new(&Service::ALL).screen(json.as_bytes())
}

#[test]
fn rules_get_what_they_ask_for_of_what_is_passed_over() {
    use Screened::{Asked, Malformed, OtherCall, OtherService, Relevant};
    let mut asked = crate::rules::Asked::default();
    asked.add("iam.amazonaws.com", Some(&["CreateUser".to_owned()].into()));
    asked.add("kms.amazonaws.com", Some(&["decrypt".to_owned()].into()));
    asked.add("signin.amazonaws.com", None);
    asked.add("dynamodb.amazonaws.com", None);
    let screen = Screen::new(&Service::ALL).with(asked);
    let cases = [
        (r#"{"eventSource":"iam.amazonaws.com","eventName":"CreateUser"}"#, Asked),
        (r#"{"eventName":"Create\u0055ser","a":1,"eventSource":"IAM.amazonaws.com"}"#, Asked),
        (r#"{"eventSource":"iam.amazonaws.com","eventName":"ListUsers"}"#, OtherService),
        (r#"{"eventSource":"iam.amazonaws.com","eventName":"ListUsers","eventName":"CreateUser"}"#, Asked),
        (r#"{"eventSource":"ec2.amazonaws.com","eventName":"CreateUser","eventSource":"iam.amazonaws.com"}"#, Asked),
        (r#"{"eventSource":"iam.amazonaws.com","a":{"eventName":"CreateUser"},"eventName":"ListUsers"}"#, OtherService),
        (r#"{"eventSource":"iam.amazonaws.com"}"#, OtherService),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#, Asked),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"Encrypt"}"#, OtherCall),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"DisableKey"}"#, Relevant),
        (r#"{"eventSource":"signin.amazonaws.com","eventName":"AnyThing"}"#, Asked),
        (r#"{"eventSource":"dynamodb.amazonaws.com","eventName":"GetItem"}"#, Relevant),
        (r#"{"eventSource":7,"eventName":"CreateUser"}"#, Malformed("eventSource is not a string")),
        (r#"{"eventName":"CreateUser"}"#, Malformed("no eventSource")),
    ];
    for (json, expected) in cases {
        assert_eq!(screen.screen(json.as_bytes()), expected, "{json}");
    }
}

#[test]
fn own_event_source_decides() {
    use Screened::{Aggregated, Insight, Malformed, Notification, OtherCall, OtherService, Relevant};
    let cases = [
        (r#"{"eventSource":"aws:s3","s3":{}}"#, Notification),
        (r#"{"eventSource":"\u0061ws:sqs"}"#, Notification),
        (
            r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt","a":{"aws:dynamodb:tableName":"orders"}}"#,
            OtherCall,
        ),
        (r#"{"eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"dax.amazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"iam.amazonaws.com"}"#, OtherService),
        (" {\n\t\"a\" : [ 1 , {} ] ,\r\n \"eventSource\" : \"dynamodb.amazonaws.com\" } ", Relevant),
        // Escapes
        (r#"{"eventSource":"dynamodb\u002eamazonaws.com"}"#, Relevant),
        (r#"{"event\u0053ource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"\u0065ventSource":"\u0064ynamodb\u002Eamazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"dynamodb\\u002eamazonaws.com"}"#, OtherService),
        (r#"{"eventSource":"\"dynamodb.amazonaws.com"}"#, OtherService),
        // Look-alikes
        (r#"{"a":{"eventSource":"dynamodb.amazonaws.com"},"eventSource":"iam.amazonaws.com"}"#, OtherService),
        (r#"{"eventSource":"iam.amazonaws.com","a":{"eventSource":"dynamodb.amazonaws.com"}}"#, OtherService),
        (r#"{"eventSource":"iam.amazonaws.com","a":"\",\"eventSource\":\"dynamodb.amazonaws.com"}"#, OtherService),
        (r#"{"a":"{\"eventSource\":\"s3\"","eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"a":"\\","eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"a":"}","b":"]","eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"eventsource":"dynamodb.amazonaws.com","eventSource":"s3"}"#, OtherService),
        (r#"{"eventSource":"Dynamodb.amazonaws.com"}"#, OtherService),
        (r#"{"eventSource":"dynamodb.amazonaws.com.example.com"}"#, OtherService),
        // Repeated
        (r#"{"eventSource":"s3","eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"s3","eventSourc\u0065":"dynamodb\u002eamazonaws.com"}"#, Relevant),
        (r#"{"eventSource":1,"eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        // Of a service of which some calls are audited
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"DisableKey"}"#, Relevant),
        (r#"{"eventName":"DisableKe\u0079","eventSource":"kms.amazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#, OtherCall),
        (r#"{"eventSource":"kms.amazonaws.com","a":{"eventName":"DisableKey"},"eventName":"Decrypt"}"#, OtherCall),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt","eventName":"DisableKey"}"#, Relevant),
        (r#"{"eventSource":"iam","eventName":"DisableKey","eventSource":"kms.amazonaws.com"}"#, Relevant),
        (r#"{"eventSource":"s3.amazonaws.com","eventName":"DisableKey"}"#, OtherCall),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":7}"#, OtherCall),
        (r#"{"eventSource":"kms.amazonaws.com"}"#, OtherCall),
        // Without one
        (r#"{"eventCategory":"Insight","insightDetails":{"eventSource":"dynamodb.amazonaws.com"}}"#, Insight),
        (r#"{"insightDetails":{"eventSource":"s3"},"eventCategory":"In\u0073ight"}"#, Insight),
        (r#"{"eventCategory":"Aggregated","eventId":"e"}"#, Aggregated),
        (r#"{"eventCategory":"Insight","eventSource":"dynamodb.amazonaws.com"}"#, Relevant),
        (r#"{"eventCategory":"Insight","eventSource":"iam.amazonaws.com"}"#, OtherService),
        (r#"{"eventCategory":"Data"}"#, Malformed("no eventSource")),
        ("{}", Malformed("no eventSource")),
        ("{ }", Malformed("no eventSource")),
        (r#"{"a":{"eventSource":"s3"}}"#, Malformed("no eventSource")),
        (r#"{"eventSource":null}"#, Malformed("eventSource is not a string")),
        (r#"{"eventSource":["dynamodb.amazonaws.com"]}"#, Malformed("eventSource is not a string")),
        // No object
        ("", Malformed("not a JSON object")),
        ("null", Malformed("not a JSON object")),
        (r#""eventSource""#, Malformed("not a JSON object")),
        (r#"[{"eventSource":"dynamodb.amazonaws.com"}]"#, Malformed("not a JSON object")),
        // Broken
        ("{", Malformed("broken JSON")),
        (r#"{"a" 1}"#, Malformed("broken JSON")),
        (r#"{"a":1 "b":2}"#, Malformed("broken JSON")),
        (r#"{"a":"#, Malformed("broken JSON")),
        (r#"{"a":"x"#, Malformed("broken JSON")),
        (r#"{"a":"x\"#, Malformed("broken JSON")),
        (r#"{"a":[1}"#, Malformed("broken JSON")),
        (r#"{"a":1,}"#, Malformed("broken JSON")),
    ];
    for (json, expected) in cases {
        assert_eq!(screen(json), expected, "{json}");
    }
}

/// What `screen` is to say, by a plain reading.
fn read_plainly(members: &[(String, Value)]) -> Screened {
    let values = |name| members.iter().filter(move |(key, _)| key == name).map(|(_, value)| value);
    let service_of = |source: &Value| Service::ALL.into_iter().find(|service| source == service.source());
    let is_audited = |service: Service| match service.calls() {
        Calls::All => true,
        Calls::Only(names) => values("eventName").any(|value| names.iter().any(|name| value == name)),
    };
    let category = members.iter().rev().filter(|(key, _)| key == "eventCategory");
    let category = category.filter_map(|(_, value)| match value.as_str() {
        Some("Insight") => Some(Screened::Insight),
        Some("Aggregated") => Some(Screened::Aggregated),
        _ => None,
    });
    match values("eventSource").next() {
        _ if values("eventSource").filter_map(service_of).any(is_audited) => Screened::Relevant,
        Some(source) if service_of(source).is_some() => Screened::OtherCall,
        Some(Value::String(source)) if source.starts_with("aws:") => Screened::Notification,
        Some(Value::String(_)) => Screened::OtherService,
        Some(_) => Screened::Malformed("eventSource is not a string"),
        None => category.take(1).next().unwrap_or(Screened::Malformed("no eventSource")),
    }
}

#[test]
fn records_of_every_kind_are_made_for_the_comparison() {
    let mut runner = TestRunner::deterministic();
    let members = prop::collection::vec(member(), 0..6);
    let audited_whole: Vec<&str> =
        Service::ALL.into_iter().filter(|service| service.calls() == Calls::All).map(Service::source).collect();
    let kinds: Vec<(Screened, bool)> = (0..2000)
        .map(|_| {
            let members = members.new_tree(&mut runner).unwrap().current();
            let of_such = |(key, value): &(String, Value)| {
                key == "eventSource" && value.as_str().is_some_and(|source| audited_whole.contains(&source))
            };
            (read_plainly(&members), members.iter().any(of_such))
        })
        .collect();
    let wanted = [
        (Screened::OtherService, false),
        (Screened::OtherCall, false),
        (Screened::Relevant, true),
        // Of a service of which only some calls are audited.
        (Screened::Relevant, false),
    ];
    for kind in wanted {
        assert!(kinds.iter().filter(|made| **made == kind).count() > 20, "{kind:?}");
    }
}

#[test]
fn a_record_that_is_passed_over_where_it_begins_needs_no_splitting() {
    use Screened::{OtherCall, OtherService};
    let rest = r#","a":[{"b":"}"},2]}"#;
    let cases = [
        (r#"{"a":{"b":"{"},"eventSource":"iam.amazonaws.com""#, Some(OtherService)),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"Encrypt""#, Some(OtherCall)),
        (r#"{"eventSource":"kms.amazonaws.com","eventName":"DisableKey""#, None),
        (r#"{"eventSource":"dynamodb.amazonaws.com""#, None),
        // What has to be looked at as a whole.
        (r#"{"eventSource":"iam.amazonaws.com","eventSource":"dynamodb.amazonaws.com""#, None),
        (r#"{"eventSource":"iam.amazonaws.com","c":"\""#, None),
        (r#"{"eventName":"Encrypt","eventSource":"kms.amazonaws.com""#, None),
        (r#"{"eventSource":"iam.amazonaws.com","c":]"#, None),
        (r#"{ "eventSource":"iam.amazonaws.com""#, None),
    ];
    let screen = Screen::new(&Service::ALL);
    for (begins, expected) in cases {
        let json = format!("{begins}{rest}");
        let expected = expected.map(|screened| (screened, json.len()));
        assert_eq!(screen.pass(format!("{json},{{}}]}}").as_bytes()), expected, "{json}");
        assert!((0..json.len()).all(|len| screen.pass(&json.as_bytes()[..len]).is_none()), "{json}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn agrees_with_a_plain_reading(
        members in prop::collection::vec(member(), 0..6),
        dice in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let mut writer = Writer::new(&dice);
        writer.object(members.iter().map(|(key, value)| (key, value)));
        let json = writer.out;
        // The writer writes what it was given (the last of repeated keys is what serde_json keeps).
        let read: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read, Value::Object(Map::from_iter(members.clone())));

        let screen = Screen::new(&Service::ALL);
        prop_assert_eq!(screen.screen(json.as_bytes()), read_plainly(&members), "{}", json);
        if let Some(passed) = screen.pass(format!("{json},{json}]}}").as_bytes()) {
            prop_assert_eq!(passed, (read_plainly(&members), json.len()), "{}", json);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(json in prop::collection::vec(prop_oneof![
        Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b','), Just(b':'), any::<u8>(),
    ], 0..200)) {
        let screen = Screen::new(&Service::ALL);
        screen.screen(&json);
        screen.pass(&json);
    }
}
