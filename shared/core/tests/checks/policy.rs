//! Policies: compiled, or refused with the place of each error.

use std::sync::Arc;

use tablewarden_core::policy::Policy;

use super::audited::{audited_under, now};

/// Calls of everybody on everything, to be judged under any policy that can be read.
const CALLS: &str = include_str!("../../../../events/scenarios/cross-account/owner-111122223333.json");

/// Holds a policy to what is promised.
pub fn check(yaml: &[u8]) {
    let Ok(yaml) = std::str::from_utf8(yaml) else { return };
    let policy = match Policy::parse("policy.yaml", yaml) {
        Ok(policy) => Arc::new(policy),
        Err(error) => return placed(&error.to_string(), yaml),
    };
    for remark in policy.review(now()) {
        placed(&remark.render("policy.yaml", yaml), yaml);
    }
    audited_under(&policy, yaml, |audit, origin, watch| {
        assert!(audit.any_file(CALLS.as_bytes(), origin, watch).is_ok());
    });
}

/// Each problem names a line that is there.
fn placed(problems: &str, yaml: &str) {
    let places = problems.lines().filter_map(|line| line.trim_start().strip_prefix("--> policy.yaml:"));
    let lines: Vec<usize> = places.filter_map(|place| place.split(':').next()?.parse().ok()).collect();
    assert!(!lines.is_empty(), "{problems}");
    assert!(lines.iter().all(|line| (1..=yaml.split(['\n', '\r']).count()).contains(line)), "{problems}");
}
