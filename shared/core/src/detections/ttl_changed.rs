//! Items are to delete themselves, by an attribute.

use super::control::{is, may_hide, name};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "ttl-changed",
    title: "Time to live changed",
    fires_when: "a table's time to live is switched on, for whichever attribute",
    severity: "high",
    techniques: &["T1485"],
    why: "DynamoDB deletes the items whose attribute lies in the past, and CloudTrail never shows those deletions: one call can empty a table without a trace.",
    first_steps: &[
        "Switch it off if nobody planned it: deletions start within minutes and go on for days.",
        "See what was written to that attribute, by whom, and how many items have a value in the past.",
        "Restore what is gone from point-in-time recovery, under another name.",
    ],
    judge: Judge::Access(judge),
};

/// The attribute changes by switching off and on again, so that each switching on is what counts.
///
/// Source: "`UpdateTimeToLive`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>.
fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["UpdateTimeToLive"]) || context.names_api(call) {
        return None;
    }
    let attribute = call.params.text(&["timeToLiveSpecification", "attributeName"]);
    let reason = match (call.params.flag(&["timeToLiveSpecification", "enabled"]), attribute) {
        (Some(true), Some(attribute)) => format!("items expire by their attribute {}", name(attribute)),
        (Some(true), None) => "items expire by an attribute that the record does not tell".to_owned(),
        (None, _) if may_hide(call) => "the record does not tell whether items expire".to_owned(),
        (Some(false) | None, _) => return None,
    };
    Some(Verdict::new(Severity::High, reason))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};

    #[test]
    fn items_that_are_to_expire_are_told_with_the_attribute() {
        let update = |claim: &str, specification: &str| {
            let params = format!(r#"{{"tableName":"orders","timeToLiveSpecification":{specification}}}"#);
            Case::new(claim, "UpdateTimeToLive", &params)
        };
        let on = r#"{"enabled":true,"attributeName":"createdAt"}"#;
        let long = "x".repeat(1000);
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                update("on", on).fires("high").because("items expire by their attribute createdAt"),
                update("in another case", r#"{"Enabled":true,"AttributeName":"createdAt"}"#).fires("high"),
                update("denied", on).error("AccessDenied").fires("medium"),
                update("a name for a line", &format!(r#"{{"enabled":true,"attributeName":"a\n{long}"}}"#))
                    .error("ValidationException")
                    .fires("medium")
                    .because(&format!("items expire by their attribute a\\n{}…", "x".repeat(116))),
                update("no attribute", r#"{"enabled":true}"#)
                    .fires("high")
                    .because("items expire by an attribute that the record does not tell"),
                update("of an unknown form", "[]")
                    .fires("high")
                    .because("the record does not tell whether items expire"),
                Case::new("hidden", "UpdateTimeToLive", r#""gone""#).fires("high"),
                Case::new("denied without parameters", "UpdateTimeToLive", "null").error("AccessDenied"),
                update("off", r#"{"enabled":false,"attributeName":"createdAt"}"#),
                Case::new("described", "DescribeTimeToLive", r#"{"tableName":"orders"}"#),
            ],
        );
    }
}
