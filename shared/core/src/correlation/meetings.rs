//! Which actors met which tables, and when for the first time.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Observed;
use crate::actor::Actor;
use crate::detections::{self, Detection, Hit, Judge};
use crate::finding::{Circumstances, EventId, Finding, Sighting, Subject};
use crate::ports::Met;
use crate::table::TableId;

/// How long it is only noted who comes to a table, from the first access of it on that was seen.
const LEARNING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many actors and tables are told apart in a run. Only calls that were not in vain count, so that nobody can fill it
/// with names that are made up; of more, the first are kept.
const MOST: usize = 5_000;

/// The meetings of a run. Each of them is of a table that has a first access too.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    /// The earliest access of each table, by whomever.
    since: HashMap<TableId<'static>, Timestamp>,
    met: HashMap<(Actor<'static>, TableId<'static>), First>,
}

/// The first access of an actor to a table.
#[derive(Debug)]
struct First {
    hit: Hit,
    subject: Subject,
    sighting: Sighting,
    circumstances: Circumstances<'static>,
}

/// What a run knows of an actor at a table: what comes later is no news.
#[derive(Debug, Default)]
pub(super) struct Known {
    since: Option<Timestamp>,
    first: Option<(Timestamp, EventId)>,
}

impl Known {
    /// Whether an access is no news.
    pub(super) fn holds(&self, time: Timestamp, event: &EventId) -> bool {
        self.since.is_none_or(|since| time >= since)
            && self.first.as_ref().is_none_or(|(first, id)| (time, event) >= (*first, id))
    }
}

/// A first access that is told.
#[derive(Debug)]
pub(super) struct FirstAccess {
    pub(super) finding: Finding,
    pub(super) table_is_named: bool,
}

impl Meetings {
    /// Takes an access in.
    pub(super) fn observe(&mut self, seen: &Observed<'_, '_>) {
        let Observed { call, access, context, origin, .. } = *seen;
        let Some(table) = access.table.as_ref().filter(|_| call.outcome.may_have_happened()) else { return };
        let since: &HashMap<TableId<'_>, Timestamp> = &self.since;
        if since.get(table).map_or(self.since.len() < MOST, |since| call.time < *since) {
            self.since.insert(table.clone().into_owned(), call.time);
        }
        let actor = Actor { via: None, ..call.actor.clone() };
        let known: &HashMap<(Actor<'_>, TableId<'_>), First> = &self.met;
        let known = known.get(&(actor.clone(), table.clone()));
        let sighting = Sighting::of(call, access, Vec::new());
        let is_earlier =
            |first: &First| (sighting.time, &sighting.event_id) < (first.sighting.time, &first.sighting.event_id);
        if known.map_or(self.met.len() >= MOST, |first| !is_earlier(first)) {
            return;
        }
        let Some((detection, judge)) = detection() else { return };
        let hit =
            judge(call, access, context).and_then(|verdict| detections::hit(detection, verdict, call, access, context));
        if let Some(hit) = hit {
            let subject = Subject::of(detection, call, access);
            let circumstances = Circumstances::of(call, access, origin).into_owned();
            self.met.insert(
                (actor.into_owned(), table.clone().into_owned()),
                First { hit, subject, sighting, circumstances },
            );
        }
    }

    /// What is known of the actor of an access that was just observed, and of its table; `None` where more may be to come.
    pub(super) fn known(&self, seen: &Observed<'_, '_>) -> Option<Known> {
        let Observed { call, access, context, .. } = *seen;
        let Some(table) = access.table.as_ref().filter(|_| call.outcome.may_have_happened()) else {
            return Some(Known::default());
        };
        let actor = Actor { via: None, ..call.actor.clone().into_owned() };
        let met = self.met.get(&(actor, table.clone().into_owned()));
        let first = met.map(|First { sighting, .. }| (sighting.time, sighting.event_id.clone()));
        let (_, judge) = detection()?;
        if first.is_none() && judge(call, access, context).is_some() {
            return None;
        }
        Some(Known { since: Some(*self.since.get(table)?), first })
    }

    /// Who met whom, in the order in which [`Meetings::told`] wants what is known of them.
    pub(super) fn met(&self) -> Vec<Met> {
        let met = |first: &First| {
            let table = first.subject.table.clone()?;
            let since = *self.since.get(&table)?;
            Some(Met { actor: first.subject.actor.clone(), table, first: first.sighting.time, since })
        };
        self.sorted().into_iter().filter_map(met).collect()
    }

    /// The first accesses that are told, by what all runs know.
    pub(super) fn told(&self, known: &[Met]) -> Vec<FirstAccess> {
        let mut told = Vec::new();
        for (first, known) in self.sorted().into_iter().zip(known) {
            let time = first.sighting.time;
            let is_learned = known.since.checked_add(LEARNING).is_ok_and(|from| time >= from);
            let is_first = is_learned && known.first >= time;
            if is_first && first.hit.suppressed.is_none() {
                let First { hit, subject, sighting, circumstances } = first;
                let mut finding = Finding::about(subject.clone(), sighting, circumstances);
                finding.fold(sighting, circumstances);
                finding.explain(hit.severity, &hit.reason, hit.remedy.clone());
                told.push(FirstAccess { finding, table_is_named: hit.table_is_named });
            }
        }
        told
    }

    fn sorted(&self) -> Vec<&First> {
        let mut met: Vec<&First> = self.met.values().collect();
        met.sort_by(|a, b| a.subject.identity().cmp(&b.subject.identity()));
        met
    }
}

type FirstJudge =
    fn(&crate::access::Call<'_>, &crate::access::Access<'_>, &detections::Context<'_>) -> Option<detections::Verdict>;

fn detection() -> Option<(&'static Detection, FirstJudge)> {
    detections::ALL.iter().find_map(|detection| match detection.judge {
        Judge::First(judge) => Some((*detection, judge)),
        Judge::Access(_) | Judge::Key(_) | Judge::Window(_) | Judge::Chain(_) | Judge::Relayed(..) | Judge::Rule => {
            None
        }
    })
}
