//! An actor that is expected at a table does there what it is not expected to do.

use super::data::{expecting, is_told_in_particular};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "unexpected-action",
    title: "Unexpected action",
    fires_when: "an actor that the table expects reads, writes or deletes items in a way that no line expects of it, or tries to",
    severity: "read and write medium, delete high",
    techniques: &["T1078"],
    why: "A known credential that does something new is either a new release or in the wrong hands.",
    first_steps: &[
        "Ask the actor's owner whether a release brought the new call.",
        "If not, treat the credential as stolen: revoke the sessions of the role or deactivate the keys of the user.",
        "Take the permission away that let it through: the actor does without it.",
    ],
    judge: Judge::Access(judge),
};

/// Calls of the control plane have detections of their own; what every SDK describes on its way is no news.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let Standing::OtherAction(line, why) = &context.standing else { return None };
    if call.operation.plane != Plane::Data || is_told_in_particular(call, access, context) {
        return None;
    }
    let severity = match access.effect {
        Effect::Read | Effect::Write => Severity::Medium,
        Effect::Delete | Effect::Admin | Effect::Unknown => Severity::High,
    };
    let reason = format!("not what policy line {} says: {why}", line.line);
    // A name that is not one of an API is no value to put into a policy.
    let api = call.record.event_name();
    let is_name = api.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let remedy = is_name.then(|| expecting(call, access, context, &format!("\n  actions: [{api}]"))).flatten();
    Some(Verdict { remedy, ..Verdict::new(severity, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
        effects: [read]
      - user: bob
        actions: [Query, PutItem]
";

    #[test]
    fn what_a_line_does_not_expect_of_its_actor_is_told() {
        let orders = r#"{"tableName":"orders"}"#;
        let delete = r#"{"statement":"DELETE FROM \"orders\" WHERE pk='a'"}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("its effect", "GetItem", orders),
                Case::new("its API", "Query", orders).by("bob"),
                Case::new("another effect", "PutItem", orders)
                    .fires("medium")
                    .because("not what policy line 6 says: PutItem (write), expected read"),
                Case::new("a deletion", "DeleteItem", orders).fires("high"),
                Case::new("a deletion by a statement", "ExecuteStatement", delete).fires("high"),
                Case::new("another API of the same effect", "GetItem", orders).by("bob").fires("medium"),
                Case::new("denied", "DeleteItem", orders).error("AccessDenied").fires("medium"),
                Case::new("a stranger", "DeleteItem", orders).by("mallory"),
                Case::new("the control plane", "DescribeTable", orders),
                Case::new("a stream", "GetRecords", orders).by("bob"),
            ],
        );
    }
}
