//! An actor that no expectation of the table names touches its data, or tries.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::policy::{self, Standing};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "unexpected-principal",
    title: "Unexpected principal",
    fires_when: "an actor that no expectation of the table names reads, writes or deletes items, or tries to",
    severity: "read medium, write and delete high",
    techniques: &["T1530"],
    why: "The data is in the hands of someone whom its owner did not foresee: a stolen credential, a role that can do too much, or a policy that is behind.",
    first_steps: &[
        "Ask the table's owner whether the actor is theirs and what it was for.",
        "If nobody knows it, revoke the sessions of the role or deactivate the keys of the user.",
        "List what else the actor did, from the first event on.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let (table, expected) = (access.table.as_ref()?, context.table?);
    if call.operation.plane != Plane::Data || !matches!(context.standing, Standing::Stranger) {
        return None;
    }
    let severity = match access.effect {
        Effect::Read => Severity::Medium,
        Effect::Write | Effect::Delete | Effect::Admin | Effect::Unknown => Severity::High,
    };
    let reason = format!("no expectation of the table (policy line {}) names {}", expected.line, call.actor);
    let remedy = policy::suggest(&call.actor, table)
        .map(|lines| format!("Add to `expected:` of the table in line {} of the policy:\n{lines}", expected.line));
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
            ],
        );
    }

    const DETECTION_ID: &str = super::DETECTION.id;
}
