//! Detections: reasons to speak up. One file each, named after its id, with its tests.
//!
//! A new one is a file here, a line in [`ALL`], and scenarios that fire it and that just do not.

mod access_denied;
mod item_deletion;
mod table_created;
mod table_deleted;
mod table_updated;
mod unexpected_principal;
mod unreadable_request;

use std::hash::{Hash, Hasher};

use crate::access::{Access, Call, Outcome};
use crate::policy::{Policy, Sensitivity, TablePolicy};
use crate::severity::Severity;

/// Every detection, in the order of the catalogue.
pub const ALL: &[&Detection] = &[
    &unexpected_principal::DETECTION,
    &item_deletion::DETECTION,
    &access_denied::DETECTION,
    &unreadable_request::DETECTION,
    &table_created::DETECTION,
    &table_updated::DETECTION,
    &table_deleted::DETECTION,
];

/// A reason to speak up.
#[derive(Debug)]
pub struct Detection {
    /// The public id, in kebab-case: users filter alerts by it.
    pub id: &'static str,
    /// What happened, in the fewest words: the head of an alert's subject.
    pub title: &'static str,
    /// The techniques of MITRE ATT&CK that it is a sign of, <https://attack.mitre.org/techniques/enterprise/>.
    pub techniques: &'static [&'static str],
    /// Looks at one access.
    judge: fn(&Call<'_>, &Access<'_>, Context<'_>) -> Option<Verdict>,
}

/// What is known beside the access.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'p> {
    /// The user's policy, where there is one.
    pub policy: Option<&'p Policy>,
    /// What the policy says of the table.
    pub table: Option<&'p TablePolicy>,
}

/// What a detection found in one access.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    /// Before the table's sensitivity and the outcome are weighed in.
    severity: Severity,
    /// Why, in words that go on from "because".
    reason: String,
    /// The lines of policy that would make it expected, or words about them.
    remedy: Option<String>,
    /// Whether a failed or denied attempt weighs less. Not so for a detection that is about the denial.
    attempts_weigh_less: bool,
}

/// A verdict with everything weighed in.
#[derive(Debug)]
pub struct Hit {
    /// The detection that spoke up.
    pub detection: &'static Detection,
    /// How much it matters.
    pub severity: Severity,
    /// Why.
    pub reason: String,
    /// What would make it expected.
    pub remedy: Option<String>,
    /// Whether the policy names the table itself, and not by a pattern.
    pub table_is_named: bool,
}

/// What the detections say about an access.
pub fn judge<'a>(call: &'a Call<'_>, access: &'a Access<'_>, context: Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    ALL.iter().filter_map(move |detection| {
        let verdict = (detection.judge)(call, access, context)?;
        let severity = weigh(&verdict, call.outcome, context.table.map(|table| table.sensitivity));
        let table_is_named = context.table.is_some_and(|table| !table.label.contains('*'));
        Some(Hit { detection, severity, reason: verdict.reason, remedy: verdict.remedy, table_is_named })
    })
}

/// The table's sensitivity moves a severity one step, and an attempt that came to nothing moves it one step down.
fn weigh(verdict: &Verdict, outcome: Outcome, sensitivity: Option<Sensitivity>) -> Severity {
    let severity = match sensitivity {
        Some(Sensitivity::Low) => verdict.severity.lowered(),
        Some(Sensitivity::High) => verdict.severity.raised(),
        Some(Sensitivity::Normal) | None => verdict.severity,
    };
    match outcome {
        Outcome::Denied | Outcome::Failed if verdict.attempts_weigh_less => severity.lowered(),
        _ => severity,
    }
}

impl Verdict {
    fn new(severity: Severity, reason: impl Into<String>) -> Self {
        Self { severity, reason: reason.into(), remedy: None, attempts_weigh_less: true }
    }
}

// There is one of each, so its id is its identity.
impl PartialEq for Detection {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Detection {}

impl Hash for Detection {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_kebab_case_and_the_names_of_their_files() {
        let mut ids: Vec<&str> = ALL.iter().map(|detection| detection.id).collect();
        for id in &ids {
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}");
            let file = format!("{}/src/detections/{}.rs", env!("CARGO_MANIFEST_DIR"), id.replace('-', "_"));
            assert!(std::path::Path::new(&file).exists(), "{file}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }

    #[test]
    fn sensitivity_and_outcome_move_a_severity_by_a_step_each() {
        let verdict = |attempts_weigh_less| Verdict { attempts_weigh_less, ..Verdict::new(Severity::Medium, "") };
        let cases = [
            (true, Outcome::Succeeded, None, Severity::Medium),
            (true, Outcome::Succeeded, Some(Sensitivity::High), Severity::High),
            (true, Outcome::Succeeded, Some(Sensitivity::Low), Severity::Low),
            (true, Outcome::Denied, Some(Sensitivity::High), Severity::Medium),
            (true, Outcome::Failed, Some(Sensitivity::Normal), Severity::Low),
            (true, Outcome::Unknown, None, Severity::Medium),
            (false, Outcome::Denied, None, Severity::Medium),
        ];
        for (attempts, outcome, sensitivity, want) in cases {
            assert_eq!(weigh(&verdict(attempts), outcome, sensitivity), want, "{outcome:?} {sensitivity:?}");
        }
    }
}
