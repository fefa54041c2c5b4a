//! A trail is stopped, deleted, moved or narrowed.

use serde_json_borrow::Value;

use super::control::{Place, name, objections};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Params};
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "trail-stopped",
    title: "Trail stopped",
    fires_when: "a trail is stopped or deleted, sends its files to a bucket that is not known, or covers fewer regions or accounts; or anyone but this pipeline's deployer sets the ways by which its files are told of",
    severity: "critical, high where only the proof of its files is switched off or another way of delivery is set",
    techniques: &["T1562.008"],
    why: "Without the trail there are no records of who reads, writes and deletes items, and nothing here will speak up.",
    first_steps: &[
        "Start the trail again with StartLogging, or set back what was changed: GetTrail and GetTrailStatus show how it stands.",
        "Revoke the sessions of the actor: what it does meanwhile is not logged.",
        "Read CloudTrail's event history, which cannot be stopped, for management events of the time without the trail.",
        "Compare the tables that matter with their backups: for the reads and writes of that time there is no other trace.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if call.operation.service != Service::CloudTrail {
        return None;
    }
    let (severity, reason) = match call.record.event_name() {
        "StopLogging" => (Severity::Critical, "StopLogging stops the trail".to_owned()),
        "DeleteTrail" => (Severity::Critical, "DeleteTrail deletes the trail".to_owned()),
        "UpdateTrail" => updated(call, context)?,
        _ => return None,
    };
    Some(Verdict::new(severity, reason))
}

