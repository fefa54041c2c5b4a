//! What was learned as YAML.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::Value;

use super::finish::{Change, Learned, LearnedTable, Line, RootCalls};
use super::left_out::LeftOut;
use crate::policy::scalar;
use crate::printable::printable;

/// For editors: the schema of the format, where `tablewarden policy schema` was written beside the policy.
const SCHEMA: &str = "# yaml-language-server: $schema=policy.schema.json";

/// The longest line of YAML, where its parts are shorter.
const WIDTH: usize = 120;

/// How long what the root user did stays accepted, in days.
const ACCEPTED: i64 = 90;

/// How many names or ids a comment holds.
const NAMED: usize = 5;

impl Learned {
    /// The policy, with what was left out in comments at its end.
    pub fn to_yaml(&self) -> String {
        let mut lines = vec![SCHEMA.to_owned(), "version: 1".to_owned()];
        lines.push(
            "# Learned from what was done, which need not be what is right: read each line before you trust it.".into(),
        );
        if let Some((first, last)) = self.span {
            lines.push(format!("# From {first} to {last}."));
        }
        if self
            .tables
            .iter()
            .flat_map(|table| &table.lines)
            .any(|line| line.actions.iter().any(|api| api.ends_with('*')))
        {
            lines.push(
                "# `UpdateTable*` is the routine of UpdateTable; without the *, what is grave would be expected too."
                    .into(),
            );
        }
        if self.tables.iter().any(|table| !table.changes.is_empty()) {
            lines.push(
                "# A threshold of a table is for what its lines expect; what they do not is held to the usual one."
                    .into(),
            );
        }
        if !self.accounts.is_empty() {
            lines.push("accounts:  # give them names that people know".to_owned());
            for (account, count) in &self.accounts {
                let account = Value::from(account.as_str());
                lines.push(format!("  {account}: {account}  # {count} calls"));
            }
        }
        let entries: Vec<&LearnedTable> = self.tables.iter().filter(|table| table.has_entry()).collect();
        if !entries.is_empty() {
            lines.push("tables:".to_owned());
        }
        for table in entries {
            lines.extend(table.entry(2));
        }
        let suppressions: Vec<String> = self.tables.iter().filter_map(|table| table.suppression(2)).flatten().collect();
        if !suppressions.is_empty() {
            lines.push("suppressions:".to_owned());
            lines.extend(suppressions);
        }
        if !self.left_out.is_empty() {
            lines.push("# Left out:".to_owned());
            lines.extend(self.left_out.iter().map(|left_out| format!("# - {left_out}")));
        }
        lines.join("\n") + "\n"
    }
}

impl LearnedTable {
    /// The lines of an entry of its own, its dash at this column.
    pub(super) fn entry(&self, column: usize) -> Vec<String> {
        let (dash, fields) = (" ".repeat(column), " ".repeat(column + 2));
        let mut lines = vec![format!("{dash}- table: {}  # {}", scalar(&self.label), calls(self.calls, self.last))];
        if !self.changes.is_empty() {
            lines.push(format!("{fields}detections:"));
            lines.extend(self.changes.iter().map(|change| change.line(column + 4)));
        }
        lines.push(format!("{fields}expected:{}", if self.lines.is_empty() { " []" } else { "" }));
        lines.extend(self.lines.iter().flat_map(|line| line.block(column + 4)));
        lines
    }
}

impl LearnedTable {
    /// The lines that suppress what is accepted of the root user, their dash at this column.
    pub(super) fn suppression(&self, column: usize) -> Option<Vec<String>> {
        let mut fields = self.suppression_fields()?.into_iter();
        let (dash, indent) = (" ".repeat(column), " ".repeat(column + 2));
        let first = fields.next().map(|field| format!("{dash}- {field}"));
        Some(first.into_iter().chain(fields.map(|field| format!("{indent}{field}"))).collect())
    }

    /// The fields of the suppression.
    pub(super) fn suppression_fields(&self) -> Option<[String; 4]> {
        let RootCalls { calls: count, last } = self.root?;
        // What somebody accepts without looking again has to have an end.
        let until = last.to_zoned(TimeZone::UTC).date().saturating_add(Span::new().days(ACCEPTED));
        let reason = format!("accepted when the policy was learned, {}", calls(count, last));
        Some([
            "detection: root-access".to_owned(),
            format!("table: {}", scalar(&self.label)),
            format!("until: {until}"),
            format!("reason: {}", Value::from(reason)),
        ])
    }
}

