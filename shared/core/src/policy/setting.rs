//! What the policy says of a detection.

use std::collections::HashMap;

use super::{Policy, TablePolicy};
use crate::severity::Severity;

/// What the policy changes about a detection, for all tables or for one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether it is switched off.
    pub off: bool,
    /// Its severity in place of its own; neither sensitivity nor outcome move it then. What a detection holds for
    /// graver than its usual cases keeps the graver of both.
    pub severity: Option<Severity>,
    /// How many items make it fire, for one that counts items.
    pub items: Option<u64>,
    /// How many calls make it fire, for one that counts calls.
    pub calls: Option<u64>,
}

/// What a list of `detections` says, by their ids.
pub(super) type Settings = HashMap<String, Changed>;

/// What is changed, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed {
    /// The line in the file, from 1.
    pub(super) line: usize,
    /// Whether it is switched off; to change anything else about it is to have it on.
    pub(super) off: bool,
    pub(super) severity: Option<Severity>,
    pub(super) items: Option<u64>,
    pub(super) calls: Option<u64>,
}

impl Changed {
    /// Switched off in a line.
    pub(super) fn off(line: usize) -> Self {
        Self { line, off: true, severity: None, items: None, calls: None }
    }
}

impl Policy {
    /// The setting of a detection for a table: field by field the table's entry comes before the policy's own list. An entry
    /// that changes anything about a detection has it on, whatever the list says.
    pub fn setting(&self, detection: &str, table: Option<&TablePolicy>) -> Setting {
        let all = self.detections.get(detection);
        let one = table.and_then(|table| table.detections.get(detection));
        Setting {
            off: one.or(all).is_some_and(|changed| changed.off),
            severity: one.and_then(|one| one.severity).or(all.and_then(|all| all.severity)),
            items: one.and_then(|one| one.items).or(all.and_then(|all| all.items)),
            calls: one.and_then(|one| one.calls).or(all.and_then(|all| all.calls)),
        }
    }
}
