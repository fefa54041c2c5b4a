//! What other detections found, kept by the hour of event time as steps of chains.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::Observed;
use super::bucket::Bucket;
use super::chains;
use crate::finding::{Circumstances, Finding, Sighting, Subject};
use crate::ports::Step;

/// The width of a bucket of steps in seconds. Within one, steps of the same detection, actor and table are one.
const WIDTH: i64 = 3600;

/// How many accesses of a bucket are noted, and how many once there are very many notes; of the rest only the number is
/// known.
const MOST_NOTES: usize = 1_000;
const FEW_NOTES: usize = 32;
const VERY_MANY: usize = 20_000;

/// How many buckets make a generation. Those that were not touched in the last one are forgotten.
const GENERATION: usize = 5_000;

/// The steps of a run.
#[derive(Debug, Default)]
pub(super) struct Steps {
    hours: HashMap<Subject, BTreeMap<i64, Bucket>>,
    /// The buckets that came since the last generation, and the notes.
    new: usize,
    notes: usize,
    generation: u32,
}

/// A step: one detection about one actor and one table, at one time.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) subject: &'a Subject,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    evidence: Evidence<'a>,
}

#[derive(Debug)]
enum Evidence<'a> {
    /// The accesses in which it was found one by one.
    Accesses(&'a Bucket),
    /// The finding of a window.
    Window(&'a Finding),
    /// The events of an earlier run.
    Earlier(&'a Step),
}

impl Steps {
    /// Takes in what was found in an access that was not in vain.
    pub(super) fn observe(&mut self, seen: &Observed<'_, '_>) {
        if !seen.call.outcome.may_have_happened() {
            return;
        }
        for hit in seen.hits.iter().filter(|hit| hit.suppressed.is_none() && chains::has_step(hit.detection)) {
            let subject = Subject::of(hit.detection, seen.call, seen.access);
            let hour = seen.call.time.as_second().div_euclid(WIDTH);
            let hours = self.hours.entry(subject).or_default();
            let known = hours.len();
            let bucket = hours.entry(hour).or_insert_with(|| Bucket::new(seen.call.time));
            bucket.reach(seen.call.time);
            bucket.generation = self.generation;
            let sighting = Sighting::of(seen.call, seen.access, hit.keys.clone());
            let most = if self.notes < VERY_MANY { MOST_NOTES } else { FEW_NOTES };
            let noted = bucket.note(sighting, Circumstances::of(seen.call, seen.access, seen.origin), most);
            self.notes += usize::from(noted);
            self.new += hours.len() - known;
        }
        if self.new >= GENERATION {
            let generation = self.generation;
            self.hours.retain(|_, hours| {
                hours.retain(|_, bucket| bucket.generation == generation);
                !hours.is_empty()
            });
            self.generation = self.generation.wrapping_add(1);
            self.new = 0;
            self.notes = self.hours.values().flat_map(BTreeMap::values).map(Bucket::notes).sum();
        }
    }

    /// The steps, in no order.
    pub(super) fn links(&self) -> impl Iterator<Item = Link<'_>> {
        self.hours.iter().flat_map(|(subject, hours)| {
            hours.values().map(move |bucket| Link {
                subject,
                first: bucket.first,
                last: bucket.last,
                evidence: Evidence::Accesses(bucket),
            })
        })
    }
}

impl<'a> Link<'a> {
    /// A window that fired from one time to another.
    pub(super) fn of_window(finding: &'a Finding, first: Timestamp, last: Timestamp) -> Self {
        Self { subject: &finding.subject, first, last, evidence: Evidence::Window(finding) }
    }

    /// A step of an earlier run.
    pub(super) fn earlier(step: &'a Step) -> Self {
        Self { subject: &step.subject, first: step.first, last: step.last, evidence: Evidence::Earlier(step) }
    }

    /// Whether it was found in this run.
    pub(super) fn is_of_this_run(&self) -> bool {
        !matches!(self.evidence, Evidence::Earlier(_))
    }

    /// The finding of the window, where it is one: all stretches in which a window fired share theirs.
    pub(super) fn window(&self) -> Option<&'a Finding> {
        match self.evidence {
            Evidence::Window(finding) => Some(finding),
            Evidence::Accesses(_) | Evidence::Earlier(_) => None,
        }
    }

    /// Whether each of its events is known.
    pub(super) fn is_complete(&self) -> bool {
        match self.evidence {
            Evidence::Accesses(bucket) => bucket.is_complete(),
            Evidence::Window(finding) => finding.event_ids.iter().count() as u64 >= finding.accesses,
            Evidence::Earlier(_) => true,
        }
    }

    /// The step as later runs need it.
    pub(super) fn to_step(&self) -> Step {
        let event_ids = match self.evidence {
            Evidence::Accesses(bucket) => bucket.event_ids().take(FEW_NOTES).cloned().collect(),
            Evidence::Window(finding) => finding.event_ids.iter().take(FEW_NOTES).cloned().collect(),
            Evidence::Earlier(step) => step.event_ids.clone(),
        };
        Step { subject: self.subject.clone(), first: self.first, last: self.last, event_ids }
    }

    /// Adds what it is about to the finding of a chain, which it begins where there is none and it can.
    pub(super) fn show(&self, chain: &mut Option<Box<Finding>>, subject: &Subject) {
        match self.evidence {
            Evidence::Accesses(bucket) => bucket.show(chain, subject),
            Evidence::Window(finding) => {
                let begun = || Box::new(Finding::new(subject.clone(), finding.first.clone()));
                let chain = chain.get_or_insert_with(begun);
                chain.merge(finding);
                if !finding.subject.outcome.may_have_happened() {
                    chain.take_back_items(finding);
                }
            }
            Evidence::Earlier(step) => {
                if let Some(chain) = chain {
                    chain.recall(step);
                }
            }
        }
    }
}