impl Change {
    /// A line of `detections`, its key at this column.
    pub(super) fn line(&self, column: usize) -> String {
        format!("{}{}: {}  # {}", " ".repeat(column), self.detection, self.value(), printable(&self.why, WIDTH))
    }

    /// The thresholds.
    pub(super) fn value(&self) -> String {
        let fields: Vec<String> =
            self.thresholds.iter().map(|(unit, threshold)| format!("{}: {threshold}", unit.as_str())).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

impl Line {
    /// The lines of a block, its dash at this column.
    pub(super) fn block(&self, column: usize) -> Vec<String> {
        let mut comment = calls(self.calls, self.last);
        if !self.people.is_empty() {
            let _ = write!(comment, ", {}", named(self.people.iter()));
        }
        let mut lines = vec![format!("{}{}  # {comment}", " ".repeat(column), self.principal)];
        for (name, values) in self.lists() {
            lines.extend(wrapped(name, &values, column + 2));
        }
        lines
    }

    /// The same as one value among others between brackets, where no comment can stand.
    pub(super) fn flow(&self) -> String {
        let lists = self.lists().into_iter().map(|(name, values)| format!("{name}: [{}]", values.join(", ")));
        let principal = self.principal.strip_prefix("- ").unwrap_or(&self.principal).to_owned();
        format!("{{{}}}", [principal].into_iter().chain(lists).collect::<Vec<_>>().join(", "))
    }

    fn lists(&self) -> Vec<(&'static str, Vec<String>)> {
        let scalars = |values: &mut dyn Iterator<Item = &String>| values.map(|value| scalar(value)).collect();
        let lists: [(&str, Vec<String>); 3] = [
            ("actions", scalars(&mut self.actions.iter())),
            ("vpc-endpoints", scalars(&mut self.vpc_endpoints.iter())),
            ("regions", scalars(&mut self.regions.iter())),
        ];
        lists.into_iter().filter(|(_, values)| !values.is_empty()).collect()
    }
}

/// `name: [a, b]` at this column, broken between values where it would become too long.
fn wrapped(name: &str, values: &[String], column: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = format!("{}{name}: [", " ".repeat(column));
    for (number, value) in values.iter().enumerate() {
        let is_last = number + 1 == values.len();
        let value = format!("{value}{}", if is_last { "]" } else { "," });
        if number > 0 && line.len() + 1 + value.len() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(column + 2)));
        } else if number > 0 {
            line.push(' ');
        }
        line.push_str(&value);
    }
    lines.push(line);
    lines
}

/// `12 calls, last 2026-03-02`
pub(crate) fn calls(calls: u64, last: Timestamp) -> String {
    format!("{calls} call{}, last {}", if calls == 1 { "" } else { "s" }, last.to_zoned(TimeZone::UTC).date())
}

/// The first few, fit for a comment.
fn named<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let count = names.len();
    let mut shown: Vec<String> = names.take(NAMED).map(|name| printable(name, 80)).collect();
    if count > NAMED {
        shown.push(format!("{} more", count - NAMED));
    }
    shown.join(", ")
}

impl std::fmt::Display for LeftOut {
    /// One line, fit for a terminal or a comment.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { why, who, on, apis, calls: count, last, events } = self;
        let apis: BTreeSet<String> = apis.iter().map(|api| printable(api, 80)).collect();
        write!(f, "{}: {} by {}", why, named(apis.iter()), printable(who, 200))?;
        if let Some(on) = on {
            write!(f, " on {}", printable(on, 300))?;
        }
        let more = usize::try_from(*count).unwrap_or(usize::MAX).saturating_sub(NAMED.min(events.len()));
        let mut ids: Vec<String> = events.iter().take(NAMED).map(|id| printable(id, 80)).collect();
        if more > 0 {
            ids.push(format!("{more} more"));
        }
        write!(f, ", {}: events {}", calls(*count, *last), ids.join(", "))
    }
}
