//! Each finding as a line that can be scanned, and the lines that say more below it.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, Color};
use jiff::Timestamp;
use tablewarden_core::finding::{Evidence, Finding, Sample};
use tablewarden_core::policy::Policy;
use tablewarden_core::printable::printable;
use tablewarden_core::severity::Severity;

use super::{NAME, did, items, place, which, who};
use crate::render::Report;
use crate::render::screen::{GAP, Screen, longest_word, write_table};
use crate::summary::Sum;

/// The longest that a line below a finding may be before it is wrapped, in characters.
const LINE: usize = 600;

/// The width of what such a line begins with: a word of four letters, and a gap.
const LABEL: u16 = 4 + GAP;

const HEADER: [&str; 7] = ["SEVERITY", "FINDING", "WHO", "TABLE", "EFFECT", "ITEMS", "CALLS"];

pub(super) fn write(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    if report.findings.is_empty() {
        // Silence about what was not read is no good news.
        let text = if report.summary.is_complete() { "No findings." } else { "No findings in what could be read." };
        return writeln!(out, "{text}\n");
    }
    // One table for all, for the widths of its columns; it is written in pieces.
    let mut all = screen.table();
    all.add_row(HEADER).add_rows(report.findings.iter().map(|finding| cells(finding, report.policy)));
    let widths = screen.fit(&all);
    let indent = widths.first().copied().unwrap_or_default();

    let mut header = screen.table();
    header.add_row(right_aligned(HEADER.map(|title| Cell::new(title).add_attribute(Attribute::Bold))));
    write_table(&mut header, &widths, out)?;
    for finding in report.findings {
        let mut line = screen.table();
        line.add_row(cells(finding, report.policy));
        write_table(&mut line, &widths, out)?;
        let room = (screen.width + GAP).saturating_sub(indent + LABEL);
        write_below(&details(finding, report.policy), [indent, LABEL, room], out, screen)?;
        // A path that is copied from the screen has to lead to its file: it is left to the terminal to break it.
        let see = see(finding);
        let room = room.max(longest_word(&see).unwrap_or_default().saturating_add(GAP));
        write_below(&[("see", see)], [indent, LABEL, room], out, screen)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_below(lines: &[(&str, String)], widths: [u16; 3], out: &mut impl Write, screen: Screen) -> io::Result<()> {
    let mut below = screen.table();
    for (label, text) in lines {
        below.add_row([Cell::new(""), Cell::new(label).add_attribute(Attribute::Dim), Cell::new(text)]);
    }
    write_table(&mut below, &widths, out)
}

fn cells(finding: &Finding, policy: Option<&Policy>) -> [Cell; 7] {
    let subject = &finding.subject;
    let colour = match finding.severity {
        Severity::Critical | Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low => Color::Cyan,
        Severity::Informational => Color::Reset,
    };
    // What another service found is no access: nothing is known of an effect, and nothing was counted.
    let [did, items] = if finding.relayed.is_empty() {
        [did(subject.effect, subject.outcome), items(subject.effect, subject.outcome, Sum::from(finding))]
    } else {
        ["-".to_owned(), "-".to_owned()]
    };
    right_aligned([
        Cell::new(finding.severity.as_str().to_uppercase()).fg(colour).add_attribute(Attribute::Bold),
        Cell::new(subject.detection.title),
        Cell::new(who(&subject.actor, &subject.account, policy)),
        Cell::new(which(subject.table.as_ref())),
        Cell::new(did),
        Cell::new(items),
        Cell::new(finding.accesses),
    ])
}

/// The last two cells hold numbers.
fn right_aligned([severity, finding, who, table, effect, items, calls]: [Cell; 7]) -> [Cell; 7] {
    let right = |cell: Cell| cell.set_alignment(CellAlignment::Right);
    [severity, finding, who, table, effect, right(items), right(calls)]
}

fn details(finding: &Finding, policy: Option<&Policy>) -> Vec<(&'static str, String)> {
    let subject = &finding.subject;
    let when = format!("{}, {}", when(finding), place(&subject.account, &subject.region, policy));
    let mut lines = vec![("when", when), ("how", how(finding)), ("why", printable(&finding.reason(), LINE))];
    // What is no table has no place in the line above.
    let is_relayed = !finding.relayed.is_empty();
    if let Some(what) = subject.resource.as_ref().filter(|_| subject.table.is_none() || is_relayed) {
        lines.insert(0, ("what", printable(what, LINE)));
    }
    if !finding.keys.is_empty() {
        lines.push(("keys", joined(&finding.keys)));
    }
    lines.retain(|(_, text)| !text.is_empty());
    lines
}

/// `2026-03-02 09:15:00 to 09:20:11 UTC`.
fn when(finding: &Finding) -> String {
    let (first, last) = (finding.first.time, finding.last_seen);
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let last = match (first == last, day(first) == day(last)) {
        (true, _) => String::new(),
        (false, true) => last.strftime(" to %H:%M:%S").to_string(),
        (false, false) => last.strftime(" to %Y-%m-%d %H:%M:%S").to_string(),
    };
    format!("{}{last} UTC", first.strftime("%Y-%m-%d %H:%M:%S"))
}

/// `DeleteItem, BatchWriteItem from 203.0.113.7 through athena.amazonaws.com`.
fn how(finding: &Finding) -> String {
    let parts = [
        ("", &finding.operations),
        (" from ", &finding.sources),
        (" in ", &finding.vpc_endpoints),
        (" through ", &finding.via),
        (": ", &finding.error_codes),
    ];
    let parts = parts.into_iter().filter(|(_, sample)| !sample.is_empty());
    let parts: Vec<String> = parts.map(|(word, sample)| format!("{word}{}", joined(sample))).collect();
    parts.concat()
}

/// `1f0c4a3e-… in logs/monday.json (and 3 more events)`.
fn see(finding: &Finding) -> String {
    let Evidence { event_id, place, .. } = &finding.first;
    let more = match finding.accesses.saturating_sub(1) {
        0 => "",
        1 => " (and 1 more event)",
        more => &format!(" (and {more} more events)"),
    };
    format!("{} in {}{more}", printable(&event_id.to_string(), NAME), printable(&place.to_string(), LINE))
}

fn joined(sample: &Sample<String>) -> String {
    let values: Vec<String> = sample.iter().map(|value| printable(value, NAME)).collect();
    values.join(", ") + if sample.has_more() { " and more" } else { "" }
}
