//! A table is created.

use super::control::is;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-created",
    title: "Table creation",
    fires_when: "a table is created",
    severity: "informational",
    techniques: &[],
    why: "A new table is watched by no line of policy until someone writes one.",
    first_steps: &[
        "Ask whoever created it what the table is for.",
        "Add it to the policy, with its owner and whom it expects.",
    ],
    judge: Judge::Access(judge),
};

/// A restore or an import makes a table too, with data in it: those are `table-restored` and `table-imported`.
fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let ours = is(call, &["CreateTable"]) && !context.standing.is_expected();
    ours.then(|| Verdict::new(Severity::Informational, "every table creation is told"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};

    #[test]
    fn a_table_creation_is_told_with_or_without_a_policy() {
        let orders = r#"{"tableName":"orders"}"#;
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                Case::new("created", "CreateTable", orders).fires("informational"),
                Case::new("denied", "CreateTable", orders).error("AccessDenied").fires("informational"),
                Case::new(
                    "restored",
                    "RestoreTableToPointInTime",
                    r#"{"sourceTableName":"orders","targetTableName":"copy"}"#,
                ),
                Case::new("imported", "ImportTable", r#"{"tableCreationParameters":{"tableName":"copy"}}"#),
                Case::new("described", "DescribeTable", orders),
            ],
        );
    }
}
