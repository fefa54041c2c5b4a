//! The resource policy of a table or of its stream is set or taken away.

use std::collections::BTreeSet;

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Params, TablePart};
use crate::operation::Service;
use crate::policy::Approval;
use crate::resource_policy::{Outsider, UnreadablePolicy, outsiders};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "resource-policy-changed",
    title: "Resource policy changed",
    fires_when: "the resource policy of a table or stream is set or deleted; critical when it lets in an account that is not approved, or everyone without a condition that asks for approved accounts, or cannot be read",
    severity: "high, critical when outsiders are let in",
    techniques: &["T1098"],
    why: "A resource policy lets principals of other accounts read and write the table, and stays when the credentials that set it are gone.",
    first_steps: &[
        "Read the policy in force with GetResourcePolicy and see whom it lets in.",
        "If it lets in anyone whom the owner of the table does not know, take it away with DeleteResourcePolicy and keep a copy.",
        "Look for data calls of those principals from the moment of the change on.",
        "Revoke the sessions of the actor, and see what else it was allowed to change.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if call.operation.service != Service::DynamoDb {
        return None;
    }
    let of = match access.part {
        Some(TablePart::Stream(_)) => "the stream",
        Some(TablePart::Index(_)) | None => "the table",
    };
    let (severity, reason) = match call.record.event_name() {
        "PutResourcePolicy" => told(call, access, context, of),
        // A table that is created with a policy has no data yet; what matters is whom it will let in.
        "CreateTable" if call.params.get("resourcePolicy").is_some() => {
            Some(told(call, access, context, "the table to be created"))
                .filter(|(severity, _)| *severity == Severity::Critical)?
        }
        "DeleteResourcePolicy" => (Severity::High, format!("the resource policy of {of} is taken away")),
        _ => return None,
    };
    // Whoever may set policies is not thereby expected to let others in.
    let is_expected = severity < Severity::Critical && context.names_api(call);
    (!is_expected).then(|| Verdict::new(severity, reason).aggravated_if(severity > Severity::High))
}

/// What a call that sets a policy does.
///
/// `policy` is JSON in a string: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html>;
/// `CreateTable` calls it `resourcePolicy`.
fn told(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>, of: &str) -> (Severity, String) {
    let (own, _) = call.account_and_region(access);
    let approved =
        |account: &str| context.policy.is_some_and(|policy| policy.approves_account(account) == Approval::Yes);
    let ours = |account: &str| account == own || approved(account);
    let document = call.params.text(&["policy"]).or_else(|| call.params.text(&["resourcePolicy"]));
    let let_in = match (document, &call.params) {
        (Some(document), _) => outsiders(document, &ours).map_err(|UnreadablePolicy(why)| format!("it {why}")),
        (None, Params::Unreadable(why)) => Err((*why).to_owned()),
        (None, _) => Err("the record does not tell it".to_owned()),
    };
    match let_in {
        Ok(outsiders) if outsiders.is_empty() => {
            (Severity::High, format!("the new resource policy of {of} lets in nobody from outside"))
        }
        Ok(outsiders) => {
            (Severity::Critical, format!("the new resource policy of {of} lets in {}", listed(&outsiders)))
        }
        Err(why) => (Severity::Critical, format!("whom the new resource policy of {of} lets in is not known: {why}")),
    }
}

/// A policy has a few of them; that of a request that is refused may have as many as its caller likes.
const MOST: usize = 10;

