//! What the run was about, in a few lines: nothing that was read goes without being counted.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell};

use crate::render::screen::{Screen, write_table};
use crate::summary::Summary;

pub(super) fn write(summary: &Summary, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let mut table = screen.table();
    for (title, text) in lines(summary) {
        table.add_row([Cell::new(title).add_attribute(Attribute::Bold), Cell::new(text)]);
    }
    let widths = screen.fit(&table);
    write_table(&mut table, &widths, out)
}

fn lines(summary: &Summary) -> Vec<(&'static str, String)> {
    let (tally, files) = (&summary.tally, &summary.files);
    let severities: Vec<String> =
        summary.severities.iter().rev().map(|(severity, count)| format!("{count} {severity}")).collect();
    let findings = if severities.is_empty() { "none".to_owned() } else { severities.join(", ") };
    let suppressed = match tally.hits_suppressed {
        0 => String::new(),
        1 => ", 1 hit suppressed".to_owned(),
        hits => format!(", {hits} hits suppressed"),
    };
    let records = format!(
        "{} read = {} relevant + {} + {}",
        tally.records_read,
        tally.records_relevant,
        parts("skipped", tally.records_skipped.iter().map(|(reason, count)| (reason.as_str(), *count))),
        parts("rejected", tally.records_rejected.iter().map(|(reason, count)| (reason.as_str(), *count))),
    );
    let passed_over = parts("passed over", files.passed_over.iter().map(|(reason, count)| (*reason, *count)));
    let of_files = format!("{} read, {} failed, {passed_over}", files.read, files.failed);
    let mut lines = vec![("FINDINGS", findings + &suppressed), ("RECORDS", records), ("FILES", of_files)];
    if !tally.deliveries_skipped.is_empty() {
        let skipped =
            parts("skipped", tally.deliveries_skipped.iter().map(|(reason, count)| (reason.as_str(), *count)));
        lines.push(("NOTICES", skipped));
    }
    lines
}

/// `3 skipped (2 other service, 1 duplicate)`.
fn parts(what: &str, counts: impl Iterator<Item = (&'static str, u64)>) -> String {
    let counts: Vec<(&str, u64)> = counts.collect();
    let sum: u64 = counts.iter().map(|(_, count)| count).sum();
    let parts: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {}", words(reason))).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    format!("{sum} {what}{parts}")
}

/// `OtherService` ─► `other service`: the reasons are named for metrics.
fn words(name: &str) -> String {
    name.chars().enumerate().fold(String::new(), |mut words, (position, letter)| {
        if letter.is_uppercase() && position > 0 {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
        words
    })
}
