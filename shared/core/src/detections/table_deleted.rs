//! A table is deleted.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Effect;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-deleted",
    title: "Table deletion",
    fires_when: "a table is deleted",
    severity: "high",
    techniques: &["T1485"],
    why: "The table's data and its stream are gone; only backups and, for 35 days, point-in-time recovery of what was protected remain.",
    first_steps: &[
        "Ask the owner whether the deletion was planned.",
        "If not, stop the actor and restore the table from its system backup or the latest backup.",
        "Look for protection that was switched off before.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<Verdict> {
    let ours = access.effect == Effect::Admin && call.record.event_name() == "DeleteTable";
    ours.then(|| Verdict::new(Severity::High, "every table deletion is told"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};

    #[test]
    fn a_table_deletion_is_told_with_or_without_a_policy() {
        let orders = r#"{"tableName":"orders"}"#;
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                Case::new("deleted", "DeleteTable", orders).fires("high"),
                Case::new("denied", "DeleteTable", orders).error("AccessDenied").fires("medium"),
                Case::new("described", "DescribeTable", orders),
            ],
        );
    }
}
