//! A CloudWatch Logs subscription: a few log events, packed, each one a record of CloudTrail.

use std::io::Read;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::MultiGzDecoder;

use super::error::{DeliveryError, Problem, Spot, Step, excerpt};
use super::wire::{AwsLogs, LogsPayload};
use super::{Parcel, Route, SkipReason, Skipped};

/// How far a subscription's data may inflate, in bytes: ten times what Lambda takes in an event (6 MB), which is about
/// what records of CloudTrail shrink by.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Unpacks `awslogs`, which is at `spot`.
pub(super) fn open(awslogs: &AwsLogs, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    let spot = spot.enter(Step::Member("data"));
    let packed = BASE64_STANDARD.decode(&awslogs.data).map_err(|error| spot.fails(Problem::Base64(error)))?;
    let json = inflate(&packed, LIMIT).map_err(|problem| spot.fails(problem))?;
    let payload: LogsPayload = serde_json::from_slice(&json).map_err(|error| spot.fails(Problem::json(&error)))?;
    // Each message is copied out of the text; the text need not stay beside the copies.
    drop(json);
    match payload.message_type.as_str() {
        "DATA_MESSAGE" => Ok(payload
            .log_events
            .into_iter()
            .map(|event| Parcel::Record { json: event.message.into_boxed_str(), route: Route::CloudWatchLogs })
            .collect()),
        // Sent now and then to see whether the destination is there.
        "CONTROL_MESSAGE" => {
            let what = format!("control message of log group {}", excerpt(&payload.log_group));
            Ok(vec![Parcel::Skipped(Skipped { what, reason: SkipReason::OtherEvent })])
        }
        other => {
            let found = format!("a subscription's message of type {}", excerpt(other));
            Err(spot.fails(Problem::Unrecognised(found)))
        }
    }
}

fn inflate(packed: &[u8], limit: u64) -> Result<Vec<u8>, Problem> {
    let mut json = Vec::new();
    let read = MultiGzDecoder::new(packed).take(limit + 1).read_to_end(&mut json);
    match read {
        Err(error) => Err(Problem::Gzip(error.to_string())),
        Ok(_) if json.len() as u64 > limit => Err(Problem::TooLarge { limit }),
        Ok(_) => Ok(json),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(json: &str) -> Result<Vec<Parcel>, DeliveryError> {
        let awslogs = AwsLogs { data: BASE64_STANDARD.encode(gzip(json.as_bytes())) };
        open(&awslogs, &Spot::top(Step::Member("awslogs")))
    }

    #[test]
    fn inflation_stops_at_the_limit() {
        let packed = gzip(&[b'x'; 1000]);
        assert_eq!(inflate(&packed, 1000).unwrap().len(), 1000);
        assert_eq!(inflate(&packed, 999), Err(Problem::TooLarge { limit: 999 }));
    }

    #[test]
    fn a_bomb_is_refused() {
        let packed = gzip(&vec![b'['; usize::try_from(LIMIT).unwrap() + 1]);
        let error = open(&AwsLogs { data: BASE64_STANDARD.encode(packed) }, &Spot::top(Step::Payload)).unwrap_err();
        assert_eq!(error.to_string(), "payload: data: inflates to more than 67108864 bytes");
    }

    #[test]
    fn data_that_cannot_be_unpacked_names_the_layer() {
        let mut truncated = gzip(b"{}");
        truncated.truncate(12);
        let cases = [
            ("***".to_owned(), "awslogs: data: expected base64: "),
            (BASE64_STANDARD.encode("plain"), "awslogs: data: expected gzip: "),
            (BASE64_STANDARD.encode(truncated), "awslogs: data: expected gzip: "),
            (BASE64_STANDARD.encode(gzip(b"{")), "awslogs: data: line 1 column 1: "),
        ];
        for (data, expected) in cases {
            let error = open(&AwsLogs { data }, &Spot::top(Step::Member("awslogs"))).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn control_messages_are_skipped_and_unknown_types_are_not() {
        let skipped = unpack(r#"{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[{"message":"CWL"}]}"#);
        assert!(matches!(&skipped.unwrap()[..], [Parcel::Skipped(Skipped { reason: SkipReason::OtherEvent, .. })]));
        assert!(unpack(r#"{"messageType":"NEW","logGroup":"","logEvents":[]}"#).is_err());
    }
}
