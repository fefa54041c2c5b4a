//! An actor reaches a table's data that it was never seen at before.

use super::data::{expecting, is_told_in_particular};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Plane;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "first-access",
    title: "First access",
    fires_when: "an actor that is not expected reads or writes items of a table for the first time, once the table was seen for seven days",
    severity: "low",
    techniques: &["T1530"],
    why: "Who needs a table comes back to it: a name that was never there before may be a new deployment, or somebody who found a way in.",
    first_steps: &[
        "Ask the table's owner whether the actor is new and meant to be there.",
        "If so, expect it in the policy; if nobody knows it, look at what it read or wrote, and from where.",
    ],
    judge: Judge::First(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let ours = call.operation.plane == Plane::Data
        && access.table.is_some()
        && call.outcome.may_have_happened()
        && !context.standing.is_expected()
        && !is_told_in_particular(call, access, context);
    let reason = || format!("{} was not seen at this table before", call.actor);
    ours.then(|| Verdict { remedy: expecting(call, access, context, ""), ..Verdict::new(Severity::Low, reason()) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OnDay, audit_of_days};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
  - table: carts
";

    #[test]
    fn an_actor_that_comes_for_the_first_time_after_a_week_is_told_once() {
        let cases: [(&str, &[OnDay], &[&str]); 9] = [
            ("within the week", &[(0, "GetItem", "bob", "carts"), (6, "GetItem", "eve", "carts")], &[]),
            ("after it", &[(0, "GetItem", "bob", "carts"), (7, "GetItem", "eve", "carts")], &["eve carts"]),
            ("known since the first day", &[(0, "GetItem", "eve", "carts"), (8, "PutItem", "eve", "carts")], &[]),
            ("a table that is new itself", &[(0, "GetItem", "eve", "carts"), (8, "GetItem", "eve", "logs")], &[]),
            ("expected", &[(0, "GetItem", "bob", "carts"), (8, "GetItem", "alice", "orders")], &[]),
            ("not expected", &[(0, "GetItem", "alice", "orders"), (8, "GetItem", "eve", "orders")], &["eve orders"]),
            ("a change of the table", &[(0, "GetItem", "bob", "carts"), (8, "UpdateTable", "eve", "carts")], &[]),
            (
                "known at another table",
                &[(0, "GetItem", "eve", "logs"), (0, "GetItem", "bob", "carts"), (8, "GetItem", "eve", "carts")],
                &["eve carts"],
            ),
            (
                "twice",
                &[(0, "GetItem", "bob", "carts"), (9, "GetItem", "eve", "carts"), (8, "GetItem", "eve", "carts")],
                &["eve carts"],
            ),
        ];
        for (claim, calls, want) in cases {
            assert_eq!(audit_of_days("first-access", POLICY, calls), want, "{claim}");
        }
    }
}
