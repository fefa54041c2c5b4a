//! From logs to policy: what was done becomes what is expected, but for what nobody should be told to expect.
//!
//! ```text
//! call, access ─► would a line make it quiet? ─► evidence ─► lines, thresholds ─► YAML, or lines to merge
//!                         [trial]              [evidence]       [finish]          [write]  [merge]
//!                            └─► left out, and why
//!                                 [left_out]
//! ```
//!
//! The detections themselves are asked whether a line of policy would keep them quiet: what speaks up all the same is left out
//! and told. So replaying the logs under what was learned from them tells of what was left out, and of nothing else. Grave
//! detections of the control plane keep quiet only about an API that a line names in full: lines name those with a `*`.
//!
//! # Memory
//!
//! It is flat in names that callers make up: 20,000 actors at tables are kept apart, of those whose calls all failed so far
//! 1,000, and 2,000 reasons, actors and tables of what was left out; past that, they are told together.

mod endpoints;
mod evidence;
mod finish;
mod left_out;
mod merge;

mod rate;
mod trial;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

pub(crate) use endpoints::Endpoints;
pub use finish::{Change, Learned, LearnedTable, Line, RootCalls};
pub use left_out::{LeftOut, Why};
pub use merge::{MergeError, Merged, merge};
pub(crate) use write::calls;

use crate::access::{Access, Call, Outcome};
use crate::actor::{Actor, ActorKind};
use crate::arn::is_account_id;
use crate::detections::Context;
use crate::operation::Plane;
use crate::policy::{self, Policy, Standing};
use crate::table::TableId;
use evidence::{Entries, Place, Seen};
use left_out::LeftOuts;
use trial::{Trial, Trials};

/// What is learned although nobody should be told to expect it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accept {
    /// What the root user did: `root-access` is suppressed for the tables that it touched, for 90 days.
    pub root: bool,
    /// Calls from other accounts.
    pub other_accounts: bool,
    /// Deletions in bulk by people.
    pub bulk_deletions: bool,
}

/// Learns a policy from accesses, in any order.
#[derive(Debug)]
pub struct Learner {
    accept: Accept,
    /// The policy that what is learned is to be merged into.
    base: Option<Arc<Policy>>,
    trials: Trials,
    entries: Entries,
    left_out: LeftOuts,
    span: Option<(Timestamp, Timestamp)>,
}

impl Learner {
    /// A learner of all that is not expected yet by `base`, where there is one.
    pub fn new(accept: Accept, base: Option<Arc<Policy>>) -> Self {
        Self {
            accept,
            base,
            trials: Trials::default(),
            entries: Entries::default(),
            left_out: LeftOuts::default(),
            span: None,
        }
    }

    /// Learns from one access.
    pub fn add(&mut self, call: &Call<'_>, access: &Access<'_>) {
        let (first, last) = self.span.unwrap_or((call.time, call.time));
        self.span = Some((first.min(call.time), last.max(call.time)));
        if call.outcome == Outcome::Denied {
            return self.left_out.add(Why::Denied, call, access);
        }
        let Some(table) = &access.table else {
            return self.without_table(call, access);
        };
        if let Err(why) = self.lesson(call, access, table) {
            self.left_out.add(why, call, access);
        }
    }

    /// What is about no table can be expected by no line; where a detection speaks of it, it is left out.
    fn without_table(&mut self, call: &Call<'_>, access: &Access<'_>) {
        if let Some(detection) = trial::first_hit(self.base.as_deref(), call, access) {
            self.left_out.add(Why::Detection(detection), call, access);
        }
    }

