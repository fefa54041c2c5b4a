//! A table is exported to a bucket.

use super::control::{Place, is, may_hide, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-exported",
    title: "Table export",
    fires_when: "a table is exported to S3",
    severity: "medium, critical to a bucket, an owner or under a key that is not approved",
    techniques: &["T1537"],
    why: "One call copies the whole table, from any moment of its recovery window, into a bucket that may be anybody's, without a single read of an item.",
    first_steps: &[
        "See whose bucket it is. If it is not yours, treat every item of the table as disclosed.",
        "If the bucket is yours, delete the export's prefix or take access to it away; an export that has begun cannot be cancelled.",
        "Ask the owner of the table who needed the export.",
    ],
    judge: Judge::Access(judge),
};

/// Source: "`ExportTableToPointInTime`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html>: without
/// `S3BucketOwner` the bucket has to be of the caller's account.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["ExportTableToPointInTime"]) {
        return None;
    }
    let response = call.response();
    let told = |field| call.params.text(&[field]).or_else(|| response.text(&["exportDescription", field]));
    let (bucket, owner, key) = (told("s3Bucket"), told("s3BucketOwner"), told("s3SseKmsKeyId"));
    let (home, region) = call.account_and_region(access);
    let places = [bucket.map(Place::Bucket), owner.map(Place::Account), key.map(|key| Place::Key(key, region))];
    let places: Vec<Place<'_>> = places.into_iter().flatten().collect();

    let mut objections = objections(call, context, home, &places);
    if bucket.is_none() && may_hide(call) {
        objections.push("the record does not tell the bucket".to_owned());
    }
    if objections.is_empty() && context.standing.is_expected() {
        return None;
    }
    let severity = if objections.is_empty() { Severity::Medium } else { Severity::Critical };
    let mut done = "the table is exported".to_owned();
    done.extend(bucket.map(|bucket| format!(" to bucket {}", name(bucket))));
    done.extend(owner.filter(|owner| *owner != home).map(|owner| format!(" of account {}", name(owner))));
    Some(Verdict::new(severity, reason(done, &objections)).aggravated_if(!objections.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const ID: &str = super::DETECTION.id;

    const POLICY: &str = r"
version: 1
approved:
  accounts: ['444455556666']
  buckets: [acme-exports-*]
  keys: [alias/exports]
tables:
  - table: orders
    expected:
      - {role: ops/export, effects: [admin]}
";

    fn export(claim: &str, fields: &str) -> Case {
        let params = format!(
            r#"{{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","exportFormat":"ION"{fields}}}"#
        );
        Case::new(claim, "ExportTableToPointInTime", &params)
    }

    #[test]
    fn an_export_is_told_and_graver_where_it_leaves_what_is_approved() {
        let ours = r#","s3Bucket":"acme-exports-eu""#;
        let theirs = r#","s3Bucket":"example-loot""#;
        check(
            ID,
            POLICY,
            &[
                export("ours", ours).fires("medium").because("the table is exported to bucket acme-exports-eu"),
                export("by whom the policy expects to", ours).by_role("ops/export", "111122223333"),
                export("our own account", &format!(r#"{ours},"s3BucketOwner":"111122223333""#)).fires("medium"),
                export("a partner's", &format!(r#"{ours},"s3BucketOwner":"444455556666""#))
                    .fires("medium")
                    .because("the table is exported to bucket acme-exports-eu of account 444455556666"),
                export("an approved key", &format!(r#"{ours},"s3SseKmsKeyId":"alias/exports""#)).fires("medium"),
                export("another bucket", theirs)
                    .fires("critical")
                    .because("the table is exported to bucket example-loot: bucket example-loot is not approved"),
                export("another bucket, by whom the policy expects to", theirs)
                    .by_role("ops/export", "111122223333")
                    .fires("critical"),
                export("another owner", &format!(r#"{ours},"s3BucketOwner":"123456789012""#)).fires("critical").because(
                    "the table is exported to bucket acme-exports-eu of account 123456789012: account 123456789012 is not approved",
                ),
                export("another key", &format!(r#"{ours},"s3SseKmsKeyId":"alias/loot""#))
                    .fires("critical")
                    .because("the table is exported to bucket acme-exports-eu: key alias/loot is not approved"),
                // To KMS, it is the alias of the caller's account.
                export("an alias of the caller's", &format!(r#"{ours},"s3SseKmsKeyId":"alias/exports""#))
                    .by_role("ops/export", "444455556666")
                    .fires("critical")
                    .because("the table is exported to bucket acme-exports-eu: key alias/exports is not approved"),
                export(
                    "an alias of another account",
                    &format!(r#"{ours},"s3SseKmsKeyId":"arn:aws:kms:eu-west-1:123456789012:alias/exports""#),
                )
                .fires("critical"),
                export("denied", theirs).error("AccessDenied").fires("high"),
            ],
        );
    }

    #[test]
    fn a_severity_that_the_policy_sets_is_for_exports_to_where_they_may_go() {
        let set = |severity: &str| format!("{POLICY}detections:\n  table-exported: {{severity: {severity}}}\n");
        let ours = || export("ours", r#","s3Bucket":"acme-exports-eu""#);
        let theirs = || export("another bucket", r#","s3Bucket":"example-loot""#);
        let denied = || theirs().error("AccessDenied");
        check(
            ID,
            &set("informational"),
            &[ours().fires("informational"), theirs().fires("critical"), denied().fires("high")],
        );
        check(
            ID,
            &set("critical"),
            &[ours().fires("critical"), theirs().fires("critical"), denied().fires("critical")],
        );
    }

    #[test]
    fn without_lists_only_another_account_is_held_against_it() {
        let foreign_key = "arn:aws:kms:eu-west-1:123456789012:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d";
        let own_key = foreign_key.replace("123456789012", "111122223333");
        let bucket = r#","s3Bucket":"somewhere""#;
        for policy in ["", "version: 1\ntables:\n  - table: orders\n"] {
            check(
                ID,
                policy,
                &[
                    export("some bucket", bucket).fires("medium"),
                    export("an own key", &format!(r#"{bucket},"s3SseKmsKeyId":"{own_key}""#)).fires("medium"),
                    export("another owner", &format!(r#"{bucket},"s3BucketOwner":"123456789012""#)).fires("critical"),
                    export("another's key", &format!(r#"{bucket},"s3SseKmsKeyId":"{foreign_key}""#)).fires("critical"),
                ],
            );
        }
    }

    #[test]
    fn a_bucket_that_is_not_told_may_be_anybodys() {
        let untold = "the table is exported: the record does not tell the bucket";
        let omitted = |claim: &str| {
            let params = r#"{"reason":"requestParameters too large","omitted":true}"#;
            Case::new(claim, "ExportTableToPointInTime", params)
        };
        check(
            ID,
            POLICY,
            &[
                omitted("omitted").fires("critical").because(untold),
                omitted("omitted, and answered")
                    .response(
                        r#"{"exportDescription":{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","s3Bucket":"acme-exports-eu"}}"#,
                    )
                    .fires("medium")
                    .because("the table is exported to bucket acme-exports-eu"),
                export("left out", "").fires("critical").because(untold),
                export("left out of a denial", "").error("AccessDenied").fires("low"),
                Case::new("described", "DescribeExport", "{}"),
            ],
        );
    }
}
