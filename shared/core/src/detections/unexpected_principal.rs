//! An actor that no expectation of the table names touches its data, or tries.

use super::{Context, Detection, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::policy;
use crate::severity::Severity;

pub(super) const DETECTION: Detection =
    Detection { id: "unexpected-principal", title: "Unexpected principal", techniques: &["T1530"], judge };

fn judge(call: &Call<'_>, access: &Access<'_>, context: Context<'_>) -> Option<Verdict> {
    let (table, expected) = (access.table.as_ref()?, context.table?);
    if call.operation.plane != Plane::Data
        || !expected.judges()
        || expected.expectation_for(&call.actor, table).is_some()
    {
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
