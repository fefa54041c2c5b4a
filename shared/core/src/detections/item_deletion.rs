//! Items are deleted from a table that asks to be told, by whichever API.

use std::fmt::Write as _;

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::{Effect, Plane};
use crate::policy;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "item-deletion",
    title: "Item deletion",
    fires_when: "items are deleted from a table that asks to be told of deletions, by whichever API",
    severity: "low",
    techniques: &["T1485"],
    why: "Deleted items are gone for good once the window of point-in-time recovery has passed.",
    first_steps: &[
        "Compare the number of items with what the actor usually deletes.",
        "Where it is not wanted, stop the actor before looking further.",
        "Restore the table to a time before the first deletion, under another name, and copy the items back.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if call.operation.plane != Plane::Data || access.effect != Effect::Delete || !call.outcome.may_have_happened() {
        return None;
    }
    let (reason, remedy) = match (context.policy, context.table) {
        (None, _) => ("there is no policy, so every deletion is told".to_owned(), policy_without_watch(call, access)),
        (Some(_), Some(table)) if table.watch.contains(&Effect::Delete) => (
            format!("the table asks to be told of deletions (policy line {})", table.line),
            format!("Take `delete` out of `watch:` of the table in line {} of the policy.", table.line),
        ),
        (Some(_), _) => return None,
    };
    Some(Verdict { remedy: Some(remedy), ..Verdict::new(Severity::Low, reason) })
}

/// The smallest policy that keeps quiet about the table's deletions, and expects the actor.
fn policy_without_watch(call: &Call<'_>, access: &Access<'_>) -> String {
    let mut lines = "With a policy, only tables that it asks to `watch` are told of:\nversion: 1\ntables:".to_owned();
    if let Some(table) = &access.table {
        // A string of JSON is one of YAML.
        let _ = write!(lines, "\n  - table: {}", serde_json::Value::from(table.name.as_ref()));
        let expected = policy::suggest(&call.actor, table);
        for (number, line) in expected.iter().flat_map(|lines| lines.lines()).enumerate() {
            lines.push_str(if number == 0 { "\n    expected:\n      " } else { "\n      " });
            lines.push_str(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    watch: [delete]
  - table: vault
    watch: [delete]
    sensitivity: high
  - table: carts
";

    #[test]
    fn deletions_are_told_by_whichever_api_and_only_where_asked_for() {
        let id = super::DETECTION.id;
        let cases = |table: &str| {
            [
                ("DeleteItem", format!(r#"{{"tableName":"{table}","key":{{"pk":"a"}}}}"#)),
                ("BatchWriteItem", format!(r#"{{"requestItems":{{"{table}":[{{"deleteRequest":{{}}}}]}}}}"#)),
                (
                    "TransactWriteItems",
                    format!(r#"{{"requestItems":[{{"operation":"Delete","tableName":"{table}"}}]}}"#),
                ),
                ("ExecuteStatement", format!(r#"{{"statement":"DELETE FROM \"{table}\" WHERE pk='a'"}}"#)),
                (
                    "BatchExecuteStatement",
                    format!(r#"{{"requestItems":[{{"statement":"DELETE FROM \"{table}\" WHERE pk='a'"}}]}}"#),
                ),
                (
                    "ExecuteTransaction",
                    format!(r#"{{"transactStatements":[{{"statement":"DELETE FROM \"{table}\" WHERE pk='a'"}}]}}"#),
                ),
            ]
        };
        for (name, params) in cases("orders") {
            check(
                id,
                POLICY,
                &[
                    Case::new("watched", name, &params).fires("low"),
                    Case::new("condition failed", name, &params).error("ConditionalCheckFailedException"),
                    Case::new("denied", name, &params).error("AccessDenied"),
                ],
            );
            check(id, "", &[Case::new("no policy", name, &params).fires("low")]);
        }
        for (name, params) in cases("vault") {
            check(id, POLICY, &[Case::new("sensitive", name, &params).fires("medium")]);
        }
        for (name, params) in cases("carts").into_iter().chain(cases("other")) {
            check(id, POLICY, &[Case::new("not watched", name, &params)]);
        }
        check(
            id,
            POLICY,
            &[
                Case::new("a put", "PutItem", r#"{"tableName":"orders"}"#),
                Case::new("the table itself", "DeleteTable", r#"{"tableName":"orders"}"#),
            ],
        );
    }
}
