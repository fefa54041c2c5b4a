//! A KMS key that tables depend on is disabled, deleted or given to others.

use super::{Context, Detection, Judge, KeyJudge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "key-endangered",
    title: "Encryption key endangered",
    fires_when: "a KMS key that the policy or the records of the run tie to a table is disabled, scheduled for deletion, given another policy, or loses a grant or its key material",
    severity: "critical",
    techniques: &["T1485"],
    why: "A table cannot be read or written while its key is disabled, and is lost for good once the key is deleted.",
    first_steps: &[
        "Undo it while that can be done: kms CancelKeyDeletion, EnableKey, PutKeyPolicy, or ImportKeyMaterial with the same material.",
        "Revoke the sessions of the actor, and see who else may administer the key.",
        "Look at the other tables under the key: DescribeTable shows each one's, and INACCESSIBLE_ENCRYPTION_CREDENTIALS those that DynamoDB has given up.",
        "A table that is out of reach for seven days is archived and kept as a backup under the same key.",
    ],
    judge: Judge::Key(&KeyJudge { endangers, judge }),
};

/// The calls after which DynamoDB may be unable to use a key.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html>. `RetireGrant` is none of them: only DynamoDB may retire its grants.
fn endangers(call: &Call<'_>) -> bool {
    const APIS: [&str; 5] =
        ["DeleteImportedKeyMaterial", "DisableKey", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion"];
    call.operation.service == Service::Kms && APIS.contains(&call.record.event_name())
}

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>, tie: &str) -> Option<Verdict> {
    let api = call.record.event_name();
    if !endangers(call) || context.names_api(call) {
        return None;
    }
    let key = access.resource.as_ref().map_or("a key", |resource| resource.name.as_ref());
    let more = match api {
        // 30 days where the request does not say.
        // https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
        "ScheduleKeyDeletion" => {
            format!(", to be deleted in {} days", call.params.number(&["pendingWindowInDays"]).unwrap_or(30))
        }
        "PutKeyPolicy" if call.params.flag(&["bypassPolicyLockoutSafetyCheck"]) == Some(true) => {
            ", without the check that keeps the account from locking itself out".to_owned()
        }
        _ => String::new(),
    };
    Some(Verdict::new(Severity::Critical, format!("{api} of {key}{more}; {tie}")))
}
