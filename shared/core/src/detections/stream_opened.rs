//! The changes of a table are made to flow somewhere.

use super::control::{Place, account_and_region_of, is, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Service;
use crate::severity::Severity;
use crate::table::TableArn;

pub(super) const DETECTION: Detection = Detection {
    id: "stream-opened",
    title: "Stream opened",
    fires_when: "a table's stream is switched on, or a Kinesis stream, a Lambda function or a pipe is attached to its changes; or any pipe is turned to an account that is not approved",
    severity: "medium, high to an account that is not approved",
    techniques: &["T1537"],
    why: "From then on whoever reads at the other end sees each change of each item, and no read of the table shows it.",
    first_steps: &[
        "See where the changes go, and who can read there.",
        "Ask the table's owner whether the consumer is theirs.",
        "If not, detach it first; the stream itself may serve others.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let Opened { done, to, of_a_table } = opened(call)?;
    let (home, _) = call.account_and_region(access);
    let account = to.and_then(account_and_region_of).map(|(account, _)| Place::Account(account));
    let objections = objections(call, context, home, account.as_slice());
    if objections.is_empty() && (context.standing.is_expected() || !of_a_table) {
        return None;
    }
    let severity = if objections.is_empty() { Severity::Medium } else { Severity::High };
    Some(Verdict::new(severity, reason(done, &objections)).aggravated_if(!objections.is_empty()))
}

/// What a call opens.
struct Opened<'v> {
    /// In words.
    done: String,
    /// The ARN of what changes flow to.
    to: Option<&'v str>,
    /// Whether the changes are known to be a table's.
    of_a_table: bool,
}

/// What the call opens.
///
/// Sources: `StreamSpecification` of "`UpdateTable`" and "`CreateTable`", "`EnableKinesisStreamingDestination`",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html>,
/// "`CreateEventSourceMapping`" and "`UpdateEventSourceMapping`" of Lambda and "`CreatePipe`" and "`UpdatePipe`" of EventBridge Pipes,
/// <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_UpdatePipe.html>. A pipe's source cannot be changed later, and
/// what is changed about it does not tell it.
fn opened<'v>(call: &'v Call<'_>) -> Option<Opened<'v>> {
    const MAPPINGS: [&str; 2] = ["CreateEventSourceMapping20150331", "UpdateEventSourceMapping20150331"];
    let text = |field| call.params.text(&[field]);
    let named = |what: &str, target: Option<&str>| match target {
        Some(target) => format!("{what} {}", name(target)),
        None => format!("{what} that the record does not tell"),
    };
    let of_a_table = |done, to| Opened { done, to, of_a_table: true };
    let (service, api) = (call.operation.service, call.record.event_name());
    if is(call, &["UpdateTable", "CreateTable"]) {
        let enabled = call.params.flag(&["streamSpecification", "streamEnabled"]) == Some(true);
        let view = call.params.text(&["streamSpecification", "streamViewType"]);
        let view = view.map_or(String::new(), |view| format!(" ({})", name(view)));
        enabled.then(|| of_a_table(format!("the table's stream is switched on{view}"), None))
    } else if is(call, &["EnableKinesisStreamingDestination"]) {
        let stream = text("streamArn");
        Some(of_a_table(named("each change goes to the Kinesis stream", stream), stream))
    } else if service == Service::Lambda && MAPPINGS.contains(&api) {
        let response = call.response();
        let source = text("eventSourceArn").or_else(|| response.text(&["eventSourceArn"]));
        let function = text("functionName");
        // An update that names no function leaves it as it is.
        let attached = is_table_stream(source) && (function.is_some() || api == MAPPINGS[0]);
        attached.then(|| of_a_table(named("each change goes to the function", function), function))
    } else if service == Service::Pipes && api == "CreatePipe" && is_table_stream(text("source")) {
        let target = text("target");
        Some(of_a_table(named("each change goes by a pipe to", target), target))
    } else if service == Service::Pipes && api == "UpdatePipe" {
        let target = text("target")?;
        let done = format!("what a pipe takes, which may be a table's changes, goes to {}", name(target));
        Some(Opened { done, to: Some(target), of_a_table: false })
    } else {
        None
    }
}

fn is_table_stream(arn: Option<&str>) -> bool {
    let part = arn.and_then(TableArn::parse).and_then(|arn| arn.part);
    part.is_some_and(|part| part.starts_with("stream/"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    const ID: &str = super::DETECTION.id;

    const POLICY: &str = r"
version: 1
approved:
  accounts: ['444455556666']
tables:
  - table: orders
    expected:
      - {role: ci/deploy, effects: [admin]}
";

    const STREAM: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000";

    fn kinesis(claim: &str, account: &str) -> Case {
        let params =
            format!(r#"{{"tableName":"orders","streamArn":"arn:aws:kinesis:eu-west-1:{account}:stream/changes"}}"#);
        Case::new(claim, "EnableKinesisStreamingDestination", &params)
    }

    #[test]
    fn a_stream_that_is_switched_on_is_told() {
        let on = r#"{"tableName":"orders","streamSpecification":{"streamEnabled":true,"streamViewType":"NEW_IMAGE"}}"#;
        let off = r#"{"tableName":"orders","streamSpecification":{"streamEnabled":false}}"#;
        for policy in ["", POLICY] {
            check(
                ID,
                policy,
                &[
                    Case::new("switched on", "UpdateTable", on)
                        .fires("medium")
                        .because("the table's stream is switched on (NEW_IMAGE)"),
                    Case::new("created with one", "CreateTable", on).fires("medium"),
                    Case::new("denied", "UpdateTable", on).error("AccessDenied").fires("low"),
                    Case::new("switched off", "UpdateTable", off),
                    Case::new("created without", "CreateTable", r#"{"tableName":"orders"}"#),
                    kinesis("to Kinesis", "111122223333").fires("medium").because(
                        "each change goes to the Kinesis stream arn:aws:kinesis:eu-west-1:111122223333:stream/changes",
                    ),
                    kinesis("to another account", "123456789012").fires("high").because(
                        "each change goes to the Kinesis stream arn:aws:kinesis:eu-west-1:123456789012:stream/changes: account 123456789012 is not approved",
                    ),
                    Case::new(
                        "taken from Kinesis",
                        "DisableKinesisStreamingDestination",
                        r#"{"tableName":"orders","streamArn":"arn:aws:kinesis:eu-west-1:111122223333:stream/changes"}"#,
                    ),
                ],
            );
        }
        check(
            ID,
            POLICY,
            &[
                Case::new("by whom the policy expects to", "UpdateTable", on).by_role("ci/deploy", "111122223333"),
                kinesis("to an approved account", "444455556666").fires("medium"),
                kinesis("to another account by whom the policy expects to", "123456789012")
                    .by_role("ci/deploy", "111122223333")
                    .fires("high"),
            ],
        );
    }

    #[test]
    fn a_consumer_of_a_tables_stream_is_told() {
        let mapping = |claim: &str, source: &str, function: &str| {
            let params = format!(r#"{{"eventSourceArn":"{source}","functionName":"{function}","enabled":true}}"#);
            Case::new(claim, "CreateEventSourceMapping20150331", &params).to(Service::Lambda)
        };
        let update = |claim: &str, params: &str| {
            Case::new(claim, "UpdateEventSourceMapping20150331", params)
                .to(Service::Lambda)
                .response(&format!(r#"{{"uUID":"0d6a2c1e","eventSourceArn":"{STREAM}"}}"#))
        };
        let pipe = |claim: &str, source: &str| {
            let target = "arn:aws:sqs:eu-west-1:123456789012:loot";
            let params = format!(r#"{{"name":"changes","source":"{source}","target":"{target}"}}"#);
            Case::new(claim, "CreatePipe", &params).to(Service::Pipes)
        };
        let target = |account: &str| format!("arn:aws:sqs:eu-west-1:{account}:loot");
        let repipe = |claim: &str, change: &str| {
            Case::new(claim, "UpdatePipe", &format!(r#"{{"name":"changes",{change}}}"#)).to(Service::Pipes)
        };
        let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
        check(
            ID,
            "",
            &[
                mapping("a function", STREAM, "order-events")
                    .fires("medium")
                    .because("each change goes to the function order-events"),
                mapping("another's function", STREAM, "arn:aws:lambda:eu-west-1:123456789012:function:loot").fires("high"),
                mapping("of a queue", queue, "order-events"),
                update("another function", r#"{"uUID":"0d6a2c1e","functionName":"loot"}"#).fires("medium"),
                update("another batch size", r#"{"uUID":"0d6a2c1e","batchSize":10}"#),
                pipe("a pipe to another account", STREAM).fires("high").because(
                    "each change goes by a pipe to arn:aws:sqs:eu-west-1:123456789012:loot: account 123456789012 is not approved",
                ),
                pipe("a pipe of a queue", queue),
                repipe("a pipe turned to another account", &format!(r#""target":"{}""#, target("123456789012")))
                    .fires("high")
                    .because(
                        "what a pipe takes, which may be a table's changes, goes to arn:aws:sqs:eu-west-1:123456789012:loot: account 123456789012 is not approved",
                    ),
                repipe("a pipe turned within the account", &format!(r#""Target":"{}""#, target("111122223333"))),
                repipe("a pipe stopped", r#""desiredState":"STOPPED""#),
            ],
        );
    }
}
