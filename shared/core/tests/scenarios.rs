//! Holds the engine to `events/scenarios`: what each folder says is to be found is found, and nothing else.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tablewarden_core::alert;
use tablewarden_core::audit::Audit;
use tablewarden_core::detections;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::{self, Entry, Limits};
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_core::printable::{ascii, printable};
use tablewarden_core::rules::{RULE_PREFIX, Rules};
use tablewarden_sigma::SigmaRules;
use tablewarden_testkit::{Scenario, gzip, scenarios};

/// Set to `1`, it makes what is found what is expected.
const BLESS: &str = "TABLEWARDEN_BLESS";

/// The one scenario in which events come twice.
const TOLD_TWICE: &str = "told-twice";

/// The scenario in which accounts share events: of a caller's and an owner's record of one call, the first to be read names
/// the actor, and a role's session goes by another name in each. So there the order decides who is named.
const SHARED_BY_ACCOUNTS: &str = "cross-account";

/// The account ids of AWS's documentation.
const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "123456789012"];

struct Silent;

impl Observer for Silent {
    fn rejected(&mut self, _: &Reject<'_>) {}
}

/// The findings of a scenario, and how many records became what.
fn replay(scenario: &Scenario, pack: fn(&[u8]) -> Vec<u8>) -> (Vec<Value>, Value) {
    replay_files(scenario, &scenario.events, pack)
}

/// The same of its files in another order.
fn replay_files(scenario: &Scenario, files: &[PathBuf], pack: fn(&[u8]) -> Vec<u8>) -> (Vec<Value>, Value) {
    let mut audit = audited(scenario, files, pack);
    let tally = audit.take_tally();
    assert!(tally.reconciles(), "{}: {tally:?}", scenario.name);
    let counts = json!({
        "read": tally.records_read,
        "relevant": tally.records_relevant,
        "skipped": tally.records_skipped.values().sum::<u64>(),
        "rejected": tally.records_rejected.values().sum::<u64>(),
    });
    (audit.into_findings().iter().map(|finding| finding.to_json(usize::MAX)).collect(), counts)
}

fn audited(scenario: &Scenario, files: &[PathBuf], pack: fn(&[u8]) -> Vec<u8>) -> Audit {
    let (policy, now) = (policy(scenario).map(Arc::new), "2026-03-31T00:00:00Z".parse().unwrap());
    let mut audit = Audit::new(policy, now, Limits::default()).with_rules(rules(scenario));
    for file in files {
        let place = Place::File(file.display().to_string());
        let bytes = pack(&fs::read(file).unwrap());
        audit.any_file(bytes.as_slice(), Origin { place: &place, message: 0 }, &mut Silent).unwrap();
    }
    audit
}

fn rules(scenario: &Scenario) -> Option<Arc<dyn Rules>> {
    let files = tablewarden_sigma::read(scenario.rules.as_ref()?).unwrap();
    tablewarden_sigma::load(&files).unwrap().map(SigmaRules::into_port)
}

fn policy(scenario: &Scenario) -> Option<Policy> {
    scenario.policy.as_ref().map(|yaml| Policy::parse("policy.yaml", yaml).unwrap())
}

fn ids(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

#[test]
fn every_scenario_tells_what_it_expects_and_nothing_else() {
    for scenario in scenarios() {
        let (told, counts) = replay(&scenario, <[u8]>::to_vec);
        if std::env::var(BLESS).as_deref() == Ok("1") {
            scenario.bless(&told, &counts);
        }
        let difference = scenario.difference(&told);
        assert!(difference.is_empty(), "{}: - expected, + told\n{difference}", scenario.name);
        assert_eq!(ids(&told), ids(&scenario.expected()), "{}: the order", scenario.name);
        assert_eq!(counts, scenario.expected_counts(), "{}", scenario.name);
    }
}

#[test]
fn a_scenario_is_the_same_when_its_files_are_gzip() {
    for scenario in scenarios() {
        assert_eq!(replay(&scenario, gzip), replay(&scenario, <[u8]>::to_vec), "{}", scenario.name);
    }
}

#[test]
fn the_order_of_files_and_of_records_does_not_show() {
    for scenario in scenarios() {
        let files: Vec<PathBuf> = scenario.events.iter().rev().cloned().collect();
        let (mut told, counts) = replay(&scenario, <[u8]>::to_vec);
        let (mut backwards, backwards_counts) = replay_files(&scenario, &files, reversed);
        for finding in told.iter_mut().chain(&mut backwards) {
            // What stands in two files is told of the first of them.
            finding["places"].take();
        }
        assert_eq!(backwards_counts, counts, "{}", scenario.name);
        if scenario.name == SHARED_BY_ACCOUNTS {
            let sum = |findings: &[Value], field| findings.iter().filter_map(|one| one[field].as_u64()).sum::<u64>();
            for field in ["accesses", "items"] {
                assert_eq!(sum(&backwards, field), sum(&told, field), "{}: {field}", scenario.name);
            }
            assert_ne!(backwards, told, "{}: is no exception any more", scenario.name);
            continue;
        }
        assert_eq!(backwards, told, "{}", scenario.name);
    }
}

/// A file's records from the last to the first, or a file that is one record.
fn reversed(file: &[u8]) -> Vec<u8> {
    let mut records: Vec<Vec<u8>> = Vec::new();
    let read = log_file::read(file, Limits::default(), |entry: Entry<'_>| match entry {
        Entry::Element { json, .. } | Entry::Document { json, .. } => records.push(json.to_vec()),
        Entry::Oversized { .. } | Entry::Garbled { .. } => {}
    });
    assert_eq!(read.unwrap().entries, records.len() as u64, "an entry has no text to put elsewhere");
    records.reverse();
    [b"[".as_slice(), &records.join(b",".as_slice()), b"]"].concat()
}

#[test]
fn a_quiet_day_has_no_findings() {
    let quiet: Vec<Scenario> = scenarios().into_iter().filter(|scenario| scenario.name == "quiet-day").collect();
    assert_eq!(quiet.len(), 1);
    assert_eq!(quiet[0].expected(), Vec::<Value>::new());
    assert!(quiet[0].expected_counts()["relevant"].as_u64().unwrap() >= 30);
}

#[test]
fn every_form_of_an_alert_says_why() {
    let mut told = 0;
    for scenario in scenarios() {
        let findings = audited(&scenario, &scenario.events, <[u8]>::to_vec).into_findings();
        for alert in alert::fold(findings, policy(&scenario).as_ref()) {
            let bodies: Value = serde_json::from_str(&alert.message().body).unwrap();
            let machine: Value = serde_json::from_str(bodies["default"].as_str().unwrap()).unwrap();
            for finding in &alert.findings {
                let reason = finding.reason();
                assert!(!reason.is_empty(), "{}: {}", scenario.name, alert.subject());
                let shown = printable(&reason, 800);
                assert!(
                    bodies["email"].as_str().unwrap().contains(&format!("\nWhy    {shown}\n")),
                    "{}: {shown}",
                    alert.text()
                );
                assert!(machine["reason"].as_str().unwrap().contains(&reason), "{machine}");
                told += 1;
            }
            let short = ascii(&printable(&alert.reason(), 200).replace('…', "..."));
            assert_eq!(bodies["sms"].as_str().unwrap(), format!("{}\n{short}", alert.subject()));
        }
    }
    assert!(told > 20);
}

#[test]
fn every_detection_fires_in_a_scenario() {
    let expected: Vec<Value> = scenarios().iter().flat_map(Scenario::expected).collect();
    let fired = expected.iter().map(|finding| finding["detection"].as_str().unwrap());
    let fired: BTreeSet<&str> = fired.filter(|id| !id.starts_with(RULE_PREFIX)).collect();
    let all: BTreeSet<&str> = detections::ALL.iter().map(|detection| detection.id).collect();
    assert_eq!(fired, all);
}

#[test]
fn events_have_ids_of_their_own() {
    let mut all = BTreeSet::new();
    for scenario in scenarios() {
        for id in scenario.events.iter().flat_map(|file| event_ids(file)) {
            let form = id.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
            let hex = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
            assert!(form && hex, "{}: {id} is no GUID in lower case", scenario.name);
            let new = all.insert(id.clone());
            assert!(new || scenario.name == TOLD_TWICE, "{}: {id} was used before", scenario.name);
        }
    }
    assert!(all.len() > 100);
}

#[test]
fn events_name_no_account_but_those_of_the_documentation() {
    for scenario in scenarios() {
        for file in scenario.events.iter().chain([&scenario.folder.join("policy.yaml")]).filter(|file| file.exists()) {
            let text = fs::read_to_string(file).unwrap();
            for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
                let account = word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit());
                assert!(!account || ACCOUNTS.contains(&word), "{}: {word}", file.display());
            }
        }
    }
}

/// The event ids of a file that may hold what is no JSON.
fn event_ids(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let after = text.split("\"eventID\": \"").skip(1);
    after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}
