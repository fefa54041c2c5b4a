//! The calls by which runs remember: what they do to the table of the state must not feed the audit.

use super::Audit;
use crate::access::{Access, Call};
use crate::actor::ActorKind;
use crate::tally::Skip;

/// What the adapter of [`Store`](crate::ports::Store) makes.
const OWN_CALLS: [&str; 4] = ["BatchGetItem", "BatchWriteItem", "PutItem", "Query"];

impl Audit {
    /// Whether all that was read are calls by which runs remember.
    pub fn is_own_alone(&self) -> bool {
        let own = self.tally.records_skipped.get(&Skip::OwnTable);
        own.is_some_and(|own| *own == self.tally.records_read)
    }

    /// Whether a call is one of those by which runs remember.
    pub(super) fn is_own(&self, call: &Call<'_>, accesses: &[Access<'_>]) -> bool {
        let Some(own) = &self.own_table else { return false };
        // The calls that runs make of it, and no others: what else is done in the name of their roles is none of theirs.
        OWN_CALLS.contains(&call.record.event_name())
            && call.actor.kind == ActorKind::Role
            && !call.is_by_person()
            && call.actor.home() == Some(&own.account)
            && !accesses.is_empty()
            && accesses.iter().all(|access| access.table.as_ref() == Some(own) && access.unreadable.is_none())
    }
}
