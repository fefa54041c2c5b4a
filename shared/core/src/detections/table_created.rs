//! A table is created.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Effect;
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

/// The APIs that make a table. All but the first fill it too, so that data can be read under a name that no policy knows.
///
/// Source: "Actions", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html>.
const APIS: [&str; 4] = ["CreateTable", "RestoreTableFromBackup", "RestoreTableToPointInTime", "ImportTable"];

fn judge(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<Verdict> {
    let ours = access.effect == Effect::Admin && APIS.contains(&call.record.event_name());
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
                    "restored from a backup",
                    "RestoreTableFromBackup",
                    r#"{"targetTableName":"copy","backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01"}"#,
                )
                .fires("informational"),
                Case::new(
                    "restored from the past",
                    "RestoreTableToPointInTime",
                    r#"{"sourceTableName":"orders","targetTableName":"copy"}"#,
                )
                .fires("informational"),
                Case::new("imported", "ImportTable", r#"{"tableCreationParameters":{"tableName":"copy"}}"#)
                    .fires("informational"),
                Case::new("described", "DescribeTable", orders),
            ],
        );
    }
}
