//! The lines of `expected`.

use ipnet::IpNet;

use super::super::error::{Report, Wrong};
use super::super::expectation::{Calls, Expectation};
use super::super::file::{self, Place, Text};
use super::super::origin::Origin;
use super::super::pattern::Pattern;
use super::approvals::{account, region};
use super::{all, line_of, noted, one_line, principals, windows, word};
use crate::operation::{self, Effect, Service, Shape};

pub(super) fn compile(line: file::Placed<file::Expected>, report: &mut Report<'_>) -> Option<Expectation> {
    let file::Placed { value: mut line, at } = line;
    let principal = principals::compile(line.take_principal(), at, report);
    let calls = calls(line.effects, line.actions, at, report);
    let origin = Origin {
        vpc_endpoints: listed(line.vpc_endpoints, "vpc-endpoints", at, report, endpoint),
        cidrs: listed(line.cidrs, "cidrs", at, report, cidr),
        accounts: listed(line.accounts, "accounts", at, report, account),
        regions: listed(line.regions, "regions", at, report, region),
    };
    if line.windows.as_ref().is_some_and(Vec::is_empty) {
        report.add(at, empty("windows"));
    }
    let windows = line.windows.into_iter().flatten();
    let windows = windows.filter_map(|window| windows::compile(window.value, report)).collect();
    let reason = line.reason.and_then(|reason| one_line(reason, report));
    let until = line.until.and_then(|until| {
        if reason.is_none() {
            report.add(until.at, Wrong::new("this line has an end and no reason", "a field `reason` beside it"));
        }
        noted(windows::end(&until.value), until.at, report)
    });
    Some(Expectation { line: line_of(at), reason, principal: principal?, calls, origin, windows, until })
}

fn calls(
    effects: Option<Vec<Text<Effect>>>,
    actions: Option<Vec<Text<file::Api>>>,
    at: Place,
    report: &mut Report<'_>,
) -> Calls {
    match (effects, actions) {
        (None, None) => Calls::DataPlane,
        (effects @ Some(_), None) => Calls::Effects(listed(effects, "effects", at, report, word)),
        (effects, actions) => {
            if effects.is_some() {
                let message = "`effects` and `actions` exclude each other: an API says what it does";
                report.add(at, Wrong::new(message, "a line for each"));
            }
            Calls::Actions(listed(actions, "actions", at, report, action))
        }
    }
}

/// The values of a list that narrows its line. An empty one would either let nothing pass or not narrow at all.
fn listed<K, T>(
    texts: Option<Vec<Text<K>>>,
    field: &str,
    at: Place,
    report: &mut Report<'_>,
    read: impl Fn(&str) -> Result<T, Wrong>,
) -> Vec<T> {
    if texts.as_ref().is_some_and(Vec::is_empty) {
        report.add(at, empty(field));
    }
    all(texts.unwrap_or_default(), report, read)
}

fn empty(field: &str) -> Wrong {
    Wrong::new(format!("the list `{field}` of this line is empty"), "a value in it, or no such field at all")
}

/// The APIs that people name most, for hints.
const COMMON: [&str; 21] = [
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "DescribeTable",
    "ExecuteStatement",
    "ExecuteTransaction",
    "ExportTableToPointInTime",
    "GetItem",
    "GetRecords",
    "GetShardIterator",
    "PutItem",
    "Query",
    "Scan",
    "TagResource",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
    "UpdateTable",
];

/// The name of an API, or a pattern of names.
fn action(text: &str) -> Result<Pattern, Wrong> {
    if let Some((_, name)) = text.split_once(':') {
        return Err(Wrong::new(format!("`{text}` names the service too"), format!("`{name}`")));
    }
    let letters = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'*');
    let pattern = Pattern::new(text);
    if letters && (!pattern.is_exact() || is_known(text)) {
        return Ok(pattern);
    }
    Err(Wrong::unlisted("API", text, &COMMON, "the name of an API such as `Query`; `*` for any run of characters"))
}

/// Whether an audited service has the API, as far as can be told.
fn is_known(api: &str) -> bool {
    Service::ALL.into_iter().any(|service| match service.calls() {
        operation::Calls::All => operation::lookup(service, api, None).shape != Shape::Unknown,
        operation::Calls::Only(names) => names.contains(&api),
    })
}

/// `vpce-` and hexadecimal digits: <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>.
fn endpoint(text: &str) -> Result<String, Wrong> {
    match text.strip_prefix("vpce-") {
        Some(id) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(text.to_owned()),
        _ => {
            Err(Wrong::new(format!("`{text}` is not the id of a VPC endpoint"), "an id such as vpce-0a1b2c3d4e5f67890"))
        }
    }
}

fn cidr(text: &str) -> Result<IpNet, Wrong> {
    let net = text.parse::<IpNet>().map_err(|_| {
        Wrong::new(
            format!("`{text}` is not a network"),
            "an address and the length of its prefix, such as 10.0.0.0/8, 203.0.113.7/32 or \"2001:db8::/32\"",
        )
    })?;
    // Either the address or the length is not what was meant.
    if net != net.trunc() {
        return Err(Wrong::new(format!("`{text}` has bits behind its prefix"), format!("`{}`", net.trunc())));
    }
    Ok(net)
}
