//! What watches a table's traffic is switched off.

use super::control::name;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Effect;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "insights-disabled",
    title: "Insights disabled",
    fires_when: "Contributor Insights of a table or index, or the stream of its changes to Kinesis, is switched off",
    severity: "low",
    techniques: &["T1562.008"],
    why: "Without them nobody sees any more which items are asked for most, or what was changed in them.",
    first_steps: &[
        "Ask the owner of the table whether somebody still needs the graphs or the change records.",
        "Switch it on again with UpdateContributorInsights or EnableKinesisStreamingDestination.",
        "Look at what the same actor did to the table and to the trail around that time.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if access.effect != Effect::Admin || context.standing.is_expected() {
        return None;
    }
    let asked = |name| call.params.text(&[name]);
    let reason = match call.record.event_name() {
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html
        "UpdateContributorInsights" if asked("contributorInsightsAction") == Some("DISABLE") => {
            match asked("indexName") {
                Some(index) => format!("Contributor Insights of the index {} is switched off", name(index)),
                None => "Contributor Insights of the table is switched off".to_owned(),
            }
        }
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DisableKinesisStreamingDestination.html
        "DisableKinesisStreamingDestination" => {
            let stream = asked("streamArn").map_or("a stream that the record does not tell".to_owned(), name);
            format!("changes of items are no longer sent to {stream}")
        }
        _ => return None,
    };
    Some(Verdict::new(Severity::Low, reason))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check, check_with_and_without_policy};

    const STREAM: &str =
        r#"{"tableName":"orders","streamArn":"arn:aws:kinesis:eu-west-1:111122223333:stream/orders-changes"}"#;

    #[test]
    fn what_is_switched_off_is_told_and_what_is_switched_on_is_not() {
        let insights = |rest: &str| format!(r#"{{"tableName":"orders",{rest}}}"#);
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                Case::new(
                    "of a table",
                    "UpdateContributorInsights",
                    &insights(r#""contributorInsightsAction":"DISABLE""#),
                )
                .fires("low")
                .because("Contributor Insights of the table is switched off"),
                Case::new(
                    "of an index",
                    "UpdateContributorInsights",
                    &insights(r#""indexName":"by-date","contributorInsightsAction":"DISABLE""#),
                )
                .fires("low")
                .because("Contributor Insights of the index by-date is switched off"),
                Case::new("switched on", "UpdateContributorInsights", &insights(r#""contributorInsightsAction":"ENABLE""#)),
                Case::new("Kinesis", "DisableKinesisStreamingDestination", STREAM).fires("low").because(
                    "changes of items are no longer sent to arn:aws:kinesis:eu-west-1:111122223333:stream/orders-changes",
                ),
                Case::new("denied", "DisableKinesisStreamingDestination", STREAM)
                    .error("AccessDeniedException")
                    .fires("informational"),
                Case::new("Kinesis switched on", "EnableKinesisStreamingDestination", STREAM),
                Case::new("looked at", "DescribeContributorInsights", r#"{"tableName":"orders"}"#),
            ],
        );
    }

    #[test]
    fn who_is_expected_may_switch_it_off() {
        let policy = "version: 1\ntables:\n  - table: orders\n    expected: [{user: alice, effects: [admin]}]\n";
        check(
            super::DETECTION.id,
            policy,
            &[
                Case::new("expected", "DisableKinesisStreamingDestination", STREAM),
                Case::new("a stranger", "DisableKinesisStreamingDestination", STREAM).by("mallory").fires("low"),
            ],
        );
    }
}
