//! A backup of a table is deleted, or can be deleted sooner.

use super::control::{days, is, may_hide, name};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::arn::Arn;
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "backup-deleted",
    title: "Backup deletion",
    fires_when: "a table's backup is deleted, in DynamoDB or in AWS Backup, or what keeps it there is shortened, removed or set anew",
    severity: "high",
    techniques: &["T1490"],
    why: "Backups outlive the table and its point-in-time recovery; whoever wants data gone for good, or paid for, has to delete them.",
    first_steps: &[
        "List the backups that are left and take a new one now.",
        "Ask the owner of the backup plan whether the deletion was planned.",
        "If not, stop the actor, and lock the vault so that nobody can delete from it.",
    ],
    judge: Judge::Access(judge),
};

/// Retention that is set below this counts as shortened: the least that AWS Backup's own plan templates keep a backup, and a
/// record does not tell how long it was before.
///
/// Source: `Daily-35day-Retention` of "Create a backup plan",
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html>.
const USUAL_RETENTION_DAYS: i64 = 35;

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if context.names_api(call) {
        return None;
    }
    let reason = match call.operation.service {
        Service::DynamoDb => of_dynamodb(call)?,
        Service::Backup => of_aws_backup(call)?,
        _ => return None,
    };
    Some(Verdict::new(Severity::High, reason))
}

/// AWS Backup deletes a backup here at the end of its lifecycle, or because somebody asked AWS Backup to: that call is told.
fn of_dynamodb(call: &Call<'_>) -> Option<String> {
    let by_aws_backup =
        call.actor.via.as_deref() == Some(Service::Backup.source()) || call.actor.name == Service::Backup.source();
    if !is(call, &["DeleteBackup"]) || by_aws_backup {
        return None;
    }
    Some(match call.params.text(&["backupArn"]) {
        Some(arn) => format!("DeleteBackup of {}", name(arn.rsplit('/').next().unwrap_or(arn))),
        None => "DeleteBackup of a backup that the record does not tell".to_owned(),
    })
}

/// A vault itself can only be deleted when nothing is left in it.
///
/// Source: "Actions" of AWS Backup, <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations.html>.
fn of_aws_backup(call: &Call<'_>) -> Option<String> {
    let vault = call
        .params
        .text(&["backupVaultName"])
        .map_or("a vault that the record does not tell".to_owned(), |vault| format!("vault {}", name(vault)));
    match call.record.event_name() {
        "DeleteRecoveryPoint" => Some(format!("{} is deleted from {vault}", recovery_point(call)?)),
        "DisassociateRecoveryPoint" => Some(format!("{} is taken out of {vault}", recovery_point(call)?)),
        "UpdateRecoveryPointLifecycle" => {
            let point = recovery_point(call)?;
            match call.params.number(&["lifecycle", "deleteAfterDays"]) {
                // -1 keeps it for ever.
                Some(age) if (0..USUAL_RETENTION_DAYS).contains(&age) => {
                    Some(format!("{point} in {vault} is to be deleted at an age of {}", days(age)))
                }
                // Without an end, or with one for warm storage alone, it is kept.
                Some(_) => None,
                None if call.params.get("lifecycle").is_some() || !may_hide(call) => None,
                None => Some(format!("the record does not tell how long {point} in {vault} is kept")),
            }
        }
        "DeleteBackupVaultLockConfiguration" => {
            Some(format!("the lock of {vault} is removed: its backups can be deleted"))
        }
        "PutBackupVaultLockConfiguration" => weak_lock(call).map(|what| format!("the lock of {vault} {what}")),
        "PutBackupVaultAccessPolicy" => {
            Some(format!("the access policy of {vault} is set: it decides who may delete and copy its backups"))
        }
        "DeleteBackupVaultAccessPolicy" => {
            Some(format!("the access policy of {vault} is taken away: whoever it kept from deleting backups may do so"))
        }
        _ => None,
    }
}

/// What a lock leaves open; `None` where it keeps backups as long as usual, and longer. The record does not tell how it was
/// before.
///
/// Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html>: no
/// `MinRetentionDays` is no least age, and jobs that ask for more than `MaxRetentionDays` fail.
fn weak_lock(call: &Call<'_>) -> Option<String> {
    let least = call.params.number(&["minRetentionDays"]);
    let most = call.params.number(&["maxRetentionDays"]).filter(|most| *most < USUAL_RETENTION_DAYS);
    match (least, most) {
        (_, Some(most)) => Some(format!("lets no backup be kept for more than {}", days(most))),
        (Some(least), None) if least < USUAL_RETENTION_DAYS => {
            Some(format!("lets backups be deleted at an age of {}", days(least)))
        }
        (None, None) if may_hide(call) => Some("asks for no least age of backups".to_owned()),
        _ => None,
    }
}

