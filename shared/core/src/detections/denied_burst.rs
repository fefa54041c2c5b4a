//! An actor is denied many calls within minutes.

use super::{Context, Counter, Detection, Judge, Unit, Window};
use crate::access::{Access, Call, Outcome};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "denied-burst",
    title: "Burst of calls denied",
    fires_when: "one actor is denied at least 10 calls within 10 minutes, on one table or on several together",
    severity: "medium, critical where the actor then gets through to the table, and did not before",
    techniques: &["T1580"],
    why: "One denial is a missing permission; many at once are somebody trying what a credential can do. Success after them means that a way was found, or made.",
    first_steps: &[
        "See what was tried: the same call again and again is mostly a deployment, many different ones are somebody looking around.",
        "Ask whose credential it is, and whether its use from that address is usual.",
        "If a call succeeded afterwards, find out what was changed in between, and by whom.",
    ],
    judge: Judge::Window(&Window {
        seconds: 600,
        counters: &[Counter { unit: Unit::Calls, noun: "calls denied", threshold: 10 }],
        severity: Severity::Medium,
        measure,
        effect: None,
        outcome: Outcome::Denied,
        aftermath: true,
        across_tables: true,
    }),
};

/// Denials on tables that the policy does not know count too: who looks around asks for names that do not exist.
fn measure(call: &Call<'_>, _: &Access<'_>, _: &Context<'_>) -> Option<(Unit, u64)> {
    let ours = call.outcome == Outcome::Denied && call.operation.service.owns_tables();
    ours.then_some((Unit::Calls, 1))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_measure};
    use super::*;
    use crate::operation::Service;

    #[test]
    fn denied_calls_of_both_planes_are_counted_and_failures_are_not() {
        let orders = r#"{"tableName":"orders"}"#;
        let policy = "version: 1\ntables:\n  - table: carts\n";
        let batch = r#"{"requestItems":{"orders":{"keys":[{},{}]},"carts":{"keys":[{}]}}}"#;
        let one: &[(Unit, u64)] = &[(Unit::Calls, 1)];
        check_measure(
            measure,
            policy,
            &[
                (Case::new("data", "GetItem", orders).error("AccessDeniedException"), one),
                (Case::new("control", "DeleteTable", orders).error("AccessDenied"), one),
                (Case::new("no table", "ListTables", "null").error("AccessDenied"), one),
                (
                    Case::new("a batch, for each table", "BatchGetItem", batch).error("AccessDenied"),
                    &[(Unit::Calls, 1), (Unit::Calls, 1)],
                ),
                (Case::new("throttled", "GetItem", orders).error("ThrottlingException"), &[]),
                (Case::new("no such table", "GetItem", orders).error("ResourceNotFoundException"), &[]),
                (Case::new("succeeded", "GetItem", orders), &[]),
                (Case::new("of another service", "DisableKey", "null").to(Service::Kms).error("AccessDenied"), &[]),
            ],
        );
    }
}
