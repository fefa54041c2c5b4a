//! What windows and chains say, in words.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::reach::Peak;
use super::steps::Link;
use crate::access::{Access, Call};
use crate::detections::{Unit, Window, stretch};
use crate::finding::{Finding, SEVERAL, Subject};
use crate::operation::Plane;

/// `312 items deleted within 5 minutes from 09:10:00 UTC, the threshold is 100`.
pub(super) fn peak(peak: &Peak, window: &Window, finding: &Finding, from: Timestamp) -> String {
    let Peak { limit, sum, .. } = peak;
    let noun = window.counters.iter().find(|counter| counter.unit == limit.unit).map_or("", |counter| counter.noun);
    let at_least = if limit.unit == Unit::Items && finding.accesses_of_unknown_size > 0 { "at least " } else { "" };
    let several = if finding.subject.is_of_several_tables() { " on several tables" } else { "" };
    let stretch = stretch(window.seconds);
    let from = if day(finding.first.time) == day(finding.last_seen) {
        from.strftime("%H:%M:%S UTC").to_string()
    } else {
        clock(from)
    };
    format!("{at_least}{sum} {noun}{several} within {stretch} from {from}, the threshold is {}", limit.threshold)
}

/// How many steps of a chain are listed.
const MOST_STEPS: usize = 12;

/// `2026-03-02 09:10 pitr-off by role/ops/x, 09:14 table-deleted`: each detection, actor and table once, in the order of
/// time; the actor where it is another than before, the table where the chain is about several.
pub(super) fn steps(set: &[&Link<'_>], chain: &Subject) -> String {
    let mut listed: Vec<&Link<'_>> = Vec::new();
    for link in set {
        let same = |known: &&Link<'_>| {
            let (a, b) = (known.subject, link.subject);
            a.detection == b.detection && a.actor == b.actor && a.table == b.table && a.resource == b.resource
        };
        if !listed.iter().any(same) {
            listed.push(link);
        }
    }
    let mut lines = Vec::new();
    let (mut on, mut by) = (None, None);
    for Link { subject, first, .. } in listed.iter().take(MOST_STEPS) {
        let mut line = String::new();
        // Writing to a string does not fail.
        if on.replace(day(*first)) != Some(day(*first)) {
            let _ = write!(line, "{} ", day(*first));
        }
        let _ = write!(line, "{} {}", first.strftime("%H:%M"), subject.detection.id);
        match (&subject.table, &subject.resource) {
            (Some(table), _) if table.name == SEVERAL => line.push_str(" on several tables"),
            (Some(table), _) if chain.is_of_several_tables() => {
                let _ = write!(line, " on {}", table.name);
            }
            (None, Some(resource)) => {
                let _ = write!(line, " on {resource}");
            }
            (Some(_), _) | (None, None) => {}
        }
        if by.replace(&subject.actor) != Some(&subject.actor) {
            let _ = write!(line, " by {}", subject.actor);
        }
        lines.push(line);
    }
    let more = listed.len().saturating_sub(MOST_STEPS);
    lines.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// `a call on the data of orders`: what is tried, and then comes through.
pub(super) fn attempt(call: &Call<'_>, access: &Access<'_>) -> String {
    let table = access.table.as_ref().map_or("no table", |table| &table.name);
    match call.operation.plane {
        Plane::Data => format!("a call on the data of {table}"),
        Plane::Control => format!("a call on the table {table}"),
    }
}

/// `2026-03-02 09:10:00 UTC`.
pub(super) fn clock(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `2026-03-02`.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
