//! `detections`: what is changed about them.

use super::super::error::{Report, Wrong};
use super::super::file::{self, Count, DetectionId, Pairs, Text};
use super::super::setting::{Changed, Settings};
use super::{line_of, noted, word};
use crate::detections::{ALL, Detection, Judge, Unit};

pub(super) fn compile(list: Pairs<DetectionId, file::Placed<file::Detection>>, report: &mut Report<'_>) -> Settings {
    let mut settings = Settings::default();
    for (id, change) in list.0 {
        let Some(detection) = noted(known(&id.value), id.at, report) else { continue };
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
            file::Detection::Changed(fields) => changed(detection, line, *fields, report),
        };
        settings.insert(detection.id, changed);
    }
    settings
}

/// The detection of an id.
pub(super) fn known(id: &str) -> Result<&'static Detection, Wrong> {
    let found = ALL.iter().find(|detection| detection.id == id);
    found.copied().ok_or_else(|| {
        let ids: Vec<&str> = ALL.iter().map(|detection| detection.id).collect();
        Wrong::unlisted("detection", id, &ids, "an id that `tablewarden detections` lists")
    })
}

fn changed(detection: &Detection, line: usize, fields: file::Thresholds, report: &mut Report<'_>) -> Changed {
    let severity = fields.severity.and_then(|text| noted(word(&text.value), text.at, report));
    let items = threshold(detection, Unit::Items, fields.items, report);
    let calls = threshold(detection, Unit::Calls, fields.calls, report);
    Changed { line, off: false, severity, items, calls }
}

/// A threshold, for a detection that has one to change.
fn threshold(detection: &Detection, unit: Unit, text: Option<Text<Count>>, report: &mut Report<'_>) -> Option<u64> {
    let text = text?;
    let counts = match detection.judge {
        Judge::Window(window) => window.counters.iter().any(|counter| counter.unit == unit),
        Judge::Access(_) | Judge::Key(_) | Judge::Chain(_) => false,
    };
    if !counts {
        report
            .add(text.at, Wrong::new(format!("`{}` does not count {}", detection.id, unit.as_str()), "no such field"));
        return None;
    }
    let number = text.value.parse::<u64>().ok().filter(|number| *number > 0);
    let number =
        number.ok_or_else(|| Wrong::new(format!("`{}` is no threshold", text.value), "a whole number from 1 on"));
    noted(number, text.at, report)
}
