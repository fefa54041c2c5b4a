//! Which tables depend on which KMS keys, and the calls on keys that wait until that is known.
//!
//! A call on a key names no table. That a table depends on the key is told by the policy or by other records, which may come
//! before or after it: of tables that are created, restored or switched to the key, and of the grants that DynamoDB gets for
//! them. So a call that endangers a key waits, as it was read, until the run ends, and is judged then, once for each table that
//! is tied to its key. Where none is, nothing is told.
//!
//! # Memory
//!
//! It is flat: 20,000 ties are kept, and 1,000 waiting calls of together 8 MiB. A call for which there is no more room, and one
//! whose ties may be among those that were not kept, is told without a table.

mod ties;

use crate::access::{Access, Call, Resource};
use crate::detections::{self, Context, Detection, Hit, Judge, KeyJudge};
use crate::finding::Origin;
use crate::kms_key::KmsKey;
use crate::operation::{Effect, Service};
use crate::place::Place;
use crate::policy::{Policy, Standing, TablePolicy};
use crate::record::Record;
use crate::table::TableId;
use ties::Ties;

/// The ties of a run, and the calls that wait for them.
#[derive(Debug, Default)]
pub(crate) struct KeyTies {
    ties: Ties,
    waiting: Vec<Waiting>,
    /// What their records take, in bytes.
    bytes: usize,
}

/// A call as it was read.
#[derive(Debug)]
struct Waiting {
    json: Box<str>,
    place: Place,
    message: usize,
}

/// Takes what is found.
pub(crate) type Tell<'t> = dyn FnMut(Hit, &Call<'_>, &Access<'_>, &Context<'_>, Origin<'_>) + 't;

const MOST_WAITING: usize = 1_000;
const MOST_BYTES: usize = 8 << 20;

/// What is tied to a key.
struct Tied<'p> {
    /// The table, where it is known which one.
    table: Option<TableId<'static>>,
    /// The entry of the policy that says so.
    entry: Option<&'p TablePolicy>,
    /// What ties it to the key, in words that follow the table.
    how: String,
}

impl KeyTies {
    /// Takes a call in; `json` is its record. What cannot wait is told at once.
    pub(crate) fn observe(
        &mut self,
        call: &Call<'_>,
        accesses: &[Access<'_>],
        (json, origin): (&str, Origin<'_>),
        policy: Option<&Policy>,
        tell: &mut Tell<'_>,
    ) {
        self.ties.learn(call, accesses);
        if !judges().any(|(_, judge)| (judge.endangers)(call)) {
            return;
        }
        if self.waiting.len() >= MOST_WAITING || self.bytes.saturating_add(json.len()) > MOST_BYTES {
            let how = "more calls on keys than can be looked into";
            return told(call, origin, policy, tell, |_| vec![Tied::unknown(how)]);
        }
        self.bytes += json.len();
        self.waiting.push(Waiting { json: json.into(), place: origin.place.clone(), message: origin.message });
    }

    /// Ends the run: tells what is found in the calls that waited.
    pub(crate) fn settle(self, policy: Option<&Policy>, tell: &mut Tell<'_>) {
        let Self { ties, waiting, .. } = self;
        for Waiting { json, place, message } in waiting {
            // It was read before, so it can be read again.
            let Ok(record) = Record::parse(&json) else { continue };
            let Ok(call) = Call::read(&record) else { continue };
            told(&call, Origin { place: &place, message }, policy, tell, |key| tied(key, &ties, policy));
        }
    }
}

/// Tells a call once for each of what is tied to its key.
fn told<'p>(
    call: &Call<'_>,
    origin: Origin<'_>,
    policy: Option<&'p Policy>,
    tell: &mut Tell<'_>,
    tied: impl FnOnce(&KmsKey) -> Vec<Tied<'p>>,
) {
    let accesses = call.accesses();
    let Some(key) = accesses.iter().find_map(|access| KmsKey::of(call, access)) else { return };
    for Tied { table, entry, how } in tied(&key) {
        let resource = Some(Resource { service: Service::Kms, name: key.as_str().into() });
        let access = Access { resource, ..Access::new(table, Effect::Admin, None) };
        let mut context = Context::of(policy, call, &access);
        if access.table.is_none() {
            context = Context { table: entry, standing: Standing::NotJudged, ..context };
        }
        for (detection, judge) in judges() {
            let verdict = (judge.judge)(call, &access, &context, &how);
            if let Some(hit) = verdict.and_then(|verdict| detections::hit(detection, verdict, call, &access, &context))
            {
                tell(hit, call, &access, &context, origin);
            }
        }
    }
}

/// What is tied to a key, by the run's records and by the policy.
fn tied<'p>(key: &KmsKey, ties: &Ties, policy: Option<&'p Policy>) -> Vec<Tied<'p>> {
    let names: Vec<&KmsKey> = ties.names_of(key);
    let seen = ties.of(&names);
    let mut all: Vec<Tied<'p>> = Vec::new();
    for (table, api) in &seen {
        let how = format!("{api} ties the table to it");
        all.push(Tied { table: Some((*table).clone()), entry: None, how });
    }
    if let Some(policy) = policy {
        let lines: Vec<usize> = seen.keys().filter_map(|table| Some(policy.table(table)?.line)).collect();
        let mut entries: Vec<&TablePolicy> = Vec::new();
        for entry in names.iter().flat_map(|name| policy.tables_of_key(name)) {
            // A table that was seen stands for the entry that speaks for it.
            if !lines.contains(&entry.line) && !entries.iter().any(|known| known.line == entry.line) {
                entries.push(entry);
            }
        }
        for entry in entries {
            let how = format!("the policy says that {} depends on it (line {})", entry.label, entry.line);
            let table = key.home().and_then(|(account, region)| entry.only_table(account, region));
            if !table.as_ref().is_some_and(|table| seen.contains_key(table)) {
                all.push(Tied { table, entry: Some(entry), how });
            }
        }
        if all.is_empty() && names.iter().any(|name| policy.names_key(name)) {
            all.push(Tied::unknown("the policy names it among the approved keys"));
        }
    }
    if all.is_empty() && ties.are_cut() {
        all.push(Tied::unknown("of more ties than can be kept, one may be to this key"));
    }
    all
}

impl Tied<'_> {
    fn unknown(how: &str) -> Self {
        Self { table: None, entry: None, how: how.to_owned() }
    }
}

fn judges() -> impl Iterator<Item = (&'static Detection, &'static KeyJudge)> {
    detections::ALL.iter().filter_map(|detection| match detection.judge {
        Judge::Key(judge) => Some((*detection, judge)),
        Judge::Access(_) | Judge::Window(_) | Judge::Chain(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => {
            None
        }
    })
}

#[cfg(test)]
mod tests;
