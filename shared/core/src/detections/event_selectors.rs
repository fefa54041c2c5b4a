//! What of DynamoDB's events the selectors of a trail leave out.
//!
//! "`PutEventSelectors`", <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>; the
//! fields: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>.

use serde_json_borrow::Value;

use super::control::name;
use crate::access::{Params, field};

/// What is not logged in full, in words; `None` where it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    /// Of the data events of tables.
    pub(super) items: Option<String>,
    /// Of the data events of streams, as far as the kind of selectors could log them.
    pub(super) streams: Option<String>,
    /// Of the management events that change something.
    pub(super) management: Option<String>,
    /// Of those of KMS, where the others are logged.
    pub(super) keys: Option<String>,
}

/// The gaps of the selectors in a request; `None` where it tells none. Tables that `is_own` knows by their ARN may be left
/// out: what writes down what was told of others is of no interest.
pub(super) fn gaps(params: &Params<'_>, is_own: &dyn Fn(&str) -> bool) -> Option<Gaps> {
    if let Some(selectors) = params.get("advancedEventSelectors").and_then(Value::as_array) {
        let logged = |kind: Option<&Kind>, source: &str| -> Vec<Logged> {
            selectors.iter().filter_map(|selector| advanced(selector, kind, source, is_own)).collect()
        };
        let management = management_gap(&logged(None, SOURCE));
        return Some(Gaps {
            items: TABLE.gap(&logged(Some(&TABLE), SOURCE)),
            streams: STREAM.gap(&logged(Some(&STREAM), SOURCE)),
            keys: key_gap(&logged(None, KMS)).filter(|_| management.is_none()),
            management,
        });
    }
    let selectors = params.get("eventSelectors").and_then(Value::as_array)?;
    let items: Vec<Logged> = selectors.iter().flat_map(basic).collect();
    let logged = |source: &str| -> Vec<Logged> {
        selectors.iter().filter_map(|selector| basic_management(selector, source)).collect()
    };
    let management = management_gap(&logged(SOURCE));
    // Basic selectors know no streams, so that leaving them out narrows nothing.
    Some(Gaps {
        items: TABLE.gap(&items),
        streams: None,
        keys: key_gap(&logged(KMS)).filter(|_| management.is_none()),
        management,
    })
}

/// What one selector logs of a kind of event.
struct Logged {
    reads: bool,
    writes: bool,
    /// What else an event has to be to be logged.
    limits: Vec<String>,
}

/// A type of resource that has data events.
struct Kind {
    resource_type: &'static str,
    apis: &'static [&'static str],
    all: &'static str,
    writes: &'static str,
    reads: &'static str,
}

/// "Logging DynamoDB operations by using AWS CloudTrail",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html>
const TABLE: Kind = Kind {
    resource_type: "AWS::DynamoDB::Table",
    apis: &[
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    ],
    all: "data events of tables",
    writes: "writes of items",
    reads: "reads of items",
};

const STREAM: Kind = Kind {
    resource_type: "AWS::DynamoDB::Stream",
    apis: &["GetRecords", "GetShardIterator"],
    all: "reads of streams",
    // A stream is read and never written.
    writes: "",
    reads: "reads of streams",
};

impl Kind {
    fn gap(&self, logged: &[Logged]) -> Option<String> {
        let (reads, writes) = in_full(logged);
        match (reads, writes || self.writes.is_empty()) {
            (true, true) => None,
            (false, true) => Some(words(self.reads, logged)),
            (true, false) => Some(words(self.writes, logged)),
            (false, false) => Some(words(self.all, logged)),
        }
    }
}

fn management_gap(logged: &[Logged]) -> Option<String> {
    let (_, writes) = in_full(logged);
    (!writes).then(|| words("changes of tables and of what guards them (management events)", logged))
}

fn key_gap(logged: &[Logged]) -> Option<String> {
    let (_, writes) = in_full(logged);
    (!writes).then(|| words("calls that endanger the keys of tables (management events of KMS)", logged))
}

/// Whether all reads and all writes are logged. Limits of several selectors could make up the whole between them; that is not
/// looked into.
fn in_full(logged: &[Logged]) -> (bool, bool) {
    let unlimited = || logged.iter().filter(|logged| logged.limits.is_empty());
    (unlimited().any(|logged| logged.reads), unlimited().any(|logged| logged.writes))
}

fn words(what: &str, logged: &[Logged]) -> String {
    let limits: Vec<String> =
        logged.iter().filter(|logged| !logged.limits.is_empty()).map(|logged| logged.limits.join(" and ")).collect();
    match limits.as_slice() {
        [] => format!("{what} are not logged"),
        limits => format!("{what} are only logged where {}", limits.join(", or where ")),
    }
}

/// What a basic selector logs of tables.
fn basic(selector: &Value<'_>) -> Vec<Logged> {
    let resources = field(selector, "dataResources").and_then(Value::as_array).unwrap_or_default();
    let of_tables = resources.iter().filter(|resource| text(resource, "type") == Some(TABLE.resource_type));
    let mut logged = Vec::new();
    for resource in of_tables {
        let values: Vec<&str> = list(resource, "values").collect();
        if values.is_empty() {
            continue;
        }
        let all = values.iter().any(|value| is_start_of_all_tables(value));
        let limits = if all { Vec::new() } else { vec![format!("the table is one of {}", name(&values.join(", ")))] };
        let (reads, writes) = reads_and_writes(selector);
        logged.push(Logged { reads, writes, limits });
    }
    logged
}

