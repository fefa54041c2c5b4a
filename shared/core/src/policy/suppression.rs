//! Findings that are not told.

use jiff::Timestamp;

use super::Policy;
use super::principal::Principal;
use super::resource::ResourceSpec;
use super::table_spec::TableSpec;
use crate::actor::Actor;
use crate::table::TableId;

/// A reason why a finding is not told, with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The line in the file, from 1.
    pub line: usize,
    /// Why, as the policy says.
    pub reason: String,
    /// From then on, it suppresses nothing.
    pub until: Timestamp,
}

/// A line of `suppressions`.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) detection: String,
    pub(super) table: Option<TableSpec>,
    pub(super) resource: Option<ResourceSpec>,
    pub(super) principal: Option<Principal>,
    pub(super) told: Suppression,
}

impl Policy {
    /// Whether it suppresses anything.
    pub(crate) fn suppresses(&self) -> bool {
        !self.suppressions.is_empty()
    }

    /// The suppression that keeps a finding from being told, where one does at that (event) time. `account` is the table's,
    /// or where there is none that of what was called: principals and resources without an ARN are meant in it. `resource`
    /// is what the finding is about beside or in place of a table, by its ARN or, where it has none that is told, its name.
    pub fn suppression(
        &self,
        detection: &str,
        actor: &Actor<'_>,
        account: &str,
        table: Option<&TableId<'_>>,
        resource: Option<&str>,
        time: Timestamp,
    ) -> Option<&Suppression> {
        let found = self.suppressions.iter().find(|line| {
            line.detection == detection
                && time < line.told.until
                && line.table.as_ref().is_none_or(|spec| table.is_some_and(|table| spec.matches(table)))
                && line.resource.as_ref().is_none_or(|spec| resource.is_some_and(|name| spec.matches(name, account)))
                && line.principal.as_ref().is_none_or(|principal| principal.matches(actor, account))
        });
        found.map(|line| &line.told)
    }
}
