//! A rule of AWS Config about DynamoDB was kept, and is not any more.

use super::{Context, Detection, Judge, Verdict};
use crate::relayed::{Claim, Relayed, Reporter};
use crate::severity::Severity;
use crate::tally::Skip;

pub(super) static DETECTION: Detection = Detection {
    id: "config-noncompliant",
    title: "Config rule not kept",
    fires_when: "AWS Config finds a table, for the first time or after it was well, against a rule: on recovery, deletion protection, encryption, backup plans or any other of DynamoDB",
    severity: "medium",
    techniques: &[],
    why: "A safeguard that the account's own rules ask for is missing: it was taken away, or a table was made without it.",
    first_steps: &[
        "Look who changed the table: the alerts and accesses of the same table in the hour before, or its timeline in Config.",
        "Where it was not meant, bring the safeguard back; where it was, exclude the table from the rule, with a reason.",
    ],
    judge: Judge::Relayed(Reporter::Config, judge),
};

fn judge(relayed: &Relayed, _: &Context<'_>) -> Result<Verdict, Skip> {
    match relayed.claim {
        Claim::Compliance { is_about_dynamodb: false, .. } | Claim::Threat { .. } => Err(Skip::Unrelated),
        Claim::Compliance { is_violated: true, was_violated: false, .. } => {
            let reason = format!("AWS Config says: {}", relayed.original.title);
            Ok(Verdict::new(Severity::Medium, reason))
        }
        Claim::Compliance { .. } => Err(Skip::NoViolation),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::detections::testing::hear;

    fn change(kind: &str, rule: &str, old: &Value, new: &str) -> String {
        let result =
            |compliance: &str| json!({"complianceType": compliance, "resultRecordedTime": "2026-03-02T09:20:00Z"});
        json!({
            "awsAccountId": "111122223333", "awsRegion": "eu-west-1", "configRuleName": rule, "resourceType": kind,
            "resourceId": "orders", "newEvaluationResult": result(new),
            "oldEvaluationResult": old.as_str().map(result),
        })
        .to_string()
    }

    #[test]
    fn it_speaks_up_where_a_rule_on_dynamodb_is_kept_no_more() {
        let (table, bucket) = ("AWS::DynamoDB::Table", "AWS::S3::Bucket");
        let (kept, broken, gone) = (json!("COMPLIANT"), json!("NON_COMPLIANT"), json!("NOT_APPLICABLE"));
        let cases = [
            (table, "pitr", kept.clone(), "NON_COMPLIANT", Ok(())),
            (table, "pitr", Value::Null, "NON_COMPLIANT", Ok(())),
            (table, "pitr", gone, "NON_COMPLIANT", Ok(())),
            (table, "pitr", broken.clone(), "NON_COMPLIANT", Err(Skip::NoViolation)),
            (table, "pitr", broken, "COMPLIANT", Err(Skip::NoViolation)),
            (table, "pitr", kept.clone(), "NOT_APPLICABLE", Err(Skip::NoViolation)),
            (bucket, "s3-bucket-versioning-enabled", kept.clone(), "NON_COMPLIANT", Err(Skip::Unrelated)),
            (bucket, "s3-bucket-versioning-enabled", kept.clone(), "COMPLIANT", Err(Skip::Unrelated)),
            ("AWS::::Account", "acme-dynamodb-in-backup-plan-1a2b", kept.clone(), "NON_COMPLIANT", Ok(())),
            ("AWS::RDS::DBInstance", "acme-rds-in-backup-plan", kept.clone(), "NON_COMPLIANT", Err(Skip::Unrelated)),
            ("AWS::::Account", "DYNAMODB_PITR_ENABLED", kept, "NON_COMPLIANT", Ok(())),
        ];
        for (kind, rule, old, new, want) in cases {
            let said = hear(Reporter::Config, &change(kind, rule, &old, new), None);
            assert_eq!(said.map(|_| ()), want, "{kind} {rule}: {old} to {new}");
        }
    }

    #[test]
    fn the_policy_weighs_suppresses_and_switches_it_off() {
        let change = change("AWS::DynamoDB::Table", "dynamodb-pitr-enabled", &Value::Null, "NON_COMPLIANT");
        let suppression = |line: &str| {
            format!(
                "version: 1\nsuppressions:\n  - {{detection: config-noncompliant, {line}, until: 2026-12-31, reason: test}}\n"
            )
        };
        let cases = [
            ("version: 1\n".to_owned(), vec![Severity::Medium]),
            ("version: 1\ntables:\n  - {table: orders, sensitivity: high}\n".to_owned(), vec![Severity::High]),
            ("version: 1\ndetections:\n  config-noncompliant: {severity: low}\n".to_owned(), vec![Severity::Low]),
            ("version: 1\ndetections:\n  config-noncompliant: off\n".to_owned(), vec![]),
            (suppression("table: orders"), vec![]),
            (suppression("table: carts"), vec![Severity::Medium]),
            (suppression("resource: dynamodb-pitr-enabled"), vec![]),
            (suppression("resource: dynamodb-in-backup-plan"), vec![Severity::Medium]),
        ];
        for (policy, want) in cases {
            assert_eq!(hear(Reporter::Config, &change, Some(&policy)), Ok(want), "{policy}");
        }
    }
}
