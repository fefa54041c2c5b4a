//! Which actors met which tables, and when for the first time.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Observed;
use crate::actor::Actor;
use crate::detections::{self, Detection, Hit, Judge};
use crate::finding::{Circumstances, Finding, Sighting, Subject};
use crate::ports::Met;
use crate::table::TableId;

/// How long it is only noted who meets whom, from the first event on that was seen.
const LEARNING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many actors and tables are told apart in a run. Only calls that were not in vain count, so that nobody can fill it
/// with names that are made up; of more, the first are kept.
const MOST: usize = 20_000;

/// The meetings of a run.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    /// The earliest event of the run.
    since: Option<Timestamp>,
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
        self.since = Some(self.since.map_or(call.time, |since| since.min(call.time)));
        let Some(table) = &access.table else { return };
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

    /// Who met whom, in the order of [`Meetings::told`], and the earliest event of the run.
    pub(super) fn met(&self) -> (Option<Timestamp>, Vec<Met>) {
        let met = |first: &First| {
            let table = first.subject.table.clone()?;
            Some(Met { actor: first.subject.actor.clone(), table, first: first.sighting.time })
        };
        (self.since, self.sorted().into_iter().filter_map(met).collect())
    }

    /// The first accesses that are told, where the earliest event of all runs was at `since`, and earlier runs have seen
    /// these at these times.
    pub(super) fn told(&self, since: Option<Timestamp>, known: &[Option<Timestamp>]) -> Vec<FirstAccess> {
        let Some(from) = since.and_then(|since| since.checked_add(LEARNING).ok()) else { return Vec::new() };
        let mut told = Vec::new();
        for (first, known) in self.sorted().into_iter().zip(known.iter().chain(std::iter::repeat(&None))) {
            let time = first.sighting.time;
            let is_first = time >= from && known.is_none_or(|known| known >= time);
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
        Judge::Access(_) | Judge::Key(_) | Judge::Window(_) | Judge::Chain(_) | Judge::Rule => None,
    })
}
