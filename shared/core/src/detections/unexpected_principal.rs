//! An actor that no expectation of the table names touches its data, or tries.

use super::data::{expecting, is_told_in_particular};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "unexpected-principal",
    title: "Unexpected principal",
    fires_when: "an actor that no expectation of the table names reads, writes or deletes items, or tries to; not where root-access, cross-account-access or stream-read says more of it",
    severity: "read medium, write and delete high",
    techniques: &["T1530"],
    why: "Someone whom its owner did not foresee reaches for the data: a stolen credential, a role that can do too much, or a policy that is behind.",
    first_steps: &[
        "Ask the table's owner whether the actor is theirs and what it was for.",
        "If nobody knows it, revoke the sessions of the role or deactivate the keys of the user.",
        "List what else the actor did, from the first event on.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let expected = context.table?;
    let is_stranger = call.operation.plane == Plane::Data && matches!(context.standing, Standing::Stranger);
    if !is_stranger || is_told_in_particular(call, access, context) {
        return None;
    }
    let severity = match access.effect {
        Effect::Read => Severity::Medium,
        Effect::Write | Effect::Delete | Effect::Admin | Effect::Unknown => Severity::High,
    };
    let reason = format!("no expectation of the table (policy line {}) names {}", expected.line, call.actor);
    let remedy = expecting(call, access, context, "");
    Some(Verdict { remedy, ..Verdict::new(severity, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
  - table: carts
  - table: vault
    expected: []
";

    #[test]
    fn only_actors_that_no_expectation_names_are_told() {
        let params = |table: &str| format!(r#"{{"tableName":"{table}"}}"#);
        check(
            DETECTION_ID,
            POLICY,
            &[
                Case::new("an expected user", "GetItem", &params("orders")).by("alice"),
                Case::new("a stranger reads", "GetItem", &params("orders")).by("mallory").fires("medium"),
                Case::new("a stranger writes", "PutItem", &params("orders")).by("mallory").fires("high"),
                Case::new("a stranger deletes", "DeleteItem", &params("orders")).by("mallory").fires("high"),
                Case::new("a stranger tries", "DeleteItem", &params("orders"))
                    .by("mallory")
                    .error("AccessDenied")
                    .fires("medium"),
                Case::new("a table that judges nobody", "GetItem", &params("carts")).by("mallory"),
                Case::new("a table that expects nobody", "GetItem", &params("vault")).by("alice").fires("medium"),
                Case::new("a table that no policy names", "GetItem", &params("other")).by("mallory"),
                Case::new("a call of the control plane", "DescribeTable", &params("orders")).by("mallory"),
                Case::new("the root user", "GetItem", &params("orders")).by_identity(ROOT),
                Case::new("a foreign account", "GetItem", &params("orders")).by_role("ops/x", "444455556666"),
                Case::new("a stream", "GetRecords", &params("orders")).by("mallory"),
            ],
        );
    }

    #[test]
    fn what_is_switched_off_elsewhere_is_told_here() {
        let policy = format!("{POLICY}detections:\n  root-access: off\n");
        let orders = r#"{"tableName":"orders"}"#;
        check(
            DETECTION_ID,
            &policy,
            &[Case::new("the root user", "GetItem", orders).by_identity(ROOT).fires("medium")],
        );
    }

    const DETECTION_ID: &str = super::DETECTION.id;
    const ROOT: &str = r#"{"type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#;
}
