//! Bodies that are no deliveries, and what is said of them.

use super::*;

#[test]
fn a_key_that_cannot_be_decoded_is_an_error_that_names_it() {
    for ((route, body), keys, _) in ANNOUNCEMENTS {
        for (prefix, fault) in [("100%/", "is not percent-encoded"), ("%FF/", "does not decode to UTF-8")] {
            let parcels = decode(body.replace("AWSLogs/", &format!("{prefix}AWSLogs/")).as_bytes())
                .and_then(|mut messages| messages.remove(0).parcels);
            if keys == Keys::Plain {
                assert!(parcels.is_ok(), "{route}");
            } else {
                let error = parcels.unwrap_err().to_string();
                assert!(error.contains(&format!("the key \"{prefix}AWSLogs/")) && error.contains(fault), "{error}");
            }
        }
    }
}

#[test]
fn undecodable_body_fails_only_its_own_message() {
    let good = json!({"Records": [s3_record("ObjectCreated:Put", KEY)]}).to_string();
    let bad = json!({"Records": [s3_record("ObjectCreated:Put", KEY), s3_record("ObjectCreated:Put", "%")]});
    let body = json!({"Records": [
        in_sqs("first", &good), in_sqs("second", "{\"a\":!"), in_sqs("third", &bad.to_string()),
        {"messageId": "fourth", "eventSource": "aws:sqs"}, in_sqs("fifth", &good),
    ]});
    let messages = decode(body.to_string().as_bytes()).unwrap();
    let told: Vec<_> = messages
        .iter()
        .map(|message| {
            let parcels = message.parcels.as_ref().map(Vec::len).map_err(ToString::to_string);
            (message.id.as_deref().unwrap(), parcels)
        })
        .collect();
    let expected = [
        ("first", Ok(1)),
        ("second", Err("SQS message second: body: line 1 column 6: expected value".to_owned())),
        (
            "third",
            Err("SQS message third: body: Records[1]: s3: the key \"%\" is not percent-encoded: expected two \
                 hexadecimal digits after each %"
                .to_owned()),
        ),
        ("fourth", Err("SQS message fourth: expected the member body, found none".to_owned())),
        ("fifth", Ok(1)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_batch_whose_message_has_no_id_fails_as_a_whole() {
    let good = json!({"Records": [s3_record("ObjectCreated:Put", KEY)]}).to_string();
    let nameless = json!({"eventSource": "aws:sqs", "body": good});
    let body = json!({"Records": [in_sqs("first", &good), nameless]}).to_string();
    assert_eq!(error(&body), "payload: Records[1]: expected the member messageId, found none");
}

#[test]
fn what_is_no_delivery_is_an_error_with_its_place() {
    const NO_DELIVERY: &str = "expected a notification of S3, SNS, SQS, EventBridge or CloudTrail, a CloudWatch Logs subscription, or a batch of \
         Step Functions, found";
    let cases = [
        (String::new(), "payload: line 1 column 0: EOF while parsing a value".to_owned()),
        ("hello".to_owned(), "payload: line 1 column 1: expected value".to_owned()),
        ("\"hello\"".to_owned(), "expected an object".to_owned()),
        ("{}".to_owned(), format!("payload: {NO_DELIVERY} an empty object")),
        (
            json!({"tableName": "orders", "key": "a secret"}).to_string(),
            format!("payload: {NO_DELIVERY} an object of key, tableName"),
        ),
        (
            json!({"Records": [{"eventID": "a record of CloudTrail"}]}).to_string(),
            format!("payload: Records[0]: {NO_DELIVERY} an object of eventID"),
        ),
        (json!({"Records": [[]]}).to_string(), format!("payload: Records[0]: {NO_DELIVERY} a list")),
        (json!({"Records": 7}).to_string(), "payload: line 1 column 1: invalid type: integer `7`".to_owned()),
        (in_sns("plain text").to_string(), "payload: Message: line 1 column 1: expected value".to_owned()),
        (
            eventbridge("aws.s3", "Object Created", &json!({"bucket": {}})).to_string(),
            "payload: detail: line 1 column 12: missing field `name`".to_owned(),
        ),
        (
            json!({"source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail"}).to_string(),
            "payload: expected the member detail, found none".to_owned(),
        ),
        (
            json!({"Items": [{"Key": KEY}]}).to_string(),
            "payload: expected the member BatchInput, found none".to_owned(),
        ),
        (
            json!({"Items": [{"Key": KEY}], "BatchInput": {}}).to_string(),
            "payload: BatchInput: line 1 column 2: missing field `bucket`".to_owned(),
        ),
        (
            json!({"Items": [{"Key": KEY}, {"key": KEY}], "BatchInput": {"bucket": "b"}}).to_string(),
            "payload: Items[1]: line 1 column 136: missing field `Key`".to_owned(),
        ),
        (
            json!({"Items": {"Key": KEY}, "BatchInput": {"bucket": "b"}}).to_string(),
            "payload: line 1 column 0: invalid type: map, expected a sequence".to_owned(),
        ),
    ];
    for (body, expected) in cases {
        let error = error(&body);
        assert!(error.contains(&expected), "{body}: {error}");
    }
    assert_eq!(decode(b"{\"\xff").unwrap_err().to_string(), "payload: not UTF-8 from byte 2 on");
}

#[test]
fn errors_repeat_little_of_a_body_and_no_control_characters() {
    let hostile = format!("\r\n\u{1b}[31m\u{202e}{}", "x".repeat(5000));
    let bodies = [
        json!({ hostile.as_str(): 1 }).to_string(),
        json!(hostile).to_string(),
        json!({"awslogs": hostile}).to_string(),
        json!({"Records": [s3_record("ObjectCreated:Put", &format!("%{hostile}"))]}).to_string(),
        json!({"Type": hostile, "TopicArn": "", "Message": ""}).to_string(),
    ];
    for body in bodies {
        let error = error(&body);
        assert!(error.chars().count() < 400, "{error}");
        assert!(!error.contains(|c: char| c.is_control() || c == '\u{202e}'), "{error:?}");
    }
}

#[test]
fn wrappings_deeper_than_any_service_makes_are_refused() {
    let (_, body) = sample!("eventbridge-api-call");
    let nested = |times| (0..times).fold(body.to_owned(), |body, _| in_sns(&body).to_string());
    assert_eq!(only(&nested(7)).1.len(), 1);
    assert!(error(&nested(8)).ends_with("more than 8 steps deep"));
    assert!(error(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).contains("steps deep"));
}

#[test]
fn what_another_service_found_and_cannot_be_read_is_an_error_with_its_place() {
    let event = |source: &str, kind: &str, detail: Value| {
        json!({"source": source, "detail-type": kind, "detail": detail}).to_string()
    };
    let guardduty = |detail| event("aws.guardduty", "GuardDuty Finding", detail);
    let config = |detail| event("aws.config", "Config Rules Compliance Change", detail);
    let cases = [
        (guardduty(json!({})), "payload: detail: line 1 column 2: missing field `accountId`"),
        (guardduty(json!([])), "payload: detail: line 0 column 0: expected an object"),
        (
            guardduty(json!({"accountId": 7})),
            "payload: detail: line 1 column 14: invalid type: integer `7`, expected a string",
        ),
        (config(json!({"awsAccountId": "1"})), "payload: detail: line 1 column 20: missing field `awsRegion`"),
        (config(Value::Null), "payload: expected the member detail, found none"),
    ];
    for (body, want) in cases {
        assert_eq!(error(&body), want, "{body}");
    }
}
