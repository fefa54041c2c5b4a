//! Findings: one detection about one or more accesses.

mod event_id;
mod sample;

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use event_id::{EventId, Seen};
pub use sample::Sample;

use crate::access::{Access, Call, Outcome};
use crate::actor::{Actor, ActorKind};
use crate::detections::{Detection, Hit};
use crate::operation::{Effect, Plane};
use crate::place::Place;
use crate::severity::Severity;
use crate::table::TableId;

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

/// What makes two accesses the same finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The detection.
    pub detection: &'static Detection,
    /// Who, without the service that may have called in between.
    pub actor: Actor<'static>,
    /// Which table; `None` for calls that name none.
    pub table: Option<TableId<'static>>,
    /// The table's account, or the one that the record was delivered to.
    pub account: String,
    /// The table's region, or the one that was called.
    pub region: String,
    /// What was done.
    pub effect: Effect,
    /// What became of it.
    pub outcome: Outcome,
}

/// Where a record came from: for the reader of a finding, and for the function that must know which message to keep.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Where it was read.
    pub place: &'a Place,
    /// The position of the message it came with.
    pub message: usize,
}

/// What stands for several tables, actors, accounts or regions in a finding about a flood; none of them can be called so.
pub const SEVERAL: &str = "*";

/// How many findings of one detection are told apart. A flood of names, such as denied calls on tables that were made up,
/// must not fill the memory nor bury a reader: from here on its tables are folded, and from twice as many on its actors too.
const MOST: usize = 250;

/// The findings of one run, folded as they come.
#[derive(Debug, Default)]
pub struct Findings {
    folded: IndexMap<Subject, Finding>,
    /// How many there are of each detection.
    counts: HashMap<&'static str, usize>,
}

impl Findings {
    /// Adds what a detection says about an access.
    pub fn add(&mut self, mut hit: Hit, call: &Call<'_>, access: &Access<'_>, origin: Origin<'_>) {
        let subject = self.admitted(Subject::of(hit.detection, call, access), hit.table_is_named);
        let of_several_tables = subject.table.as_ref().is_some_and(|table| table.name == SEVERAL);
        let of_several_actors = subject.actor.name == SEVERAL;
        if of_several_tables || of_several_actors {
            // Lines of policy for one of many would not help.
            hit.remedy = None;
        }
        let evidence = || Evidence {
            time: call.time,
            event_id: EventId::new(call.record.event_id()),
            place: origin.place.clone(),
        };
        let finding =
            self.folded.entry(subject).or_insert_with_key(|subject| Finding::new(subject.clone(), evidence()));
        if call.time <= finding.first.time {
            finding.first = evidence().min(finding.first.clone());
        }
        if let Some(table) = access.table.as_ref().filter(|_| of_several_tables) {
            finding.tables.add(table.arn());
        }
        if of_several_actors {
            finding.actors.add_ref(call.actor.name.as_ref());
        }
        finding.fold(hit, call, access, origin);
    }

    /// The subject, or in a flood the wider one that it is folded into.
    ///
    /// Made-up names must not crowd out the ones that matter: a table that the policy names is never folded. Which of the
    /// others are told by name depends on which came first.
    fn admitted(&mut self, mut subject: Subject, table_is_named: bool) -> Subject {
        let count = self.counts.entry(subject.detection.id).or_default();
        if *count >= MOST && !table_is_named && !self.folded.contains_key(&subject) {
            subject = subject.of_several_tables();
        }
        if *count >= 2 * MOST && !self.folded.contains_key(&subject) {
            subject = subject.of_several_actors();
        }
        if !self.folded.contains_key(&subject) {
            *count += 1;
        }
        subject
    }

    /// The findings, the gravest first and then in an order that depends on what they say alone.
    pub fn into_sorted(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.folded.into_values().collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (std::cmp::Reverse(f.severity), f.first.time);
            key(a).cmp(&key(b)).then_with(|| a.subject.identity().cmp(&b.subject.identity()))
        });
        findings
    }
}

impl Subject {
    fn of(detection: &'static Detection, call: &Call<'_>, access: &Access<'_>) -> Self {
        let (account, region) = call.account_and_region(access);
        Self {
            detection,
            account: account.to_owned(),
            region: region.to_owned(),
            actor: Actor { via: None, ..call.actor.clone().into_owned() },
            table: access.table.clone().map(TableId::into_owned),
            effect: access.effect,
            outcome: call.outcome,
        }
    }

    /// The same for all tables of the actor.
    fn of_several_tables(self) -> Self {
        let table = self.table.is_some().then(|| TableId {
            partition: SEVERAL.into(),
            account: SEVERAL.into(),
            region: SEVERAL.into(),
            name: SEVERAL.into(),
        });
        Self { table, account: SEVERAL.into(), region: SEVERAL.into(), ..self }
    }

    /// The same for all actors.
    fn of_several_actors(self) -> Self {
        let actor = Actor {
            kind: ActorKind::Unknown,
            name: SEVERAL.into(),
            account: None,
            permission_set: None,
            person: None,
            via: None,
        };
        Self { actor, ..self }
    }

    /// The parts that tell this subject from every other, as text.
    fn identity(&self) -> [&str; 12] {
        let Actor { kind, name, account, permission_set, person, via: _ } = &self.actor;
        [
            self.detection.id,
            &self.account,
            &self.region,
            self.table.as_ref().map_or("", |table| &table.partition),
            self.table.as_ref().map_or("", |table| &table.name),
            kind.as_str(),
            name,
            account.as_deref().unwrap_or_default(),
            permission_set.as_deref().unwrap_or_default(),
            person.as_deref().unwrap_or_default(),
            self.effect.as_str(),
            self.outcome.as_str(),
        ]
    }
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

    /// The finding as machines read it: one object, keys in this order, with at most so many of its event ids.
    pub fn to_json(&self, most_event_ids: usize) -> Value {
        let event_ids: Vec<String> = self.event_ids.iter().take(most_event_ids).map(EventId::to_string).collect();
        let left_out = self.accesses.saturating_sub(event_ids.len() as u64);
        let Subject { detection, actor, table, account, region, effect, outcome } = &self.subject;
        json!({
            "id": self.id(),
            "detection": detection.id,
            "severity": self.severity.as_str(),
            "techniques": detection.techniques,
            "actor": actor.name,
            "actor_type": actor.kind.as_str(),
            "actor_account": actor.account,
            "permission_set": actor.permission_set,
            "person": actor.person,
            "source_identities": list(&self.source_identities),
            "via": list(&self.via),
            "account": account,
            "region": region,
            "table": table.as_ref().map(|table| &table.name),
            "table_arn": table.as_ref().filter(|table| table.name != SEVERAL).map(TableId::arn),
            "tables": list(&self.tables),
            "actors": list(&self.actors),
            "effect": effect.as_str(),
            "outcome": outcome.as_str(),
            "operations": list(&self.operations),
            "accesses": self.accesses,
            "items": self.known_items(),
            "accesses_of_unknown_size": self.accesses_of_unknown_size,
            "first_seen": self.first.time.to_string(),
            "last_seen": self.last_seen.to_string(),
            "source_ips": list(&self.sources),
            "vpc_endpoints": list(&self.vpc_endpoints),
            "user_agents": list(&self.user_agents),
            "error_codes": list(&self.error_codes),
            "reason": self.reason(),
            "event_ids": event_ids,
            "event_ids_left_out": left_out,
            "places": list(&self.places),
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

fn list<T: Ord + ToString>(sample: &Sample<T>) -> Vec<String> {
    sample.iter().map(ToString::to_string).collect()
}
