//! How the policy, the table's sensitivity and the outcome move a severity.

use crate::access::Outcome;
use crate::policy::Sensitivity;
use crate::severity::Severity;

/// How a severity came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighing {
    /// The detection's own.
    pub own: Severity,
    /// What the policy sets in its place; nothing moves it then.
    pub set: Option<Severity>,
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
        let (set, mut severity) = (self.set, self.own);
        let moved = [by_sensitivity, by_outcome].into_iter().flatten().filter(move |_| set.is_none());
        let moved = moved.map(move |(why, step)| {
            severity = step(severity);
            (why, severity)
        });
        set.map(|severity| ("the policy sets it", severity)).into_iter().chain(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_or_else_sensitivity_and_outcome_move_a_severity() {
        let weighing = |set, sensitivity, attempt| Weighing { own: Severity::Medium, set, sensitivity, attempt };
        let cases = [
            (weighing(None, None, None), Severity::Medium, 0),
            (weighing(None, Some(Sensitivity::High), None), Severity::High, 1),
            (weighing(None, Some(Sensitivity::Low), None), Severity::Low, 1),
            (weighing(None, Some(Sensitivity::High), Some(Outcome::Denied)), Severity::Medium, 2),
            (weighing(None, Some(Sensitivity::Normal), Some(Outcome::Failed)), Severity::Low, 1),
            (weighing(Some(Severity::Critical), Some(Sensitivity::Low), Some(Outcome::Failed)), Severity::Critical, 1),
        ];
        for (weighing, severity, steps) in cases {
            assert_eq!((weighing.severity(), weighing.steps().count()), (severity, steps), "{weighing:?}");
        }
    }
}
