//! Records: judged, passed over or rejected, and counted as that once.

use serde::Deserialize;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::explain::Explainer;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_core::record::Record;
use tablewarden_core::tally::Skip;

use super::audited::{audited, learned, now, told};

/// Holds a record to what is promised.
pub fn check(json: &[u8]) {
    let tally = told(Limits::default(), |audit, origin, watch| audit.event(json, origin, watch));
    assert_eq!(tally.records_read, 1);
    let skipped = |skip| tally.records_skipped.contains_key(&skip);
    if of_dynamodb(json) {
        assert!(!skipped(Skip::OtherService) && !skipped(Skip::OtherCall), "a call on DynamoDB is never passed over");
    }
    if tally.records_relevant > 0 {
        let twice = audited(Limits::default(), |audit, origin, watch| {
            audit.event(json, origin, watch);
            audit.event(json, origin, watch);
        });
        assert_eq!((twice.records_relevant, twice.records_skipped), (1, [(Skip::Duplicate, 1)].into()));
        learned(|audit, origin, watch| audit.event(json, origin, watch));
        explained(&String::from_utf8_lossy(json));
    }
    repeated(json);
}

/// Counts repeated calls, or wants to see each.
struct Sees {
    repeats: bool,
}

impl Observer for Sees {
    fn rejected(&mut self, _: &Reject<'_>) {}

    fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
        self.repeats.then_some(0)
    }
}

/// A call that is done again is counted as if it were judged anew, between calls that are not like it.
fn repeated(json: &[u8]) {
    let usual = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u","accountId":"111122223333","userName":"u"},"eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"GetItem","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{"tableName":"t","key":{"k":"v"}},"responseElements":null,"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e"}"#;
    let came = |repeats| {
        let mut audit = Audit::new(None, now(), Limits::default());
        let place = Place::File("test".to_owned());
        let origin = Origin { place: &place, message: 0 };
        for number in 0..5 {
            audit.event(&numbered(json, number), origin, &mut Sees { repeats });
            audit.event(&numbered(usual.as_bytes(), 5 + number), origin, &mut Sees { repeats });
        }
        let tally = audit.take_tally();
        (tally, format!("{:?}", audit.into_findings()))
    };
    assert_eq!(came(true), came(false));
}

/// The same record with another id, where it has one as CloudTrail writes them.
fn numbered(json: &[u8], number: usize) -> Vec<u8> {
    const KEY: &[u8] = b"\"eventID\":\"";
    let mut json = json.to_vec();
    if let Some(at) = json.windows(KEY.len()).position(|window| window == KEY)
        && let Some(digits) = json.get_mut(at + KEY.len()..at + KEY.len() + 8)
        && digits.iter().all(u8::is_ascii_hexdigit)
    {
        digits.copy_from_slice(format!("{number:08x}").as_bytes());
    }
    json
}

/// Whether it is valid JSON that says so, by a reader of its own.
fn of_dynamodb(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Source {
        event_source: String,
    }
    json.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<Source>(json).is_ok_and(|json| json.event_source == "dynamodb.amazonaws.com")
}

/// What was judged can be told in full.
fn explained(json: &str) {
    let record = Record::parse(json).unwrap_or_else(|error| panic!("{error}"));
    let mut explainer = Explainer::new(record.event_id());
    let mut audit = Audit::new(None, now(), Limits::default());
    let place = Place::File("test".to_owned());
    audit.event(json.as_bytes(), Origin { place: &place, message: 0 }, &mut explainer);
    let explanations = explainer.into_explanations(&audit.into_findings());
    let [explanation] = explanations.as_slice() else { panic!("{} explanations", explanations.len()) };
    assert!(explanation.event.is_some() && !explanation.accesses.is_empty());
    assert!(serde_json::to_string(explanation).is_ok());
}
