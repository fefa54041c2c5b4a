//! Who tells what, and when, where several runs find the same.

use std::cell::Cell;

use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};

use super::testing::Meddled;
use super::{InMemory, Run, Telling, TellingError, Turn};
use crate::alert::{self, Alert, Notice};
use crate::audit::Audit;
use crate::finding::Origin;
use crate::log_file::Limits;
use crate::place::Place;
use crate::ports::{Observer, Reject, Store};
use crate::severity::Severity::{Critical, High, Low, Medium};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

thread_local! {
    /// The clock of a test, in seconds from its morning.
    static CLOCK: Cell<i64> = const { Cell::new(0) };
}

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(CLOCK.get())
}

struct NoRejects;

impl Observer for NoRejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        panic!("{reject:?}");
    }
}

/// The alerts of one detection about calls of one user on one table: the ids' numbers, each a second after the one before.
fn alerts(detection: &str, api: &str, ids: impl IntoIterator<Item = u32>) -> Vec<Alert> {
    let record = |id: u32| {
        let time = "2026-03-02T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(i64::from(id));
        format!(
            r#"{{"eventID":"1f0c4a3e-7b52-4b8e-9d55-{id:012x}","eventTime":"{time}","eventSource":"dynamodb.amazonaws.com",
                "eventName":"{api}","awsRegion":"eu-west-1","recipientAccountId":"111122223333",
                "requestParameters":{{"tableName":"orders"}},
                "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/eve"}}}}"#
        )
    };
    let records: Vec<String> = ids.into_iter().map(record).collect();
    alerts_of(detection, &records)
}

fn alerts_of(detection: &str, records: &[String]) -> Vec<Alert> {
    let mut audit = Audit::new(None, now(), Limits::default());
    let (place, file) = (Place::File("test".into()), format!("[{}]", records.join(",")));
    audit.any_file(file.as_bytes(), Origin { place: &place, message: 0 }, &mut NoRejects).unwrap();
    let alerts = alert::fold(audit.into_findings(), None);
    alerts.into_iter().filter(|alert| alert.detection.id == detection).collect()
}

fn deletion(ids: impl IntoIterator<Item = u32>) -> Alert {
    alerts("item-deletion", "DeleteItem", ids).remove(0)
}

fn run<'s, S: Store + Sync>(store: &'s S, name: &str) -> Telling<'s, S> {
    Telling::new(store, Run { name: name.to_owned(), ends: Timestamp::MAX, own_table: None }, now, HOUR)
}

/// What became of an alert that is published where it is to be told.
fn tell<S: Store + Sync>(telling: &Telling<'_, S>, mut alert: Alert) -> String {
    match telling.open(&mut alert).now_or_never().unwrap() {
        Ok(Turn::Known) => "known".to_owned(),
        Ok(Turn::Held) => "held".to_owned(),
        Ok(Turn::Tell(open)) => {
            telling.close(open, &alert).now_or_never().unwrap().unwrap();
            let accesses: u64 = alert.findings.iter().map(|finding| finding.accesses).sum();
            let held = alert.held_back.map_or(String::new(), |held| format!(", {} held", held.alerts));
            format!("told {accesses}{held}")
        }
        Err(error) => error.to_string(),
    }
}

/// What is told of alerts that went on.
fn tell_due(telling: &Telling<'_, InMemory>) -> Vec<String> {
    let due = telling.due().now_or_never().unwrap().unwrap();
    let tell = |due: super::Due| {
        let line = format!("{} of {}: {}", due.held.alerts, due.summary.what, due.held.accesses);
        telling.close_due(due).now_or_never().unwrap().unwrap();
        line
    };
    due.into_iter().map(tell).collect()
}

#[test]
fn an_event_is_told_once_whichever_run_finds_it() {
    let store = InMemory::default();
    assert_eq!(tell(&run(&store, "a"), deletion([1, 2])), "told 2");
    assert_eq!(tell(&run(&store, "b"), deletion([1, 2])), "known");
    assert_eq!(tell(&run(&store, "c"), deletion([2])), "known");
    CLOCK.set(3600);
    // What is new is told without what is known.
    assert_eq!(tell(&run(&store, "d"), deletion([1, 2, 3])), "told 1");
}

#[test]
fn events_without_ids_of_their_own_are_told_each_time() {
    let store = InMemory::default();
    let record = |id: &str| {
        format!(
            r#"{{"eventID":"{id}","eventTime":"2026-03-02T08:00:00Z","eventSource":"dynamodb.amazonaws.com",
                "eventName":"DeleteItem","awsRegion":"eu-west-1","recipientAccountId":"111122223333",
                "requestParameters":{{"tableName":"orders"}}}}"#
        )
    };
    for (turn, id) in ["REDACTED", "REDACTED", ""].into_iter().enumerate() {
        CLOCK.set(3600 * i64::try_from(turn).unwrap());
        assert_eq!(tell(&run(&store, "a"), alerts_of("item-deletion", &[record(id)]).remove(0)), "told 1");
    }
}