/// What a basic selector logs of the management events of a source. The sources that it can leave out are `kms.amazonaws.com` and
/// `rdsdata.amazonaws.com`.
fn basic_management(selector: &Value<'_>, source: &str) -> Option<Logged> {
    let included = field(selector, "includeManagementEvents").and_then(Value::as_bool) != Some(false);
    let (reads, writes) = reads_and_writes(selector);
    (included && !list(selector, "excludeManagementEventSources").any(|excluded| excluded == source)).then(|| Logged {
        reads,
        writes,
        limits: Vec::new(),
    })
}

fn reads_and_writes(selector: &Value<'_>) -> (bool, bool) {
    match text(selector, "readWriteType") {
        Some("ReadOnly") => (true, false),
        Some("WriteOnly") => (false, true),
        _ => (true, true),
    }
}

/// `eventSource` of all of DynamoDB's events, its streams' too.
const SOURCE: &str = "dynamodb.amazonaws.com";

/// `eventSource` of KMS's events.
const KMS: &str = "kms.amazonaws.com";

/// What an advanced selector logs of a kind of data events of a source, or of its management events where `kind` is `None`.
fn advanced(selector: &Value<'_>, kind: Option<&Kind>, source: &str, is_own: &dyn Fn(&str) -> bool) -> Option<Logged> {
    let fields = field(selector, "fieldSelectors").and_then(Value::as_array).unwrap_or_default();
    let category = if kind.is_some() { "Data" } else { "Management" };
    let mut logged = Logged { reads: true, writes: true, limits: Vec::new() };
    for selector in fields {
        let admits = |value: &str| admits(selector, value);
        let asked = text(selector, "field").unwrap_or("a field that is not told").to_ascii_lowercase();
        let limited = match (asked.as_str(), kind) {
            ("eventcategory", _) if !admits(category) => return None,
            ("eventsource", _) if !admits(source) => return None,
            ("eventtype", _) if !admits("AwsApiCall") => return None,
            ("resources.type", Some(kind)) if !admits(kind.resource_type) => return None,
            ("eventcategory" | "eventsource" | "eventtype" | "resources.type", _) => false,
            ("readonly", _) => {
                logged.reads &= admits("true");
                logged.writes &= admits("false");
                false
            }
            ("eventname", Some(kind)) => !kind.apis.iter().all(|api| admits(api)),
            ("resources.arn", Some(_)) => !admits_all_tables(selector, is_own),
            _ => true,
        };
        if limited {
            logged.limits.push(limit(selector));
        }
    }
    Some(logged)
}

/// An operator by its name, and whether it holds of a value and what is asked for.
type Operator = (&'static str, fn(&str, &str) -> bool);

/// A value has to meet one of these, where a selector has any.
const POSITIVE: [Operator; 3] = [("equals", equals), ("startsWith", starts_with), ("endsWith", ends_with)];

/// A value must meet none of these.
const NEGATIVE: [Operator; 3] = [("notEquals", equals), ("notStartsWith", starts_with), ("notEndsWith", ends_with)];

fn equals(value: &str, asked: &str) -> bool {
    value == asked
}

fn starts_with(value: &str, asked: &str) -> bool {
    value.starts_with(asked)
}

fn ends_with(value: &str, asked: &str) -> bool {
    value.ends_with(asked)
}

fn admits(selector: &Value<'_>, value: &str) -> bool {
    let meets = |(operator, holds): &Operator| list(selector, operator).any(|asked| holds(value, asked));
    (!asks(selector) || POSITIVE.iter().any(meets)) && !NEGATIVE.iter().any(meets)
}

/// Whether a selector asks for any values.
fn asks(selector: &Value<'_>) -> bool {
    POSITIVE.iter().any(|(operator, _)| list(selector, operator).next().is_some())
}

/// Whether a selector by ARN leaves out no table but own ones.
fn admits_all_tables(selector: &Value<'_>, is_own: &dyn Fn(&str) -> bool) -> bool {
    // No ARN has a `?`, so that only a pattern with `*` at its end covers it, and that covers all that begins like this.
    let is_own_start = |start: &str| is_own(&format!("{start}?"));
    (!asks(selector) || list(selector, "startsWith").any(is_start_of_all_tables))
        && list(selector, "notEquals").all(is_own)
        && list(selector, "notStartsWith").all(is_own_start)
        && list(selector, "notEndsWith").next().is_none()
}

/// Whether the ARN of every table begins like this; `arn:aws:dynamodb` is how all tables are written.
fn is_start_of_all_tables(start: &str) -> bool {
    let partitions = ["aws", "aws-cn", "aws-us-gov"];
    !start.is_empty() && partitions.iter().any(|partition| format!("arn:{partition}:dynamodb:").starts_with(start))
}

/// A condition in words: `eventName equals GetItem, Query`.
fn limit(selector: &Value<'_>) -> String {
    let operators = POSITIVE.iter().chain(&NEGATIVE).filter_map(|(operator, _)| {
        let values: Vec<&str> = list(selector, operator).collect();
        (!values.is_empty()).then(|| format!("{operator} {}", name(&values.join(", "))))
    });
    let conditions = operators.collect::<Vec<_>>().join(" and ");
    format!("{} {conditions}", name(text(selector, "field").unwrap_or("a field that is not told")))
}

fn text<'v>(value: &'v Value<'_>, name: &str) -> Option<&'v str> {
    field(value, name)?.as_str()
}

fn list<'v>(value: &'v Value<'_>, name: &str) -> impl Iterator<Item = &'v str> {
    field(value, name).and_then(Value::as_array).unwrap_or_default().iter().filter_map(Value::as_str)
}
