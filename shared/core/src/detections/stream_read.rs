//! Somebody reads the changes of a table from its stream.

use super::data::{expecting, is_of_stream};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "stream-read",
    title: "Stream read",
    fires_when: "an actor of which no line of the table expects it reads the table's stream, or tries to",
    severity: "medium",
    techniques: &["T1530"],
    why: "A stream holds every change of the last 24 hours, with the items as they were and are: following it copies a table without reading it.",
    first_steps: &[
        "Ask the table's owner whether the consumer is theirs.",
        "See what else reads the stream: event source mappings, pipes, and who may call GetRecords.",
        "If nobody knows it, revoke the sessions of the role or deactivate the keys of the user.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !call.operation.service.owns_tables() || !is_of_stream(call) {
        return None;
    }
    let entry = context.table?;
    let reason = match &context.standing {
        Standing::Stranger => {
            format!("no expectation of the table (policy line {}) names {}", entry.line, call.actor)
        }
        Standing::OtherAction(line, why) => {
            format!("not what policy line {} says: {why}", line.line)
        }
        Standing::NotJudged | Standing::Expected(_) | Standing::OtherNetwork(..) | Standing::OtherTime(..) => {
            return None;
        }
    };
    let remedy = expecting(call, access, context, "\n  actions: [GetRecords, GetShardIterator]");
    Some(Verdict { remedy, ..Verdict::new(Severity::Medium, reason) })
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
        actions: [GetItem]
  - table: carts
";

    #[test]
    fn readers_of_a_stream_that_no_line_expects_are_told() {
        let stream = |table: &str| {
            format!(
                r#"{{"streamArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/{table}/stream/2026-01-01T00:00:00.000","shardId":"s"}}"#
            )
        };
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("expected", "GetShardIterator", &stream("orders")),
                Case::new("expected for other calls", "GetShardIterator", &stream("orders")).by("bob").fires("medium"),
                Case::new("a stranger", "GetShardIterator", &stream("orders")).by("mallory").fires("medium"),
                Case::new("denied", "GetShardIterator", &stream("orders"))
                    .by("mallory")
                    .error("AccessDenied")
                    .fires("low"),
                Case::new("a table that judges nobody", "GetShardIterator", &stream("carts")).by("mallory"),
                Case::new("the table itself", "GetItem", r#"{"tableName":"orders"}"#).by("mallory"),
            ],
        );
    }
}
