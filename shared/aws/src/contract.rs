//! What the templates that deploy the functions have to give them: settings, permissions, and the names that alarms, dashboards
//! and queries ask for.
//!
//! Each stands where it is used: [`SETTINGS`](crate::settings::SETTINGS), the `CALLS` of each adapter,
//! [`METRICS`](tablewarden_core::tally::METRICS), [`FIELDS`](crate::logged::FIELDS). `schema/contract.json` is written from them,
//! for tests of the templates.

/// One of the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Handles log deliveries.
    TrailLog,
    /// Handles events of EventBridge.
    DdlEvent,
}

/// Both functions.
pub const BOTH: &[Function] = &[Function::TrailLog, Function::DdlEvent];

/// The function for log deliveries alone.
pub const TRAIL_LOG: &[Function] = &[Function::TrailLog];

impl Function {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TrailLog => "trail-log",
            Self::DdlEvent => "ddl-event",
        }
    }
}

/// A call of AWS that functions make with their role's permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The action as IAM names it.
    pub action: &'static str,
    /// What it is called on, in words.
    pub resource: &'static str,
    /// Who calls it.
    pub functions: &'static [Function],
    /// The setting without which nobody does.
    pub when: Option<&'static str>,
}

#[cfg(test)]
mod tests;
