//! A table is made from what lies in a bucket.

use super::control::{Place, is, may_hide, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-imported",
    title: "Table import",
    fires_when: "a table is made from what lies in a bucket of S3",
    severity: "medium, high from a bucket or an account, in a region or under a key that is not approved",
    techniques: &["T1578"],
    why: "Whoever can write to the bucket decides what the table holds, and an application that trusts the table trusts the bucket.",
    first_steps: &[
        "See who wrote the objects that were imported, and whether they are what the owner expects.",
        "Keep applications from the new table until the owner has vouched for it.",
        "Give the table deletion protection, point-in-time recovery and an entry in the policy.",
    ],
    judge: Judge::Access(judge),
};

/// Source: "`ImportTable`", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ImportTable.html>.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["ImportTable"]) {
        return None;
    }
    let bucket = call.params.text(&["s3BucketSource", "s3Bucket"]);
    let owner = call.params.text(&["s3BucketSource", "s3BucketOwner"]);
    let key = call.params.text(&["tableCreationParameters", "sSESpecification", "kMSMasterKeyId"]);
    let (home, region) = call.account_and_region(access);
    let mut places = vec![Place::Region(region)];
    places.extend(
        [bucket.map(Place::Bucket), owner.map(Place::Account), key.map(|key| Place::Key(key, region))]
            .into_iter()
            .flatten(),
    );
    let mut objections = objections(call, context, home, &places);
    if bucket.is_none() && may_hide(call) {
        objections.push("the record does not tell the bucket".to_owned());
    }
    if objections.is_empty() && context.standing.is_expected() {
        return None;
    }
    let severity = if objections.is_empty() { Severity::Medium } else { Severity::High };
    let mut done = "the table is imported".to_owned();
    done.extend(bucket.map(|bucket| format!(" from bucket {}", name(bucket))));
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
  regions: [eu-west-1]
  buckets: [acme-imports]
  keys: [alias/orders]
tables:
  - table: copy
    expected:
      - {role: ops/import, effects: [admin]}
";

    fn import(claim: &str, source: &str, more: &str) -> Case {
        let params = format!(
            r#"{{"s3BucketSource":{source},"inputFormat":"CSV","tableCreationParameters":{{"tableName":"copy"{more}}}}}"#
        );
        Case::new(claim, "ImportTable", &params)
    }

    #[test]
    fn an_import_is_told_and_graver_where_it_is_from_elsewhere() {
        let ours = r#"{"s3Bucket":"acme-imports"}"#;
        let key = |id: &str| format!(r#","sSESpecification":{{"enabled":true,"kMSMasterKeyId":"{id}"}}"#);
        check(
            ID,
            POLICY,
            &[
                import("ours", ours, "").fires("medium").because("the table is imported from bucket acme-imports"),
                import("by whom the policy expects to", ours, "").by_role("ops/import", "111122223333"),
                import("a partner's", r#"{"s3Bucket":"acme-imports","s3BucketOwner":"444455556666"}"#, "")
                    .fires("medium")
                    .because("the table is imported from bucket acme-imports of account 444455556666"),
                import("under an approved key", ours, &key("alias/orders")).fires("medium"),
                import("another bucket", r#"{"s3Bucket":"example-drop"}"#, "")
                    .by_role("ops/import", "111122223333")
                    .fires("high")
                    .because("the table is imported from bucket example-drop: bucket example-drop is not approved"),
                import("another owner", r#"{"s3Bucket":"acme-imports","s3BucketOwner":"123456789012"}"#, "")
                    .fires("high"),
                import("another key", ours, &key("alias/loot")).fires("high"),
                import("not told", "null", "")
                    .fires("high")
                    .because("the table is imported: the record does not tell the bucket"),
                import("denied", r#"{"s3Bucket":"example-drop"}"#, "").error("AccessDenied").fires("medium"),
                import("denied, and not told", "null", "").error("AccessDenied").fires("low"),
                Case::new("described", "DescribeImport", "{}"),
            ],
        );
        check(
            ID,
            "version: 1\napproved:\n  regions: [us-east-1]\n",
            &[import("to a region that is not approved", ours, "")
                .fires("high")
                .because("the table is imported from bucket acme-imports: region eu-west-1 is not approved")],
        );
        check(
            ID,
            "",
            &[
                import("no lists", r#"{"s3Bucket":"example-drop"}"#, "").fires("medium"),
                import("no lists, another owner", r#"{"s3Bucket":"acme-imports","s3BucketOwner":"123456789012"}"#, "")
                    .fires("high"),
            ],
        );
    }
}
