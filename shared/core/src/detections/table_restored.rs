//! A table is made from a backup, or from a moment of another one.

use std::cmp::Ordering;

use super::control::{Place, account_and_region_of, is, may_hide, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::policy::Sensitivity;
use crate::severity::Severity;
use crate::table::TableArn;

pub(super) const DETECTION: Detection = Detection {
    id: "table-restored",
    title: "Table restore",
    fires_when: "a table is made from a backup or from a moment of another table",
    severity: "medium, high from or to an account, a region or under a key that is not approved",
    techniques: &["T1578"],
    why: "The copy holds all the data, but neither the permissions, alarms, tags nor deletion protection of the original, and no line of policy may know its name.",
    first_steps: &[
        "Ask the owner whether the restore is theirs, or part of a recovery that is under way.",
        "If not, see who reads the new table, and delete it once that is known.",
        "If it is, give it deletion protection, point-in-time recovery and an entry in the policy.",
    ],
    judge: Judge::Access(judge),
};

/// Source: "Restoring a DynamoDB table to a point in time",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html>, and
/// "`RestoreTableFromBackup`", where the backup's ARN names the account and the region that it is from.
const APIS: [&str; 3] = ["RestoreTableFromBackup", "RestoreTableToPointInTime", BY_AWS_BACKUP];

/// What AWS Backup alone can call, for one of its restore jobs. Its parameters are not documented.
///
/// Source: "Actions, resources, and condition keys for Amazon DynamoDB",
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>.
const BY_AWS_BACKUP: &str = "RestoreTableFromAwsBackup";

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &APIS) || is_for_the_other(call, access, context) {
        return None;
    }
    let source = ["backupArn", "sourceTableArn", "sourceTableName"].iter().find_map(|field| call.params.text(&[field]));
    let key = call.params.text(&["sSESpecificationOverride", "kMSMasterKeyId"]);
    let (home, region) = call.account_and_region(access);
    let from = source.and_then(account_and_region_of);
    let mut places = vec![Place::Region(region)];
    places.extend(from.map(|(account, _)| Place::Account(account)));
    places.extend(from.map(|(_, source)| source).filter(|source| *source != region).map(Place::Region));
    places.extend(key.map(|key| Place::Key(key, region)));
    let mut objections = objections(call, context, home, &places);
    if source.is_none() && may_hide(call) && call.record.event_name() != BY_AWS_BACKUP {
        objections.push("the record does not tell from what".to_owned());
    }
    if objections.is_empty() && context.standing.is_expected() {
        return None;
    }
    let severity = if objections.is_empty() { Severity::Medium } else { Severity::High };
    let done = if access.is_source {
        let target = call.params.text(&["targetTableName"]).map_or("a table that is not told".to_owned(), name);
        format!("the table is restored to {target}")
    } else {
        let source = source.map(|source| match TableArn::parse(source) {
            Some(arn) => format!(" from {}", name(&arn.table.to_string())),
            None => format!(" from {}", name(source)),
        });
        format!("the table is restored{}", source.unwrap_or_default())
    };
    Some(Verdict::new(severity, reason(done, &objections)).aggravated_if(!objections.is_empty()))
}

