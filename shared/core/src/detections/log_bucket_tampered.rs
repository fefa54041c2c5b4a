//! The bucket that the trail's files are kept in is changed, or files are deleted from it.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Service;
use crate::printable::printable;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "log-bucket-tampered",
    title: "Log bucket tampered with",
    fires_when: "a bucket that logs are kept in is deleted or set up anew by anyone but this pipeline's deployer, or log files are deleted from it",
    severity: "high",
    techniques: &["T1562.008"],
    why: "What is not delivered to the bucket, or is deleted before it is read, was never seen: the trail goes on, and nobody hears of it.",
    first_steps: &[
        "Compare the bucket's policy, lifecycle, versioning, object lock and notifications with what was deployed, and put them back.",
        "Revoke the sessions of the actor.",
        "If files were deleted, look for their versions, and validate the rest with aws cloudtrail validate-logs.",
        "Read CloudTrail's event history for management events of that time.",
    ],
    judge: Judge::Access(judge),
};

/// What is done to a bucket, by the names that CloudTrail gives the calls.
///
/// Source: "Amazon S3 CloudTrail events", <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>.
const CHANGES: [(&str, &str); 12] = [
    ("Policy", "decides who may write, read and delete its files"),
    ("Acl", "decides who may read and write its files"),
    ("PublicAccessBlock", "decides whether the whole world may read its files"),
    ("OwnershipControls", "decides whose its files are"),
    ("Lifecycle", "decides when its files are deleted"),
    ("Versioning", "decides whether deleted and overwritten files can be brought back"),
    ("ObjectLock", "decides whether its files can be deleted at all"),
    ("Retention", "decides whether its files can be deleted at all"),
    ("LegalHold", "decides whether its files can be deleted at all"),
    ("Notification", "decides who is told of new files"),
    ("Encryption", "decides which key it takes to read its files"),
    ("Replication", "decides where copies of its files go"),
];

/// How many characters of a file's key are told: more than those of a log file, which can only be brought back by all of it.
const LONGEST_KEY: usize = 400;

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let resource = access.resource.as_ref().filter(|resource| resource.service == Service::S3)?;
    let bucket = resource.name.as_ref();
    let by_policy = context.policy.is_some_and(|policy| policy.is_log_bucket(bucket));
    if !by_policy && !context.is_log_bucket {
        return None;
    }
    let (account, _) = call.account_and_region(access);
    let by_deployer = context.policy.is_some_and(|policy| policy.is_deployer(&call.actor, account));
    let name = call.record.event_name();
    let what = match name {
        "DeleteBucket" => "its files are gone".to_owned(),
        // The record does not tell which ones.
        "DeleteObjects" => "several of its files are deleted".to_owned(),
        "DeleteObject" => match call.params.text(&["key"]) {
            Some(key) if !key.split('/').any(|part| part == "AWSLogs") => return None,
            Some(key) => format!("the file {} is deleted", printable(key, LONGEST_KEY)),
            None => "a file of it is deleted".to_owned(),
        },
        _ if by_deployer || strengthens(call) => return None,
        _ => {
            let change = CHANGES.iter().find(|(subject, _)| name.contains(subject));
            format!("it {}", change.map_or("changes how its files are kept", |(_, words)| words))
        }
    };
    let which = if by_policy { "a log bucket of the policy" } else { "a bucket that this audit reads its logs from" };
    Some(Verdict::new(Severity::High, format!("{name} on {which}: {what}")))
}

/// Whether a call only takes possibilities away from an intruder.
fn strengthens(call: &Call<'_>) -> bool {
    match call.record.event_name() {
        // What a request does not name of it stays as it is.
        "PutBucketVersioning" => {
            let set = |field| call.params.text(&["VersioningConfiguration", field]);
            set("Status") == Some("Enabled") && set("MfaDelete").is_none_or(|set| set == "Enabled")
        }
        "PutBucketPublicAccessBlock" => {
            ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
                .iter()
                .all(|block| call.params.flag(&["PublicAccessBlockConfiguration", block]) == Some(true))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    const POLICY: &str = r#"
version: 1
pipeline:
  log-buckets: [acme-cloudtrail, "acme-trail-*"]
  deployer: [{role: ci/tablewarden-deploy}]
tables: []
"#;

    fn case(claim: &str, name: &str, more: &str) -> Case {
        Case::new(claim, name, &format!(r#"{{"bucketName":"acme-cloudtrail"{more}}}"#)).to(Service::S3)
    }

    #[test]
    fn what_decides_over_log_files_is_told() {
        let file = r#","key":"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz""#;
        let block = |all| {
            format!(
                r#","PublicAccessBlockConfiguration":{{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":{all},"RestrictPublicBuckets":true}}"#
            )
        };
        check(
            super::DETECTION.id,
            POLICY,
            &[
                case("policy", "PutBucketPolicy", r#","bucketPolicy":{}"#).fires("high").because(
                    "PutBucketPolicy on a log bucket of the policy: it decides who may write, read and delete its files",
                ),
                case("policy deleted", "DeleteBucketPolicy", "").fires("high"),
                case("lifecycle", "PutBucketLifecycle", "").fires("high"),
                case("notification", "PutBucketNotification", "").fires("high"),
                case("suspended", "PutBucketVersioning", r#","VersioningConfiguration":{"Status":"Suspended"}"#).fires("high"),
                case("enabled", "PutBucketVersioning", r#","VersioningConfiguration":{"Status":"Enabled"}"#),
                case("enabled, with MFA", "PutBucketVersioning", r#","VersioningConfiguration":{"Status":"Enabled","MfaDelete":"Enabled"}"#),
                case("enabled, without MFA", "PutBucketVersioning", r#","VersioningConfiguration":{"Status":"Enabled","MfaDelete":"Disabled"}"#)
                    .fires("high"),
                case("opened", "PutBucketPublicAccessBlock", &block("false")).fires("high"),
                case("closed", "PutBucketPublicAccessBlock", &block("true")),
                case("object lock", "PutBucketObjectLockConfiguration", "").fires("high"),
                case("deleted", "DeleteBucket", "").error("AccessDenied").fires("medium"),
                case("a log file", "DeleteObject", file).fires("high").because(
                    "DeleteObject on a log bucket of the policy: the file AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz is deleted",
                ),
                case("a file of two lines", "DeleteObject", r#","key":"AWSLogs/a\nb""#)
                    .fires("high")
                    .because(r"DeleteObject on a log bucket of the policy: the file AWSLogs/a\nb is deleted"),
                case("a file, not told which", "DeleteObject", "").fires("high"),
                case("files", "DeleteObjects", r#","delete":"""#).fires("high"),
                case("another file", "DeleteObject", r#","key":"reports/AWSLogs.csv""#),
                Case::new("by pattern", "DeleteBucketPolicy", r#"{"bucketName":"acme-trail-eu"}"#).to(Service::S3).fires("high"),
                Case::new("another bucket", "DeleteBucketPolicy", r#"{"bucketName":"acme-exports"}"#).to(Service::S3),
                case("the deployer", "PutBucketNotification", "").by_role("ci/tablewarden-deploy", "111122223333"),
                case("a file, by the deployer", "DeleteObjects", "").by_role("ci/tablewarden-deploy", "111122223333").fires("high"),
            ],
        );
        check(super::DETECTION.id, "", &[case("nothing is known of buckets", "DeleteBucketPolicy", "")]);
    }
}