/// What an update takes away. It leaves as it is what it does not name, and what it names may have been so before: the record
/// does not tell.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html>
fn updated(call: &Call<'_>, context: &Context<'_>) -> Option<(Severity, String)> {
    let params = &call.params;
    let hidden = match params {
        Params::Known(_) => None,
        Params::Unreadable(why) => Some(*why),
        Params::Absent => Some("no request parameters"),
    };
    if let Some(why) = hidden {
        return Some((Severity::Critical, format!("what UpdateTrail makes of the trail is not known: {why}")));
    }
    let off = |name| params.flag(&[name]) == Some(false);
    let bucket = params
        .text(&["s3BucketName"])
        .filter(|bucket| !context.policy.is_some_and(|policy| policy.is_log_bucket(bucket)));
    let home = call.record.recipient_account_id.text().unwrap_or_default();
    let key = params
        .text(&["kmsKeyId"])
        .filter(|key| !objections(call, context, home, &[Place::Key(key, call.record.region())]).is_empty());
    let blinding: Vec<String> = [
        bucket.map(|bucket| {
            let known =
                if context.policy.is_some() { "no log bucket of the policy" } else { "not known without a policy" };
            format!("send its files to {}, which is {known}", name(bucket))
        }),
        off("isMultiRegionTrail").then(|| "cover one region alone".to_owned()),
        off("isOrganizationTrail").then(|| "cover one account alone".to_owned()),
        key.map(|key| format!("encrypt its files under {}, which is not approved", name(key))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let by_deployer = context.policy.is_some_and(|policy| policy.is_deployer(&call.actor, home));
    // Whoever waits for its files under the old prefix, at the old topic or in the old log group hears no more.
    let route = |field: &str, set: &str, none: &str| {
        let value = params.get(field).and_then(Value::as_str).filter(|_| !by_deployer)?;
        Some(if value.is_empty() { none.to_owned() } else { format!("{set} {}", name(value)) })
    };
    let weakening = [
        off("includeGlobalServiceEvents").then(|| "leave out global services".to_owned()),
        off("enableLogFileValidation").then(|| "write no digests any more, which prove its files".to_owned()),
        route("s3KeyPrefix", "write its files under the prefix", "write its files under no prefix"),
        route("snsTopicName", "tell of its files at the topic", "tell of its files at no topic"),
        route("cloudWatchLogsLogGroupArn", "copy its events to the log group", "copy its events to no log group"),
        route("cloudWatchLogsRoleArn", "copy its events by the role", "copy its events by no role"),
    ];
    let severity = if blinding.is_empty() { Severity::High } else { Severity::Critical };
    let reasons: Vec<String> = blinding.into_iter().chain(weakening.into_iter().flatten()).collect();
    (!reasons.is_empty()).then(|| (severity, format!("UpdateTrail has the trail {}", reasons.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    #[test]
    fn a_trail_that_tells_less_is_told() {
        let case = |claim, name, params: &str| Case::new(claim, name, params).to(Service::CloudTrail);
        let update = |claim, fields: &str| case(claim, "UpdateTrail", &format!(r#"{{"name":"main",{fields}}}"#));
        check(
            super::DETECTION.id,
            "",
            &[
                case("stopped", "StopLogging", r#"{"name":"main"}"#)
                    .fires("critical")
                    .because("StopLogging stops the trail"),
                case("not stopped", "StopLogging", r#"{"name":"main"}"#).error("AccessDenied").fires("high"),
                case("deleted", "DeleteTrail", r#"{"name":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"}"#)
                    .fires("critical")
                    .because("DeleteTrail deletes the trail"),
                update("moved", r#""s3BucketName":"elsewhere""#)
                    .fires("critical")
                    .because("UpdateTrail has the trail send its files to elsewhere, which is not known without a policy"),
                update("one region, and no digests", r#""isMultiRegionTrail":false,"enableLogFileValidation":false"#)
                    .fires("critical")
                    .because("UpdateTrail has the trail cover one region alone; write no digests any more, which prove its files"),
                update("one account", r#""isOrganizationTrail":false"#).fires("critical"),
                update(
                    "a key of others",
                    r#""kmsKeyId":"arn:aws:kms:eu-west-1:444455556666:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d""#,
                )
                .fires("critical"),
                update("no digests", r#""enableLogFileValidation":false"#).fires("high"),
                update("no global services", r#""includeGlobalServiceEvents":"false""#).fires("high"),
                update(
                    "widened",
                    r#""isMultiRegionTrail":true,"isOrganizationTrail":true,"enableLogFileValidation":true"#,
                ),
                update(
                    "another key of its own",
                    r#""kmsKeyId":"arn:aws:kms:eu-west-1:111122223333:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d""#,
                ),
                update(
                    "a log group",
                    r#""cloudWatchLogsLogGroupArn":"arn:aws:logs:eu-west-1:111122223333:log-group:trail:*""#,
                )
                .fires("high")
                .because("UpdateTrail has the trail copy its events to the log group arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"),
                update("no log group", r#""cloudWatchLogsLogGroupArn":"","cloudWatchLogsRoleArn":"""#)
                    .fires("high")
                    .because("UpdateTrail has the trail copy its events to no log group; copy its events by no role"),
                update("another prefix", r#""s3KeyPrefix":"elsewhere""#)
                    .fires("high")
                    .because("UpdateTrail has the trail write its files under the prefix elsewhere"),
                update("no prefix", r#""s3KeyPrefix":"""#).fires("high"),
                update("no topic", r#""snsTopicName":"""#)
                    .fires("high")
                    .because("UpdateTrail has the trail tell of its files at no topic"),
                update("nothing is said of delivery", r#""s3KeyPrefix":null,"snsTopicName":null"#),
                update("a topic, and one region", r#""snsTopicName":"loot","isMultiRegionTrail":false"#).fires("critical"),
                case("left out", "UpdateTrail", r#"{"omitted":true,"reason":"requestParameters too large"}"#)
                    .fires("critical"),
                case("denied without parameters", "UpdateTrail", "null").error("AccessDenied").fires("high"),
                case("selectors", "PutEventSelectors", r#"{"trailName":"main"}"#),
                Case::new("no trail", "UpdateTable", r#"{"name":"main"}"#),
            ],
        );
    }

    #[test]
    fn a_trail_may_move_to_a_log_bucket_and_to_an_approved_key() {
        let policy = r#"
version: 1
approved:
  keys: ["arn:aws:kms:eu-west-1:444455556666:key/*"]
pipeline:
  log-buckets: [acme-cloudtrail]
  deployer: [{role: ci/tablewarden-deploy}]
tables: []
"#;
        let deployer = ("ci/tablewarden-deploy", "111122223333");
        let key = |account: &str| format!("arn:aws:kms:eu-west-1:{account}:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d");
        let update = |claim, field: &str, value: &str| {
            let params = format!(r#"{{"name":"main","{field}":"{value}"}}"#);
            Case::new(claim, "UpdateTrail", &params).to(Service::CloudTrail)
        };
        check(
            super::DETECTION.id,
            policy,
            &[
                update("known", "s3BucketName", "acme-cloudtrail"),
                update("unknown", "s3BucketName", "acme-cloudtrail-2").fires("critical").because(
                    "UpdateTrail has the trail send its files to acme-cloudtrail-2, which is no log bucket of the policy",
                ),
                update("a topic", "snsTopicName", "acme-logs").fires("high"),
                update("a topic, by the deployer", "snsTopicName", "acme-logs").by_role(deployer.0, deployer.1),
                update("moved by the deployer", "s3BucketName", "elsewhere")
                    .by_role(deployer.0, deployer.1)
                    .fires("critical"),
                update("approved", "kmsKeyId", &key("444455556666")),
                update("not approved", "kmsKeyId", &key("111122223333")).fires("critical"),
            ],
        );
    }
}
