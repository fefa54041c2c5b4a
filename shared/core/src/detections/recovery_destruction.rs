//! What a table could be brought back with is taken away, and its data with it: the way of ransomware.

use super::{Chain, Detection, Judge};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "recovery-destruction",
    title: "Recovery destruction",
    fires_when: "two or more different steps towards losing a table for good succeed within 24 hours, by one actor or on one table",
    severity: "critical",
    techniques: &["T1490", "T1485"],
    why: "Whoever deletes data for ransom takes backups, recovery and protection away first, or deletes in a way that leaves no trace: each step alone may pass for maintenance, two rarely do.",
    first_steps: &[
        "Stop the actor now: revoke the sessions of the role, deactivate the keys of the user. Every minute may cost a backup.",
        "Switch deletion protection and point-in-time recovery on again for every table that is left.",
        "Cancel the deletion of KMS keys, and lock the backup vaults.",
        "See which backups are left, and restore under another name what is gone.",
    ],
    judge: Judge::Chain(&Chain {
        seconds: 24 * 3600,
        first: &[],
        own: &[],
        steps: &[
            "deletion-protection-off",
            "pitr-off",
            "backup-deleted",
            "ttl-changed",
            "key-endangered",
            "table-deleted",
            "bulk-deletion",
        ],
        severity: Severity::Critical,
    }),
};
