//! A table's data is encrypted under another key.

use serde_json_borrow::Value;

use super::control::{Place, is, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, field};
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
    if !is(call, &["UpdateTable"]) {
        return None;
    }
    let (home, here) = call.account_and_region(access);
    let asked = call.params.get("sSESpecification").map(|specification| {
        let text = |name| field(specification, name).and_then(Value::as_str);
        let is_off = call.params.flag(&["sSESpecification", "enabled"]) == Some(false);
        match (text("kMSMasterKeyId"), text("sSEType")) {
            _ if is_off => ("the table", Switch::To("the key that DynamoDB owns")),
            (Some(key), _) => ("the table", Switch::ToKey(key, here)),
            (None, None | Some("KMS")) => ("the table", Switch::To("AWS's key for DynamoDB, alias/aws/dynamodb")),
            (None, Some(_)) => ("the table", Switch::To("a key of another kind")),
        }
    });
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateReplicationGroupMemberAction.html
    let of_replicas = call.params.list(&["replicaUpdates"]).iter().filter_map(|update| {
        let text = |name| field(field(update, "update")?, name)?.as_str();
        Some(("a replica of the table", Switch::ToKey(text("kMSMasterKeyId")?, text("regionName").unwrap_or(here))))
    });
    let (mut reasons, mut is_refused) = (Vec::new(), false);
    for (what, switch) in asked.into_iter().chain(of_replicas) {
        let (key, objections) = match switch {
            Switch::To(key) => (key.to_owned(), Vec::new()),
            Switch::ToKey(key, region) => (name(key), objections(call, context, home, &[Place::Key(key, region)])),
        };
        is_refused |= !objections.is_empty();
        reasons.push(reason(format!("UpdateTable switches {what} to {key}"), &objections));
    }
    // Who is expected to update tables is not thereby expected to hand them to a key of others.
    let is_expected = context.names_api(call) && !is_refused;
    (!reasons.is_empty() && !is_expected)
        .then(|| Verdict::new(Severity::High, reasons.join("; ")).aggravated_if(is_refused))
}

/// What a table is switched to.
enum Switch<'a> {
    /// A key that AWS holds, in words.
    To(&'static str),
    /// A key by its ARN, id or alias, and the region that the last two are of.
    ToKey(&'a str, &'a str),
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check, check_with_and_without_policy};

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
                    "UpdateTable switches the table to arn:aws:kms:eu-west-1:444455556666:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d: key arn:aws:kms:eu-west-1:444455556666:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d is not approved",
                ),
                update("AWS's own", r#""sSESpecification":{"enabled":true,"sSEType":"KMS"}"#)
                    .fires("high")
                    .because("UpdateTable switches the table to AWS's key for DynamoDB, alias/aws/dynamodb"),
                update("DynamoDB's own", r#""sSESpecification":{"enabled":false}"#)
                    .fires("high")
                    .because("UpdateTable switches the table to the key that DynamoDB owns"),
                update(
                    "of a replica",
                    r#""replicaUpdates":[{"update":{"regionName":"us-east-1","kMSMasterKeyId":"alias/orders"}}]"#,
                )
                .fires("high")
                .because("UpdateTable switches a replica of the table to alias/orders"),
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

    #[test]
    fn who_is_expected_to_update_tables_may_not_hand_them_to_others() {
        let policy = r"
version: 1
tables:
  - table: orders
    expected: [{user: alice, actions: [UpdateTable]}]
";
        let update = |claim, key: &str| {
            let params = format!(r#"{{"tableName":"orders","sSESpecification":{{"kMSMasterKeyId":"{key}"}}}}"#);
            Case::new(claim, "UpdateTable", &params)
        };
        check(
            super::DETECTION.id,
            policy,
            &[
                update("an own key", "alias/orders"),
                update("a key of others", "arn:aws:kms:eu-west-1:444455556666:alias/orders").fires("high"),
                update("by another", "alias/orders").by("bob").fires("high"),
            ],
        );
    }
}
