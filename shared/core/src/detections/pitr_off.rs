//! Point-in-time recovery is switched off, or reaches less far back.

use super::control::{days, is, may_hide};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "pitr-off",
    title: "Point-in-time recovery off",
    fires_when: "a table's point-in-time recovery is switched off or its window shortened",
    severity: "high",
    techniques: &["T1490"],
    why: "What was deleted or overwritten can no longer be brought back: switching it off drops the whole window at once, and switching it on again starts with an empty one.",
    first_steps: &[
        "Switch it on again, with 35 days; what is written from then on can be recovered.",
        "Take an on-demand backup now, before anything else happens to the table.",
        "See what the actor deleted or changed, before and since.",
    ],
    judge: Judge::Access(judge),
};

/// The longest window, and the one that a request gets which names none.
///
/// Source: `RecoveryPeriodInDays` of "`PointInTimeRecoverySpecification`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html>.
const LONGEST_WINDOW_DAYS: i64 = 35;

/// A record does not tell how long the window was before. Any that is set to less than the longest counts as shortened, unless
/// recovery begins with this very call: then there was none to shorten.
fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["UpdateContinuousBackups"]) || context.names_api(call) {
        return None;
    }
    let enabled = call.params.flag(&["pointInTimeRecoverySpecification", "pointInTimeRecoveryEnabled"]);
    let window = call.params.number(&["pointInTimeRecoverySpecification", "recoveryPeriodInDays"]);
    let reason = match (enabled, window) {
        (Some(false), _) => "point-in-time recovery is switched off".to_owned(),
        (Some(true), Some(window)) if window < LONGEST_WINDOW_DAYS && !begins(call) => {
            format!("recovery reaches back {} at most, where {LONGEST_WINDOW_DAYS} are possible", days(window))
        }
        (None, _) if may_hide(call) => "the record does not tell whether recovery stays on".to_owned(),
        _ => return None,
    };
    Some(Verdict::new(Severity::High, reason))
}

/// Whether there is nothing yet to recover: the window's ends, in whatever form they are written, are one moment.
fn begins(call: &Call<'_>) -> bool {
    let response = call.response();
    let end = |name| response.at(&["continuousBackupsDescription", "pointInTimeRecoveryDescription", name]);
    let ends = (end("earliestRestorableDateTime"), end("latestRestorableDateTime"));
    matches!(ends, (Some(earliest), Some(latest)) if earliest == latest)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};

    #[test]
    fn a_window_that_closes_or_narrows_is_told() {
        let update = |claim: &str, specification: &str| {
            let params = format!(r#"{{"tableName":"orders","pointInTimeRecoverySpecification":{specification}}}"#);
            Case::new(claim, "UpdateContinuousBackups", &params)
        };
        let answer = |earliest: &str, latest: &str| {
            format!(
                r#"{{"continuousBackupsDescription":{{"pointInTimeRecoveryDescription":{{"pointInTimeRecoveryStatus":"ENABLED",
                    "recoveryPeriodInDays":7,"earliestRestorableDateTime":"{earliest}","latestRestorableDateTime":"{latest}"}}}}}}"#
            )
        };
        let seven = r#"{"pointInTimeRecoveryEnabled":true,"recoveryPeriodInDays":7}"#;
        let before = answer("Feb 1, 2026, 9:00:00 AM", "Mar 2, 2026, 9:10:00 AM");
        let begins = answer("Mar 2, 2026, 9:15:00 AM", "Mar 2, 2026, 9:15:00 AM");
        let off = r#"{"pointInTimeRecoveryEnabled":false}"#;
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                update("off", off).fires("high").because("point-in-time recovery is switched off"),
                update("off, in another case", r#"{"PointInTimeRecoveryEnabled":false}"#).fires("high"),
                update("denied", off).error("AccessDenied").fires("medium"),
                update("shorter", seven)
                    .response(&before)
                    .fires("high")
                    .because("recovery reaches back 7 days at most, where 35 are possible"),
                update("shorter, and no answer", seven).fires("high"),
                update("off, though it would begin", off).response(&begins).fires("high"),
                update("of an unknown form", r#""off""#)
                    .fires("high")
                    .because("the record does not tell whether recovery stays on"),
                Case::new(
                    "hidden",
                    "UpdateContinuousBackups",
                    r#"{"reason":"requestParameters too large","omitted":true}"#,
                )
                .fires("high"),
                Case::new("denied without parameters", "UpdateContinuousBackups", "null").error("AccessDenied"),
                update("begins with a short window", seven).response(&begins),
                update("on", r#"{"pointInTimeRecoveryEnabled":true}"#),
                update("the longest", r#"{"pointInTimeRecoveryEnabled":true,"recoveryPeriodInDays":35}"#)
                    .response(&before),
                Case::new("described", "DescribeContinuousBackups", r#"{"tableName":"orders"}"#),
            ],
        );
    }
}
