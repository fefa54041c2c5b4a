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
use tablewarden_testkit::{Scenario, scenarios};

const ALL: Accept = Accept { root: false, other_accounts: true, bulk_deletions: true };

struct Feed<F>(F);

impl<F: FnMut(&Call<'_>, &Access<'_>)> Observer for Feed<F> {
    fn rejected(&mut self, _: &Reject<'_>) {}

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        (self.0)(call, access);
    }
}

fn replay(files: &[PathBuf], policy: Option<&str>, each: impl FnMut(&Call<'_>, &Access<'_>)) -> Vec<Finding> {
    let policy = policy.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut audit = Audit::new(policy, "2026-03-31T00:00:00Z".parse().unwrap(), Limits::default());
    let mut feed = Feed(each);
    for file in files {
        let place = Place::File(file.display().to_string());
        let bytes = fs::read(file).unwrap();
        audit.any_file(bytes.as_slice(), Origin { place: &place, message: 0 }, &mut feed).unwrap();
    }
    audit.into_findings()
}

fn learn(files: &[PathBuf], accept: Accept, yaml: Option<&str>) -> Learned {
    let base = yaml.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut learner = Learner::new(accept, base);
    let findings = replay(files, yaml, |call, access| learner.add(call, access));
    learner.finish(&findings)
}

fn left_out(learned: &Learned) -> BTreeSet<String> {
    learned.left_out.iter().flat_map(|one| &one.events).map(|id| EventId::new(id).to_string()).collect()
}

/// What replaying tells of events that were not left out.
fn surprises(scenario: &Scenario, learned: &Learned, yaml: &str) -> Vec<String> {
    let left_out = left_out(learned);
    let findings = replay(&scenario.events, Some(yaml), |_, _| {});
    let is_surprise = |finding: &&Finding| finding.event_ids.iter().any(|event| !left_out.contains(&event.to_string()));
    let told = |finding: &Finding| {
        let subject = &finding.subject;
        format!("{}: {} by {}: {}", scenario.name, subject.detection.id, subject.actor, finding.reason())
    };
    findings.iter().filter(is_surprise).map(told).collect()
}

#[test]
fn replaying_the_same_logs_under_what_was_learned_tells_only_of_what_was_left_out() {
    for scenario in scenarios() {
        for accept in [Accept::default(), ALL] {
            let learned = learn(&scenario.events, accept, None);
            let yaml = learned.to_yaml();
            let surprises = surprises(&scenario, &learned, &yaml);
            assert!(surprises.is_empty(), "{}\n{surprises:#?}\n{yaml}", scenario.name);
        }
    }
}

#[test]
fn the_order_of_files_does_not_show_in_what_was_learned() {
    for scenario in scenarios() {
        let backwards: Vec<PathBuf> = scenario.events.iter().rev().cloned().collect();
        let learned = [&scenario.events, &backwards].map(|files| learn(files, ALL, None).to_yaml());
        if scenario.name != "cross-account" {
            assert_eq!(learned[0], learned[1], "{}", scenario.name);
        }
    }
}

#[test]
fn merging_what_was_learned_from_the_same_logs_adds_nothing() {
    for scenario in scenarios() {
        for accept in [Accept::default(), ALL] {
            let yaml = learn(&scenario.events, accept, None).to_yaml();
            let again = learn(&scenario.events, accept, Some(&yaml));
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
        let merged = merge("policy.yaml", policy, &learn(&scenario.events, ALL, Some(policy))).unwrap();
        let mut lines = merged.yaml.lines();
        for line in policy.lines() {
            assert!(lines.any(|merged| merged == line), "{}: {line}\n{}", scenario.name, merged.yaml);
        }
        let again = merge("policy.yaml", &merged.yaml, &learn(&scenario.events, ALL, Some(&merged.yaml))).unwrap();
        assert_eq!(again.yaml, merged.yaml, "{}", scenario.name);
        added += merged.lines + merged.entries;
    }
    assert!(added > 0);
}