    /// Learns from an access of a table; an error says why not.
    fn lesson(&mut self, call: &Call<'_>, access: &Access<'_>, table: &TableId<'_>) -> Result<(), Why> {
        // A `*` in it would name others.
        if !is_account_id(&table.account) {
            return Err(Why::NoLine);
        }
        let place = Place::of(self.base.as_deref(), table);
        let actions = evidence::actions(call, access);
        if self.is_known(call, access, table, &place, &actions)? {
            return Ok(());
        }
        let is_control = call.operation.plane == Plane::Control;
        if is_control && self.trials.hit(Trial::Nobody, call, access, table)?.is_none() {
            return Ok(());
        }
        if call.actor.kind == ActorKind::Root {
            return self.lesson_of_root(call, access, table, place);
        }
        let account = call.actor.home().filter(|_| call.actor.kind != ActorKind::Service);
        if !self.accept.other_accounts && account.is_some_and(|account| account != table.account) {
            return Err(Why::OtherAccount);
        }
        // The people of a permission set are one line.
        let nobody_in_particular = Actor { person: None, via: None, ..call.actor.clone() };
        let Some(principal) = policy::suggest(&nobody_in_particular, table) else { return Err(Why::NoLine) };
        if is_control && call.is_by_person() {
            return Err(Why::ChangeByPerson);
        }
        let named = Trial::Actions(&principal, &actions);
        if let Some(detection) = self.trials.hit(named, call, access, table)? {
            return Err(Why::Detection(detection));
        }
        let context = Context::of(Some(self.trials.policy(named, table)?), call, access);
        let seen = Seen::Line { principal: Some(principal.clone()), actions: actions.clone() };
        self.entries.add(place, call, access, &context, seen)
    }

    /// Whether the policy that is there keeps quiet about an access. An error names the detection that speaks of it although
    /// a line expects it, or although nobody is judged: no further line would change that.
    fn is_known(
        &mut self,
        call: &Call<'_>,
        access: &Access<'_>,
        table: &TableId<'_>,
        place: &Place,
        actions: &BTreeSet<String>,
    ) -> Result<bool, Why> {
        let Some(base) = self.base.as_deref() else { return Ok(false) };
        let is_root = call.actor.kind == ActorKind::Root;
        let hit = trial::first_hit(Some(base), call, access);
        if base.table(table).is_none() {
            // Of a table without an entry, there is something to learn though nobody is judged yet.
            return Ok(is_root && hit.is_none());
        }
        let context = Context::of(Some(base), call, access);
        let is_covered = matches!(context.standing, Standing::Expected(_) | Standing::NotJudged);
        match hit {
            Some(detection) if is_covered && !is_root => Err(Why::Detection(detection)),
            Some(_) => Ok(false),
            None => {
                let seen = Seen::Line { principal: None, actions: actions.clone() };
                // A line expects it already: what failed changes nothing about that.
                if call.outcome != Outcome::Failed {
                    self.entries.add(place.clone(), call, access, &context, seen)?;
                }
                Ok(true)
            }
        }
    }

    /// Learns from what the root user did, whom no line can expect.
    fn lesson_of_root(
        &mut self,
        call: &Call<'_>,
        access: &Access<'_>,
        table: &TableId<'_>,
        place: Place,
    ) -> Result<(), Why> {
        if !self.accept.root {
            return Err(Why::Root);
        }
        if let Some(detection) = self.trials.hit(Trial::Root, call, access, table)? {
            return Err(Why::Detection(detection));
        }
        let context = Context::of(Some(self.trials.policy(Trial::Root, table)?), call, access);
        self.entries.add(place, call, access, &context, Seen::Root)
    }
}

/// Whether a call got past the check of permissions: it succeeded, or failed on a condition that it set itself, which is
/// looked at later.
///
/// Source: "Error handling with DynamoDB",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
pub(crate) fn passed_authorization(call: &Call<'_>) -> bool {
    const CONDITIONS: [&str; 5] = [
        "ConditionalCheckFailed",
        "DuplicateItem",
        "ItemCollectionSizeLimitExceeded",
        "TransactionCanceled",
        "TransactionConflict",
    ];
    match call.outcome {
        Outcome::Succeeded => true,
        Outcome::Denied | Outcome::Unknown => false,
        Outcome::Failed => {
            let code = call.record.error_code.text().unwrap_or_default();
            CONDITIONS.iter().any(|condition| code.starts_with(condition))
        }
    }
}

#[cfg(test)]
mod tests;