/// Outsiders in words that follow "lets in".
fn listed(outsiders: &BTreeSet<Outsider>) -> String {
    let mut words: Vec<String> = outsiders.iter().take(MOST).map(Outsider::to_string).collect();
    if outsiders.len() > MOST {
        words.push(format!("{} more", outsiders.len() - MOST));
    }
    if outsiders.iter().all(|outsider| outsider.only.is_empty()) {
        format!("{}, and no condition narrows that", words.join(", "))
    } else {
        words.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check, check_with_and_without_policy};

    /// Parameters with a policy of one statement about whoever stands there.
    fn allow(principal: &str, condition: &str) -> String {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"dynamodb:GetItem","Resource":"*","Condition":{{{condition}}}}}]}}"#
        );
        let document = serde_json::Value::from(document);
        format!(r#"{{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","policy":{document}}}"#)
    }

    #[test]
    fn a_policy_is_critical_when_it_lets_in_outsiders() {
        let put = |claim, params: &str| Case::new(claim, "PutResourcePolicy", params);
        let many: Vec<String> = (0..12).map(|n| format!(r#""key-{n:02}""#)).collect();
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                put("own role", &allow(r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#, ""))
                    .fires("high")
                    .because("the new resource policy of the table lets in nobody from outside"),
                put("another account", &allow(r#"{"AWS":"arn:aws:iam::444455556666:root"}"#, ""))
                    .fires("critical")
                    .because("the new resource policy of the table lets in account 444455556666, and no condition narrows that"),
                put("everyone", &allow(r#""*""#, "")).fires("critical"),
                put("everyone of an organisation", &allow(r#""*""#, r#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#))
                    .fires("critical")
                    .because(
                        "the new resource policy of the table lets in everyone (*), only from organisation o-a1b2c3d4e5, which cannot be checked",
                    ),
                put("everyone of its own account", &allow(r#""*""#, r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#))
                    .fires("high")
                    .because("the new resource policy of the table lets in nobody from outside"),
                put("many accounts", &allow(&format!(r#"{{"AWS":["123456789012",{}]}}"#, many.join(",")), ""))
                    .fires("critical")
                    .because(
                        "the new resource policy of the table lets in account 123456789012, key-00, whose account cannot be told, key-01, whose account cannot be told, key-02, whose account cannot be told, key-03, whose account cannot be told, key-04, whose account cannot be told, key-05, whose account cannot be told, key-06, whose account cannot be told, key-07, whose account cannot be told, key-08, whose account cannot be told, 3 more, and no condition narrows that",
                    ),
                put("everyone, refused by DynamoDB", &allow(r#""*""#, "")).error("ValidationException").fires("high"),
                put("not JSON", r#"{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","policy":"gone"}"#)
                    .fires("critical")
                    .because("whom the new resource policy of the table lets in is not known: it is no JSON"),
                put("left out", r#"{"omitted":true,"reason":"requestParameters too large"}"#).fires("critical").because(
                    "whom the new resource policy of the table lets in is not known: request parameters omitted by CloudTrail as too large",
                ),
                put("not told", r#"{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#).fires("critical"),
                Case::new(
                    "deleted",
                    "DeleteResourcePolicy",
                    r#"{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#,
                )
                .fires("high")
                .because("the resource policy of the table is taken away"),
                Case::new("read", "GetResourcePolicy", r#"{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#),
            ],
        );
    }

    #[test]
    fn a_table_may_be_created_with_a_policy_for_its_own_account() {
        let create = |principal: &str| {
            let policy = format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal}}}}}"#);
            format!(r#"{{"tableName":"orders","resourcePolicy":{}}}"#, serde_json::Value::from(policy))
        };
        check(
            super::DETECTION.id,
            "",
            &[
                Case::new("own", "CreateTable", &create(r#"{"AWS":"111122223333"}"#)),
                Case::new("another", "CreateTable", &create(r#"{"AWS":"444455556666"}"#)).fires("critical"),
                Case::new("none", "CreateTable", r#"{"tableName":"orders"}"#),
            ],
        );
    }

    #[test]
    fn who_is_expected_to_set_policies_may_not_let_others_in() {
        let policy = r#"
version: 1
accounts: {"123456789012": settlement}
tables:
  - table: orders
    expected:
      - {user: alice, actions: [PutResourcePolicy]}
      - {user: bob, actions: ["Put*"]}
"#;
        let put = |claim, account: &str| {
            Case::new(claim, "PutResourcePolicy", &allow(&format!(r#"{{"AWS":"{account}"}}"#), ""))
        };
        check(
            super::DETECTION.id,
            policy,
            &[
                put("for its own account", "111122223333"),
                put("for an approved account", "123456789012"),
                Case::new(
                    "for everyone of the two",
                    "PutResourcePolicy",
                    &allow(r#""*""#, r#""StringEquals":{"aws:PrincipalAccount":["111122223333","123456789012"]}"#),
                ),
                Case::new(
                    "for an organisation",
                    "PutResourcePolicy",
                    &allow(r#""*""#, r#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#),
                )
                .fires("critical"),
                put("for another account", "444455556666").fires("critical"),
                put("by whom a wildcard expects", "111122223333").by("bob").fires("high"),
            ],
        );
    }
}
