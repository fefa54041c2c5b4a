use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Little is much here.
pub(super) const POLICY: &str = "
version: 1
detections:
  bulk-deletion: {items: 5}
  bulk-read: {items: 6, calls: 4}
  bulk-write: {items: 5}
  denied-burst: {calls: 4}
";

const APIS: [&str; 7] = ["DeleteItem", "GetItem", "Query", "Scan", "PutItem", "DeleteTable", "UpdateContinuousBackups"];

pub(super) fn calls() -> impl Strategy<Value = Vec<Call>> {
    let one = (0..3000_i64, select(&APIS), select(&["mallory", "eve"]), select(&["orders", "carts"]), any::<bool>());
    vec(one, 0..80).prop_map(|calls| {
        let call = |(second, name, user, table, is_denied)| {
            let mut call = if is_denied { denied(second, name, user, table) } else { call(second, name, user, table) };
            if name == "UpdateContinuousBackups" {
                let off = r#""pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":false}"#;
                call.params = format!(r#"{{"tableName":"{table}",{off}}}"#);
            }
            call
        };
        calls.into_iter().map(call).collect()
    })
}

/// Deletions by one user in one table, of which some lie about as far apart as a window is long.
fn some_deletions() -> impl Strategy<Value = Vec<Call>> {
    let one = (0..1200_i64, any::<bool>());
    let call = |(second, is_denied)| {
        let call = call(second, "DeleteItem", "mallory", "orders");
        if is_denied { Call { error: "AccessDenied", ..call } } else { call }
    };
    vec(one.prop_map(call), 0..32)
}

/// The seconds of the deletions that lie in a window of 31 buckets which holds five of them, each start tried.
fn in_windows(calls: &[Call]) -> Vec<i64> {
    let mut seconds: Vec<i64> = calls.iter().filter(|call| call.error.is_empty()).map(|call| call.second).collect();
    seconds.sort_unstable();
    let window = |start: i64, second: i64| (start..start + 31).contains(&(second / 10));
    let fires = |start: i64| seconds.iter().filter(|second| window(start, **second)).count() >= 5;
    let starts: Vec<i64> = (-31..121).filter(|start| fires(*start)).collect();
    seconds.retain(|second| starts.iter().any(|start| window(*start, *second)));
    seconds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_records_does_not_show(calls in calls(), swaps in vec(any::<prop::sample::Index>(), 40)) {
        let json = |records: &[String]| {
            let findings = audit(records, POLICY).into_findings();
            findings.iter().map(|finding| finding.to_json(usize::MAX)).collect::<Vec<_>>()
        };
        let mut records = records(&calls);
        let in_order = json(&records);
        for pair in swaps.chunks(2).filter(|_| !calls.is_empty()) {
            records.swap(pair[0].index(calls.len()), pair[1].index(calls.len()));
        }
        prop_assert_eq!(json(&records), in_order);
    }

    #[test]
    fn a_window_holds_what_lies_in_any_stretch_that_reaches_the_threshold(calls in some_deletions()) {
        let findings = audit(&records(&calls), POLICY).into_findings();
        let seconds = in_windows(&calls);
        let finding = findings.iter().find(|finding| finding.subject.detection.id == "bulk-deletion");
        prop_assert_eq!(finding.map_or(0, |finding| finding.accesses), seconds.len() as u64);
        if let Some(finding) = finding {
            let first = MORNING.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds[0]);
            prop_assert_eq!(finding.first.time, first);
            prop_assert_eq!(finding.event_ids.iter().count(), seconds.len());
        }
    }

    #[test]
    fn no_chain_is_a_part_of_another_and_each_holds_two_different_steps(calls in calls()) {
        let findings = audit(&records(&calls), POLICY).into_findings();
        let chains: Vec<BTreeSet<String>> = findings
            .iter()
            .filter(|finding| finding.subject.detection.id == "recovery-destruction")
            .map(|finding| finding.event_ids.iter().map(ToString::to_string).collect())
            .collect();
        for (n, chain) in chains.iter().enumerate() {
            prop_assert!(!chains.iter().enumerate().any(|(m, other)| m != n && chain.is_subset(other)));
        }
        for finding in findings.iter().filter(|finding| finding.subject.detection.id == "recovery-destruction") {
            let reason = finding.reason();
            let steps = ["bulk-deletion", "table-deleted", "pitr-off"].iter().filter(|step| reason.contains(**step));
            prop_assert!(steps.count() >= 2, "{reason}");
        }
    }
}
