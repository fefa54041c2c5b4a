//! How an access stands with what its table's entry expects.

use super::{Expectation, TablePolicy};
use crate::access::{Access, Call};

/// How an access stands with the lines of `expected`. Of several lines that name the actor, the one that the access came
/// furthest with decides.
#[derive(Debug, Clone)]
pub enum Standing<'p> {
    /// No entry speaks for the table, or it does not say who is expected.
    NotJudged,
    /// This line expects it.
    Expected(&'p Expectation),
    /// No line names the actor.
    Stranger,
    /// This line names the actor, but for other effects or APIs.
    OtherAction(&'p Expectation, String),
    /// This line names actor and action, but from elsewhere: another VPC endpoint, address, account or region.
    OtherNetwork(&'p Expectation, String),
    /// This line names all of it, but for other hours, or no longer.
    OtherTime(&'p Expectation, String),
}

impl Standing<'_> {
    /// Whether a line expects the access.
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::Expected(_))
    }
}

impl TablePolicy {
    /// How an access of this table stands with the entry's lines.
    pub fn standing(&self, call: &Call<'_>, access: &Access<'_>) -> Standing<'_> {
        let Some(table) = access.table.as_ref().filter(|_| self.judges()) else { return Standing::NotJudged };
        match self.expectation_for(&call.actor, table) {
            Some(expectation) => Standing::Expected(expectation),
            None => Standing::Stranger,
        }
    }
}
