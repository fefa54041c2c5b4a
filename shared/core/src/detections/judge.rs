//! Verdict ─► hit: the policy's settings, the table's sensitivity and the outcome weighed in.

use super::ALL;
use super::detection::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Outcome};
use crate::policy::Sensitivity;
use crate::severity::Severity;

/// A verdict with everything weighed in.
#[derive(Debug, Clone)]
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
    /// The keys of the items, as far as the policy lets them be shown.
    pub keys: Vec<String>,
    /// The line of policy that keeps it from being told, and why.
    pub suppressed: Option<(usize, String)>,
}

/// What the detections that look at one access at a time say about it.
pub fn judge<'a>(
    call: &'a Call<'_>,
    access: &'a Access<'_>,
    context: &'a Context<'a>,
) -> impl Iterator<Item = Hit> + 'a {
    ALL.iter().filter_map(move |detection| {
        let Judge::Access(judge) = detection.judge else { return None };
        hit(detection, judge(call, access, context)?, call, access, context)
    })
}

/// The hit behind a verdict; `None` where the policy has switched the detection off.
pub(crate) fn hit(
    detection: &'static Detection,
    verdict: Verdict,
    call: &Call<'_>,
    access: &Access<'_>,
    context: &Context<'_>,
) -> Option<Hit> {
    let setting = context.setting(detection);
    if setting.off {
        return None;
    }
    let sensitivity = context.table.map(|table| table.sensitivity);
    let severity = setting.severity.unwrap_or_else(|| weigh(&verdict, call.outcome, sensitivity));
    let suppression = context
        .policy
        .and_then(|policy| policy.suppression(detection.id, &call.actor, access.table.as_ref(), call.time));
    let shown = |key| context.policy.and_then(|policy| policy.shown_key(context.table, key));
    Some(Hit {
        detection,
        severity,
        reason: verdict.reason,
        remedy: verdict.remedy,
        table_is_named: context.table.is_some_and(|table| !table.label.contains('*')),
        keys: access.keys.iter().filter_map(shown).collect(),
        suppressed: suppression.map(|suppression| (suppression.line, suppression.reason.clone())),
    })
}

/// The table's sensitivity moves a severity one step, and an attempt that came to nothing moves it one step down.
pub(crate) fn weigh(verdict: &Verdict, outcome: Outcome, sensitivity: Option<Sensitivity>) -> Severity {
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

#[cfg(test)]
mod tests {
    use super::*;

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