#[test]
fn what_is_like_an_alert_of_the_last_hour_is_held_back_and_told_when_the_hour_is_over() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    assert_eq!(tell(&telling, deletion([1])), "told 1");
    CLOCK.set(600);
    assert_eq!(tell(&telling, deletion([2, 3])), "held");
    CLOCK.set(1200);
    assert_eq!(tell(&telling, deletion([4])), "held");
    assert_eq!(tell(&telling, deletion([3])), "known", "what is held back is not held back twice");
    assert!(tell_due(&telling).is_empty());
    CLOCK.set(3600);
    assert!(tell_due(&telling).is_empty(), "the second in which the pause ends is not over");
    CLOCK.set(3601);
    assert_eq!(tell_due(&telling), ["2 of orders: 3"]);
    assert!(tell_due(&telling).is_empty());
    // A summary is a message too.
    assert_eq!(tell(&telling, deletion([5])), "held");
    CLOCK.set(2 * 3600 + 1);
    assert_eq!(tell(&telling, deletion([6])), "told 1, 1 held");
    assert!(tell_due(&telling).is_empty(), "it was told with the alert");
}

#[test]
fn what_is_critical_or_graver_than_the_last_is_never_held_back() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    let of = |severity, id| {
        let mut alert = deletion([id]);
        alert.severity = severity;
        alert
    };
    let cases = [
        (Low, "told 1"),
        (Low, "held"),
        (Medium, "told 1, 1 held"),
        (Low, "held"),
        (Critical, "told 1, 1 held"),
        (Critical, "told 1"),
        (High, "held"),
    ];
    for (id, (severity, want)) in (1..).zip(cases) {
        assert_eq!(tell(&telling, of(severity, id)), want, "{id}");
    }
}

#[test]
fn a_window_that_goes_on_is_told_again_at_ten_and_a_hundred_times_its_threshold() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    let bulk = |ids: std::ops::Range<u32>| alerts("bulk-deletion", "DeleteItem", ids).remove(0);
    // 100 in five minutes fire; the seconds of the calls make 300 of any more in one window.
    let crowded = |count: u32| {
        let mut alert = bulk(0..300);
        let level = u8::from(count >= 1000) + u8::from(count >= 10_000);
        for finding in &mut alert.findings {
            finding.bursts[0].level = level;
            assert_eq!(bulk(0..300).findings[0].bursts[0].level, 0);
        }
        alert
    };
    assert_eq!(tell(&telling, bulk(0..150)), "told 150");
    assert_eq!(tell(&telling, bulk(20..200)), "held");
    CLOCK.set(2 * 3600);
    assert_eq!(tell(&telling, bulk(50..250)), "held", "it is the same burst, however long ago that was told");
    assert_eq!(tell(&telling, crowded(1000)), "told 300, 2 held");
    let mut more = crowded(9999);
    more.findings[0] = bulk(100..400).findings.remove(0);
    more.findings[0].bursts[0].level = 1;
    assert_eq!(tell(&telling, more), "held");
    let mut most = bulk(200..500);
    most.findings[0].bursts[0].level = 2;
    assert_eq!(tell(&telling, most), "told 300, 1 held");
}

#[test]
fn two_runs_with_the_same_tell_it_once_and_one_that_dies_keeps_nobody_from_telling() {
    let store = InMemory::default();
    let (one, other) = (run(&store, "one"), run(&store, "other"));
    let mut alert = deletion([1]);
    let open = one.open(&mut alert).now_or_never().unwrap().unwrap();
    let Turn::Tell(open) = open else { panic!("{open:?}") };
    assert_eq!(tell(&other, deletion([1])), TellingError::Busy.to_string());
    // The first gives up: it could not publish.
    one.give_up(open).now_or_never().unwrap().unwrap();
    let open = one.open(&mut alert).now_or_never().unwrap().unwrap();
    assert!(matches!(open, Turn::Tell(_)));
    // The first dies.
    CLOCK.set(89);
    assert_eq!(tell(&other, deletion([1])), TellingError::Busy.to_string());
    CLOCK.set(91);
    assert_eq!(tell(&other, deletion([1])), "told 1");
    // It was not dead, only slow: it told a second time, and nothing of what is known is lost.
    let Turn::Tell(open) = open else { panic!() };
    one.close(open, &alert).now_or_never().unwrap().unwrap();
    assert_eq!(tell(&one, deletion([1])), "known");
    assert_eq!(tell(&one, deletion([2])), "held");
}

#[test]
fn a_claim_lapses_with_the_run_that_has_it() {
    let store = InMemory::default();
    let one = Telling::new(
        &store,
        Run { name: "one".to_owned(), ends: now() + SignedDuration::from_secs(9), own_table: None },
        now,
        HOUR,
    );
    let open = one.open(&mut deletion([1])).now_or_never().unwrap().unwrap();
    assert!(matches!(open, Turn::Tell(_)));
    CLOCK.set(8);
    assert_eq!(tell(&run(&store, "other"), deletion([1])), TellingError::Busy.to_string());
    CLOCK.set(9);
    assert_eq!(tell(&run(&store, "other"), deletion([1])), "told 1");
}

