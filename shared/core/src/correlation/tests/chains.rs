use super::*;
use crate::finding::EventId;
use crate::ports::{Counted, Step};

/// A table is deleted, and before that, 120 of its items.
fn wiped(second: i64, user: &str, table: &str) -> Vec<Call> {
    let mut calls = deletions(120, second, 1, user, table);
    calls.push(call(second + HOUR, "DeleteTable", user, table));
    calls
}

#[test]
fn two_different_steps_on_one_table_are_a_chain() {
    let findings = found("recovery-destruction", &wiped(0, "mallory", "orders"));
    assert_eq!(
        told(&findings),
        ["critical orders by user/mallory: 2026-03-02 09:00 bulk-deletion by user/mallory, 10:00 table-deleted"]
    );
    let finding = &findings[0];
    assert_eq!((finding.accesses, finding.event_ids.iter().count(), finding.items), (121, 121, 120));
    assert_eq!(finding.subject.effect, None);
}

#[test]
fn one_step_twice_or_far_apart_or_in_vain_is_no_chain() {
    let far = [deletions(120, 0, 1, "mallory", "orders"), vec![call(30 * HOUR, "DeleteTable", "mallory", "orders")]];
    let others = [deletions(120, 0, 1, "mallory", "orders"), vec![call(HOUR, "DeleteTable", "alice", "carts")]];
    let vain = [deletions(120, 0, 1, "mallory", "orders"), vec![denied(HOUR, "DeleteTable", "mallory", "orders")]];
    let cases = [
        (
            "the same step",
            vec![call(0, "DeleteTable", "mallory", "orders"), call(60, "DeleteTable", "mallory", "carts")],
        ),
        ("a day and more apart", far.concat()),
        ("of two actors on two tables", others.concat()),
        ("denied", vain.concat()),
    ];
    for (claim, calls) in cases {
        assert_eq!(told(&found("recovery-destruction", &calls)), Vec::<String>::new(), "{claim}");
    }
}

#[test]
fn a_table_with_several_actors_and_an_actor_with_several_tables_are_told_once_each() {
    let two_actors =
        [deletions(120, 0, 1, "mallory", "orders"), vec![call(HOUR, "DeleteTable", "eve", "orders")]].concat();
    let findings = found("recovery-destruction", &two_actors);
    assert_eq!(
        told(&findings),
        ["critical orders by *: 2026-03-02 09:00 bulk-deletion by user/mallory, 10:00 table-deleted by user/eve"]
    );
    assert_eq!(findings[0].actors.iter().count(), 2);

    let two_tables =
        [deletions(120, 0, 1, "mallory", "orders"), vec![call(HOUR, "DeleteTable", "mallory", "carts")]].concat();
    let findings = found("recovery-destruction", &two_tables);
    assert_eq!(
        told(&findings),
        [
            "critical * by user/mallory: 2026-03-02 09:00 bulk-deletion on orders by user/mallory, 10:00 table-deleted on carts"
        ]
    );
    assert_eq!(findings[0].tables.iter().count(), 2);
    assert_eq!(
        (findings[0].subject.account.as_str(), findings[0].subject.region.as_str()),
        ("111122223333", "eu-west-1")
    );

    // Each table is a chain by itself, and part of the actor's.
    let whole = [wiped(0, "mallory", "orders"), wiped(300, "mallory", "carts")].concat();
    let findings = found("recovery-destruction", &whole);
    assert_eq!(findings.iter().map(|finding| finding.accesses).collect::<Vec<_>>(), [242]);
    assert_eq!(findings[0].subject.table.as_ref().unwrap().name, "*");
}

#[test]
fn an_event_that_several_steps_are_about_is_counted_once() {
    // Two bursts of denials, and 120 scans that are both: full scans one by one, and a bulk read.
    let burst = |from: i64| (0..12).map(move |n| denied(from + n, "Scan", "mallory", "orders"));
    let scans = (0..120).map(|n| call(10_000 + n, "Scan", "mallory", "orders"));
    let calls: Vec<Call> = burst(0).chain(burst(4000)).chain(scans).collect();
    let findings = found("exfiltration", &calls);
    assert_eq!(
        told(&findings),
        [
            "critical orders by user/mallory: 2026-03-02 09:00 denied-burst by user/mallory, 11:46 full-scan, 11:46 bulk-read"
        ]
    );
    assert_eq!((findings[0].accesses, findings[0].event_ids.iter().count()), (144, 144));
}

#[test]
fn a_chain_over_midnight_says_the_days() {
    let calls =
        [deletions(120, 14 * HOUR, 1, "mallory", "orders"), vec![call(17 * HOUR, "DeleteTable", "mallory", "orders")]];
    assert_eq!(
        told(&found("recovery-destruction", &calls.concat())),
        [
            "critical orders by user/mallory: 2026-03-02 23:00 bulk-deletion by user/mallory, 2026-03-03 02:00 table-deleted"
        ]
    );
}

/// One step of an earlier run.
struct Before(Step);

impl History for Before {
    async fn count(&mut self, run: Vec<Counted>) -> Vec<BTreeMap<i64, Counts>> {
        let counts = |counted: Counted| counted.buckets.into_iter().map(|(number, bucket)| (number, bucket.counts));
        run.into_iter().map(|counted| counts(counted).collect()).collect()
    }

    async fn link(&mut self, run: &[Step]) -> Vec<Step> {
        assert_eq!(run.len(), 1);
        assert_eq!(run[0].event_ids.len(), 1);
        vec![self.0.clone()]
    }
}

#[test]
fn a_chain_goes_on_from_the_steps_of_earlier_runs() {
    let bulk = found("bulk-deletion", &deletions(120, 0, 1, "mallory", "orders")).remove(0);
    let event_ids = vec![EventId::new("0b9c4f8e-1a51-4a0e-8b45-5b1b1f0f6f3f")];
    let step = Step { subject: bulk.subject, first: bulk.first.time, last: bulk.last_seen, event_ids };
    for (second, chains) in [(HOUR, 1), (30 * HOUR, 0)] {
        let calls = records(&[call(second, "DeleteTable", "mallory", "orders")]);
        let findings = settle(&calls, "", &mut Before(step.clone()));
        let ours: Vec<Finding> =
            findings.into_iter().filter(|finding| finding.subject.detection.id == "recovery-destruction").collect();
        assert_eq!(ours.len(), chains);
        for finding in ours {
            assert_eq!((finding.accesses, finding.event_ids.iter().count()), (2, 2));
            assert!(
                finding.reason().starts_with("2026-03-02 09:00 bulk-deletion by user/mallory"),
                "{}",
                finding.reason()
            );
        }
    }
}
