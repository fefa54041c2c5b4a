//! A person writes many items of one table within minutes.

use super::data::is_unforeseen;
use super::{Context, Counter, Detection, Judge, Unit, Window};
use crate::access::{Access, Call, Outcome};
use crate::operation::{Effect, Plane};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "bulk-write",
    title: "Bulk write",
    fires_when: "a person puts or updates at least 1,000 items of one table within 5 minutes, and no line of the policy names the API",
    severity: "medium",
    techniques: &["T1565.001"],
    why: "People correct a few items; a thousand are a script with a person's rights, and overwriting data destroys it as deleting does.",
    first_steps: &[
        "Ask the person what the script was for, and who knows of it.",
        "Compare some items with a restore of the table to the minute before the first write.",
        "If the person did not do it, end their sessions and deactivate their keys.",
    ],
    judge: Judge::Window(&Window {
        seconds: 300,
        counters: &[Counter { unit: Unit::Items, noun: "items written", threshold: 1_000 }],
        severity: Severity::Medium,
        measure,
        effect: Some(Effect::Write),
        outcome: Outcome::Succeeded,
        aftermath: false,
        across_tables: false,
    }),
};

/// A write of which the number of items is not told is one at least. What a person who is not expected writes counts too.
fn measure(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<(Unit, u64)> {
    let ours = call.operation.plane == Plane::Data
        && access.effect == Effect::Write
        && call.outcome.may_have_happened()
        && call.is_by_person()
        && is_unforeseen(call, access, context);
    ours.then(|| (Unit::Items, access.items.unwrap_or(1)))
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
        actions: [PutItem]
      - role: app/orders-api
";

    #[test]
    fn what_people_write_is_counted_unless_a_line_names_the_api() {
        let orders = r#"{"tableName":"orders"}"#;
        let batch = r#"{"requestItems":{"orders":[{"putRequest":{}},{"putRequest":{}},{"deleteRequest":{}}]}}"#;
        let one: &[(Unit, u64)] = &[(Unit::Items, 1)];
        check_measure(
            measure,
            POLICY,
            &[
                (Case::new("by effect only", "PutItem", orders), one),
                (Case::new("a batch", "BatchWriteItem", batch), &[(Unit::Items, 2)]),
                (Case::new("named", "PutItem", orders).by("bob"), &[]),
                (Case::new("not named", "UpdateItem", orders).by("bob"), one),
                (Case::new("a stranger", "PutItem", orders).by("mallory"), one),
                (Case::new("a machine", "PutItem", orders).by_role("app/orders-api", "111122223333"), &[]),
                (Case::new("a strange machine", "PutItem", orders).by_role("app/other", "111122223333"), &[]),
                (Case::new("failed", "PutItem", orders).error("ConditionalCheckFailedException"), &[]),
                (Case::new("a read", "GetItem", orders), &[]),
            ],
        );
    }
}
