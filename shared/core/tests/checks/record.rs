//! Records: judged, passed over or rejected, and counted as that once.

use serde::Deserialize;
use tablewarden_core::audit::Audit;
use tablewarden_core::explain::Explainer;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
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