/// The recovery point that a call is about, unless it is one of another service's resources.
///
/// DynamoDB's own backups keep DynamoDB's ARN. Under AWS Backup's advanced features for DynamoDB a recovery point has an ARN
/// of AWS Backup's, which does not tell of what it is, so that it may be a table's: `RecoveryPointArn` of "`StartBackupJob`",
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html>.
fn recovery_point(call: &Call<'_>) -> Option<String> {
    let Some(arn) = call.params.text(&["recoveryPointArn"]) else {
        return may_hide(call).then(|| "a recovery point that the record does not tell".to_owned());
    };
    match Arn::parse(arn).map(|arn| arn.service) {
        Some("dynamodb") => Some(format!("recovery point {}", name(arn))),
        Some("backup") => Some(format!("recovery point {}, which may be of a table,", name(arn))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};
    use crate::operation::Service;

    const OF_DYNAMODB: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01775500000000-abcdef01";
    const OF_AWS_BACKUP: &str =
        "arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45";
    const OF_A_DISK: &str = "arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0";

    #[test]
    fn a_deleted_backup_is_told_unless_aws_backup_deletes_it() {
        let params = format!(r#"{{"backupArn":"{OF_DYNAMODB}"}}"#);
        let role = r#"{"type":"AssumedRole","accountId":"111122223333","invokedBy":"backup.amazonaws.com",
            "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole"}}}"#;
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                Case::new("deleted", "DeleteBackup", &params)
                    .fires("high")
                    .because("DeleteBackup of 01775500000000-abcdef01"),
                Case::new("denied", "DeleteBackup", &params).error("AccessDenied").fires("medium"),
                Case::new("not told which", "DeleteBackup", "null").fires("high"),
                Case::new("at the end of its lifecycle", "DeleteBackup", &params).by_identity(role),
                Case::new("by the service itself", "DeleteBackup", &params)
                    .by_identity(r#"{"type":"AWSService","invokedBy":"backup.amazonaws.com"}"#),
                Case::new("taken", "CreateBackup", r#"{"tableName":"orders","backupName":"before-migration"}"#),
            ],
        );
    }

    #[test]
    fn recovery_points_that_may_be_a_tables_are_told() {
        let call = |claim: &str, api: &str, arn: &str, more: &str| {
            let params = format!(r#"{{"backupVaultName":"tables","recoveryPointArn":"{arn}"{more}}}"#);
            Case::new(claim, api, &params).to(Service::Backup)
        };
        let days = |days: i64| format!(r#","lifecycle":{{"deleteAfterDays":{days}}}"#);
        let lifecycle = "UpdateRecoveryPointLifecycle";
        let vault = |claim: &str, api: &str, more: &str| {
            Case::new(claim, api, &format!(r#"{{"backupVaultName":"tables"{more}}}"#)).to(Service::Backup)
        };
        let lock = |claim: &str, more: &str| vault(claim, "PutBackupVaultLockConfiguration", more);
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                call("a table's", "DeleteRecoveryPoint", OF_DYNAMODB, "")
                    .fires("high")
                    .because(&format!("recovery point {OF_DYNAMODB} is deleted from vault tables")),
                call("perhaps a table's", "DeleteRecoveryPoint", OF_AWS_BACKUP, "").fires("high").because(&format!(
                    "recovery point {OF_AWS_BACKUP}, which may be of a table, is deleted from vault tables"
                )),
                call("denied", "DeleteRecoveryPoint", OF_DYNAMODB, "").error("AccessDeniedException").fires("medium"),
                call("a disk's", "DeleteRecoveryPoint", OF_A_DISK, ""),
                call("taken out", "DisassociateRecoveryPoint", OF_DYNAMODB, "").fires("high"),
                call("kept for a day", lifecycle, OF_DYNAMODB, &days(1)).fires("high").because(&format!(
                    "recovery point {OF_DYNAMODB} in vault tables is to be deleted at an age of 1 day"
                )),
                call("kept for 34 days", lifecycle, OF_DYNAMODB, &days(34)).fires("high"),
                call("kept for 35 days", lifecycle, OF_DYNAMODB, &days(35)),
                call("kept for ever", lifecycle, OF_DYNAMODB, &days(-1)),
                call("moved, and kept", lifecycle, OF_DYNAMODB, r#","lifecycle":{"moveToColdStorageAfterDays":7}"#),
                call("not told how long", lifecycle, OF_DYNAMODB, "").fires("high"),
                call("a disk's, for a day", lifecycle, OF_A_DISK, &days(1)),
                Case::new("lock removed", "DeleteBackupVaultLockConfiguration", r#"{"backupVaultName":"tables"}"#)
                    .to(Service::Backup)
                    .fires("high")
                    .because("the lock of vault tables is removed: its backups can be deleted"),
                lock("a lock of no least age", "")
                    .fires("high")
                    .because("the lock of vault tables asks for no least age of backups"),
                lock("a lock for a week", r#","minRetentionDays":7,"changeableForDays":3"#)
                    .fires("high")
                    .because("the lock of vault tables lets backups be deleted at an age of 7 days"),
                lock("a lock for a day at most", r#","minRetentionDays":1,"maxRetentionDays":1"#)
                    .fires("high")
                    .because("the lock of vault tables lets no backup be kept for more than 1 day"),
                lock("a lock for 35 days", r#","minRetentionDays":35"#),
                lock("a lock for a year, at most ten", r#","MinRetentionDays":365,"MaxRetentionDays":3650"#),
                lock("a denied lock", "").error("AccessDeniedException"),
                vault("an access policy", "PutBackupVaultAccessPolicy", r#","policy":"{}""#).fires("high").because(
                    "the access policy of vault tables is set: it decides who may delete and copy its backups",
                ),
                vault("no access policy", "DeleteBackupVaultAccessPolicy", "").fires("high").because(
                    "the access policy of vault tables is taken away: whoever it kept from deleting backups may do so",
                ),
                vault("an access policy that is read", "GetBackupVaultAccessPolicy", ""),
                Case::new("an empty vault", "DeleteBackupVault", r#"{"backupVaultName":"tables"}"#).to(Service::Backup),
            ],
        );
    }
}
