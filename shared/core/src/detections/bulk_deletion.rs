//! Many items are deleted from one table within minutes.

use super::{Context, Counter, Detection, Judge, Unit, Window};
use crate::access::{Access, Call, Outcome};
use crate::operation::{Effect, Plane};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "bulk-deletion",
    title: "Bulk deletion",
    fires_when: "one actor deletes at least 100 items of one table within 5 minutes, by whichever API and whether expected or not",
    severity: "high",
    techniques: &["T1485"],
    why: "A script, a stolen credential or a mistake empties a table faster than anyone can look; what point-in-time recovery does not cover is gone.",
    first_steps: &[
        "If nobody can say at once why, stop the actor: revoke the sessions of the role, or deactivate the keys of the user.",
        "See that point-in-time recovery is still on, and that nobody deletes backups.",
        "Restore the table to the minute before the first deletion, under another name, and copy the items back.",
        "If it is a job of the owner's, have the policy name it and its usual number of items.",
    ],
    judge: Judge::Window(&Window {
        seconds: 300,
        counters: &[Counter { unit: Unit::Items, noun: "items deleted", threshold: 100 }],
        severity: Severity::High,
        measure,
        effect: Some(Effect::Delete),
        outcome: Outcome::Succeeded,
        aftermath: false,
        across_tables: false,
    }),
};

/// A deletion of which the number of items is not told is one at least.
fn measure(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<(Unit, u64)> {
    let ours =
        call.operation.plane == Plane::Data && access.effect == Effect::Delete && call.outcome.may_have_happened();
    ours.then(|| (Unit::Items, access.items.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_measure};
    use super::*;

    #[test]
    fn deleted_items_are_counted_by_whichever_api() {
        let orders = r#"{"tableName":"orders"}"#;
        let batch = r#"{"requestItems":{"orders":[{"deleteRequest":{}},{"deleteRequest":{}},{"putRequest":{}}]}}"#;
        let statement = r#"{"statement":"DELETE FROM \"orders\" WHERE pk='a'"}"#;
        check_measure(
            measure,
            "",
            &[
                (Case::new("one", "DeleteItem", orders), &[(Unit::Items, 1)]),
                (Case::new("a batch", "BatchWriteItem", batch), &[(Unit::Items, 2)]),
                (Case::new("a statement", "ExecuteStatement", statement), &[(Unit::Items, 1)]),
                (Case::new("nobody knows", "DeleteItem", orders).error("InternalServerError"), &[(Unit::Items, 1)]),
                (Case::new("failed", "DeleteItem", orders).error("ConditionalCheckFailedException"), &[]),
                (Case::new("throttled", "DeleteItem", orders).error("ThrottlingException"), &[]),
                (Case::new("denied", "DeleteItem", orders).error("AccessDenied"), &[]),
                (Case::new("a put", "PutItem", orders), &[]),
                (Case::new("the table itself", "DeleteTable", orders), &[]),
            ],
        );
    }
}
