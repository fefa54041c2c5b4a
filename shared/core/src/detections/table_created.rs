//! A table is created.

use super::{Context, Detection, Verdict};
use crate::access::{Access, Call};
use crate::operation::Effect;
use crate::severity::Severity;

pub(super) const DETECTION: Detection =
    Detection { id: "table-created", title: "Table creation", techniques: &[], judge };

fn judge(call: &Call<'_>, access: &Access<'_>, _: Context<'_>) -> Option<Verdict> {
    let ours = access.effect == Effect::Admin && call.record.event_name() == "CreateTable";
    ours.then(|| Verdict::new(Severity::Informational, "every table creation is told"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    #[test]
    fn a_table_creation_is_told_with_or_without_a_policy() {
        let orders = r#"{"tableName":"orders"}"#;
        for policy in ["", "version: 1\ntables:\n  - table: other\n"] {
            check(
                super::DETECTION.id,
                policy,
                &[
                    Case::new("created", "CreateTable", orders).fires("informational"),
                    Case::new("denied", "CreateTable", orders).error("AccessDenied").fires("informational"),
                    Case::new("described", "DescribeTable", orders),
                ],
            );
        }
    }
}
