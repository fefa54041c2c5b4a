//! Somebody looks for a way in, and then data leaves in bulk.

use super::{Chain, Detection, Judge};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "exfiltration",
    title: "Exfiltration",
    fires_when: "after a burst of denied calls or a first access, data is read or sent away in bulk within 24 hours, by the same actor or from the same table",
    severity: "critical",
    techniques: &["T1530", "T1537"],
    why: "Many denials or a new name, and then a scan, an export, a replica or a stream are what it looks like when stolen credentials find the one thing that they can do.",
    first_steps: &[
        "Stop the actor now: revoke the sessions of the role, deactivate the keys of the user.",
        "Cut off where the data goes: the bucket of the export, the new replica, the consumer of the stream.",
        "Find out what was changed between the denials and the success: a policy, a role, a key.",
        "Tell those who are responsible for the data; what was read is to be taken for lost.",
    ],
    judge: Judge::Chain(&Chain {
        seconds: 24 * 3600,
        first: &["denied-burst", "first-access"],
        own: &["first-access"],
        steps: &["full-scan", "bulk-read", "table-exported", "replica-changed", "stream-opened"],
        severity: Severity::Critical,
    }),
};
