//! A trail is set to log less of DynamoDB than all.

use serde_json_borrow::Value;

use super::event_selectors::{Gaps, gaps};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Params, field};
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "selectors-narrowed",
    title: "Selectors narrowed",
    fires_when: "the selectors of a trail are set and DynamoDB's data events are not all logged then, or its management events or those of KMS are not; or a trail is set to aggregate data events",
    severity: "critical, high where only management events are left out, medium where only streams or KMS are",
    techniques: &["T1562.008"],
    why: "What a trail does not log, nobody sees: reads, writes and deletions of items leave no trace from the moment of the call on.",
    first_steps: &[
        "Read the selectors in force with GetEventSelectors, and the trail's configuration with GetEventConfiguration.",
        "If another trail logs DynamoDB in full and this one never did, add a suppression with this trail as its `resource` and that reason.",
        "If not, put the selectors back: data events of AWS::DynamoDB::Table and AWS::DynamoDB::Stream, reads and writes, all resources.",
        "Take all tables as read by the actor until its credentials are revoked: what happened in between is not logged.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if call.operation.service != Service::CloudTrail {
        return None;
    }
    let name = call.record.event_name();
    let (severity, reason) = match (name, &call.params) {
        ("PutEventSelectors" | "PutEventConfiguration", Params::Unreadable(why)) => {
            (Severity::Critical, format!("what {name} sets is not known: {why}"))
        }
        ("PutEventSelectors", params) => {
            let is_own = |arn: &str| context.policy.is_some_and(|policy| policy.is_own("dynamodb", arn));
            match gaps(params, &is_own) {
                Some(gaps) => narrowed(gaps)?,
                None => (Severity::Critical, "the record does not tell the selectors".to_owned()),
            }
        }
        ("PutEventConfiguration", params) => (Severity::Critical, aggregated(params)?),
        _ => return None,
    };
    Some(Verdict::new(severity, reason))
}

fn narrowed(gaps: Gaps) -> Option<(Severity, String)> {
    let severity = match &gaps {
        Gaps { items: Some(_), .. } => Severity::Critical,
        // Another trail often has them, and EventBridge tells the most of them too.
        Gaps { management: Some(_), .. } => Severity::High,
        // Without KMS's, nobody hears of a key that is disabled or deleted; many leave them out for their number.
        Gaps { streams: Some(_), .. } | Gaps { keys: Some(_), .. } => Severity::Medium,
        Gaps { items: None, management: None, streams: None, keys: None } => return None,
    };
    let reasons: Vec<String> = [gaps.items, gaps.streams, gaps.management, gaps.keys].into_iter().flatten().collect();
    Some((severity, reasons.join("; ")))
}

/// Summaries of five minutes name no items and no calls. AWS does not say that the events themselves are still delivered.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventConfiguration.html>
fn aggregated(params: &Params<'_>) -> Option<String> {
    let configurations = params.list(&["aggregationConfigurations"]);
    let templates: Vec<&str> = configurations
        .iter()
        .filter(|configuration| {
            field(configuration, "eventCategory").and_then(Value::as_str).is_none_or(|category| category == "Data")
        })
        .filter_map(|configuration| field(configuration, "templates")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    (!templates.is_empty()).then(|| {
        format!(
            "data events are aggregated to summaries of five minutes by {}, which name no single call",
            templates.join(", ")
        )
    })
}

#[cfg(test)]
mod tests;
