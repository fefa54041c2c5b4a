//! A person touches the data of a table of high sensitivity.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::actor::ActorKind;
use crate::operation::Plane;
use crate::policy::Sensitivity;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "human-access",
    title: "Access by a person",
    fires_when: "a person (a user, someone signed in with IAM Identity Center, or a session of the console) reads, writes or deletes items of a table of high sensitivity, expected or not",
    severity: "informational",
    techniques: &["T1530"],
    why: "Who looked at personal data is what auditors and those it is about ask for, and what a watchful team wants to see each day.",
    first_steps: &[
        "See whether there is a ticket for it.",
        "If such access is usual, have a tool do it, or switch this detection off for the table.",
    ],
    judge: Judge::Access(judge),
};

/// The severity has the table's sensitivity in it already. Of the root user there is a graver one.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let table = context.table.filter(|table| table.sensitivity == Sensitivity::High)?;
    let is_person = call.is_by_person() && call.actor.kind != ActorKind::Root;
    if call.operation.plane != Plane::Data || !call.outcome.may_have_happened() || !is_person {
        return None;
    }
    let reason = format!(
        "{} by a person, and the table is of high sensitivity (policy line {})",
        access.effect.as_str(),
        table.line
    );
    Some(Verdict { sensitivity_weighs: false, ..Verdict::new(Severity::Informational, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: patients
    sensitivity: high
    expected:
      - user: alice
  - table: orders
";

    #[test]
    fn people_at_sensitive_tables_are_told_expected_or_not() {
        let patients = r#"{"tableName":"patients"}"#;
        let set = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_DataEngineer_4f2a9c1d7e6b3a50";
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("expected", "GetItem", patients)
                    .fires("informational")
                    .because("read by a person, and the table is of high sensitivity (policy line 4)"),
                Case::new("not expected", "PutItem", patients).by("mallory").fires("informational"),
                Case::new("signed in", "Query", patients).by_role(set, "111122223333").fires("informational"),
                Case::new("a machine", "GetItem", patients).by_role("app/api", "111122223333"),
                Case::new("denied", "GetItem", patients).error("AccessDenied"),
                Case::new("the table itself", "DescribeTable", patients),
                Case::new("another table", "GetItem", r#"{"tableName":"orders"}"#),
            ],
        );
    }
}
