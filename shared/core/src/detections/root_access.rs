//! The root user touches data or tables.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::actor::ActorKind;
use crate::operation::Plane;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "root-access",
    title: "Root access",
    fires_when: "the root user reads or changes data, or works on a table, or tries to",
    severity: "high",
    techniques: &["T1078.004"],
    why: "No policy of IAM holds the root user back, and nobody needs it for a table: it is either a habit to break or a stolen mailbox.",
    first_steps: &[
        "Ask the few who can sign in as root; if it was none of them, the account is taken over.",
        "Change the root password, remove its access keys and check its MFA device and e-mail address.",
        "Look at everything that root did in the account since, not in DynamoDB alone.",
    ],
    judge: Judge::Access(judge),
};

/// Listing tables touches none.
fn judge(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<Verdict> {
    let touches = call.operation.plane == Plane::Data || access.table.is_some();
    if call.actor.kind != ActorKind::Root || !call.operation.service.owns_tables() || !touches {
        return None;
    }
    Some(Verdict::new(Severity::High, format!("{} by the root user", call.record.event_name())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check_with_and_without_policy};
    use crate::operation::Service;

    #[test]
    fn the_root_user_is_told_on_both_planes() {
        let root = r#"{"type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#;
        let orders = r#"{"tableName":"orders"}"#;
        check_with_and_without_policy(
            super::DETECTION.id,
            &[
                Case::new("data", "GetItem", orders)
                    .by_identity(root)
                    .fires("high")
                    .because("GetItem by the root user"),
                Case::new("a table", "UpdateTable", orders).by_identity(root).fires("high"),
                Case::new("denied", "GetItem", orders).by_identity(root).error("AccessDenied").fires("medium"),
                Case::new("no table", "ListTables", "null").by_identity(root),
                Case::new("another service", "DisableKey", r#"{"keyId":"k"}"#).to(Service::Kms).by_identity(root),
                Case::new("a user called root", "GetItem", orders).by("root"),
            ],
        );
    }
}