#[test]
fn a_summary_says_what_went_on_and_is_within_the_limits_of_sns() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    for id in 1..4 {
        tell(&telling, deletion([id]));
    }
    CLOCK.set(3601);
    let due = telling.due().now_or_never().unwrap().unwrap().remove(0);
    let notice = Notice::WentOn(&due.summary, &due.held);
    let message = notice.message();
    assert_eq!(message.subject, "[LOW] Item deletion went on: orders by user/eve (2 alerts held back)");
    let bodies: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    let text = bodies["email"].as_str().unwrap();
    let want = "What   2 more alerts (2 calls) held back, from 2026-03-02 08:00:02 UTC to 2026-03-02 08:00:03 UTC
Who    user/eve
Where  orders, account 111122223333, eu-west-1
Why    alerts of item-deletion about the same actor and table were told before, and these came before the pause after them was over
";
    assert!(text.contains(want), "{text}");
    let machine: serde_json::Value = serde_json::from_str(bodies["default"].as_str().unwrap()).unwrap();
    assert_eq!((&machine["held_back"]["alerts"], &machine["table"]), (&2.into(), &"orders".into()));
    assert!(notice.attributes().contains(&("severity", "low".to_owned())));
    // What callers write does not break it.
    let mut odd = due.summary.clone();
    odd.who = format!("user/\n[CRITICAL] {}", "é".repeat(500));
    let message = odd.message(&due.held);
    assert!(
        message.subject.len() <= 99 && message.subject.is_ascii() && !message.subject.contains('\n'),
        "{}",
        message.subject
    );
}

#[test]
fn a_larger_burst_is_told_in_the_pause_after_a_smaller_one() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    let bulk = |ids: std::ops::Range<u32>| alerts("bulk-deletion", "DeleteItem", ids).remove(0);
    assert_eq!(tell(&telling, bulk(0..120)), "told 120");
    assert_eq!(tell(&telling, bulk(2000..2120)), "held", "of the same size");
    let mut large = bulk(3000..3200);
    large.findings[0].bursts[0].level = 2;
    assert_eq!(tell(&telling, large), "told 200, 1 held");
}

#[test]
fn a_burst_between_two_that_were_told_is_another() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    // 120 calls from each of two seconds on.
    let bulk = |from: [u32; 2]| {
        let ids = from.into_iter().flat_map(|from| from..from + 120);
        alerts("bulk-deletion", "DeleteItem", ids).remove(0)
    };
    let both = bulk([0, 7000]);
    assert_eq!(both.findings[0].bursts.len(), 2);
    assert_eq!(tell(&telling, both), "told 240");
    CLOCK.set(3600);
    assert_eq!(tell(&telling, bulk([3500, 3620])), "told 240");
    CLOCK.set(2 * 3600);
    assert_eq!(tell(&telling, bulk([7100, 7220])), "held", "it goes on");
    assert_eq!(tell(&telling, bulk([120, 20_000])), "told 240, 1 held", "one of them is new");
}

#[test]
fn what_several_actors_do_is_never_held_back() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    let of_several = |id| {
        let mut alert = deletion([id]);
        let subject = alert.findings[0].subject.clone().of_several_actors();
        alert.findings[0].subject = subject;
        alert
    };
    assert_eq!(tell(&telling, of_several(1)), "told 1");
    assert_eq!(tell(&telling, of_several(2)), "told 1");
}

#[test]
fn what_two_runs_hold_back_at_once_is_counted_once() {
    let store = InMemory::default();
    tell(&run(&store, "a"), deletion([1]));
    // Right after the one has noted that it holds the alert back, the other finds the same.
    let mut other = None;
    let meddled = Meddled::new(&store, |call| {
        if call == "swap" && other.is_none() {
            other = Some(tell(&run(&store, "other"), deletion([2])));
        }
    });
    assert_eq!(tell(&run(&meddled, "one"), deletion([2])), "held");
    assert_eq!(other.as_deref(), Some(&*TellingError::Busy.to_string()), "it comes again");
    assert_eq!(tell(&run(&store, "other"), deletion([2])), "known");
    CLOCK.set(3601);
    assert_eq!(tell_due(&run(&store, "a")), ["1 of orders: 1"]);
}

#[test]
fn of_very_many_alerts_that_went_on_the_gravest_are_told_first() {
    let store = InMemory::default();
    let telling = run(&store, "a");
    for n in 0..25 {
        let of = |id| {
            let mut alert = deletion([id]);
            alert.resource = Some(format!("thing-{n}"));
            alert.severity = if n == 24 { High } else { Low };
            alert
        };
        tell(&telling, of(1));
        assert_eq!(tell(&telling, of(2)), "held");
    }
    CLOCK.set(3601);
    let due = telling.due().now_or_never().unwrap().unwrap();
    assert_eq!((due.len(), due[0].held.severity), (20, High));
}
