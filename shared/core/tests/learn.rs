//! Holds learning to `events/scenarios`: what was learned from a log keeps quiet about it, but for what was left out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::detections::Context;
use tablewarden_core::finding::{EventId, Finding, Origin};
use tablewarden_core::learn::{Accept, Learned, Learner, merge};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_generator::Application;
use tablewarden_testkit::scenarios;

const ALL: Accept = Accept { root: true, other_accounts: true, bulk_deletions: true };

struct Feed<F>(F);

impl<F: FnMut(&Call<'_>, &Access<'_>)> Observer for Feed<F> {
    fn rejected(&mut self, _: &Reject<'_>) {}

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        (self.0)(call, access);
    }
}

/// Log files, by their names.
type Files = [(String, Vec<u8>)];

fn files(paths: &[PathBuf]) -> Vec<(String, Vec<u8>)> {
    paths.iter().map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect()
}

fn replay(files: &Files, policy: Option<&str>, each: impl FnMut(&Call<'_>, &Access<'_>)) -> Vec<Finding> {
    let policy = policy.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut audit = Audit::new(policy, "2026-03-31T00:00:00Z".parse().unwrap(), Limits::default());
    let mut feed = Feed(each);
    for (name, bytes) in files {
        let place = Place::File(name.clone());
        audit.any_file(bytes.as_slice(), Origin { place: &place, message: 0 }, &mut feed).unwrap();
    }
    audit.into_findings()
}

fn learn(files: &Files, accept: Accept, yaml: Option<&str>) -> Learned {
    let base = yaml.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut learner = Learner::new(accept, base);
    let findings = replay(files, yaml, |call, access| learner.add(call, access));
    learner.finish(&findings)
}

fn left_out(learned: &Learned) -> BTreeSet<String> {
    learned.left_out.iter().flat_map(|one| &one.events).map(|id| EventId::new(id).to_string()).collect()
}

/// What replaying tells of events that were not left out.
fn surprises(files: &Files, learned: &Learned, yaml: &str) -> Vec<String> {
    let left_out = left_out(learned);
    let findings = replay(files, Some(yaml), |_, _| {});
    // What other services find is nothing that a policy expects.
    let is_surprise = |finding: &&Finding| {
        finding.relayed.is_empty() && finding.event_ids.iter().any(|event| !left_out.contains(&event.to_string()))
    };
    let told = |finding: &Finding| {
        let subject = &finding.subject;
        format!("{} by {}: {}", subject.detection.id, subject.actor, finding.reason())
    };
    findings.iter().filter(is_surprise).map(told).collect()
}

#[test]
fn replaying_the_same_logs_under_what_was_learned_tells_only_of_what_was_left_out() {
    for scenario in scenarios() {
        for accept in [Accept::default(), ALL] {
            let files = files(&scenario.events);
            let learned = learn(&files, accept, None);
            let yaml = learned.to_yaml();
            let surprises = surprises(&files, &learned, &yaml);
            assert!(surprises.is_empty(), "{}\n{surprises:#?}\n{yaml}", scenario.name);
        }
    }
}

#[test]
fn the_order_of_files_does_not_show_in_what_was_learned() {
    for scenario in scenarios() {
        let files = files(&scenario.events);
        let backwards: Vec<_> = files.iter().rev().cloned().collect();
        let learned = [&files, &backwards].map(|files| learn(files, ALL, None).to_yaml());
        if scenario.name != "cross-account" {
            assert_eq!(learned[0], learned[1], "{}", scenario.name);
        }
    }
}

#[test]
fn merging_what_was_learned_from_the_same_logs_adds_nothing() {
    for scenario in scenarios() {
        for accept in [Accept::default(), ALL] {
            let files = files(&scenario.events);
            let yaml = learn(&files, accept, None).to_yaml();
            let again = learn(&files, accept, Some(&yaml));
            let merged = merge("policy.yaml", &yaml, &again).unwrap();
            assert_eq!(merged.yaml, yaml, "{}", scenario.name);
            assert_eq!((merged.entries, merged.lines, merged.notes.len()), (0, 0, 0), "{}", scenario.name);
        }
    }
}

#[test]
fn merging_into_the_policy_of_a_scenario_keeps_each_of_its_lines_and_adds_each_but_once() {
    let mut added = 0;
    for scenario in scenarios() {
        let Some(policy) = &scenario.policy else { continue };
        let files = files(&scenario.events);
        let merged = merge("policy.yaml", policy, &learn(&files, ALL, Some(policy))).unwrap();
        let mut lines = merged.yaml.lines();
        for line in policy.lines() {
            assert!(lines.any(|merged| merged == line), "{}: {line}\n{}", scenario.name, merged.yaml);
        }
        let again = merge("policy.yaml", &merged.yaml, &learn(&files, ALL, Some(&merged.yaml))).unwrap();
        assert_eq!(again.yaml, merged.yaml, "{}", scenario.name);
        added += merged.lines + merged.entries;
    }
    assert!(added > 0);
}

#[test]
fn a_day_of_an_application_is_learned_to_the_last_of_its_calls() {
    let day = Application::new(11).day("2026-03-10".parse().unwrap()).records(4_000);
    let files: Vec<(String, Vec<u8>)> = day
        .log_files()
        .map(|file| {
            let mut bytes = Vec::new();
            file.write_json(&mut bytes).unwrap();
            (file.key, bytes)
        })
        .collect();
    let learned = learn(&files, Accept::default(), None);
    let yaml = learned.to_yaml();
    let surprises = surprises(&files, &learned, &yaml);
    assert!(surprises.is_empty(), "{surprises:#?}\n{yaml}");
    assert!(learned.tables.len() > 20, "{yaml}");
    let again = learn(&files, Accept::default(), Some(&yaml));
    assert_eq!(merge("policy.yaml", &yaml, &again).unwrap().yaml, yaml);
}
