//! What this audit is made of is changed.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Resource};
use crate::actor::ActorKind;
use crate::operation::{Plane, Service};
use crate::severity::Severity;
use crate::table::TableId;

pub(super) const DETECTION: Detection = Detection {
    id: "pipeline-tampered",
    title: "Pipeline tampered with",
    fires_when: "a function, queue, rule, topic, subscription, alarm, bucket or table that the policy calls this pipeline's own is changed or deleted by anyone but its deployer",
    severity: "critical",
    techniques: &["T1562.001"],
    why: "Whoever can change the pipeline decides what you are told: an alarm that is off looks like a quiet day.",
    first_steps: &[
        "Ask whoever deploys the pipeline whether it was them; if so, name their role under `pipeline: deployer:` of the policy.",
        "If not, revoke the sessions of the actor and deploy the pipeline anew.",
        "Replay the log files from the moment of the change on: tablewarden replay finds what was not told.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let policy = context.policy?;
    let name = call.record.event_name();
    // A service acts for itself on what it runs: it scales a table, or sets up a source of events.
    if call.operation.plane != Plane::Control || reads(call) || call.actor.kind == ActorKind::Service {
        return None;
    }
    let is_own_resource = |resource: &Resource<'_>| policy.is_own(resource.service.in_arns(), &resource.name);
    let is_own_table = |table: &TableId<'_>| policy.is_own(Service::DynamoDb.in_arns(), &table.arn());
    let of_dynamodb = call.operation.service == Service::DynamoDb;
    let own = access.resource.as_ref().is_some_and(is_own_resource)
        || access.table.as_ref().filter(|_| of_dynamodb).is_some_and(is_own_table);
    if !own {
        return None;
    }
    let (account, _) = call.account_and_region(access);
    if policy.is_deployer(&call.actor, account) {
        return None;
    }
    let reason = format!("{name} on what is this pipeline's own, by {}, who is not its deployer", call.actor);
    let remedy = "Where the actor deploys this pipeline, name it under `pipeline: deployer:` of the policy.".to_owned();
    Some(Verdict { remedy: Some(remedy), ..Verdict::new(Severity::Critical, reason) })
}

/// Whether a call changes nothing. Of services without tables, only calls that change something are audited, and of those a
/// grant takes nothing away from a key.
fn reads(call: &Call<'_>) -> bool {
    let name = call.record.event_name();
    match call.operation.service {
        Service::Kms => name == "CreateGrant",
        _ => ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    const POLICY: &str = r#"
version: 1
pipeline:
  resources:
    - "arn:aws:*:*:111122223333:tablewarden-*"
    - "arn:aws:lambda:*:111122223333:function:tablewarden-*"
    - "arn:aws:events:*:111122223333:rule/tablewarden-*"
    - "arn:aws:cloudwatch:*:111122223333:alarm:tablewarden-*"
    - "arn:aws:dynamodb:*:111122223333:table/tablewarden-*"
  deployer: [{role: ci/tablewarden-deploy}]
tables: []
"#;

    #[test]
    fn own_resources_are_for_the_deployer_alone() {
        let url = |queue: &str| format!(r#"{{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/{queue}"}}"#);
        let topic = |topic: &str| format!(r#"{{"topicArn":"arn:aws:sns:eu-west-1:111122223333:{topic}"}}"#);
        let table = |table: &str| format!(r#"{{"tableName":"{table}"}}"#);
        let mapping = r#"{"uuid":"14e0db71-7c2a-4b6e-9a53-0f1d2e3c4b5a","enabled":false}"#;
        let answer = r#"{"functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:tablewarden-trail-log"}"#;
        let service = r#"{"type":"AWSService","invokedBy":"sns.amazonaws.com"}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("a queue", "PurgeQueue", &url("tablewarden-logs")).to(Service::Sqs).fires("critical").because(
                    "PurgeQueue on what is this pipeline's own, by user/alice, who is not its deployer",
                ),
                Case::new("another queue", "PurgeQueue", &url("orders")).to(Service::Sqs),
                Case::new("by the deployer", "SetQueueAttributes", &url("tablewarden-logs"))
                    .to(Service::Sqs)
                    .by_role("ci/tablewarden-deploy", "111122223333"),
                Case::new("by a deployer elsewhere", "SetQueueAttributes", &url("tablewarden-logs"))
                    .to(Service::Sqs)
                    .by_role("ci/tablewarden-deploy", "444455556666")
                    .fires("critical"),
                Case::new("in vain", "DeleteQueue", &url("tablewarden-logs"))
                    .to(Service::Sqs)
                    .error("AccessDenied")
                    .fires("high"),
                Case::new("a topic", "DeleteTopic", &topic("tablewarden-alerts")).to(Service::Sns).fires("critical"),
                Case::new("by a service", "SetTopicAttributes", &topic("tablewarden-alerts"))
                    .to(Service::Sns)
                    .by_identity(service),
                Case::new(
                    "a subscription",
                    "Unsubscribe",
                    r#"{"subscriptionArn":"arn:aws:sns:eu-west-1:111122223333:tablewarden-alerts:2f1d6a3c-8b4e-4c7d-9e0f-1a2b3c4d5e6f"}"#,
                )
                .to(Service::Sns)
                .fires("critical"),
                Case::new("a function", "UpdateFunctionConfiguration20150331v2", r#"{"functionName":"tablewarden-trail-log"}"#)
                    .to(Service::Lambda)
                    .fires("critical"),
                Case::new("its source of events", "UpdateEventSourceMapping20150331", mapping)
                    .to(Service::Lambda)
                    .response(answer)
                    .fires("critical"),
                Case::new("a rule", "DisableRule", r#"{"name":"tablewarden-ddl"}"#).to(Service::EventBridge).fires("critical"),
                Case::new("alarms", "DeleteAlarms", r#"{"alarmNames":["orders-latency","tablewarden-errors"]}"#)
                    .to(Service::CloudWatch)
                    .fires("critical"),
                Case::new("another alarm", "SetAlarmState", r#"{"alarmName":"orders-latency"}"#).to(Service::CloudWatch),
                Case::new("a table", "UpdateTable", &table("tablewarden-state")).fires("critical"),
                Case::new("a look at the table", "DescribeTable", &table("tablewarden-state")),
                Case::new("an item of the table", "PutItem", &table("tablewarden-state")),
                Case::new("another table", "UpdateTable", &table("orders")),
            ],
        );
        check(
            super::DETECTION.id,
            "",
            &[Case::new("no policy", "PurgeQueue", &url("tablewarden-logs")).to(Service::Sqs)],
        );
    }
}
