//! What is right by the format and yet worth a look: lines that do nothing any more, or never did.

mod covers;
mod overlaps;
mod usage;

use annotate_snippets::Level;
use jiff::Timestamp;

use super::quote::{Quote, lines};
use super::setting::Changed;
use super::{Policy, TablePolicy};

pub use usage::Usage;

/// Something that a policy's author may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Whether it asks to be tidied.
    pub kind: RemarkKind,
    /// The line in the file, from 1.
    pub line: usize,
    /// What is so, one sentence without a full stop.
    pub message: String,
    /// What follows from it, or what to do.
    pub hint: String,
}

/// What a [`Remark`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// The line does not do what it seems to; better without it.
    Warning,
    /// As it may be meant to be, and easily forgotten.
    Note,
}

impl Remark {
    fn warning(line: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: RemarkKind::Warning, line, message: message.into(), hint: hint.into() }
    }

    fn note(line: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: RemarkKind::Note, line, message: message.into(), hint: hint.into() }
    }

    /// The remark with its line of the file, in the form of [`PolicyError`](super::PolicyError).
    pub fn render(&self, file: &str, yaml: &str) -> String {
        let text = lines(yaml).nth(self.line.saturating_sub(1)).unwrap_or_default().trim_end();
        let span = text.len() - text.trim_start().len()..text.len();
        let level = match self.kind {
            RemarkKind::Warning => Level::WARNING,
            RemarkKind::Note => Level::NOTE,
        };
        Quote { file, line: self.line, text, span }.render(level, &self.message, &self.hint)
    }
}

impl Policy {
    /// What is worth a look at that time, in the order of the lines.
    pub fn review(&self, now: Timestamp) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = self.tables.iter().flat_map(covers::unreachable).collect();
        remarks.extend(self.expired(now));
        remarks.extend(self.switched_off());
        remarks.extend(self.overlaps());
        remarks.extend(self.never_speaking());
        remarks.sort_by(|a, b| (a.line, a.kind, &a.message).cmp(&(b.line, b.kind, &b.message)));
        remarks
    }

    fn expired(&self, now: Timestamp) -> impl Iterator<Item = Remark> {
        let lines = self.tables.iter().flat_map(|table| table.expected.iter().flatten());
        let grants = lines.filter_map(move |line| {
            let until = line.until.filter(|until| *until <= now)?;
            Some(Remark::warning(
                line.line,
                format!("this line expects nothing since {until}"),
                "take it out, or give it a later end",
            ))
        });
        let suppressions = self.suppressions.iter().map(|line| &line.told).filter(move |told| told.until <= now);
        grants.chain(suppressions.map(|told| {
            let message = format!("this line suppresses nothing since {}", told.until);
            Remark::warning(told.line, message, "take it out, or give it a later end")
        }))
    }

    /// Detections that are off, and what is said of them all the same.
    fn switched_off(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (id, changed) in self.detections.iter().filter(|(_, changed)| changed.off) {
            let message = format!("`{id}` is switched off");
            remarks.push(Remark::note(
                changed.line,
                message,
                "it is told of no table but those whose entry changes it",
            ));
        }
        for table in &self.tables {
            for (id, changed) in table.detections.iter().filter(|(_, changed)| changed.off) {
                remarks.push(if let Some(all) = self.off_for_all(id) {
                    let message = format!("`{id}` is switched off for all tables in line {}", all.line);
                    Remark::warning(changed.line, message, "this line changes nothing")
                } else {
                    let hint = format!("it is not told of `{}`", table.label);
                    Remark::note(changed.line, format!("`{id}` is switched off"), hint)
                });
            }
        }
        for line in &self.suppressions {
            let is_on = |table: &TablePolicy| table.detections.get(&line.detection).is_some_and(|changed| !changed.off);
            if let Some(all) = self.off_for_all(&line.detection).filter(|_| !self.tables.iter().any(is_on)) {
                let message = format!("`{}` is switched off for all tables in line {}", line.detection, all.line);
                remarks.push(Remark::warning(line.told.line, message, "this line suppresses nothing"));
            }
        }
        remarks
    }

    fn off_for_all(&self, detection: &str) -> Option<&Changed> {
        self.detections.get(detection).filter(|all| all.off)
    }

    /// Entries whose every table a more specific entry speaks for. Names with two wildcards in a row are the one way to write
    /// such an entry: the same name with one is more specific.
    fn never_speaking(&self) -> impl Iterator<Item = Remark> {
        let doubtful = self.tables.iter().filter(|table| table.label.contains("**"));
        doubtful.filter_map(|table| {
            let beats = |other: &&TablePolicy| other.spec.rank() > table.spec.rank() && other.spec.covers(&table.spec);
            let winner = self.tables.iter().find(beats)?;
            let message = format!("`{}` in line {} speaks for every table of this entry", winner.label, winner.line);
            Some(Remark::warning(table.line, message, "this entry never speaks"))
        })
    }
}
