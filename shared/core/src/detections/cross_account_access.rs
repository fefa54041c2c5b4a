//! A principal of another account touches a table.

use super::data::expecting;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::actor::ActorKind;
use crate::policy::{Approval, Standing};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "cross-account-access",
    title: "Cross-account access",
    fires_when: "a principal of another account, which no list approves and no line of the table names, reaches the table or its data, or tries to",
    severity: "high",
    techniques: &["T1537"],
    why: "Data that another account can read is out of your hands: what it does with a copy is in nobody's log here.",
    first_steps: &[
        "See whose account it is; the table's resource policy, or that of its stream, lets it in.",
        "If it is none of yours, take it out of the resource policy now, and see who put it there.",
        "If it is a partner's, approve the account or expect the principal at the table.",
    ],
    judge: Judge::Access(judge),
};

/// A service that acts for itself is of no account. Where a line names the principal, it is known, and the other detections
/// say what is not as the line says.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let table = access.table.as_ref().filter(|_| call.operation.service.owns_tables())?;
    let account = call.actor.account.as_deref().filter(|account| *account != table.account)?;
    let is_named = !matches!(context.standing, Standing::NotJudged | Standing::Stranger);
    let approval = context.policy.map_or(Approval::NotSaid, |policy| policy.approves_account(account));
    if call.actor.kind == ActorKind::Service || is_named || approval == Approval::Yes {
        return None;
    }
    let judges = context.table.filter(|table| table.judges());
    let approving = || {
        let account = serde_json::Value::from(account);
        format!("Add the account to those that the policy approves:\napproved:\n  accounts: [{account}]")
    };
    let remedy = judges.and_then(|_| expecting(call, access, context, "")).unwrap_or_else(approving);
    let reason = format!("the actor is of account {account}, which is not approved");
    Some(Verdict { remedy: Some(remedy), ..Verdict::new(Severity::High, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r#"
version: 1
approved:
  accounts: ["123456789012"]
tables:
  - table: orders
    expected:
      - role: arn:aws:iam::444455556666:role/partners/sync
        effects: [read]
  - table: carts
"#;

    #[test]
    fn accounts_that_are_neither_approved_nor_named_are_told() {
        let orders = r#"{"tableName":"orders"}"#;
        let carts = r#"{"tableName":"carts"}"#;
        let owners = r#"{"type":"AWSAccount","accountId":"444455556666","principalId":"AIDAEXAMPLE"}"#;
        let service = r#"{"type":"AWSService","accountId":"444455556666","invokedBy":"dynamodb.amazonaws.com"}"#;
        let cases = || {
            [
                Case::new("a stranger", "GetItem", orders)
                    .by_role("ops/x", "444455556666")
                    .fires("high")
                    .because("the actor is of account 444455556666, which is not approved"),
                Case::new("told by the owner's record", "GetItem", carts).by_identity(owners).fires("high"),
                Case::new("the control plane", "DescribeTable", carts).by_identity(owners).fires("high"),
                Case::new("denied", "GetItem", carts).by_identity(owners).error("AccessDenied").fires("medium"),
                Case::new("its own account", "GetItem", carts),
                Case::new("a service", "GetItem", carts).by_identity(service),
                Case::new("no table", "ListTables", "null").by_identity(owners),
            ]
        };
        check(super::DETECTION.id, POLICY, &cases());
        check(super::DETECTION.id, "", &cases());
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("named", "GetItem", orders).by_role("partners/sync", "444455556666"),
                Case::new("named for other effects", "PutItem", orders).by_role("partners/sync", "444455556666"),
                Case::new("approved", "GetItem", carts).by_role("ops/x", "123456789012"),
            ],
        );
    }
}
