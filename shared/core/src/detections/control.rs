//! What the detections of the control plane have in common.

use super::Context;
use crate::access::{Call, Outcome, Params};
use crate::arn::Arn;
use crate::kms_key::KmsKey;
use crate::operation::Service;
use crate::policy::{Approval, Policy};
use crate::printable::printable;

/// How many characters of a name that a caller chose are told: DynamoDB's own are at most 255 long, a refused one as long as
/// the caller likes.
const LONGEST: usize = 120;

/// Whether a call is DynamoDB's, to one of these APIs.
pub(super) fn is(call: &Call<'_>, apis: &[&str]) -> bool {
    call.operation.service == Service::DynamoDb && apis.contains(&call.record.event_name())
}

/// Whether what the record does not tell may have been done all the same: not so where the call came to nothing and its
/// parameters are merely absent, as CloudTrail leaves them out of some denials.
pub(super) fn may_hide(call: &Call<'_>) -> bool {
    match call.params {
        Params::Unreadable(_) => true,
        Params::Absent | Params::Known(_) => matches!(call.outcome, Outcome::Succeeded | Outcome::Unknown),
    }
}

/// A name from a request as it stands in a reason: fit for a line, and not too long for one.
pub(super) fn name(text: &str) -> String {
    printable(text, LONGEST)
}

/// `1 day`, `7 days`.
pub(super) fn days(number: i64) -> String {
    if number == 1 { "1 day".to_owned() } else { format!("{number} days") }
}

/// The account and the region in an ARN, `arn:PARTITION:SERVICE:REGION:ACCOUNT:…`.
pub(super) fn account_and_region_of(arn: &str) -> Option<(&str, &str)> {
    Arn::parse(arn).map(|arn| (arn.account, arn.region))
}

/// Where data goes to or comes from, as a request names it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// An account, by its 12 digits.
    Account(&'a str),
    /// A region.
    Region(&'a str),
    /// A bucket, by its name.
    Bucket(&'a str),
    /// A KMS key, as the request writes it (ARN, id or alias), and the region that the last two are of.
    Key(&'a str, &'a str),
}

/// What is to be said against the places that data goes to or comes from; empty where nothing is.
///
/// `home` is the account of the table, which needs no approval. Any other does, so one that no list names is held against
/// the call even where the policy has no such list. Of regions, buckets and keys only what a list leaves out is.
pub(super) fn objections(call: &Call<'_>, context: &Context<'_>, home: &str, places: &[Place<'_>]) -> Vec<String> {
    let objection = |place: &Place<'_>| {
        let what = match *place {
            Place::Account(account) => {
                (!accepts_account(context.policy, home, account)).then_some(("account", account))
            }
            Place::Region(region) => (said(context.policy, |policy| policy.approves_region(region)) == Approval::No)
                .then_some(("region", region)),
            Place::Bucket(bucket) => (said(context.policy, |policy| policy.approves_bucket(bucket)) == Approval::No)
                .then_some(("bucket", bucket)),
            Place::Key(key, region) => {
                // KMS takes an id or an alias for one of the caller's account.
                let named = KmsKey::new(key, call.actor.home().unwrap_or(home), region);
                (!accepts_key(context.policy, home, named.as_ref())).then_some(("key", key))
            }
        };
        what.map(|(kind, which)| format!("{kind} {} is not approved", name(which)))
    };
    places.iter().filter_map(objection).collect()
}

/// Whether nothing is said about a region, since no list of them is there.
pub(super) fn is_unsaid(context: &Context<'_>, region: &str) -> bool {
    said(context.policy, |policy| policy.approves_region(region)) == Approval::NotSaid
}

/// What was done, and what is to be said against it.
pub(super) fn reason(done: String, objections: &[String]) -> String {
    if objections.is_empty() { done } else { format!("{done}: {}", objections.join(", ")) }
}

fn said(policy: Option<&Policy>, ask: impl Fn(&Policy) -> Approval) -> Approval {
    policy.map_or(Approval::NotSaid, ask)
}

fn accepts_account(policy: Option<&Policy>, home: &str, account: &str) -> bool {
    account == home || said(policy, |policy| policy.approves_account(account)) == Approval::Yes
}

/// A key on no list is judged by its account. What is no key's name is on no list.
fn accepts_key(policy: Option<&Policy>, home: &str, key: Option<&KmsKey>) -> bool {
    let Some(key) = key else { return false };
    match said(policy, |policy| policy.approves_key(key, home)) {
        Approval::Yes => true,
        Approval::No => false,
        Approval::NotSaid => key.home().is_none_or(|(account, _)| accepts_account(policy, home, account)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    #[test]
    fn a_grave_change_is_silent_only_where_the_policy_names_its_api() {
        let cases = [
            ("table-deleted", "DeleteTable", ""),
            ("deletion-protection-off", "UpdateTable", r#","deletionProtectionEnabled":false"#),
            (
                "pitr-off",
                "UpdateContinuousBackups",
                r#","pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":false}"#,
            ),
            ("backup-deleted", "DeleteBackup", ""),
            ("ttl-changed", "UpdateTimeToLive", r#","timeToLiveSpecification":{"enabled":true,"attributeName":"a"}"#),
            ("replica-changed", "UpdateTable", r#","replicaUpdates":[{"delete":{"regionName":"us-east-1"}}]"#),
        ];
        let policy = |line: &str| {
            format!("version: 1\ntables:\n  - table: orders\n    expected:\n      - {{user: alice, {line}}}\n")
        };
        for (detection, api, fields) in cases {
            let case = || Case::new(detection, api, &format!(r#"{{"tableName":"orders"{fields}}}"#));
            check(detection, &policy("effects: [admin]"), &[case().fires("high")]);
            check(detection, &policy("actions: ['*']"), &[case().fires("high")]);
            check(
                detection,
                &policy(&format!("actions: [DescribeTable, {api}]")),
                &[case(), case().by("bob").fires("high")],
            );
        }
    }

    #[test]
    fn a_routine_change_is_silent_where_the_policy_expects_it_at_all() {
        let cases = [
            ("table-created", "CreateTable", r#"{"tableName":"orders"}"#, "informational"),
            ("table-updated", "UpdateTable", r#"{"tableName":"orders","tableClass":"STANDARD"}"#, "low"),
            (
                "table-exported",
                "ExportTableToPointInTime",
                r#"{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","s3Bucket":"b"}"#,
                "medium",
            ),
            (
                "table-restored",
                "RestoreTableToPointInTime",
                r#"{"sourceTableName":"carts","targetTableName":"orders"}"#,
                "medium",
            ),
            (
                "table-imported",
                "ImportTable",
                r#"{"s3BucketSource":{"s3Bucket":"b"},"tableCreationParameters":{"tableName":"orders"}}"#,
                "medium",
            ),
            (
                "stream-opened",
                "UpdateTable",
                r#"{"tableName":"orders","streamSpecification":{"streamEnabled":true}}"#,
                "medium",
            ),
        ];
        for (detection, api, params, severity) in cases {
            for line in ["effects: [admin]".to_owned(), format!("actions: [{api}]"), "actions: ['*']".to_owned()] {
                let policy =
                    format!("version: 1\ntables:\n  - table: orders\n    expected:\n      - {{user: alice, {line}}}\n");
                let case = || Case::new(detection, api, params);
                check(detection, &policy, &[case(), case().by("bob").fires(severity)]);
            }
            let data = "version: 1\ntables:\n  - table: orders\n    expected:\n      - user: alice\n";
            check(detection, data, &[Case::new(detection, api, params).fires(severity)]);
        }
    }
}
