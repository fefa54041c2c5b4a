//! A table can be deleted by one call again, or from the start.

use super::control::is;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Params};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "deletion-protection-off",
    title: "Deletion protection off",
    fires_when: "a table's deletion protection is switched off, or a table is created without it where the policy requires it",
    severity: "high",
    techniques: &["T1490"],
    why: "Without it a single DeleteTable removes the table; whoever wants to destroy the data takes this step first.",
    first_steps: &[
        "Turn deletion protection on again: aws dynamodb update-table --table-name TABLE --deletion-protection-enabled.",
        "See what the actor did to the table and its backups in the hours around it.",
        "Ask the owner whether a migration or a clean-up was planned.",
    ],
    judge: Judge::Access(judge),
};

/// Source: `DeletionProtectionEnabled` of "`UpdateTable`" and "`CreateTable`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>.
///
/// A restored or imported table starts without protection, and no parameter could ask for it: `table-restored` and
/// `table-imported` say so.
fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let required = context.table.filter(|table| table.deletion_protection);
    // A line that names the API expects changes of the table, not what the same policy rules out.
    if required.is_none() && context.names_api(call) {
        return None;
    }
    let reason = if is(call, &["UpdateTable"]) {
        turned_off(call)?.to_owned()
    } else if is(call, &["CreateTable"]) {
        let (table, how) = (required?, created_without(call)?);
        format!("{how}, which the policy requires (line {})", table.line)
    } else {
        return None;
    };
    Some(Verdict::new(Severity::High, reason))
}

fn turned_off(call: &Call<'_>) -> Option<&'static str> {
    match (&call.params, asked(call)) {
        (_, Some(false)) => Some("UpdateTable turns deletion protection off"),
        // What cannot be read may have asked for it; the answer tells how the table is since.
        (Params::Absent | Params::Unreadable(_), None) if answered(call) == Some(false) => {
            Some("the parameters of UpdateTable cannot be read, and deletion protection is off since")
        }
        _ => None,
    }
}

/// The API's default is off.
fn created_without(call: &Call<'_>) -> Option<&'static str> {
    match (&call.params, asked(call).or_else(|| answered(call))) {
        (_, Some(true)) => None,
        (Params::Known(_), _) | (_, Some(false)) => Some("the table is created without deletion protection"),
        (Params::Absent | Params::Unreadable(_), None) => {
            Some("the record does not tell whether the table is created with deletion protection")
        }
    }
}

fn asked(call: &Call<'_>) -> Option<bool> {
    call.params.flag(&["deletionProtectionEnabled"])
}

fn answered(call: &Call<'_>) -> Option<bool> {
    call.response().flag(&["tableDescription", "deletionProtectionEnabled"])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check, check_with_and_without_policy};

    const ID: &str = super::DETECTION.id;

    #[test]
    fn switching_it_off_is_told_wherever() {
        let off = r#"{"tableName":"orders","deletionProtectionEnabled":false}"#;
        let omitted = r#"{"reason":"requestParameters too large","omitted":true}"#;
        let answer =
            |on: bool| format!(r#"{{"tableDescription":{{"tableName":"orders","deletionProtectionEnabled":{on}}}}}"#);
        check_with_and_without_policy(
            ID,
            &[
                Case::new("off", "UpdateTable", off).fires("high").because("UpdateTable turns deletion protection off"),
                Case::new(
                    "in another case",
                    "UpdateTable",
                    r#"{"TableName":"orders","DeletionProtectionEnabled":"false"}"#,
                )
                .fires("high"),
                Case::new("denied", "UpdateTable", off).error("AccessDenied").fires("medium"),
                Case::new("refused", "UpdateTable", off).error("ResourceInUseException").fires("medium"),
                Case::new("hidden", "UpdateTable", omitted)
                    .response(&answer(false))
                    .fires("high")
                    .because("the parameters of UpdateTable cannot be read, and deletion protection is off since"),
                Case::new("hidden, but still on", "UpdateTable", omitted).response(&answer(true)),
                Case::new("on", "UpdateTable", r#"{"tableName":"orders","deletionProtectionEnabled":true}"#),
                Case::new(
                    "not asked for, and off before",
                    "UpdateTable",
                    r#"{"tableName":"orders","tableClass":"STANDARD"}"#,
                )
                .response(&answer(false)),
                Case::new("created without", "CreateTable", off),
                Case::new("another call", "UpdateTimeToLive", off),
            ],
        );
    }

    #[test]
    fn a_table_that_the_policy_wants_protected_is_created_with_protection() {
        let policy = r"
version: 1
tables:
  - table: orders
    deletion-protection: required
    expected:
      - {user: alice, actions: [CreateTable, UpdateTable]}
  - table: carts
    expected:
      - {user: alice, actions: [CreateTable, UpdateTable]}
";
        let reason = "the table is created without deletion protection, which the policy requires (line 4)";
        check(
            ID,
            policy,
            &[
                Case::new("left out", "CreateTable", r#"{"tableName":"orders"}"#).fires("high").because(reason),
                Case::new("off", "CreateTable", r#"{"tableName":"orders","deletionProtectionEnabled":false}"#)
                    .fires("high")
                    .because(reason),
                Case::new("denied", "CreateTable", r#"{"tableName":"orders"}"#).error("AccessDenied").fires("medium"),
                Case::new("hidden", "CreateTable", r#""gone""#)
                    .response(r#"{"tableDescription":{"tableName":"orders"}}"#)
                    .fires("high"),
                Case::new("on", "CreateTable", r#"{"tableName":"orders","deletionProtectionEnabled":true}"#),
                Case::new("switched off", "UpdateTable", r#"{"tableName":"orders","deletionProtectionEnabled":false}"#)
                    .fires("high"),
                Case::new("not required", "CreateTable", r#"{"tableName":"carts"}"#),
                Case::new(
                    "not required either",
                    "UpdateTable",
                    r#"{"tableName":"carts","deletionProtectionEnabled":false}"#,
                ),
                Case::new("no entry", "CreateTable", r#"{"tableName":"other"}"#),
            ],
        );
    }
}
