//! What the policy says of a detection.

use super::{Policy, TablePolicy};
use crate::severity::Severity;

/// What the policy changes about a detection, for all tables or for one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether it is switched off.
    pub off: bool,
    /// Its severity in place of its own; neither sensitivity nor outcome move it then.
    pub severity: Option<Severity>,
    /// How many items make it fire, for one that counts items.
    pub items: Option<u64>,
    /// How many calls make it fire, for one that counts calls.
    pub calls: Option<u64>,
}

impl Policy {
    /// The setting of a detection for a table: field by field the table's entry comes before the policy's own list.
    pub fn setting(&self, _detection: &str, _table: Option<&TablePolicy>) -> Setting {
        Setting::default()
    }
}
