//! Findings: one detection about one or more accesses.

mod event_id;
mod events;
mod folding;
mod json;
mod sample;
mod sighting;
mod subject;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use event_id::{EventId, Seen};
pub use events::{Events, Share};
pub use folding::Findings;
pub use sample::Sample;
pub(crate) use sighting::{Circumstances, Sighting};
pub use subject::{SEVERAL, Subject};

use crate::detections::Judge;
use crate::operation::Plane;
use crate::place::Place;
use crate::ports::Step;
use crate::relayed::Original;
use crate::severity::Severity;
use sighting::cut;

/// One detection about accesses of one actor to one table, alike in effect and outcome.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What is told apart from what.
    pub subject: Subject,
    /// The highest of its accesses.
    pub severity: Severity,
    /// How many accesses it is about.
    pub accesses: u64,
    /// How many items those touched of which the number is known.
    pub items: u64,
    /// How many accesses there were of which it is not.
    pub accesses_of_unknown_size: u64,
    /// The earliest access.
    pub first: Evidence,
    /// The event time of the latest access.
    pub last_seen: Timestamp,
    /// The events it is about; of a flood, a part.
    pub event_ids: Events,
    /// Why the detection spoke up.
    pub reasons: Sample<String>,
    /// What would make it expected, as lines of policy or words about them.
    pub remedy: Option<String>,
    /// The APIs that were called.
    pub operations: Sample<String>,
    /// The indexes and streams that were reached: `index/NAME`, `stream/LABEL`.
    pub parts: Sample<String>,
    /// The keys of the items, as the table's policy lets them be shown.
    pub keys: Sample<String>,
    /// Where the calls came from: `sourceIPAddress`.
    pub sources: Sample<String>,
    /// What the callers called themselves; any caller can write anything here.
    pub user_agents: Sample<String>,
    /// The VPC endpoints that the calls came through.
    pub vpc_endpoints: Sample<String>,
    /// The services that made the calls for the actor.
    pub via: Sample<String>,
    /// Whom the callers said they stand for when they assumed their roles: `sourceIdentity`.
    pub source_identities: Sample<String>,
    /// The ARNs of the tables, where several are folded.
    pub tables: Sample<String>,
    /// The names of the actors, where several are folded.
    pub actors: Sample<String>,
    /// Whether the calls all worked on tables, or some reached into them.
    pub plane: Plane,
    /// The error codes of calls that did not succeed.
    pub error_codes: Sample<String>,
    /// Where the records were read.
    pub places: Sample<Place>,
    /// The messages of the batch that the records came with, by their position.
    pub origins: BTreeSet<usize>,
    /// When and how much it was, where it is about a window.
    pub bursts: Vec<Burst>,
    /// What another service says, where it is about that.
    pub relayed: Sample<Original>,
}

/// A stretch of event time in which a window fired, and how far above its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// Its first second since the epoch.
    pub first: i64,
    /// Its last.
    pub last: i64,
    /// 0 from the threshold on, 1 from ten times as much on, 2 from a hundred times.
    pub level: u8,
}

/// One event, and where to look at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// When the call completed.
    pub time: Timestamp,
    /// Which event.
    pub event_id: EventId,
    /// Where its record was read.
    pub place: Place,
}

/// Where a record came from: for the reader of a finding, and for the function that must know which message to keep.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Where it was read.
    pub place: &'a Place,
    /// The position of the message it came with.
    pub message: usize,
}

impl Finding {
    /// An empty one, of which only the earliest access is known.
    pub(crate) fn new(subject: Subject, first: Evidence) -> Self {
        Self {
            subject,
            severity: Severity::Informational,
            accesses: 0,
            items: 0,
            accesses_of_unknown_size: 0,
            last_seen: first.time,
            first,
            event_ids: Events::default(),
            reasons: Sample::default(),
            remedy: None,
            operations: Sample::default(),
            parts: Sample::default(),
            keys: Sample::default(),
            sources: Sample::default(),
            user_agents: Sample::default(),
            vpc_endpoints: Sample::default(),
            via: Sample::default(),
            source_identities: Sample::default(),
            tables: Sample::default(),
            actors: Sample::default(),
            plane: Plane::Control,
            error_codes: Sample::default(),
            places: Sample::default(),
            origins: BTreeSet::new(),
            bursts: Vec::new(),
            relayed: Sample::default(),
        }
    }

