//! CloudTrail's records and log files, as the tests tell their stories with them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tablewarden_testkit::gzip;

/// The account whose tables are touched.
pub const OWNER: &str = "111122223333";

/// How long ago every call of [`data_event`] was: about as long as CloudTrail takes to deliver.
pub const AGE: SignedDuration = SignedDuration::from_mins(10);

/// The `eventID` of the record with this number.
pub fn event_id(number: u64) -> String {
    format!("5eed0000-0000-4000-8000-{number:012x}")
}

/// The stable name of the role that [`data_event`] gives its caller.
pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{OWNER}:role/app/{name}")
}

/// A call of the data plane on one item of a table: `operation` is `GetItem`, `PutItem`, `DeleteItem`, …
pub fn data_event(number: u64, caller: &str, operation: &str, table: &str) -> Value {
    let arn = format!("arn:aws:dynamodb:eu-west-1:{OWNER}:table/{table}");
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": format!("AROAEXAMPLE5ORDERSAPI:{caller}-7c9f"),
            "arn": format!("arn:aws:sts::{OWNER}:assumed-role/{caller}/{caller}-7c9f"),
            "accountId": OWNER,
            "accessKeyId": "ASIAEXAMPLE3ORDERSAP",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": "AROAEXAMPLE5ORDERSAPI", "arn": role(caller),
                    "accountId": OWNER, "userName": caller,
                },
                "attributes": { "creationDate": "2026-03-02T08:41:12Z", "mfaAuthenticated": "false" },
            },
        },
        "eventTime": seconds(Timestamp::now() - AGE),
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": operation,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.24",
        "userAgent": "aws-sdk-rust/1.3.9 os/linux lang/rust/1.88.0",
        "requestParameters": { "tableName": table, "key": { "id": format!("i-{number}") } },
        "responseElements": null,
        "requestID": format!("7V2KQ9M4T8EXAMPLEREQUESTIDOFDYNAMODB{number:020}"),
        "eventID": event_id(number),
        "readOnly": matches!(operation, "GetItem" | "Query" | "Scan"),
        "resources": [{ "accountId": OWNER, "type": "AWS::DynamoDB::Table", "ARN": arn }],
        "eventType": "AwsApiCall",
        "apiVersion": "2012-08-10",
        "managementEvent": false,
        "recipientAccountId": OWNER,
        "eventCategory": "Data",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": "dynamodb.eu-west-1.amazonaws.com",
        },
    })
}

/// The same call, refused.
pub fn denied(event: Value) -> Value {
    with(event, [("errorCode", json!("AccessDenied")), ("errorMessage", json!("The caller may not do this"))])
}

/// A record that is none of ours.
pub fn other_service(number: u64) -> Value {
    let event = data_event(number, "web", "AssumeRole", "none");
    with(event, [("eventSource", json!("sts.amazonaws.com")), ("resources", Value::Null)])
}

/// A record with these fields in the place of its own.
pub fn with<const N: usize>(mut event: Value, fields: [(&str, Value); N]) -> Value {
    if let Some(event) = event.as_object_mut() {
        event.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    }
    event
}

/// A log file of these records as CloudTrail writes it: gzip of one line of JSON.
pub fn log_file(records: &[Value]) -> Vec<u8> {
    gzip(json!({ "Records": records }).to_string().as_bytes())
}

/// The key that CloudTrail would give to a log file; `name` is its random part.
pub fn key(name: &str) -> String {
    let file = format!("{OWNER}_CloudTrail_eu-west-1_20260302T0915Z_{name}.json.gz");
    format!("AWSLogs/{OWNER}/CloudTrail/eu-west-1/2026/03/02/{file}")
}

/// A time as CloudTrail writes it.
pub fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
