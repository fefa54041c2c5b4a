//! Findings: one detection about one or more accesses.

mod event_id;
mod folding;
mod json;
mod sample;
mod subject;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use event_id::{EventId, Seen};
pub use folding::Findings;
pub use sample::Sample;
pub use subject::{SEVERAL, Subject};

use crate::access::{Access, Call};
use crate::detections::Hit;
use crate::operation::Plane;
use crate::place::Place;
use crate::severity::Severity;

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
    /// The events it is about, one for each access; of a flood, a part.
    pub event_ids: Sample<EventId, 100_000>,
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
    /// Whether the calls reached into tables or worked on them.
    pub plane: Plane,
    /// The error codes of calls that did not succeed.
    pub error_codes: Sample<String>,
    /// Where the records were read.
    pub places: Sample<Place>,
    /// The messages of the batch that the records came with, by their position.
    pub origins: BTreeSet<usize>,
}

/// How much is kept of a text that only describes, in bytes. `CloudTrail` writes at most 1 KB of a user agent:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
const LONGEST: usize = 1024;

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
    fn new(subject: Subject, first: Evidence) -> Self {
        Self {
            subject,
            severity: Severity::Informational,
            accesses: 0,
            items: 0,
            accesses_of_unknown_size: 0,
            last_seen: first.time,
            first,
            event_ids: Sample::default(),
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
            plane: Plane::Data,
            error_codes: Sample::default(),
            places: Sample::default(),
            origins: BTreeSet::new(),
        }
    }

    fn fold(&mut self, hit: Hit, call: &Call<'_>, access: &Access<'_>, origin: Origin<'_>) {
        self.severity = self.severity.max(hit.severity);
        self.accesses += 1;
        match access.items {
            Some(items) => self.items = self.items.saturating_add(items),
            None => self.accesses_of_unknown_size += 1,
        }
        self.last_seen = self.last_seen.max(call.time);
        self.event_ids.add(EventId::new(call.record.event_id()));
        self.reasons.add_ref(cut(&hit.reason));
        // Findings of one subject have the same remedy, but for the line that names it: the smallest is as good as any.
        self.remedy = match (self.remedy.take(), hit.remedy) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
        self.operations.add_ref(call.record.event_name());
        if let Some(part) = &access.part {
            self.parts.add_ref(cut(&part.path()));
        }
        for key in &hit.keys {
            self.keys.add_ref(cut(key));
        }
        self.plane = self.plane.max(call.operation.plane);
        let fields = [
            (&mut self.sources, call.record.source_ip_address.text()),
            (&mut self.user_agents, call.record.user_agent.text()),
            (&mut self.vpc_endpoints, call.record.vpc_endpoint_id.text()),
            (&mut self.via, call.actor.via.as_deref()),
            (&mut self.source_identities, call.record.source_identity()),
            (&mut self.error_codes, call.record.error_code.text()),
        ];
        for (sample, value) in fields {
            if let Some(value) = value {
                sample.add_ref(cut(value));
            }
        }
        self.places.add_ref(origin.place);
        self.origins.insert(origin.message);
    }

    /// The number of items, where any number is known.
    pub fn known_items(&self) -> Option<u64> {
        (self.accesses_of_unknown_size < self.accesses).then_some(self.items)
    }

    /// An id that is the same whenever the same events are found again: 32 hexadecimal digits.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let first = self.event_ids.first().map(EventId::to_string).unwrap_or_default();
        for part in self.subject.identity().into_iter().chain([first.as_str()]) {
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

    /// Why, in a line.
    pub fn reason(&self) -> String {
        let reasons: Vec<&str> = self.reasons.iter().map(String::as_str).collect();
        let more = if self.reasons.has_more() { "; and others" } else { "" };
        reasons.join("; ") + more
    }
}

/// The beginning of a text that a caller may have written, as much of it as is kept.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}
