//! A call on a known table is denied.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Outcome};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "access-denied",
    title: "Access denied",
    fires_when: "a call on a known table is denied, folded for each actor",
    severity: "low",
    techniques: &["T1580"],
    why: "Credentials that try doors show where they do not belong, and what they are after.",
    first_steps: &[
        "See which permission was missing, and whether the actor ever had it.",
        "If a deployment changed a policy, tell its team; if not, look for what else the actor tried.",
    ],
    judge: Judge::Access(judge),
};

/// Without a policy every table is known. A denied call that names no table may have been on a known one.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let known = context.policy.is_none() || context.table.is_some() || access.table.is_none();
    if call.outcome != Outcome::Denied || !known {
        return None;
    }
    let code = call.record.error_code.text().unwrap_or("denied");
    let reason = format!("the call was denied with {code}");
    Some(Verdict { attempts_weigh_less: false, ..Verdict::new(Severity::Low, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    #[test]
    fn denials_on_known_tables_are_told_and_failures_are_not() {
        let policy = "version: 1\ntables:\n  - table: orders\n";
        let orders = r#"{"tableName":"orders"}"#;
        check(
            super::DETECTION.id,
            policy,
            &[
                Case::new("data", "Scan", orders).error("AccessDenied").fires("low"),
                Case::new("control", "DeleteTable", orders).error("AccessDeniedException").fires("low"),
                Case::new("no table", "CreateTable", "null").error("AccessDenied").fires("low"),
                Case::new("unknown table", "Scan", r#"{"tableName":"other"}"#).error("AccessDenied"),
                Case::new("throttled", "Scan", orders).error("ThrottlingException"),
                Case::new("succeeded", "Scan", orders),
            ],
        );
        check(
            super::DETECTION.id,
            "",
            &[Case::new("no policy", "Scan", r#"{"tableName":"other"}"#).error("AccessDenied").fires("low")],
        );
    }
}
