//! What no line was written for, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::evidence::Api;
use crate::access::{Access, Call};
use crate::actor::{Actor, ActorKind};
use crate::finding::{Finding, Subject};

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// The root user did it.
    Root,
    /// An actor of another account than the table's did it.
    OtherAccount,
    /// A person deleted items in bulk.
    BulkDeletion,
    /// A person changed the table or something about it.
    ChangeByPerson,
    /// A detection that no line keeps quiet, or one that is grave, speaks of it.
    Detection(&'static str),
    /// It was denied.
    Denied,
    /// None of these calls got past the check of permissions.
    OnlyFailed,
    /// No line can name the actor or the table without naming others.
    NoLine,
    /// It is by one of more actors at more tables than are learned from.
    TooMany,
}

/// Calls that were left out: of one actor, on one table, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Why.
    pub why: Why,
    /// Who called, fit to be shown but for what [`printable`](crate::printable::printable) escapes.
    pub who: String,
    /// On which tables, or on what else.
    pub on: Option<String>,
    /// By which APIs.
    pub apis: BTreeSet<String>,
    /// How often.
    pub calls: u64,
    /// The last time.
    pub last: Timestamp,
    /// The first of their event ids, in the order of time, at most [`MOST_EVENTS`](Self::MOST_EVENTS).
    pub events: Vec<String>,
}

impl LeftOut {
    /// How many event ids are kept of one reason, actor and table.
    pub const MOST_EVENTS: usize = 100;
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => {
                "by the root user, whom no line can expect (--accept root suppresses root-access for these tables, for 90 days)"
            }
            Self::OtherAccount => "from another account (--accept other-accounts)",
            Self::BulkDeletion => "a person's deletions in bulk (--accept bulk-deletions)",
            Self::ChangeByPerson => "a person's change of a table",
            Self::Detection(id) => return write!(f, "what {id} is there to tell of"),
            Self::Denied => "denied",
            Self::OnlyFailed => "failed each time, so that it is not known whether it is allowed",
            Self::NoLine => "by an actor, or on a table, that no line can name",
            Self::TooMany => "of more actors at more tables than are learned from at a time",
        })
    }
}

/// Calls in a row: how many, when, and the ids of the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Events {
    pub(super) calls: u64,
    pub(super) last: Timestamp,
    first: BTreeSet<(Timestamp, String)>,
    /// The accesses of one call come one after the other.
    latest: String,
}

impl Events {
    pub(super) fn add(&mut self, call: &Call<'_>) {
        let id = call.record.event_id();
        if self.latest == id {
            return;
        }
        id.clone_into(&mut self.latest);
        self.last = if self.calls == 0 { call.time } else { self.last.max(call.time) };
        self.calls += 1;
        let is_full = self.first.len() == LeftOut::MOST_EVENTS;
        if is_full && self.first.last().is_some_and(|(time, _)| *time < call.time) {
            return;
        }
        self.first.insert((call.time, id.to_owned()));
        if self.first.len() > LeftOut::MOST_EVENTS {
            self.first.pop_last();
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.last = if self.calls == 0 { other.last } else { self.last.max(other.last) };
        self.calls += other.calls;
        self.first.extend(other.first);
        while self.first.len() > LeftOut::MOST_EVENTS {
            self.first.pop_last();
        }
    }
}

/// Everything that was left out so far.
#[derive(Debug, Default)]
pub(super) struct LeftOuts {
    groups: BTreeMap<Group, (BTreeSet<String>, Events)>,
}

/// How many groups are told apart. Of further ones the tables are told together, and of twice as many the actors too.
const MOST: usize = 2_000;

/// What stands for tables and actors that are told together.
const MORE_TABLES: &str = "more tables than are told apart";
const MORE_ACTORS: &str = "more actors than are told apart";

/// The reason, who, and on what.
type Group = (Why, String, Option<String>);

impl LeftOuts {
    pub(super) fn add(&mut self, why: Why, call: &Call<'_>, access: &Access<'_>) {
        let mut who = Actor { via: None, ..call.actor.clone() }.to_string();
        if let (Why::OtherAccount, Some(account)) = (why, call.actor.home())
            && call.actor.kind != ActorKind::Account
        {
            who = format!("{who} of account {account}");
        }
        let resource = || access.resource.as_ref().map(|resource| resource.name.clone().into_owned());
        let on = access.table.as_ref().map(ToString::to_string).or_else(resource);
        let (apis, events) = self.group((why, who, on));
        let api = call.record.event_name();
        if !apis.contains(api) {
            apis.insert(api.to_owned());
        }
        events.add(call);
    }

    /// Adds what an actor did by one API, on each of the tables.
    pub(super) fn add_all(&mut self, why: Why, who: &str, name: &str, api: Api) {
        let names: Vec<&str> = api.tables.iter().map(String::as_str).collect();
        let more = if api.tables.has_more() { format!("{MORE_TABLES}: ") } else { String::new() };
        let (apis, events) = self.group((why, who.to_owned(), Some(more + &names.join(", "))));
        apis.insert(name.to_owned());
        events.extend(api.events);
    }

    /// Adds what an audit found at its end.
    pub(super) fn add_finding(&mut self, finding: &Finding) {
        let Subject { detection, actor, table, resource, .. } = &finding.subject;
        let who = Actor { via: None, ..actor.clone() }.to_string();
        let on = table.as_ref().map(ToString::to_string).or_else(|| resource.clone());
        let (apis, events) = self.group((Why::Detection(detection.id), who, on));
        apis.extend(finding.operations.iter().cloned());
        let ids = finding.event_ids.iter().take(LeftOut::MOST_EVENTS);
        events.extend(Events {
            calls: finding.accesses,
            last: finding.last_seen,
            first: ids.map(|id| (finding.first.time, id.to_string())).collect(),
            latest: String::new(),
        });
    }

    /// The group, or in a flood of made-up names the wider one that it is told in.
    fn group(&mut self, mut group: Group) -> &mut (BTreeSet<String>, Events) {
        if self.groups.len() >= MOST && !self.groups.contains_key(&group) {
            group.2 = Some(MORE_TABLES.to_owned());
            if self.groups.len() >= 2 * MOST && !self.groups.contains_key(&group) {
                MORE_ACTORS.clone_into(&mut group.1);
            }
        }
        self.groups.entry(group).or_default()
    }

    pub(super) fn into_sorted(self) -> Vec<LeftOut> {
        let told = |((why, who, on), (apis, events)): (Group, (_, Events))| {
            let Events { calls, last, first, .. } = events;
            let events = first.into_iter().map(|(_, id)| id).collect();
            LeftOut { why, who, on, apis, calls, last, events }
        };
        self.groups.into_iter().map(told).collect()
    }
}
