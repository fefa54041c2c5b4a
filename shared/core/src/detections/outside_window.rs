//! An actor does what it is expected to do, at another time.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "outside-window",
    title: "Outside its hours",
    fires_when: "an actor does what it is expected to do, or tries to, outside the hours of its line, or after the line has ended",
    severity: "high",
    techniques: &["T1078"],
    why: "Access that was given for an hour or for office hours is used when nobody watches, or was never taken away.",
    first_steps: &[
        "Ask the person, or the owner of the job, whether they made the calls.",
        "If they did not, revoke the sessions of the role or deactivate the keys of the user.",
        "If the grant has ended, take the permission away in IAM too: it still works.",
    ],
    judge: Judge::Access(judge),
};

fn judge(_: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let Standing::OtherTime(line, _) = &context.standing else { return None };
    // Without the time, which would be another reason for each call.
    let reason = format!("not when policy line {} says: {line}", line.line);
    let remedy = Some(format!("Give line {} of the policy other hours, or another end.", line.line));
    Some(Verdict { remedy, ..Verdict::new(Severity::High, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    /// The calls are of a Monday, 09:15 UTC.
    const POLICY: &str = r#"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
        windows:
          - {days: [mon], from: "08:00", to: "18:00", zone: UTC}
      - user: bob
        windows:
          - {days: [tue, wed, thu, fri], from: "08:00", to: "18:00", zone: UTC}
      - user: carol
        until: 2026-03-01T00:00:00Z
        reason: INC-42
"#;

    #[test]
    fn expected_actions_at_other_times_are_told() {
        let orders = r#"{"tableName":"orders"}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("in its hours", "GetItem", orders),
                Case::new("on another day", "GetItem", orders).by("bob").fires("high"),
                Case::new("after the end", "GetItem", orders)
                    .by("carol")
                    .fires("high")
                    .because("not when policy line 12 says: user: carol, until: 2026-03-01T00:00:00Z"),
                Case::new("tried", "GetItem", orders).by("carol").error("AccessDenied").fires("medium"),
                Case::new("a stranger", "GetItem", orders).by("mallory"),
            ],
        );
    }
}
