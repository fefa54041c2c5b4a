//! How the policy, the table's sensitivity and the outcome move a severity.

use crate::access::Outcome;
use crate::policy::Sensitivity;
use crate::severity::Severity;

/// How a severity came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighing {
    /// The detection's own.
    pub own: Severity,
    /// What the policy sets in its place; nothing moves it then, except where it is aggravated.
    pub set: Option<Severity>,
    /// Whether the detection holds the case for graver than its usual ones, which are what the policy sets a severity for: the
    /// graver of both counts.
    pub aggravated: bool,
    /// The table's sensitivity, where the policy speaks for it.
    pub sensitivity: Option<Sensitivity>,
    /// What became of an attempt that weighs less for having come to nothing.
    pub attempt: Option<Outcome>,
}

/// Why a severity moves, and how.
type Move = (&'static str, fn(Severity) -> Severity);

impl Weighing {
    /// What it comes to.
    pub fn severity(&self) -> Severity {
        self.steps().last().map_or(self.own, |(_, severity)| severity)
    }

    /// What moved it, in words, and where to.
    pub fn steps(&self) -> impl Iterator<Item = (&'static str, Severity)> + use<> {
        let by_sensitivity: Option<Move> = match self.sensitivity {
            Some(Sensitivity::Low) => Some(("the table is of low sensitivity", Severity::lowered)),
            Some(Sensitivity::High) => Some(("the table is of high sensitivity", Severity::raised)),
            Some(Sensitivity::Normal) | None => None,
        };
        let by_outcome: Option<Move> = match self.attempt {
            Some(Outcome::Denied) => Some(("the attempt was denied", Severity::lowered)),
            Some(_) => Some(("the attempt failed", Severity::lowered)),
            None => None,
        };
        let (set, aggravated) = (self.set, self.aggravated);
        let mut severity = self.own;
        let moved = [by_sensitivity, by_outcome].into_iter().flatten();
        let moved = moved.map(|(why, step)| {
            severity = step(severity);
            (why, severity)
        });
        let mut steps: Vec<(&'static str, Severity)> = moved.filter(|_| set.is_none() || aggravated).collect();
        steps.extend(set.map(|set| match severity {
            graver if aggravated && graver > set => ("what the policy sets is for cases less grave", graver),
            _ => ("the policy sets it", set),
        }));
        steps.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_or_else_sensitivity_and_outcome_move_a_severity() {
        let weighing = |set, sensitivity, attempt| Weighing {
            own: Severity::Medium,
            set,
            aggravated: false,
            sensitivity,
            attempt,
        };
        let aggravated = |set, sensitivity| Weighing { aggravated: true, ..weighing(Some(set), sensitivity, None) };
        let cases = [
            (weighing(None, None, None), Severity::Medium, 0),
            (weighing(None, Some(Sensitivity::High), None), Severity::High, 1),
            (weighing(None, Some(Sensitivity::Low), None), Severity::Low, 1),
            (weighing(None, Some(Sensitivity::High), Some(Outcome::Denied)), Severity::Medium, 2),
            (weighing(None, Some(Sensitivity::Normal), Some(Outcome::Failed)), Severity::Low, 1),
            (weighing(Some(Severity::Critical), Some(Sensitivity::Low), Some(Outcome::Failed)), Severity::Critical, 1),
            (aggravated(Severity::Informational, None), Severity::Medium, 1),
            (aggravated(Severity::Informational, Some(Sensitivity::High)), Severity::High, 2),
            (aggravated(Severity::Medium, Some(Sensitivity::Low)), Severity::Medium, 2),
            (aggravated(Severity::Critical, Some(Sensitivity::High)), Severity::Critical, 2),
        ];
        for (weighing, severity, steps) in cases {
            assert_eq!((weighing.severity(), weighing.steps().count()), (severity, steps), "{weighing:?}");
        }
    }
}
