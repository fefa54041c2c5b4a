//! Whatever is given as a record is judged, passed over or rejected, and counted as that once.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::*;
use crate::access::{Access, Call};
use crate::alert;
use crate::detections::Context;
use crate::log_file::arbitrary_json::{audited_call, call, member, source, value};
use crate::place::Place;

const POLICY: &str = r"
version: 1
pipeline:
  resources: ['arn:aws:*:*:*:*']
  log-buckets: [example-trail-logs]
tables:
  - table: '*'
    sensitivity: high
    keys: show
    watch: [read, write, delete]
    expected:
      - {user: '*', effects: [read]}
";

#[derive(Default)]
struct Count {
    rejects: u64,
    accesses: u64,
}

impl Observer for Count {
    fn rejected(&mut self, _: &Reject<'_>) {
        self.rejects += 1;
    }

    fn accessed(&mut self, _: &Call<'_>, _: &Access<'_>, _: &Context<'_>) {
        self.accesses += 1;
    }
}

/// The fields without which there is no record, each most often as it should be.
fn needed() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let audited = audited_call().prop_map(|(service, name)| (service.source().to_owned(), name.to_owned()));
    let called = prop_oneof![3 => audited, 1 => (source(), call())];
    let fields = called.prop_map(|(source, name)| {
        [
            ("eventID", json!("1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e")),
            ("eventTime", json!("2026-03-02T09:15:00Z")),
            ("eventSource", source.into()),
            ("eventName", name.into()),
            ("awsRegion", json!("eu-west-1")),
        ]
    });
    (fields, prop::option::weighted(0.2, (0..5_usize, value()))).prop_map(|(mut fields, odd)| {
        if let Some((number, value)) = odd {
            fields[number].1 = value;
        }
        fields.to_vec()
    })
}

fn any_record() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "eventCategory",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "resources",
        "errorCode",
        "errorMessage",
        "recipientAccountId",
        "sharedEventID",
        "sourceIPAddress",
        "userAgent",
        "vpcEndpointId",
        "sessionCredentialFromConsole",
    ]);
    let about_right = (needed(), vec((names, value()), 0..6))
        .prop_map(|(needed, fields)| needed.into_iter().chain(fields).collect::<Value>());
    prop_oneof![6 => about_right, 1 => vec(member(), 0..6).prop_map(|members| members.into_iter().collect()), 1 => value()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_json_value_as_a_record_is_judged_passed_over_or_rejected(record in any_record(), has_policy: bool) {
        let policy = has_policy.then(|| Arc::new(Policy::parse("policy.yaml", POLICY).unwrap()));
        let mut audit = Audit::new(policy.clone(), "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
        let (mut count, place) = (Count::default(), Place::File("test".into()));
        audit.event(record.to_string().as_bytes(), Origin { place: &place, message: 0 }, &mut count);
        let tally = audit.take_tally();
        prop_assert!(tally.reconciles());
        let skipped: u64 = tally.records_skipped.values().sum();
        let rejected: u64 = tally.records_rejected.values().sum();
        prop_assert_eq!((tally.records_read, tally.records_relevant + skipped + rejected), (1, 1));
        prop_assert_eq!((count.rejects, count.accesses > 0), (rejected, tally.records_relevant > 0));
        // What was found can be told.
        for alert in alert::fold(audit.into_findings(), policy.as_deref()) {
            prop_assert!(!alert.text().is_empty() && !alert.attributes().is_empty());
        }
    }
}

#[test]
fn records_of_every_fate_are_tried() {
    let mut runner = TestRunner::deterministic();
    let mut audit = Audit::new(None, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
    let (mut count, place) = (Count::default(), Place::File("test".into()));
    for _ in 0..1000 {
        // The id is the same in each, so each is read by itself.
        audit.seen = Seen::default();
        let record = any_record().new_tree(&mut runner).unwrap().current().to_string();
        audit.event(record.as_bytes(), Origin { place: &place, message: 0 }, &mut count);
    }
    let tally = audit.take_tally();
    assert!(tally.records_relevant > 200, "{tally:?}");
    assert!(tally.records_rejected.values().sum::<u64>() > 50 && tally.records_skipped.len() > 2, "{tally:?}");
}
