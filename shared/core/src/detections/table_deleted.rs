//! A table is deleted.

use super::control::is;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-deleted",
    title: "Table deletion",
    fires_when: "a table is deleted",
    severity: "high",
    techniques: &["T1485"],
    why: "With a table go its data and its stream; only backups and, for 35 days, point-in-time recovery of what was protected bring them back.",
    first_steps: &[
        "Ask the owner whether the deletion was planned.",
        "If not, stop the actor and restore the table from its system backup or the latest backup.",
        "Look for protection that was switched off before.",
    ],
    judge: Judge::Access(judge),
};

/// The count in the response is up to six hours old: "`TableDescription`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html>.
fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["DeleteTable"]) || context.names_api(call) {
        return None;
    }
    let items = call.response().number(&["tableDescription", "itemCount"]);
    let reason = match items {
        Some(items) => format!("the table is deleted with about {items} items in it"),
        None => "every table deletion is told".to_owned(),
    };
    Some(Verdict::new(Severity::High, reason))
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
                Case::new("with what was in it", "DeleteTable", orders)
                    .response(r#"{"tableDescription":{"tableName":"orders","itemCount":310}}"#)
                    .fires("high")
                    .because("the table is deleted with about 310 items in it"),
                Case::new("denied", "DeleteTable", orders).error("AccessDenied").fires("medium"),
                Case::new("described", "DescribeTable", orders),
                Case::new(
                    "a backup",
                    "DeleteBackup",
                    r#"{"backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01"}"#,
                ),
            ],
        );
    }
}
