//! From logs to IAM: the least that a principal's policy has to grant, and how its present policy compares.
//!
//! ```text
//! call, access ─► actions on ARNs ─► usage ─► least-privilege document
//!                   [actions]       [usage]     [least]
//!                                      │
//!             present document ────────┴─────► granted and never used, used and not granted
//!               [document]                       [compare]
//! ```
//!
//! Conditions are suggested and never written into the document: what a log shows is not all that will be needed.

mod actions;
mod attributes;
mod compare;
mod document;
mod glob;
mod known;
mod least;
mod suggest;
mod usage;

pub use compare::{Comparison, Unused, compare};
pub use document::{Document, Effect, OneOrMany, Statement};
pub use least::{MANAGED_POLICY_CHARACTERS, least_privilege, size};
pub use suggest::Suggestion;
pub use usage::{Grant, UnknownPrincipal, Usage, Use};

#[cfg(test)]
mod tests;