    /// An empty one about what a first access is known to start.
    pub(crate) fn about(subject: Subject, sighting: &Sighting, circumstances: &Circumstances<'_>) -> Self {
        Self::new(subject, evidence(sighting, circumstances))
    }

    /// Adds why it is told, and how grave that is.
    pub(crate) fn explain(&mut self, severity: Severity, reason: &str, remedy: Option<String>) {
        self.severity = self.severity.max(severity);
        self.reasons.add_ref(cut(reason));
        // Findings of one subject have the same remedy, but for the line that names it: the smallest is as good as any.
        self.remedy = match (self.remedy.take(), remedy) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
    }

    /// Adds an access.
    pub(crate) fn fold(&mut self, sighting: &Sighting, circumstances: &Circumstances<'_>) {
        let Sighting { time, event_id, items, keys } = sighting;
        self.accesses += 1;
        match items {
            Some(items) => self.items = self.items.saturating_add(*items),
            None => self.accesses_of_unknown_size += 1,
        }
        if *time <= self.first.time {
            let earlier = evidence(sighting, circumstances);
            if earlier < self.first {
                self.first = earlier;
            }
        }
        self.last_seen = self.last_seen.max(*time);
        self.event_ids.add(event_id, Share::of(*time, *items));
        for key in keys {
            self.keys.add_ref(cut(key));
        }
        self.plane = self.plane.min(circumstances.plane);
        let fields = [
            (&mut self.operations, &circumstances.operation),
            (&mut self.parts, &circumstances.part),
            (&mut self.sources, &circumstances.source),
            (&mut self.user_agents, &circumstances.user_agent),
            (&mut self.vpc_endpoints, &circumstances.vpc_endpoint),
            (&mut self.via, &circumstances.via),
            (&mut self.source_identities, &circumstances.source_identity),
            (&mut self.error_codes, &circumstances.error_code),
        ];
        for (sample, value) in fields {
            if let Some(value) = value {
                sample.add_ref(value.as_ref());
            }
        }
        self.places.add_ref(circumstances.place.as_ref());
        self.origins.insert(circumstances.message);
        if self.subject.is_of_several_tables()
            && let Some(table) = &circumstances.table
        {
            self.tables.add(table.arn());
        }
        if self.subject.is_of_several_actors() {
            self.actors.add_ref(circumstances.actor.as_ref());
        }
    }

    /// Adds accesses of which only the number is known, their items, and how many of them are of unknown size.
    pub(crate) fn count(&mut self, [accesses, items, of_unknown_size]: [u64; 3], last: Timestamp) {
        self.accesses += accesses;
        self.items = self.items.saturating_add(items);
        self.accesses_of_unknown_size += of_unknown_size;
        self.last_seen = self.last_seen.max(last);
    }

    /// Adds the events of a step that an earlier run found.
    pub(crate) fn recall(&mut self, step: &Step) {
        self.accesses += step.event_ids.len() as u64;
        self.accesses_of_unknown_size += step.event_ids.len() as u64;
        for event_id in &step.event_ids {
            self.event_ids.add(event_id, Share::of(step.first, None));
        }
        self.name(&step.subject);
    }

    /// Counts each event once, where several detections found the same and all of its events are known.
    pub(crate) fn count_events(&mut self) {
        self.accesses = self.accesses.min(self.event_ids.iter().count() as u64);
        self.accesses_of_unknown_size = self.accesses_of_unknown_size.min(self.accesses);
    }

    /// Counts the items of another finding, which was merged, as not told: nothing came of what it asked for.
    pub(crate) fn take_back_items(&mut self, other: &Self) {
        self.items = self.items.saturating_sub(other.items);
        self.accesses_of_unknown_size += other.accesses.saturating_sub(other.accesses_of_unknown_size);
    }

    /// Names the table and the actor of another subject, where this one stands for several.
    fn name(&mut self, other: &Subject) {
        if self.subject.is_of_several_tables()
            && let Some(table) = other.table.as_ref().filter(|table| table.name != SEVERAL)
        {
            self.tables.add(table.arn());
        }
        if self.subject.is_of_several_actors() && !other.is_of_several_actors() {
            self.actors.add_ref(other.actor.name.as_ref());
        }
    }

