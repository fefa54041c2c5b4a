//! What speaks for lines of policy: accesses that nobody minds, added up by entry, line and person.

use std::collections::{BTreeMap, BTreeSet};

use super::endpoints::Endpoints;
use super::left_out::{Events, Why};
use super::passed_authorization;
use super::rate::Rates;
use crate::access::{Access, Call, Outcome, Reach};
use crate::actor::Actor;
use crate::detections::Context;
use crate::finding::Sample;
use crate::operation::{Effect, Plane};
use crate::policy::Policy;
use crate::table::TableId;

/// How many actors at how many tables are kept apart: as many as lines of a very large policy.
const MOST: usize = 20_000;

/// How many of those whose calls all failed so far: callers can make up names of tables, and these must not crowd out the
/// tables that there are.
const MOST_FAILED: usize = 1_000;

/// How many tables of one actor and API are told by name, where the calls are left out.
const MOST_TABLES: usize = 50;

/// What an access teaches.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    /// That a line expects this principal, if none does yet, to call these APIs.
    Line { principal: Option<String>, actions: BTreeSet<String> },
    /// That the root user is nothing to tell of.
    Root,
}

/// Which entry of a policy speaks for a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The one in this line of the policy that is merged into.
    Existing(usize),
    /// One of its own, for a name in an account.
    New { name: String, account: String, partition: String },
}

/// The evidence by entry.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) by_place: BTreeMap<Place, Entry>,
    /// How many actors at how many tables there are of whom a call was allowed, and of whom none was.
    allowed: usize,
    failed: usize,
}

/// What was seen of the tables of one entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) tables: BTreeSet<TableId<'static>>,
    pub(super) by_actor: BTreeMap<ActorKey, Evidence>,
    /// What the root user did, who is in no line.
    pub(super) root: Evidence,
}

/// A line, and whose calls speak for it: a person's by themselves, so that what one of them does can be left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ActorKey {
    /// The line's first field, as YAML: `- role: app/orders-api`. `None` where the policy expects it already.
    pub(super) principal: Option<String>,
    pub(super) who: String,
}

/// What one actor did to the tables of one entry.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) apis: BTreeMap<String, Api>,
    pub(super) endpoints: Endpoints,
    pub(super) regions: BTreeSet<String>,
    pub(super) rates: BTreeMap<TableId<'static>, Rates>,
    pub(super) by_person: bool,
    /// The person, where AWS vouches for the name.
    pub(super) person: Option<String>,
    /// Whether a call got past the check of permissions.
    allowed: bool,
}

/// What one actor did by one API.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub(super) events: Events,
    /// The names that a line has to list.
    pub(super) actions: BTreeSet<String>,
    /// Whether a call got past the check of permissions.
    pub(super) allowed: bool,
    /// Whether it deleted items.
    pub(super) deletes: bool,
    /// The tables, as they are told.
    pub(super) tables: Sample<String, MOST_TABLES>,
}

/// The names that a line has to list to expect an access: the API's, and for a statement that reads a whole table `Scan` too.
/// One of the control plane has a `*`, so that what is grave about it is told all the same.
pub(super) fn actions(call: &Call<'_>, access: &Access<'_>) -> BTreeSet<String> {
    if call.operation.plane == Plane::Control {
        return BTreeSet::from([format!("{}*", call.record.event_name())]);
    }
    let is_scan = access.effect == Effect::Read && access.reach == Reach::Whole;
    let scan = is_scan.then(|| "Scan".to_owned());
    scan.into_iter().chain([call.record.event_name().to_owned()]).collect()
}

impl Entries {
    /// Adds an access; the context is what a policy says of it that expects it. An error says why there is no room for it.
    pub(super) fn add(
        &mut self,
        place: Place,
        call: &Call<'_>,
        access: &Access<'_>,
        context: &Context<'_>,
        seen: Seen,
    ) -> Result<(), Why> {
        let Some(table) = &access.table else { return Ok(()) };
        let allowed = passed_authorization(call);
        let (key, actions) = match seen {
            Seen::Root => (None, BTreeSet::new()),
            Seen::Line { principal, actions } => {
                let who = Actor { via: None, ..call.actor.clone() }.to_string();
                (Some(ActorKey { principal, who }), actions)
            }
        };
        let known = self.by_place.get(&place).and_then(|entry| match &key {
            None => Some(&entry.root).filter(|root| !root.apis.is_empty()),
            Some(key) => entry.by_actor.get(key),
        });
        match known.map(|evidence| evidence.allowed) {
            Some(before) if before || !allowed => {}
            Some(_) => (self.allowed, self.failed) = (self.allowed + 1, self.failed.saturating_sub(1)),
            None if allowed && self.allowed >= MOST => return Err(Why::TooMany),
            None if !allowed && self.failed >= MOST_FAILED => return Err(Why::OnlyFailed),
            None if allowed => self.allowed += 1,
            None => self.failed += 1,
        }
        let entry = self.by_place.entry(place).or_default();
        if call.outcome != Outcome::Failed && !entry.tables.contains(table) {
            entry.tables.insert(table.clone().into_owned());
        }
        let evidence = match key {
            None => &mut entry.root,
            Some(key) => entry.by_actor.entry(key).or_default(),
        };
        evidence.allowed |= allowed;
        evidence.add(call, access, table, context, actions);
        Ok(())
    }
}

impl Place {
    /// The entry that speaks for a table.
    pub(super) fn of(base: Option<&Policy>, table: &TableId<'_>) -> Self {
        match base.and_then(|base| base.table(table)) {
            Some(entry) => Self::Existing(entry.line),
            None => Self::New {
                name: table.name.clone().into_owned(),
                account: table.account.clone().into_owned(),
                partition: table.partition.clone().into_owned(),
            },
        }
    }
}

impl Evidence {
    fn add(
        &mut self,
        call: &Call<'_>,
        access: &Access<'_>,
        table: &TableId<'_>,
        context: &Context<'_>,
        actions: BTreeSet<String>,
    ) {
        let api = self.apis.entry(call.record.event_name().to_owned()).or_default();
        api.events.add(call);
        api.actions.extend(actions);
        api.allowed |= passed_authorization(call);
        api.deletes |= access.effect == Effect::Delete;
        api.tables.add(table.to_string());
        self.endpoints.add(call);
        if !self.regions.contains(call.record.region()) {
            self.regions.insert(call.record.region().to_owned());
        }
        // Nobody counts what failed.
        if call.outcome != Outcome::Failed {
            self.rates.entry(table.clone().into_owned()).or_default().add(call, access, context);
        }
        self.by_person |= call.is_by_person();
        self.person = call.actor.person.as_deref().map(str::to_owned);
    }
}
