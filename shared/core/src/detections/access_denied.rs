//! A call on a known table is denied.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Outcome, Resource};
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "access-denied",
    title: "Access denied",
    fires_when: "a call on a known table, or on what the policy calls this pipeline's own, is denied, folded for each actor",
    severity: "low",
    techniques: &["T1580"],
    why: "Credentials that try doors show where they do not belong, and what they are after.",
    first_steps: &[
        "See which permission was missing, and whether the actor ever had it.",
        "If a deployment changed a policy, tell its team; if not, look for what else the actor tried.",
    ],
    judge: Judge::Access(judge),
};

/// Without a policy every table is known. A denied call of a service that owns tables and that names none may have been on a
/// known one; of what other services own, only what the policy calls the pipeline's own is of interest.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let known = match &access.table {
        Some(_) => context.policy.is_none() || context.table.is_some(),
        None => {
            call.operation.service.owns_tables() || access.resource.as_ref().is_some_and(|one| is_own(one, context))
        }
    };
    if call.outcome != Outcome::Denied || !known {
        return None;
    }
    let code = call.record.error_code.text().unwrap_or("denied");
    let reason = format!("the call was denied with {code}");
    Some(Verdict { attempts_weigh_less: false, ..Verdict::new(Severity::Low, reason) })
}

fn is_own(resource: &Resource<'_>, context: &Context<'_>) -> bool {
    let by_policy = context.policy.is_some_and(|policy| {
        let is_bucket = resource.service == Service::S3 && policy.is_log_bucket(&resource.name);
        is_bucket || policy.is_own(resource.service.in_arns(), &resource.name)
    });
    by_policy || context.is_log_bucket
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    #[test]
    fn what_other_services_own_is_told_where_the_policy_calls_it_its_own() {
        let policy = r#"
version: 1
pipeline:
  resources: ["arn:aws:sqs:*:111122223333:tablewarden-*"]
  log-buckets: [acme-cloudtrail]
tables:
  - table: orders
"#;
        let queue = |claim, queue: &str| {
            let params = format!(r#"{{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/{queue}"}}"#);
            Case::new(claim, "PurgeQueue", &params).to(Service::Sqs).error("AccessDenied")
        };
        let bucket = |claim, bucket: &str| {
            let params = format!(r#"{{"bucketName":"{bucket}"}}"#);
            Case::new(claim, "PutBucketPolicy", &params).to(Service::S3).error("AccessDenied")
        };
        let mapping = |claim, table: &str| {
            let stream =
                format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{table}/stream/2026-01-01T00:00:00.000");
            let params = format!(r#"{{"eventSourceArn":"{stream}","functionName":"order-events"}}"#);
            let case = Case::new(claim, "CreateEventSourceMapping20150331", &params);
            case.to(Service::Lambda).error("AccessDeniedException")
        };
        let function = Case::new("a function", "UpdateFunctionCode20150331v2", r#"{"functionName":"checkout"}"#);
        let function = function.to(Service::Lambda).error("AccessDeniedException");
        let cluster = || Case::new("a cluster", "DeleteCluster", r#"{"clusterName":"carts"}"#).to(Service::Dax);
        check(
            super::DETECTION.id,
            policy,
            &[
                queue("an own queue", "tablewarden-logs").fires("low"),
                queue("a queue", "jobs"),
                bucket("a log bucket", "acme-cloudtrail").fires("low"),
                bucket("a bucket", "acme-exports"),
                mapping("the stream of a known table", "orders").fires("low"),
                mapping("the stream of an unknown table", "other"),
                cluster().error("AccessDenied").fires("low"),
                function,
                Case::new("scaling of instances", "PutScalingPolicy", r#"{"autoScalingGroupName":"web"}"#)
                    .to(Service::AutoScaling)
                    .error("AccessDenied"),
            ],
        );
        check(
            super::DETECTION.id,
            "",
            &[queue("no policy", "tablewarden-logs"), bucket("no policy", "acme-cloudtrail")],
        );
    }

    #[test]
    fn denials_on_known_tables_are_told_and_failures_are_not() {
        let policy = "version: 1\ntables:\n  - table: orders\n";
        let orders = r#"{"tableName":"orders"}"#;
        check(
            super::DETECTION.id,
            policy,
            &[
                Case::new("data", "Scan", orders).error("AccessDenied").fires("low"),
                Case::new("control", "DeleteTable", orders).error("AccessDeniedException").fires("low"),
                Case::new("no table", "CreateTable", "null").error("AccessDenied").fires("low"),
                Case::new("unknown table", "Scan", r#"{"tableName":"other"}"#).error("AccessDenied"),
                Case::new("throttled", "Scan", orders).error("ThrottlingException"),
                Case::new("succeeded", "Scan", orders),
            ],
        );
        check(
            super::DETECTION.id,
            "",
            &[Case::new("no policy", "Scan", r#"{"tableName":"other"}"#).error("AccessDenied").fires("low")],
        );
    }
}