/// Whether a restore is told of the other one of its two tables: of the more sensitive one, else of the one that is made. The
/// data is the source's, whatever the copy is called.
fn is_for_the_other(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> bool {
    let sensitivity = |access: &Access<'_>| {
        let table = access.table.as_ref().and_then(|table| context.policy?.table(table));
        table.map_or(Sensitivity::Normal, |table| table.sensitivity)
    };
    let accesses = call.accesses();
    let other = accesses.iter().find(|other| other.is_source != access.is_source);
    other.is_some_and(|other| match sensitivity(other).cmp(&sensitivity(access)) {
        Ordering::Equal => access.is_source,
        order => order.is_gt(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const ID: &str = super::DETECTION.id;

    const POLICY: &str = r"
version: 1
approved:
  accounts: ['444455556666']
  regions: [eu-west-1, eu-central-1]
  keys: [alias/orders]
tables:
  - table: copy
    expected:
      - {role: ops/restore, effects: [admin]}
";

    fn from_backup(claim: &str, account: &str, region: &str) -> Case {
        let arn = format!("arn:aws:dynamodb:{region}:{account}:table/orders/backup/01775500000000-abcdef01");
        Case::new(claim, "RestoreTableFromBackup", &format!(r#"{{"targetTableName":"copy","backupArn":"{arn}"}}"#))
    }

    fn to_a_moment(claim: &str, more: &str) -> Case {
        let params = format!(r#"{{"sourceTableName":"orders","targetTableName":"copy"{more}}}"#);
        Case::new(claim, "RestoreTableToPointInTime", &params)
    }

    #[test]
    fn a_restore_is_told_and_graver_where_it_leaves_what_is_approved() {
        let key = |id: &str| format!(r#","sSESpecificationOverride":{{"enabled":true,"kMSMasterKeyId":"{id}"}}"#);
        let home = "111122223333";
        check(
            ID,
            POLICY,
            &[
                from_backup("at home", home, "eu-west-1")
                    .fires("medium")
                    .because("the table is restored from orders (111122223333, eu-west-1)"),
                from_backup("by whom the policy expects to", home, "eu-west-1").by_role("ops/restore", home),
                from_backup("from an approved region", home, "eu-central-1").fires("medium"),
                from_backup("from an approved account", "444455556666", "eu-west-1").fires("medium"),
                from_backup("from another region", home, "us-east-1").fires("high").because(
                    "the table is restored from orders (111122223333, us-east-1): region us-east-1 is not approved",
                ),
                from_backup("from another account", "123456789012", "eu-west-1").fires("high").because(
                    "the table is restored from orders (123456789012, eu-west-1): account 123456789012 is not approved",
                ),
                from_backup("from there by whom the policy expects to", "123456789012", "eu-west-1")
                    .by_role("ops/restore", home)
                    .fires("high"),
                from_backup("denied", "123456789012", "eu-west-1").error("AccessDenied").fires("medium"),
                to_a_moment("to a moment", "").fires("medium").because("the table is restored from orders"),
                to_a_moment("under an approved key", &key("alias/orders")).fires("medium"),
                to_a_moment("under another key", &key("alias/loot"))
                    .fires("high")
                    .because("the table is restored from orders: key alias/loot is not approved"),
            ],
        );
        let elsewhere = "version: 1\napproved:\n  regions: [us-east-1]\n";
        check(
            ID,
            elsewhere,
            &[to_a_moment("to a region that is not approved", "")
                .fires("high")
                .because("the table is restored from orders: region eu-west-1 is not approved")],
        );
    }

    #[test]
    fn a_restore_is_told_once_of_the_more_sensitive_table() {
        let policy = |of_orders: &str, of_copy: &str| {
            format!(
                "version: 1\ntables:\n  - table: orders\n    sensitivity: {of_orders}\n    expected: [{{user: bob, effects: [admin]}}]\n  - table: copy\n    sensitivity: {of_copy}\n"
            )
        };
        let from = "the table is restored from orders";
        let to = "the table is restored to copy";
        let cases = [
            ("normal", "normal", "medium", from),
            ("high", "low", "high", to),
            ("high", "normal", "high", to),
            ("normal", "low", "medium", to),
            ("low", "normal", "medium", from),
            ("low", "high", "high", from),
            ("high", "high", "high", from),
        ];
        for (of_orders, of_copy, severity, reason) in cases {
            let claim = format!("{of_orders}, {of_copy}");
            check(ID, &policy(of_orders, of_copy), &[to_a_moment(&claim, "").fires(severity).because(reason)]);
        }
        let expected = to_a_moment("by whom the source's owner expects to", "").by("bob");
        check(
            ID,
            &policy("high", "normal"),
            &[expected, from_backup("from elsewhere", "123456789012", "eu-west-1").fires("high")],
        );
        check(
            ID,
            "version: 1\ntables:\n  - table: orders\n    sensitivity: high\n",
            &[to_a_moment("to a table that no entry is about", "").fires("high").because(to)],
        );
    }

    #[test]
    fn without_lists_only_another_account_is_held_against_it() {
        for policy in ["", "version: 1\ntables:\n  - table: orders\n"] {
            check(
                ID,
                policy,
                &[
                    from_backup("from another region", "111122223333", "us-east-1").fires("medium"),
                    from_backup("from another account", "123456789012", "eu-west-1").fires("high"),
                    Case::new("by AWS Backup", "RestoreTableFromAwsBackup", r#"{"targetTableName":"copy"}"#)
                        .fires("medium")
                        .because("the table is restored"),
                    Case::new("not told", "RestoreTableFromBackup", r#"{"targetTableName":"copy"}"#)
                        .fires("high")
                        .because("the table is restored: the record does not tell from what"),
                    Case::new("denied without parameters", "RestoreTableFromBackup", "null")
                        .error("AccessDenied")
                        .fires("low"),
                    Case::new("created", "CreateTable", r#"{"tableName":"copy"}"#),
                ],
            );
        }
    }
}
