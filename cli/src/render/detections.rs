//! The catalogue for people and machines.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell};
use serde_json::{Value, json};
use tablewarden_core::detections::{Chain, Counter, Detection, Section, Window};

use super::screen::{Screen, write_table};

const HEADER: [&str; 4] = ["ID", "SEVERITY", "FIRES WHEN", "ATT&CK"];

/// A line for each detection, by section.
pub(crate) fn list(screen: Screen, out: &mut impl Write) -> io::Result<()> {
    // One table for all, for the widths of its columns; it is written in pieces.
    let mut all = screen.table();
    all.add_row(HEADER).add_rows(Section::ALL.iter().flat_map(|section| section.detections()).map(|one| cells(one)));
    let widths = screen.fit(&all);
    for section in Section::ALL.iter().filter(|section| !section.detections().is_empty()) {
        writeln!(out, "{}: {}\n", section.title(), section.about())?;
        let mut table = screen.table();
        table.add_row(HEADER.map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
        table.add_rows(section.detections().iter().map(|detection| cells(detection)));
        write_table(&mut table, &widths, out)?;
        writeln!(out)?;
    }
    Ok(())
}

fn cells(detection: &Detection) -> [String; 4] {
    let Detection { id, severity, fires_when, techniques, .. } = detection;
    [(*id).to_owned(), (*severity).to_owned(), (*fires_when).to_owned(), dashed(&techniques.join(", "))]
}

/// All that is known of one detection.
pub(crate) fn one(detection: &Detection, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let Detection { id, title, fires_when, severity, techniques, why, first_steps, .. } = detection;
    let mut lines = vec![
        ("ID", (*id).to_owned()),
        ("TITLE", (*title).to_owned()),
        ("FIRES WHEN", (*fires_when).to_owned()),
        ("SEVERITY", (*severity).to_owned()),
    ];
    lines.extend(detection.window().map(|window| ("COUNTS", window.thresholds())));
    lines.extend(detection.chain().map(|chain| ("SEQUENCE", chain.sequence())));
    lines.push(("ATT&CK", dashed(&techniques.join(", "))));
    lines.push(("WHY", (*why).to_owned()));
    let steps: Vec<String> =
        first_steps.iter().enumerate().map(|(number, step)| format!("{}. {step}", number + 1)).collect();
    lines.push(("FIRST STEPS", steps.join("\n")));
    let of_one = "For one table alone, the same under the table's entry.";
    lines.push(("IN THE POLICY", format!("{}{of_one}", detection.policy_lines())));
    let mut table = screen.table();
    for (head, text) in lines {
        table.add_row([Cell::new(head).add_attribute(Attribute::Bold), Cell::new(text)]);
    }
    let widths = screen.fit(&table);
    write_table(&mut table, &widths, out)
}

/// A detection as machines read it.
pub(crate) fn to_json(detection: &Detection) -> Value {
    let Detection { id, title, fires_when, severity, techniques, why, first_steps, .. } = detection;
    json!({
        "id": id,
        "title": title,
        "section": detection.section().map(Section::title),
        "fires_when": fires_when,
        "severity": severity,
        "techniques": techniques,
        "why": why,
        "first_steps": first_steps,
        "window": detection.window().map(window),
        "chain": detection.chain().map(chain),
        "policy": detection.policy_lines(),
    })
}

fn window(window: &Window) -> Value {
    let counter = |counter: &Counter| json!({ "unit": counter.unit.as_str(), "noun": counter.noun, "threshold": counter.threshold });
    json!({ "seconds": window.seconds, "counters": window.counters.iter().map(counter).collect::<Vec<_>>() })
}

fn chain(chain: &Chain) -> Value {
    json!({ "seconds": chain.seconds, "first": chain.first, "steps": chain.steps })
}

/// Writes it, made to be read.
pub(crate) fn json(value: &Value, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{value:#}")
}

fn dashed(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}
