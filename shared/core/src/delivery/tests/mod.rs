//! What the tests of [`super`] share: the samples, and bodies to build.

use serde_json::{Value, json};

use super::*;

/// A sample by its name, with the name.
macro_rules! sample {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../../events/deliveries/", $name, ".json")))
    };
}

mod refusals;
mod robustness;
mod routes;

/// The key that the samples announce.
const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/\
                   111122223333_CloudTrail_eu-west-1_20260302T0915Z_Qx7mT2vLk9PzR4aB.json.gz";

/// Who wrote the innermost body, and so how a key is encoded in it.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    Form,
    Plain,
}

const ANNOUNCEMENTS: [((&str, &str), Keys, Option<&str>); 11] = [
    (sample!("s3"), Keys::Form, None),
    (sample!("s3-sqs"), Keys::Form, Some("059f36b4-87a3-44ab-83d2-661975830a7d")),
    (sample!("s3-sns"), Keys::Form, None),
    (sample!("s3-sns-sqs"), Keys::Form, Some("2e1004f4-7a3b-4c8d-9e5f-60718293a4b5")),
    (sample!("s3-sns-sqs-raw"), Keys::Form, Some("1b0c2d4e-6f70-4819-a2b3-c4d5e6f70819")),
    (sample!("s3-eventbridge"), Keys::Plain, None),
    (sample!("s3-eventbridge-sqs"), Keys::Plain, Some("3c4d5e6f-8192-4a3b-b4c5-d6e7f8091a2b")),
    (sample!("cloudtrail-sns"), Keys::Plain, None),
    (sample!("cloudtrail-sns-sqs"), Keys::Plain, Some("4d5e6f70-92a3-4b4c-85d6-e7f8091a2b3c")),
    (sample!("s3-step-functions"), Keys::Plain, None),
    (sample!("cloudtrail-sns-sqs-raw"), Keys::Plain, Some("5e6f7081-a3b4-4c5d-96e7-f8091a2b3c4d")),
];

/// The one message of a body, and what it holds.
fn only(body: &str) -> (Option<String>, Vec<Parcel>) {
    let mut messages = decode(body.as_bytes()).unwrap();
    assert_eq!(messages.len(), 1, "{body}");
    let message = messages.remove(0);
    (message.id, message.parcels.unwrap())
}

fn logs(parcels: &[Parcel]) -> Vec<&ObjectRef> {
    parcels.iter().map(|parcel| if let Parcel::Log(log) = parcel { log } else { panic!("{parcel:?}") }).collect()
}

/// The reason why the one parcel of a body is skipped.
fn reason(body: &Value) -> SkipReason {
    match &only(&body.to_string()).1[..] {
        [Parcel::Skipped(skipped)] => skipped.reason,
        parcels => panic!("{body}: {parcels:?}"),
    }
}

/// The error of a body that is no SQS batch.
fn error(body: &str) -> String {
    decode(body.as_bytes()).unwrap_err().to_string()
}

fn in_sqs(id: &str, body: &str) -> Value {
    json!({"messageId": id, "eventSource": "aws:sqs", "body": body})
}

fn in_sns(message: &str) -> Value {
    json!({"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": message})
}

fn s3_record(event: &str, key: &str) -> Value {
    json!({"eventSource": "aws:s3", "eventName": event,
           "s3": {"bucket": {"name": "example-trail-logs"}, "object": {"key": key}}})
}

fn eventbridge(source: &str, kind: &str, detail: &Value) -> Value {
    json!({"source": source, "detail-type": kind, "detail": detail})
}
