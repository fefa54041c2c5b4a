use super::*;
use crate::access;
use crate::correlation::windows::{Room, Windows};
use crate::correlation::{Correlation, Observed};
use crate::detections::Context;
use crate::finding::{EventId, Findings};
use crate::record::Record;

/// Room for little, so that little traffic is more than is kept.
const ROOM: Room = Room { notes: 500, generation: 1000, fired: 10 };

/// What windows find with little room, and the most notes that they kept.
fn found_with_little_room(calls: &[Call]) -> (Vec<Finding>, usize) {
    let mut correlation = Correlation { windows: Windows::new(ROOM), ..Correlation::default() };
    let place = Place::File("test".into());
    let mut most = 0;
    for json in records(calls) {
        let record = Record::parse(&json).unwrap();
        let call = access::Call::read(&record).unwrap();
        correlation.begin_call(&EventId::new(record.event_id()));
        for access in call.accesses() {
            let (context, origin) = (Context::of(None, &call, &access), Origin { place: &place, message: 0 });
            correlation.observe(&Observed { call: &call, access: &access, context: &context, hits: &[], origin });
        }
        most = most.max(correlation.windows.notes());
    }
    let mut findings = Findings::default();
    correlation.settle_alone(None, &mut findings);
    (findings.into_sorted(), most)
}

/// Deletions by users of tables, one after the other, so many a second.
fn traffic(users: i64, tables: i64, per_second: i64, seconds: i64) -> Vec<Call> {
    let one = |n: i64| {
        let (user, table) = (n % users, n / users % tables);
        call(n / per_second, "DeleteItem", &format!("user-{user}"), &format!("table-{table}"))
    };
    (0..per_second * seconds).map(one).collect()
}

#[test]
fn a_slow_burst_is_found_among_more_traffic_than_is_kept() {
    let mut calls = traffic(10, 10, 3, 2000);
    calls.extend(deletions(110, 900, 2, "mallory", "orders"));
    calls.sort_by_key(|call| call.second);
    let (findings, most) = found_with_little_room(&calls);
    assert_eq!(
        told(&findings),
        ["high orders by user/mallory: 110 items deleted within 5 minutes from 09:15:00 UTC, the threshold is 100"]
    );
    // What was noted was partly forgotten before it fired, but nothing of it is lost from the counts.
    assert_eq!((findings[0].accesses, findings[0].known_items()), (110, Some(110)));
    assert!(most <= ROOM.notes + 2 * ROOM.generation, "{most}");
}

#[test]
fn one_busy_actor_does_not_hide_another_and_is_told_in_full() {
    let mut calls = traffic(1, 1, 20, 500);
    calls.extend(deletions(110, 200, 2, "mallory", "orders"));
    calls.sort_by_key(|call| call.second);
    let (findings, _) = found_with_little_room(&calls);
    assert_eq!(findings.iter().map(|finding| finding.accesses).collect::<Vec<_>>(), [10_000, 110]);
    assert_eq!(findings[0].event_ids.iter().count(), 10_000);
}

/// The same calls in an order that the seed makes.
fn shuffled(mut calls: Vec<Call>, seed: u64) -> Vec<Call> {
    let mut state = seed;
    for n in (1..calls.len()).rev() {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        calls.swap(n, usize::try_from(state >> 33).unwrap() % (n + 1));
    }
    calls
}

#[test]
fn a_flood_loses_no_access_in_whichever_order_it_comes_and_is_told_the_same_each_time() {
    let denials: Vec<Call> = (0..4000_i64)
        .map(|n| denied(n / 40, "GetItem", &format!("user-{}", n / 20 % 3), &format!("table-{}", n / 20)))
        .collect();
    for seed in 0..6 {
        let calls = shuffled(denials.clone(), seed);
        let (findings, _) = found_with_little_room(&calls);
        // Sums of what is told of single tables too are left out, so each access stands in one finding.
        assert_eq!(findings.iter().map(|finding| finding.accesses).sum::<u64>(), 4000, "{seed}");
        let told = |findings: &[Finding]| findings.iter().map(|one| one.to_json(usize::MAX)).collect::<Vec<_>>();
        assert_eq!(told(&findings), told(&found_with_little_room(&calls).0), "{seed}");
    }
}

#[test]
fn a_flood_of_names_that_fire_is_folded_and_loses_no_access() {
    let denials: Vec<Call> =
        (0..4000_i64).map(|n| denied(n / 40, "GetItem", "mallory", &format!("table-{}", n / 20))).collect();
    let (findings, _) = found_with_little_room(&denials);
    let (wide, narrow): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.subject.is_of_several_tables());
    assert!(narrow.len() < 60, "{}", narrow.len());
    assert_eq!(wide.len(), 1);
    let sum = |findings: &[&Finding]| findings.iter().map(|finding| finding.accesses).sum::<u64>();
    assert_eq!(sum(&wide) + sum(&narrow), 4000);
}
