//! Somebody reads many items of one table within minutes.

use super::data::{is_of_stream, is_unforeseen};
use super::{Context, Counter, Detection, Judge, Unit, Window};
use crate::access::{Access, Call, Outcome};
use crate::operation::{Effect, Plane};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "bulk-read",
    title: "Bulk read",
    fires_when: "a person whose API no line names, or an actor that is not expected, asks for at least 1,000 items of one table or makes at least 100 queries and scans of it within 5 minutes",
    severity: "medium",
    techniques: &["T1530"],
    why: "It is how a table leaves item by item: each call is small, and together they are a copy.",
    first_steps: &[
        "Ask the actor's owner what the data was for, and where it is now.",
        "If nobody knows, revoke the sessions of the role or deactivate the keys of the user.",
        "Find out which items were read; with `keys: hash` the policy lets them be told apart without showing them.",
    ],
    judge: Judge::Window(&Window {
        seconds: 300,
        counters: &[
            Counter { unit: Unit::Items, noun: "items asked for", threshold: 1_000 },
            Counter { unit: Unit::Calls, noun: "queries and scans", threshold: 100 },
        ],
        severity: Severity::Medium,
        measure,
        effect: Some(Effect::Read),
        outcome: Outcome::Succeeded,
        aftermath: false,
        across_tables: false,
    }),
};

/// Where the request does not say how many items it asks for, the call counts. Who follows a stream asks all the time.
fn measure(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<(Unit, u64)> {
    let ours = call.operation.plane == Plane::Data
        && access.effect == Effect::Read
        && call.outcome.may_have_happened()
        && !is_of_stream(call)
        && is_unforeseen(call, access, context);
    ours.then(|| access.items.map_or((Unit::Calls, 1), |items| (Unit::Items, items)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_measure};
    use super::*;

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
      - user: bob
        actions: [Query, Scan]
      - role: app/orders-api
";

    #[test]
    fn what_people_and_strangers_read_is_counted() {
        let orders = r#"{"tableName":"orders"}"#;
        let batch = r#"{"requestItems":{"orders":{"keys":[{},{},{}]}}}"#;
        let whole = r#"{"statement":"SELECT * FROM \"orders\" WHERE colour='***(Redacted)'"}"#;
        let call: &[(Unit, u64)] = &[(Unit::Calls, 1)];
        check_measure(
            measure,
            POLICY,
            &[
                (Case::new("an item", "GetItem", orders), &[(Unit::Items, 1)]),
                (Case::new("a batch", "BatchGetItem", batch), &[(Unit::Items, 3)]),
                (Case::new("a query", "Query", orders), call),
                (Case::new("a query that is named", "Query", orders).by("bob"), &[]),
                (Case::new("a statement that counts as a scan", "ExecuteStatement", whole).by("bob"), &[]),
                (Case::new("a statement", "ExecuteStatement", whole), call),
                (Case::new("an expected machine", "Query", orders).by_role("app/orders-api", "111122223333"), &[]),
                (Case::new("a machine that is not", "Query", orders).by_role("app/other", "111122223333"), call),
                (Case::new("denied", "Query", orders).error("AccessDenied"), &[]),
                (Case::new("a stream", "GetRecords", orders), &[]),
                (Case::new("a write", "PutItem", orders), &[]),
            ],
        );
    }
}
