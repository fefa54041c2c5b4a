//! Somebody reads a whole table, or sets out to.

use super::data::{is_scan, is_unforeseen};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "full-scan",
    title: "Full scan",
    fires_when: "a person whose line does not name `Scan`, or an actor that is not expected, scans a table or index or selects from it without a key, or tries to",
    severity: "medium",
    techniques: &["T1530"],
    why: "Applications ask for what they need by its key; who reads everything takes a copy, or looks for something.",
    first_steps: &[
        "Ask what it was for: in the console, a look at a table's items is a scan too.",
        "See how many calls there were: one shows a page, many are the whole table.",
        "If it was nobody's, end the sessions of the actor, and find out where the data went.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is_scan(call, access) || !is_unforeseen(call, access, context) {
        return None;
    }
    let who = match &context.standing {
        Standing::Expected(line) => format!("a person, and policy line {} does not name Scan", line.line),
        Standing::NotJudged => "a person".to_owned(),
        Standing::Stranger => "an actor that no expectation of the table names".to_owned(),
        Standing::OtherAction(line, _) | Standing::OtherNetwork(line, _) | Standing::OtherTime(line, _) => {
            format!("an actor whose policy line {} does not cover it", line.line)
        }
    };
    let how = match call.record.event_name() {
        "Scan" => "Scan",
        _ => "a PartiQL statement without a key",
    };
    Some(Verdict::new(Severity::Medium, format!("{how} by {who}")))
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
      - user: bob
        actions: [Query, Scan]
      - user: carol
        actions: ['*']
      - role: app/orders-api
  - table: carts
";

    #[test]
    fn scans_by_people_and_strangers_are_told() {
        let orders = r#"{"tableName":"orders"}"#;
        let carts = r#"{"tableName":"carts"}"#;
        let whole = r#"{"statement":"SELECT * FROM \"orders\" WHERE colour='***(Redacted)'"}"#;
        let by_key = r#"{"tableName":"orders","keyConditionExpression":"pk = :a"}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("a person", "Scan", orders)
                    .fires("medium")
                    .because("Scan by a person, and policy line 6 does not name Scan"),
                Case::new("a statement", "ExecuteStatement", whole).fires("medium"),
                Case::new("named", "Scan", orders).by("bob"),
                Case::new("a statement where scans are named", "ExecuteStatement", whole).by("bob"),
                Case::new("named by a wildcard", "Scan", orders).by("carol").fires("medium"),
                Case::new("a machine", "Scan", orders).by_role("app/orders-api", "111122223333"),
                Case::new("a machine by statement", "ExecuteStatement", whole)
                    .by_role("app/orders-api", "111122223333"),
                Case::new("a strange machine", "Scan", orders)
                    .by_role("app/other", "111122223333")
                    .fires("medium")
                    .because("Scan by an actor that no expectation of the table names"),
                Case::new("tried", "Scan", orders).error("AccessDenied").fires("low"),
                Case::new("a table that judges nobody", "Scan", carts).fires("medium").because("Scan by a person"),
                Case::new("a machine there", "Scan", carts).by_role("app/other", "111122223333"),
                Case::new("a table that no entry speaks for", "Scan", r#"{"tableName":"other"}"#),
                Case::new("a query", "Query", by_key),
                Case::new("an item", "GetItem", orders),
            ],
        );
        check(super::DETECTION.id, "", &[Case::new("no policy", "Scan", orders).fires("medium")]);
    }
}
