//! A table's data is encrypted under another key.

use serde_json_borrow::Value;

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, field};
use crate::operation::Service;
use crate::policy::Approval;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "encryption-key-changed",
    title: "Encryption key changed",
    fires_when: "a table or a replica of it is switched to another encryption key, or to another kind of key",
    severity: "high",
    techniques: &["T1486"],
    why: "Whoever holds the new key can lock everybody out of the table by disabling it: the data is hostage to that key.",
    first_steps: &[
        "See who owns the key and who may use, disable or delete it: kms DescribeKey, GetKeyPolicy and ListGrants.",
        "If it is not yours, switch the table back with UpdateTable while the key still works.",
        "Take an on-demand backup to a vault under a key of yours, and revoke the sessions of the actor.",
    ],
    judge: Judge::Access(judge),
};

/// Tables that are created or restored get a key, and keep it: that is no change.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let is_update = call.operation.service == Service::DynamoDb && call.record.event_name() == "UpdateTable";
    if !is_update || context.names_api(call) {
        return None;
    }
    let (own, _) = call.account_and_region(access);
    let told = |key: &str| format!("{key}{}", doubts(key, own, context));
    let table = call.params.get("sSESpecification").map(|specification| {
        let text = |name| field(specification, name).and_then(Value::as_str);
        let key = match (call.params.flag(&["sSESpecification", "enabled"]), text("kMSMasterKeyId"), text("sSEType")) {
            (Some(false), ..) => "the key that DynamoDB owns".to_owned(),
            (_, Some(key), _) => told(key),
            (_, None, None | Some("KMS")) => "the account's own key for DynamoDB, alias/aws/dynamodb".to_owned(),
            (_, None, Some(kind)) => format!("a key of the kind {kind}"),
        };
        format!("UpdateTable switches the table to {key}")
    });
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateReplicationGroupMemberAction.html
    let replicas = call.params.list(&["replicaUpdates"]).iter().filter_map(|update| {
        let update = field(update, "update")?;
        let region = field(update, "regionName").and_then(Value::as_str).unwrap_or("another region");
        let key = field(update, "kMSMasterKeyId")?.as_str()?;
        Some(format!("UpdateTable switches the replica in {region} to {}", told(key)))
    });
    let reasons: Vec<String> = table.into_iter().chain(replicas).collect();
    (!reasons.is_empty()).then(|| Verdict::new(Severity::High, reasons.join("; ")))
}

/// What speaks against a key.
fn doubts(key: &str, own: &str, context: &Context<'_>) -> String {
    let account = key.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(3));
    let foreign = account.filter(|account| *account != own).map(|account| format!(", a key of account {account}"));
    let refused = context.policy.is_some_and(|policy| policy.approves_key(key) == Approval::No);
    let refused = refused.then(|| ", which the policy does not approve".to_owned());
    foreign.into_iter().chain(refused).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};

    #[test]
    fn a_switch_of_the_key_is_told_with_the_new_key() {
        let update =
            |claim, fields: &str| Case::new(claim, "UpdateTable", &format!(r#"{{"tableName":"orders",{fields}}}"#));
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                update("own key", r#""sSESpecification":{"enabled":true,"sSEType":"KMS","kMSMasterKeyId":"alias/orders"}"#)
                    .fires("high")
                    .because("UpdateTable switches the table to alias/orders"),
                update(
                    "a key of others",
                    r#""SSESpecification":{"Enabled":true,"KMSMasterKeyId":"arn:aws:kms:eu-west-1:444455556666:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d"}"#,
                )
                .fires("high")
                .because(
                    "UpdateTable switches the table to arn:aws:kms:eu-west-1:444455556666:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d, a key of account 444455556666",
                ),
                update("AWS's own", r#""sSESpecification":{"enabled":true,"sSEType":"KMS"}"#)
                    .fires("high")
                    .because("UpdateTable switches the table to the account's own key for DynamoDB, alias/aws/dynamodb"),
                update("DynamoDB's own", r#""sSESpecification":{"enabled":false}"#)
                    .fires("high")
                    .because("UpdateTable switches the table to the key that DynamoDB owns"),
                update(
                    "of a replica",
                    r#""replicaUpdates":[{"update":{"regionName":"us-east-1","kMSMasterKeyId":"alias/orders"}}]"#,
                )
                .fires("high")
                .because("UpdateTable switches the replica in us-east-1 to alias/orders"),
                update("denied", r#""sSESpecification":{"enabled":false}"#).error("AccessDenied").fires("medium"),
                update("a new replica", r#""replicaUpdates":[{"create":{"regionName":"us-east-1","kMSMasterKeyId":"alias/orders"}}]"#),
                update("something else", r#""billingMode":"PAY_PER_REQUEST""#),
                Case::new(
                    "created",
                    "CreateTable",
                    r#"{"tableName":"orders","sSESpecification":{"enabled":true,"kMSMasterKeyId":"alias/orders"}}"#,
                ),
                Case::new(
                    "restored",
                    "RestoreTableToPointInTime",
                    r#"{"sourceTableName":"orders","targetTableName":"copy","sSESpecificationOverride":{"enabled":true}}"#,
                ),
            ],
        );
    }
}
