//! Holds the whole engine to days of an application: what is normal is learned and stays quiet, what is not is found.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that lacks what it expects fails by panicking")]
#![expect(clippy::print_stdout, reason = "for whoever runs the test with its output")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use jiff::civil::Date;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::alert::{self, Alert};
use tablewarden_core::audit::Audit;
use tablewarden_core::detections::Context;
use tablewarden_core::finding::{EventId, Finding, Origin};
use tablewarden_core::learn::{Accept, Learner};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_core::tally::Tally;
use tablewarden_generator::{Application, Attack, Day};

const DAY_BEFORE: Date = Date::constant(2026, 3, 10);
const DAY: Date = Date::constant(2026, 3, 11);

/// The most alerts that a day may raise about nothing.
const MOST: usize = 5;

#[test]
fn a_learned_day_is_quiet_and_twelve_attacks_on_the_next_are_found() {
    let shop = Application::new(7);
    let policy = learned_from(shop.day(DAY_BEFORE));
    let attacks = shop.attacks(DAY);
    let attacked = attacks.iter().fold(shop.day(DAY), Day::plant);
    let (quiet, loud) = thread::scope(|scope| {
        let quiet = scope.spawn(|| alerts(shop.day(DAY), &policy));
        let loud = scope.spawn(|| alerts(attacked, &policy));
        (quiet.join().unwrap(), loud.join().unwrap())
    });

    show("A day like the one before", &quiet);
    assert!(quiet.len() <= MOST, "{} alerts about nothing", quiet.len());

    show("The same day with twelve attacks", &loud);
    let is_missed = |attack: &&Attack| !loud.iter().any(|alert| finds(alert, attack));
    let missed: Vec<&str> = attacks.iter().filter(is_missed).map(|attack| attack.name).collect();
    assert_eq!((attacks.len(), missed), (12, vec![]));
    let planted: BTreeSet<EventId> = attacks.iter().flat_map(ids).collect();
    let about_nothing = loud.iter().filter(|alert| !is_about(alert, &planted)).count();
    assert!(about_nothing <= MOST, "{about_nothing} alerts about nothing");
}

/// The policy that a day teaches to somebody who knows of the partner's account.
fn learned_from(day: Day) -> Policy {
    let accept = Accept { other_accounts: true, ..Accept::default() };
    let mut student = Student(Learner::new(accept, None));
    let (findings, tally) = audit(day, None, &mut student);
    assert_eq!(tally.records_read, 200_000);
    let yaml = student.0.finish(&findings).to_yaml();
    Policy::parse("learned.yaml", &yaml).unwrap()
}

/// What a day tells under a policy.
fn alerts(day: Day, policy: &Policy) -> Vec<Alert> {
    let (findings, _) = audit(day, Some(policy), &mut Strict);
    alert::fold(findings, Some(policy))
}

fn audit(day: Day, policy: Option<&Policy>, observer: &mut impl Observer) -> (Vec<Finding>, Tally) {
    let now = "2026-03-12T06:00:00Z".parse().unwrap();
    let mut audit = Audit::new(policy.cloned().map(Arc::new), now, Limits::default());
    let mut json = Vec::new();
    for file in day.log_files() {
        json.clear();
        file.write_json(&mut json).unwrap();
        let place = Place::File(file.key);
        audit.log_file(json.as_slice(), Origin { place: &place, message: 0 }, observer).unwrap();
    }
    let tally = audit.take_tally();
    assert!(tally.reconciles(), "{tally:?}");
    (audit.into_findings(), tally)
}

/// Every record of a day can be read.
struct Strict;

impl Observer for Strict {
    fn rejected(&mut self, reject: &Reject<'_>) {
        panic!("{}, record {}: {}", reject.place, reject.index, reject.detail);
    }
}

/// Learns what it sees.
struct Student(Learner);

impl Observer for Student {
    fn rejected(&mut self, reject: &Reject<'_>) {
        Strict.rejected(reject);
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        self.0.add(call, access);
    }
}

/// Whether an alert tells of an attack: by the right id, on whom and on what it is.
fn finds(alert: &Alert, attack: &Attack) -> bool {
    let table = alert.table.as_ref().map(|table| table.name.as_ref());
    alert.detection.id == attack.detection
        && alert.actor.to_string() == attack.actor
        && table == attack.table
        && is_about(alert, &ids(attack).collect())
}

/// Whether one of its events at least is among these.
fn is_about(alert: &Alert, events: &BTreeSet<EventId>) -> bool {
    alert.findings.iter().flat_map(|finding| finding.event_ids.iter()).any(|id| events.contains(id))
}

fn ids(attack: &Attack) -> impl Iterator<Item = EventId> {
    attack.records.iter().map(|record| EventId::new(record.event_id()))
}

fn show(title: &str, alerts: &[Alert]) {
    println!("{title}: {} alerts", alerts.len());
    for alert in alerts {
        let table = alert.table.as_ref().map_or("no table", |table| &table.name);
        let accesses: u64 = alert.findings.iter().map(|finding| finding.accesses).sum();
        println!("  {:13} {:24} {} on {table}, {accesses}×", alert.severity.as_str(), alert.detection.id, alert.actor);
        for finding in &alert.findings {
            println!("  {:38} {}", "", finding.reason());
        }
    }
}
