//! However records are cut into runs, and in whichever order the runs come, what is found together is found.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::properties::{POLICY, calls};
use super::*;
use crate::state::testing::{Failing, Meddled};
use crate::state::{InMemory, Shared};

const NOW: &str = "2026-03-31T00:00:00Z";

/// The findings of runs that share a store, one after the other.
fn runs(store: &InMemory, policy: &str, cuts: &[Vec<String>]) -> Vec<Vec<Finding>> {
    let run = |records: &Vec<String>| settle(records, policy, &mut Shared::new(store, NOW.parse().unwrap()));
    cuts.iter().map(run).collect()
}

/// Who and what windows and chains found something about.
fn subjects<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> BTreeSet<Vec<String>> {
    let ours = ["bulk-deletion", "bulk-read", "bulk-write", "denied-burst"];
    findings
        .into_iter()
        .filter(|finding| ours.contains(&finding.subject.detection.id))
        // What lies in several tables together is told only where no table is, and so by a run that knows of less.
        .filter(|finding| !finding.subject.is_of_several_tables())
        .map(|finding| finding.subject.identity().map(str::to_owned).to_vec())
        .collect()
}

fn chains<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> BTreeSet<&'static str> {
    let ids = findings.into_iter().map(|finding| finding.subject.detection.id);
    ids.filter(|id| ["recovery-destruction", "exfiltration"].contains(id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_one_run_over_all_records_finds_is_found_however_they_are_cut(
        calls in calls(),
        places in proptest::collection::vec((0..4_usize, proptest::option::of(0..4_usize)), 80),
    ) {
        let mut cuts = vec![Vec::new(); 4];
        let records = records(&calls);
        for (record, (cut, again)) in records.iter().zip(&places) {
            // CloudTrail delivers some twice.
            for cut in [Some(*cut), *again].into_iter().flatten().collect::<BTreeSet<_>>() {
                cuts[cut].push(record.clone());
            }
        }
        let whole = audit(&records, POLICY).into_findings();
        let cut = runs(&InMemory::default(), POLICY, &cuts);
        prop_assert_eq!(subjects(cut.iter().flatten()), subjects(&whole));
        prop_assert_eq!(chains(cut.iter().flatten()), chains(&whole));
    }
}

#[test]
fn a_burst_in_three_files_is_found_by_the_last_and_says_how_much_it_was_in_all() {
    let records = records(&deletions(120, 0, 2, "mallory", "orders"));
    let cuts: Vec<Vec<String>> = records.chunks(40).map(<[String]>::to_vec).collect();
    for order in [[0, 1, 2], [2, 0, 1]] {
        let cuts = order.map(|cut| cuts[cut].clone());
        let found = runs(&InMemory::default(), "", &cuts);
        let bulk = found.map_each();
        assert_eq!(bulk[..2], [vec![], vec![]] as [Vec<String>; 2], "{order:?}");
        assert_eq!(
            bulk[2],
            ["high orders by user/mallory: 120 items deleted within 5 minutes from 09:00:00 UTC, the threshold is 100"]
        );
    }
}

#[test]
fn what_is_read_again_counts_once() {
    let records = records(&deletions(60, 0, 2, "mallory", "orders"));
    // The same file twice, then with some of another, then some of it alone.
    let cuts = [&records[..], &records[..], &records[..50], &records[10..]].map(<[String]>::to_vec);
    assert!(runs(&InMemory::default(), "", &cuts).map_each().concat().is_empty());
}

#[test]
fn a_store_that_fails_leaves_each_run_what_it_sees_itself() {
    let records = records(&deletions(120, 0, 2, "mallory", "orders"));
    let store = Failing;
    let mut history = Shared::new(&store, NOW.parse().unwrap());
    let found = vec![settle(&records, "", &mut history)];
    assert_eq!(found.map_each()[0].len(), 1);
    assert_eq!(history.into_trouble().unwrap().to_string(), "state: down");
}

#[test]
fn a_first_access_is_one_over_all_runs_in_whichever_order_they_come() {
    const DAY: i64 = 24 * HOUR;
    let calls = [
        call(0, "GetItem", "bob", "orders"),
        call(8 * DAY, "GetItem", "eve", "orders"),
        call(9 * DAY, "GetItem", "eve", "orders"),
    ];
    let records = records(&calls);
    let first = |findings: &Vec<Finding>| {
        findings.iter().filter(|finding| finding.subject.detection.id == "first-access").count()
    };
    let cases = [([0, 1, 2], [0, 1, 0]), ([0, 2, 1], [0, 1, 1]), ([1, 0, 2], [0, 0, 0])];
    for (order, want) in cases {
        let found = runs(&InMemory::default(), "", &order.map(|cut| vec![records[cut].clone()]));
        assert_eq!(found.iter().map(first).collect::<Vec<_>>(), want, "{order:?}");
    }
}

#[test]
fn two_runs_that_meet_keep_the_earlier_of_their_first_accesses() {
    const DAY: i64 = 24 * HOUR;
    let records = records(&[
        call(0, "GetItem", "bob", "orders"),
        call(8 * DAY, "GetItem", "eve", "orders"),
        call(9 * DAY, "GetItem", "eve", "orders"),
    ]);
    let store = InMemory::default();
    let now = NOW.parse().unwrap();
    let one = |n: usize, history: &mut Shared<'_, _>| settle(&records[n..=n], "", history);
    one(0, &mut Shared::new(&store, now));
    // What the later run read is out of date before it writes.
    let mut is_first = true;
    let meddled = Meddled::new(&store, |call| {
        if call == "get" && std::mem::take(&mut is_first) {
            one(1, &mut Shared::new(&store, now));
        }
    });
    settle(&records[2..], "", &mut Shared::new(&meddled, now));
    let first = |findings: Vec<Finding>| findings.iter().any(|finding| finding.subject.detection.id == "first-access");
    assert!(first(one(1, &mut Shared::new(&store, now))), "it is the first still");
    assert!(!first(one(2, &mut Shared::new(&store, now))));
}

#[test]
fn events_whose_ids_are_no_ids_count_each() {
    let records = records(&deletions(120, 0, 2, "mallory", "orders"));
    let blank = |record: &String| record.replace("1f0c4a3e-7b52-4b8e-9d55-", "deletion-");
    let same = |record: &String| record.replace(record.split('"').nth(3).unwrap(), "");
    for blanked in [records.iter().map(blank).collect::<Vec<_>>(), records.iter().map(same).collect()] {
        let cuts: Vec<Vec<String>> = blanked.chunks(60).map(<[String]>::to_vec).collect();
        assert_eq!(runs(&InMemory::default(), "", &cuts).map_each()[1].len(), 1, "{}", blanked[0]);
    }
}

#[test]
fn the_messages_of_what_is_only_counted_are_those_of_the_finding() {
    // A bucket notes 1,000 accesses and counts the rest.
    let records = records(&(0..1010).map(|_| call(0, "DeleteItem", "mallory", "orders")).collect::<Vec<_>>());
    let mut audit = audit(&records[..1005], "");
    let place = Place::File("test".into());
    let rest = format!("[{}]", records[1005..].join(","));
    audit.any_file(rest.as_bytes(), Origin { place: &place, message: 7 }, &mut NoRejects).unwrap();
    let findings = audit.into_findings();
    let bulk = findings.iter().find(|finding| finding.subject.detection.id == "bulk-deletion").unwrap();
    assert_eq!((bulk.accesses, bulk.origins.iter().copied().collect()), (1010, vec![0, 7]));
}

/// What each run told of bulk deletions.
trait MapEach {
    fn map_each(&self) -> Vec<Vec<String>>;
}

impl MapEach for Vec<Vec<Finding>> {
    fn map_each(&self) -> Vec<Vec<String>> {
        let bulk = |findings: &Vec<Finding>| {
            let bulk: Vec<Finding> =
                findings.iter().filter(|finding| finding.subject.detection.id == "bulk-deletion").cloned().collect();
            told(&bulk)
        };
        self.iter().map(bulk).collect()
    }
}
