//! What holds for any request, and for any way of writing one.

use std::iter;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::operations::OF_TABLES;
use super::requests::request;
use super::*;
use crate::log_file::arbitrary_json;

/// Sources of JSON that a record's fields may hold by mistake or malice.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        "requestItems|statement|statements|transactItems|operation|tableName|targetTableName|sourceTableName|indexName",
        "delete|put|key|keys|putRequest|deleteRequest|shardIterator|streamArn|resourceArn|backupArn|tableDescription|ARN",
        "keyId|name|queueUrl|functionName|eventSourceArn|functionArn|eventBusName|resourceId|serviceNamespace|alarmNames",
        "constraints|encryptionContextSubset|aws:dynamodb:tableName|aws:dynamodb:subscriberId|omitted|reason",
        ".*"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
        r#"(DELETE FROM|SELECT \* FROM|arn:aws:(dynamodb|kms|s3|sqs):r:a:(table/|key/)?) ?"?\w*"?(/index/|:|/|\|)?\w*"#
            .prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Into::into),
            vec((key.clone(), inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// How the names of an object's fields may be written.
#[derive(Clone, Copy, PartialEq)]
enum Names {
    /// In any case.
    Free,
    /// As they are, since they are of tables; those below are free.
    OfTables,
    /// As they are, all the way down, since they are of attributes.
    OfAttributes,
}

/// The same value with the fields of its objects in another order and their names in another case.
fn disguised(value: &Value, names: Names, dice: &mut impl Iterator<Item = u8>) -> Value {
    let mut roll = || usize::from(dice.next().unwrap());
    match value {
        Value::Array(values) => values.iter().map(|value| disguised(value, names, dice)).collect(),
        Value::Object(fields) => {
            let mut written: Vec<(String, &Value, Names)> = Vec::new();
            for (name, value) in fields {
                let below = match name.as_str() {
                    _ if names == Names::OfAttributes => Names::OfAttributes,
                    "key" | "keys" if names == Names::Free => Names::OfAttributes,
                    "requestItems" if value.is_object() => Names::OfTables,
                    _ => Names::Free,
                };
                let in_any_case =
                    |c: char| if roll() % 2 == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                let name = if names == Names::Free { name.chars().map(in_any_case).collect() } else { name.clone() };
                written.insert(roll() % (written.len() + 1), (name, value, below));
            }
            written.into_iter().map(|(name, value, below)| (name, disguised(value, below, dice))).collect()
        }
        scalar => scalar.clone(),
    }
}

/// All that is known of a record's accesses, whatever their order and that of their keys.
fn told(json: &str) -> Vec<String> {
    let mut told = lines(json, |mut access| {
        access.keys.sort();
        format!("{access:?}")
    });
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn neither_the_order_of_fields_nor_the_case_of_their_names_shows(
        (service, name, params) in request(), is_listed: bool, dice in vec(any::<u8>(), 1..64),
    ) {
        let resources = json!([{"ARN": ARN}, {"ARN": format!("{ARN}/index/by-date")}]);
        let fields = |params: Value| {
            [
                ("eventID", json!("e")),
                ("eventTime", json!("2026-03-02T09:15:00Z")),
                ("eventSource", json!(service.source())),
                ("eventName", json!(name)),
                ("awsRegion", json!("eu-west-1")),
                ("recipientAccountId", json!("111122223333")),
                ("resources", if is_listed { resources.clone() } else { Value::Null }),
                ("requestParameters", params),
            ]
        };
        let plain = fields(params.clone()).into_iter().collect::<Value>().to_string();
        let mut dice = dice.iter().copied().cycle();
        let mut fields = fields(disguised(&params, Names::Free, &mut dice));
        fields.rotate_left(usize::from(dice.next().unwrap()) % 8);
        let disguised = fields.into_iter().collect::<Value>().to_string();
        prop_assert_eq!(told(&plain), told(&disguised), "{}\n{}", plain, disguised);
    }
}

proptest! {
    #[test]
    fn any_request_of_any_call_gives_at_least_one_access(
        params in any_json(),
        resources in any_json(),
        identity in any_json(),
        response in any_json(),
        service in select(&Service::ALL),
        name in prop_oneof![select(&OF_TABLES[..]).prop_map(|(name, ..)| name.to_owned()), arbitrary_json::call(), "\\w*"],
        error in prop::option::of("AccessDenied|ThrottlingException|.*"),
        message in "(.* on resource: )?(arn:aws:\\w*:r:a:)?.*",
    ) {
        let json = json!({
            "eventID": "e", "eventTime": "2026-03-02T09:15:00Z", "eventSource": service.source(), "eventName": name,
            "awsRegion": "eu-west-1", "requestParameters": params, "resources": resources, "userIdentity": identity,
            "responseElements": response, "errorCode": error, "errorMessage": message,
        })
        .to_string();
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        let accesses = call.accesses();
        prop_assert!(!accesses.is_empty());
        for access in accesses {
            prop_assert!(access.keys.len() <= MOST_KEYS);
            prop_assert!(access.resource.is_none_or(|resource| resource.service == service && resource.name != "*"));
        }
    }
}

#[test]
fn a_disguise_changes_how_a_request_looks() {
    let params =
        json!({"tableName": "orders", "key": {"pk": "a", "sk": "b"}, "requestItems": {"Orders": {"keys": []}}});
    let looks: Vec<String> =
        (0..8).map(|die| disguised(&params, Names::Free, &mut iter::repeat(die)).to_string()).collect();
    assert!(looks.iter().all(|look| look.contains(r#""pk":"a""#) && look.contains(r#"{"Orders":"#)), "{looks:?}");
    assert!(looks.iter().any(|look| look.contains("TABLENAME")) && looks.iter().any(|look| look.contains("tablename")));
    assert!(looks.iter().any(|look| look.contains(r#""sk":"b","pk""#)), "{looks:?}");
}