    /// Adds what another finding holds, which is about the same or a part of it, but not why it was told.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.name(&other.subject);
        self.accesses += other.accesses;
        self.items = self.items.saturating_add(other.items);
        self.accesses_of_unknown_size += other.accesses_of_unknown_size;
        if other.first < self.first {
            self.first = other.first.clone();
        }
        self.last_seen = self.last_seen.max(other.last_seen);
        self.event_ids.merge(&other.event_ids);
        self.plane = self.plane.min(other.plane);
        let samples = [
            (&mut self.operations, &other.operations),
            (&mut self.parts, &other.parts),
            (&mut self.keys, &other.keys),
            (&mut self.sources, &other.sources),
            (&mut self.user_agents, &other.user_agents),
            (&mut self.vpc_endpoints, &other.vpc_endpoints),
            (&mut self.via, &other.via),
            (&mut self.source_identities, &other.source_identities),
            (&mut self.tables, &other.tables),
            (&mut self.actors, &other.actors),
            (&mut self.error_codes, &other.error_codes),
        ];
        for (sample, other) in samples {
            sample.merge(other);
        }
        self.places.merge(&other.places);
        self.relayed.merge(&other.relayed);
        self.origins.extend(&other.origins);
        self.bursts.extend(&other.bursts);
    }

    /// Takes out what is known elsewhere; whether anything is left to tell.
    ///
    /// What windows and chains put together stays whole, as long as there is anything new in it. What describes the rest,
    /// such as the addresses, stays too: it is a sample.
    pub(crate) fn forget(&mut self, is_known: impl Fn(&EventId) -> bool) -> bool {
        if matches!(self.subject.detection.judge, Judge::Window(_) | Judge::Chain(_)) {
            return self.event_ids.has_more() || self.event_ids.iter().any(|id| !is_known(id));
        }
        for share in self.event_ids.take(is_known) {
            self.accesses = self.accesses.saturating_sub(share.accesses());
            self.accesses_of_unknown_size = self.accesses_of_unknown_size.saturating_sub(share.of_unknown_size());
            self.items = self.items.saturating_sub(share.items());
        }
        if let Some((time, event_id)) = self.event_ids.earliest()
            && !self.event_ids.contains(&self.first.event_id)
        {
            let place = self.places.first().unwrap_or(&self.first.place).clone();
            self.first = Evidence { time, event_id: event_id.clone(), place };
        }
        self.accesses > 0
    }

    /// The number of items, where any number is known.
    pub fn known_items(&self) -> Option<u64> {
        (self.accesses_of_unknown_size < self.accesses).then_some(self.items)
    }

    /// An id that is the same whenever the same events are found again: 32 hexadecimal digits.
    pub fn id(&self) -> String {
        let first = self.event_ids.first().map(EventId::to_string).unwrap_or_default();
        digest(self.subject.identity().into_iter().chain([first.as_str()]))
    }

    /// The techniques of ATT&CK that it is a sign of: the detection's, and those that another service names.
    pub fn techniques(&self) -> Vec<&str> {
        let own = self.subject.detection.techniques;
        let named = self.relayed.iter().flat_map(|original| original.techniques.iter().map(String::as_str));
        let named: BTreeSet<&str> = named.filter(|technique| !own.contains(technique)).collect();
        own.iter().copied().chain(named).collect()
    }

    /// Whether it is about what another service found, and that names nobody: the actor is the service.
    pub fn names_nobody(&self) -> bool {
        self.relayed.iter().any(|original| original.service.principal() == self.subject.actor.name)
    }

    /// Why, in a line.
    pub fn reason(&self) -> String {
        let reasons: Vec<&str> = self.reasons.iter().map(String::as_str).collect();
        let more = if self.reasons.has_more() { "; and others" } else { "" };
        reasons.join("; ") + more
    }
}

/// An id in place of these parts together: 32 hexadecimal digits.
pub(crate) fn digest(parts: impl IntoIterator<Item: AsRef<[u8]>>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        // The length before each part, so that no two lists of parts run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut id, byte| {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

fn evidence(sighting: &Sighting, circumstances: &Circumstances<'_>) -> Evidence {
    Evidence {
        time: sighting.time,
        event_id: sighting.event_id.clone(),
        place: circumstances.place.clone().into_owned(),
    }
}
