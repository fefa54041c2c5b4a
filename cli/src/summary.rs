//! What a run adds up to, beside its findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use tablewarden_core::access::{Access, Call, Outcome};
use tablewarden_core::actor::Actor;
use tablewarden_core::finding::Finding;
use tablewarden_core::operation::Effect;
use tablewarden_core::severity::Severity;
use tablewarden_core::table::TableId;
use tablewarden_core::tally::Tally;

/// Everything that is told beside the findings.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) tally: Tally,
    pub(crate) files: Files,
    /// Sorted by table, then actor.
    pub(crate) accesses: Vec<(Group<'static>, Sum)>,
    pub(crate) severities: BTreeMap<Severity, u64>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Read to their end.
    pub(crate) read: u64,
    /// Not read, or not to their end, paths that lead nowhere among them.
    pub(crate) failed: u64,
    /// Seen in a folder and not taken, by reason.
    pub(crate) passed_over: BTreeMap<&'static str, u64>,
}

/// Accesses that are one line of the summary.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Group<'a> {
    /// The table's account, or the one that the record was delivered to.
    pub(crate) account: Cow<'a, str>,
    /// The table's region, or the one that was called.
    pub(crate) region: Cow<'a, str>,
    pub(crate) table: Option<TableId<'a>>,
    /// Without the service that may have called in between.
    pub(crate) actor: Actor<'a>,
    pub(crate) effect: Effect,
    pub(crate) outcome: Outcome,
}

/// What the accesses of a group, or of a finding, come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) accesses: u64,
    /// Of those accesses whose number of items is known.
    pub(crate) items: u64,
    pub(crate) of_unknown_size: u64,
}

/// The accesses of a run, added up as they come: memory goes with the number of actors and tables, not of records.
#[derive(Debug, Default)]
pub(crate) struct Accesses {
    groups: IndexMap<Group<'static>, Sum>,
}

impl Accesses {
    /// Counts one access.
    pub(crate) fn add(&mut self, call: &Call<'_>, access: &Access<'_>) {
        let group = self.group(call, access);
        self.add_to(group, access.items);
    }

    /// The number of an access's group.
    pub(crate) fn group(&mut self, call: &Call<'_>, access: &Access<'_>) -> usize {
        let group = Group::of(call, access);
        // A shared map of owned groups can be asked with a borrowed one, a mutable one cannot.
        let groups: &IndexMap<Group<'_>, Sum> = &self.groups;
        match groups.get_index_of(&group) {
            Some(index) => index,
            None => self.groups.insert_full(group.into_owned(), Sum::default()).0,
        }
    }

    /// Counts one access of a group.
    pub(crate) fn add_to(&mut self, group: usize, items: Option<u64>) {
        if let Some((_, sum)) = self.groups.get_index_mut(group) {
            sum.add(items);
        }
    }

    /// The groups by table, actor, effect and outcome.
    fn into_sorted(self) -> Vec<(Group<'static>, Sum)> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by(|(a, _), (b, _)| a.order().cmp(&b.order()));
        groups
    }
}

impl Summary {
    pub(crate) fn new(tally: Tally, files: Files, accesses: Accesses, findings: &[Finding]) -> Self {
        let mut severities = BTreeMap::new();
        for finding in findings {
            *severities.entry(finding.severity).or_default() += 1;
        }
        Self { tally, files, accesses: accesses.into_sorted(), severities }
    }

    /// Whether all that was given was also understood.
    pub(crate) fn is_complete(&self) -> bool {
        self.files.failed == 0 && self.tally.records_rejected.is_empty()
    }
}

impl<'a> Group<'a> {
    fn of(call: &'a Call<'a>, access: &'a Access<'a>) -> Self {
        let (account, region) = call.account_and_region(access);
        Self {
            account: account.into(),
            region: region.into(),
            table: access.table.clone(),
            actor: Actor { via: None, ..call.actor.clone() },
            effect: access.effect,
            outcome: call.outcome,
        }
    }

    fn into_owned(self) -> Group<'static> {
        Group {
            account: self.account.into_owned().into(),
            region: self.region.into_owned().into(),
            table: self.table.map(TableId::into_owned),
            actor: self.actor.into_owned(),
            effect: self.effect,
            outcome: self.outcome,
        }
    }

    fn order(&self) -> impl Ord + '_ {
        let table = self.table.as_ref().map(|table| &table.name);
        let effect = Effect::ALL.iter().position(|effect| *effect == self.effect);
        (&self.account, &self.region, table, &self.actor, effect, self.outcome)
    }
}

impl Sum {
    /// The number of items, where any number is known.
    pub(crate) fn known_items(&self) -> Option<u64> {
        (self.of_unknown_size < self.accesses).then_some(self.items)
    }

    fn add(&mut self, items: Option<u64>) {
        self.accesses += 1;
        match items {
            Some(items) => self.items = self.items.saturating_add(items),
            None => self.of_unknown_size += 1,
        }
    }
}

impl From<&Finding> for Sum {
    fn from(finding: &Finding) -> Self {
        Self { accesses: finding.accesses, items: finding.items, of_unknown_size: finding.accesses_of_unknown_size }
    }
}
