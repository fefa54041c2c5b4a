//! Items are read or written in a table that asks to be told, by whomever.
//!
//! Deletions of such a table are `item-deletion`'s, which adds up how many.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "watched-access",
    title: "Watched access",
    fires_when: "items are read from or written to a table that asks to be told of reads or of writes, by whichever API and whomever",
    severity: "informational",
    techniques: &["T1530"],
    why: "Some tables are touched so rarely, or hold so much, that each touch is worth a line: keys, break-glass accounts, decoys.",
    first_steps: &[
        "See whether the actor has a reason to touch this table at all.",
        "If nobody does and the table is a decoy, treat the credential as stolen.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let table = context.table.filter(|table| table.watch.contains(&access.effect))?;
    let (what, word) = match access.effect {
        Effect::Read => ("reads", "read"),
        Effect::Write => ("writes", "write"),
        Effect::Delete | Effect::Admin | Effect::Unknown => return None,
    };
    if call.operation.plane != Plane::Data || !call.outcome.may_have_happened() {
        return None;
    }
    let reason = format!("the table asks to be told of {what} (policy line {})", table.line);
    let remedy = format!("Take `{word}` out of `watch:` of the table in line {} of the policy.", table.line);
    Some(Verdict { remedy: Some(remedy), ..Verdict::new(Severity::Informational, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: decoy
    watch: [read, write, delete]
    expected:
      - user: alice
  - table: vault
    watch: [read]
    sensitivity: high
  - table: orders
";

    #[test]
    fn what_a_table_asks_for_is_told_of_everyone() {
        let decoy = r#"{"tableName":"decoy"}"#;
        let vault = r#"{"tableName":"vault"}"#;
        let batch = r#"{"requestItems":{"decoy":{"keys":[{},{}]},"orders":{"keys":[{}]}}}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("read", "GetItem", decoy)
                    .fires("informational")
                    .because("the table asks to be told of reads (policy line 4)"),
                Case::new("a batch over two tables", "BatchGetItem", batch).fires("informational"),
                Case::new("written", "PutItem", decoy).fires("informational"),
                Case::new("deleted", "DeleteItem", decoy),
                Case::new("denied", "GetItem", decoy).error("AccessDenied"),
                Case::new("the table itself", "DescribeTable", decoy),
                Case::new("of high sensitivity", "GetItem", vault).fires("low"),
                Case::new("an effect that is not asked for", "PutItem", vault),
                Case::new("another table", "GetItem", r#"{"tableName":"orders"}"#),
            ],
        );
    }
}
