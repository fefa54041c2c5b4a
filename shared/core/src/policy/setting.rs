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
pub(super) type Settings = HashMap<&'static str, Changed>;

/// What is changed, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed {
    /// The line in the file, from 1.
    pub(super) line: usize,
    pub(super) setting: Setting,
}

impl Policy {
    /// The setting of a detection for a table: field by field the table's entry comes before the policy's own list.
    pub fn setting(&self, detection: &str, table: Option<&TablePolicy>) -> Setting {
        let of = |settings: &Settings| settings.get(detection).map(|changed| changed.setting).unwrap_or_default();
        let all = of(&self.detections);
        let one = table.map(|table| of(&table.detections)).unwrap_or_default();
        Setting {
            off: one.off || all.off,
            severity: one.severity.or(all.severity),
            items: one.items.or(all.items),
            calls: one.calls.or(all.calls),
        }
    }
}
