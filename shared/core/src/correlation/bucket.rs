//! What lies in one bucket of event time, before anyone knows whether it will be told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::finding::{Circumstances, Finding, Sighting, Subject};
use crate::ports::Counts;

/// An access as it is kept: accesses that follow each other have mostly the same circumstances, which are kept once.
#[derive(Debug, Clone)]
struct Note {
    sighting: Sighting,
    circumstances: Arc<Circumstances<'static>>,
}

/// The accesses of one bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) counts: Counts,
    /// What single events counted, by a digest of their ids, where other runs have to know.
    pub(super) events: BTreeMap<u64, Counts>,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    notes: Vec<Note>,
    /// What is counted of the accesses that are not noted: them, their items, and those of unknown size.
    rest: [u64; 3],
    /// The messages that these came with: they must not be done with before what is told of them.
    messages: BTreeSet<usize>,
    /// Whether what lies in it stands in a finding already.
    pub(super) is_told: bool,
    /// The generation in which it was touched last.
    pub(super) generation: u32,
}

impl Bucket {
    pub(super) fn new(time: Timestamp) -> Self {
        Self {
            counts: Counts::default(),
            events: BTreeMap::new(),
            first: time,
            last: time,
            notes: Vec::new(),
            rest: [0; 3],
            messages: BTreeSet::new(),
            is_told: false,
            generation: 0,
        }
    }

    /// Widens it to a time.
    pub(super) fn reach(&mut self, time: Timestamp) {
        self.first = self.first.min(time);
        self.last = self.last.max(time);
    }

    /// Notes an access, or where that is too many, only counts it.
    pub(super) fn note(&mut self, sighting: Sighting, circumstances: Circumstances<'_>, most: usize) -> bool {
        if self.notes.len() >= most {
            self.count(&sighting, circumstances.message);
            return false;
        }
        let same = self.notes.last().map(|note| &note.circumstances).filter(|last| ***last == circumstances);
        let circumstances = same.cloned().unwrap_or_else(|| Arc::new(circumstances.into_owned()));
        self.notes.push(Note { sighting, circumstances });
        true
    }

    fn count(&mut self, sighting: &Sighting, message: usize) {
        self.messages.insert(message);
        let more = [1, sighting.items.unwrap_or(0), u64::from(sighting.items.is_none())];
        self.rest.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.saturating_add(more));
    }

    /// Whether every access is noted.
    pub(super) fn is_complete(&self) -> bool {
        self.rest == [0; 3]
    }

    /// How many accesses are noted.
    pub(super) fn notes(&self) -> usize {
        self.notes.len()
    }

    /// Forgets the circumstances of all but one access.
    pub(super) fn thin_out(&mut self) {
        // The smallest, so that the order in which they came does not show.
        self.notes.sort_by(|a, b| key(&a.sighting).cmp(&key(&b.sighting)));
        for note in self.notes.split_off(self.notes.len().min(1)) {
            self.count(&note.sighting, note.circumstances.message);
        }
        self.notes.shrink_to_fit();
    }

    /// Takes what was noted into a finding, which it begins where there is none.
    pub(super) fn pour(&mut self, into: &mut Option<Box<Finding>>, subject: &Subject) {
        self.show(into, subject);
        (self.notes, self.rest, self.messages) = (Vec::new(), [0; 3], BTreeSet::new());
    }

    /// Adds what was noted to a finding, which it begins where there is none.
    pub(super) fn show(&self, into: &mut Option<Box<Finding>>, subject: &Subject) {
        let Some(Note { sighting, circumstances }) = self.notes.first() else { return };
        let finding = into.get_or_insert_with(|| Box::new(Finding::about(subject.clone(), sighting, circumstances)));
        for Note { sighting, circumstances } in &self.notes {
            finding.fold(sighting, circumstances);
        }
        finding.count(self.rest, self.last);
        finding.origins.extend(&self.messages);
    }

    /// The events that are noted.
    pub(super) fn event_ids(&self) -> impl Iterator<Item = &crate::finding::EventId> {
        self.notes.iter().map(|note| &note.sighting.event_id)
    }
}

fn key(sighting: &Sighting) -> (Timestamp, &crate::finding::EventId) {
    (sighting.time, &sighting.event_id)
}
