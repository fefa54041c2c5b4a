//! `detections`: what is changed about them.

use super::super::error::{Report, Wrong};
use super::super::file::{self, Count, DetectionId, Pairs, Text};
use super::super::setting::{Changed, Settings};
use super::{line_of, noted, word};
use crate::detections::{ALL, Detection, Unit};
use crate::rules::RULE_PREFIX;

pub(super) fn compile(list: Pairs<DetectionId, file::Placed<file::Detection>>, report: &mut Report<'_>) -> Settings {
    let mut settings = Settings::default();
    for (id, change) in list.0 {
        let Some(known) = noted(known(&id.value), id.at, report) else { continue };
        let line = line_of(id.at);
        let changed = match change.value {
            file::Detection::Word(word) if word == "off" => Changed::off(line),
            file::Detection::Word(word) => {
                let wrong = Wrong::new(
                    format!("`{word}` says nothing about a detection"),
                    "`off`, or fields such as `{severity: low}`",
                );
                report.add(change.at, wrong);
                continue;
            }
            file::Detection::Changed(fields) => changed(&known, line, *fields, report),
        };
        settings.insert(id.value, changed);
    }
    settings
}

/// What an id stands for.
pub(super) enum Known {
    Detection(&'static Detection),
    /// A rule of the user's, whose file is not at hand here.
    Rule,
}

/// What an id stands for, of the catalogue or of the user's rules.
pub(super) fn known(id: &str) -> Result<Known, Wrong> {
    if id.strip_prefix(RULE_PREFIX).is_some_and(|rule| !rule.is_empty()) {
        return Ok(Known::Rule);
    }
    let found = ALL.iter().find(|detection| detection.id == id);
    found.map(|detection| Known::Detection(detection)).ok_or_else(|| {
        let ids: Vec<&str> = ALL.iter().map(|detection| detection.id).collect();
        Wrong::unlisted("detection", id, &ids, "an id that `tablewarden detections` lists")
    })
}

fn changed(known: &Known, line: usize, fields: file::Thresholds, report: &mut Report<'_>) -> Changed {
    let severity = fields.severity.and_then(|text| noted(word(&text.value), text.at, report));
    let items = threshold(known, Unit::Items, fields.items, report);
    let calls = threshold(known, Unit::Calls, fields.calls, report);
    Changed { line, off: false, severity, items, calls }
}

/// A threshold, for a detection that has one to change.
fn threshold(known: &Known, unit: Unit, text: Option<Text<Count>>, report: &mut Report<'_>) -> Option<u64> {
    let text = text?;
    let (name, window) = match known {
        Known::Detection(detection) => (format!("`{}`", detection.id), detection.window()),
        Known::Rule => ("a rule".to_owned(), None),
    };
    if !window.is_some_and(|window| window.counters.iter().any(|counter| counter.unit == unit)) {
        report.add(text.at, Wrong::new(format!("{name} does not count {}", unit.as_str()), "no such field"));
        return None;
    }
    let number = text.value.parse::<u64>().ok().filter(|number| *number > 0);
    let number =
        number.ok_or_else(|| Wrong::new(format!("`{}` is no threshold", text.value), "a whole number from 1 on"));
    noted(number, text.at, report)
}
