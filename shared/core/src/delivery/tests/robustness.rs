//! Whatever comes in, an answer comes out.

use proptest::prelude::*;

use super::*;

/// JSON out of the words that deliveries are made of, so that the branches behind the outline are reached.
fn any_body() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Records",
        "eventSource",
        "aws:sqs",
        "aws:s3",
        "messageId",
        "body",
        "Sns",
        "s3",
        "eventName",
        "ObjectCreated:Put",
        "bucket",
        "name",
        "object",
        "key",
        "%41+%",
        "Type",
        "Notification",
        "TopicArn",
        "Message",
        "detail-type",
        "Object Created",
        "AWS API Call via CloudTrail",
        "GuardDuty Finding",
        "aws.guardduty",
        "Config Rules Compliance Change",
        "aws.config",
        "source",
        "aws.s3",
        "detail",
        "s3Bucket",
        "s3ObjectKey",
        "Event",
        "s3:TestEvent",
        "Bucket",
        "awslogs",
        "Items",
        "BatchInput",
        "Key",
        "data",
        "H4sIAAAAAAAA",
        KEY,
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner.clone(), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = decode(&bytes);
        let _ = decode_element(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(body in any_body()) {
        let body = body.to_string();
        let _ = decode(body.as_bytes());
        let _ = decode_element(body.as_bytes());
    }

    #[test]
    fn no_damage_to_a_sample_makes_it_panic(
        sample in prop::sample::select(ANNOUNCEMENTS.map(|(sample, ..)| sample.1).to_vec()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = sample.as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = decode(&body);
        body.truncate(at);
        let _ = decode(&body);
    }

    #[test]
    fn no_key_makes_it_panic(key in "(AWSLogs/|o-[a-z]{3}/|[0-9]{12}/|CloudTrail/|eu-west-1/|[0-9]{2,4}/|_|%|.){0,12}") {
        let _ = key::parse(&key);
        let _ = key::decode_form(&key);
    }
}
