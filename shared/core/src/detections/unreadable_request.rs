//! A call cannot be understood in full: its parameters are omitted, too large or of an unknown shape.
//!
//! Parameters over 100 KB are left out of a record, which is a way to hide what a call does.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "unreadable-request",
    title: "Unreadable request",
    fires_when: "the parameters of a relevant call are omitted, too large, or of a form that is not known",
    severity: "medium",
    techniques: &["T1562.008"],
    why: "Parameters that are made too large for CloudTrail are a known way to hide what a call does.",
    first_steps: &[
        "Fetch the record and see what can be told from it.",
        "Ask the actor's owner what the call did, and why its request is so large.",
        "If the form is honest and new, report it to the maintainers.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<Verdict> {
    let why = access.unreadable?;
    Some(Verdict::new(Severity::Medium, format!("{}: {why}", call.record.event_name())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    #[test]
    fn what_cannot_be_understood_is_told() {
        let scaling = |claim| {
            let params = r#"{"autoScalingGroupName":"web","policyName":"cpu","policyType":"TargetTrackingScaling"}"#;
            Case::new(claim, "PutScalingPolicy", params).to(Service::AutoScaling)
        };
        check(
            super::DETECTION.id,
            "",
            &[
                Case::new("omitted", "BatchWriteItem", r#"{"reason":"requestParameters too large","omitted":true}"#)
                    .fires("medium"),
                Case::new("a string", "DeleteItem", r#""gone""#).fires("medium"),
                Case::new("new API", "EvaporateItems", r#"{"tableName":"orders"}"#).fires("medium"),
                Case::new("gibberish", "ExecuteStatement", r#"{"statement":"EVAPORATE orders"}"#).fires("medium"),
                Case::new("failed", "ExecuteStatement", r#"{"statement":"EVAPORATE orders"}"#)
                    .error("ValidationException")
                    .fires("low"),
                Case::new("plain", "DeleteItem", r#"{"tableName":"orders"}"#),
                // It shares its source and the name with the scaling of tables: its calls are no business of ours.
                scaling("of instances"),
                scaling("of instances, denied").error("AccessDenied"),
                scaling("of instances, refused").error("ValidationError"),
                Case::new("denied without parameters", "BatchWriteItem", "null").error("AccessDenied"),
            ],
        );
    }
}
