//! One event told in full: where its record stands, who did what, what the policy says of it, and what each detection.
//!
//! An [`Explainer`] looks on while an audit reads, so that what it tells is what the audit did.

mod access;
mod event;
mod relayed;

use indexmap::IndexMap;
use memchr::memmem;
use serde::{Deserialize, Serialize};

pub use access::{AccessStory, DetectionStory, EntryStory, PolicyStory, SeverityStory, TrialStory};
pub use event::{ActorStory, EventStory};
pub use relayed::{AboutStory, RelayedStory};

use crate::access::{Access, Call};
use crate::detections::Context;
use crate::finding::{EventId, Finding};
use crate::policy::KeyDisplay;
use crate::ports::{Fate, Heard, Observer, RawRecord, Reject};
use crate::record::{Record, Text};
use crate::tally::Skip;

/// How many events of one id are told, and how many places of one event. CloudTrail gives each event an id of its own; a
/// file may say anything.
const MOST: usize = 20;

/// What became of one event, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// `eventID`.
    pub event_id: String,
    /// Where its record stands, in the order that it was read; the first [`MOST`] of them.
    pub places: Vec<PlaceStory>,
    /// How many more places there are.
    pub more_places: u64,
    /// What the record says; `None` where it is not understood at all.
    pub event: Option<EventStory>,
    /// What another service says, where it is the event of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relayed: Option<RelayedStory>,
    /// What was judged of it.
    pub accesses: Vec<AccessStory>,
    /// The findings that it is part of, once all was read.
    pub findings: Vec<FindingStory>,
}

/// One place of a record, and what became of it there.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceStory {
    /// The file or object.
    pub place: String,
    /// The record's position there, from 0.
    pub index: u64,
    /// `judged`, `skipped` or `rejected`.
    pub fate: &'static str,
    /// Why it was skipped or rejected.
    pub why: Option<String>,
}

/// A finding that an event is part of.
#[derive(Debug, Clone, Serialize)]
pub struct FindingStory {
    /// As in every other output.
    pub id: String,
    /// Its detection.
    pub detection: String,
    /// Its severity.
    pub severity: &'static str,
    /// How many accesses it is about.
    pub accesses: u64,
    /// Why.
    pub reason: String,
}

/// Looks out for one event: by its `eventID`; of another service's, by the id that service gave it or by the event id that
/// alerts tell.
#[derive(Debug)]
pub struct Explainer {
    asked: String,
    found: IndexMap<EventId, Explanation>,
    /// Of the record that is being read.
    accesses: Vec<AccessStory>,
    /// Whether the policy shows the keys of all tables of the record as they are.
    shows_keys: bool,
    rejected: Option<String>,
}

impl Explainer {
    /// Looks out for the event of this id, in upper or lower case.
    pub fn new(event_id: &str) -> Self {
        Self {
            asked: event_id.to_owned(),
            found: IndexMap::new(),
            accesses: Vec::new(),
            shows_keys: true,
            rejected: None,
        }
    }

    /// What was found, with the findings of the run that it is part of. More than one explanation only where one id was given
    /// to several events; none where there is no such event.
    pub fn into_explanations(self, findings: &[Finding]) -> Vec<Explanation> {
        let mut explanations: Vec<Explanation> = self.found.into_values().collect();
        for explanation in &mut explanations {
            let id = EventId::new(&explanation.event_id);
            let about = findings.iter().filter(|finding| finding.event_ids.contains(&id));
            explanation.findings = about.map(FindingStory::of).collect();
        }
        explanations
    }

    /// The explanation of an event; `None` where there are too many already.
    fn explanation(&mut self, key: EventId, event_id: String) -> Option<&mut Explanation> {
        if self.found.len() >= MOST && !self.found.contains_key(&key) {
            return None;
        }
        Some(self.found.entry(key).or_insert_with(|| Explanation {
            event_id,
            places: Vec::new(),
            more_places: 0,
            event: None,
            relayed: None,
            accesses: Vec::new(),
            findings: Vec::new(),
        }))
    }

    /// The id in a record, where it is the one that was asked for.
    fn asked_for(&self, json: &[u8], fate: Fate) -> Option<String> {
        #[derive(Deserialize)]
        struct Id<'a> {
            #[serde(borrow, rename = "eventID")]
            event_id: Text<'a>,
        }
        if let Ok(Id { event_id }) = serde_json::from_str::<Id<'_>>(&String::from_utf8_lossy(json)) {
            return event_id.0.eq_ignore_ascii_case(&self.asked).then(|| event_id.0.into_owned());
        }
        // What is no record has no field, but may still show its id.
        let shown = matches!(fate, Fate::Rejected(_)) && memmem::find(json, self.asked.as_bytes()).is_some();
        shown.then(|| self.asked.clone())
    }
}

impl Observer for Explainer {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejected = Some(reject.detail.clone());
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) {
        if call.record.event_id().eq_ignore_ascii_case(&self.asked) {
            self.shows_keys &= context.table.is_some_and(|table| table.keys == KeyDisplay::Show);
            self.accesses.push(AccessStory::of(call, access, context));
        }
    }

    fn read(&mut self, record: &RawRecord<'_>, fate: Fate) {
        let (accesses, rejected) = (std::mem::take(&mut self.accesses), self.rejected.take());
        let shows_keys = std::mem::replace(&mut self.shows_keys, true) && !accesses.is_empty();
        let Some(event_id) = self.asked_for(record.json, fate) else { return };
        let key = EventId::of_record(&event_id, record.json);
        let Some(explanation) = self.explanation(key, event_id) else { return };
        let text = String::from_utf8_lossy(record.json);
        let parsed = Record::parse(&text);
        if let Ok(record) = &parsed {
            explanation.event.get_or_insert_with(|| EventStory::of(record, shows_keys));
        }
        explanation.accesses.extend(accesses);
        let (word, why) = match fate {
            Fate::Judged => ("judged", None),
            Fate::Skipped(skip) => ("skipped", Some(why_skipped(skip, parsed.as_ref().ok(), explanation))),
            Fate::Rejected(_) => ("rejected", rejected),
        };
        explanation.stands_in(PlaceStory { place: record.place.to_string(), index: record.index, fate: word, why });
    }

    fn heard(&mut self, heard: &Heard<'_>) {
        let Heard { place, index, relayed, fate, said } = heard;
        let id = relayed.event_id.to_string();
        let is_asked = |id: &str| id.eq_ignore_ascii_case(&self.asked);
        if !is_asked(&id) && !relayed.original.id.as_deref().is_some_and(is_asked) {
            return;
        }
        let Some(explanation) = self.explanation(relayed.event_id.clone(), id) else { return };
        let (word, why) = match *fate {
            Fate::Judged => ("judged", None),
            Fate::Skipped(skip) => ("skipped", Some(why_skipped(skip, None, explanation))),
            Fate::Rejected(_) => ("rejected", None),
        };
        explanation.relayed.get_or_insert_with(|| RelayedStory::of(relayed, said));
        explanation.stands_in(PlaceStory { place: place.to_string(), index: *index, fate: word, why });
    }
}

impl Explanation {
    fn stands_in(&mut self, place: PlaceStory) {
        if self.places.len() >= MOST {
            self.more_places += 1;
        } else {
            self.places.push(place);
        }
    }
}

fn why_skipped(skip: Skip, record: Option<&Record<'_>>, explanation: &Explanation) -> String {
    let field = |field: fn(&Record<'_>) -> String| record.map_or("unknown".to_owned(), field);
    let source = field(|record| record.event_source().to_owned());
    match skip {
        Skip::OtherService => format!("{source} is no service that is audited"),
        Skip::OtherCall => {
            let name = field(|record| record.event_name().to_owned());
            format!("{name} is none of the calls of {source} that are audited")
        }
        Skip::Duplicate if explanation.places.iter().any(|place| place.fate == "judged") => {
            "told before: the same event id".to_owned()
        }
        Skip::Duplicate => {
            let shared = field(|record| record.shared_event_id.text().unwrap_or("unknown").to_owned());
            format!("told before: the record that another account got of this call, under the shared id {shared}")
        }
        Skip::Insight => "an Insights event is about many calls and names no single one".to_owned(),
        Skip::Aggregated => "an aggregated event sums up five minutes and names no single call".to_owned(),
        Skip::OwnTable => "it is on the table in which the functions remember, by a role of its account".to_owned(),
        Skip::Unrelated => "it is neither about DynamoDB nor about a principal that the policy names".to_owned(),
        Skip::NoViolation => "it does not say that a rule that was kept is not kept any more".to_owned(),
        Skip::NetworkActivity => {
            "a network activity event tells of a VPC endpoint; the call has a record of its own".to_owned()
        }
    }
}

impl FindingStory {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.id(),
            detection: finding.subject.detection.id.to_owned(),
            severity: finding.severity.as_str(),
            accesses: finding.accesses,
            reason: finding.reason(),
        }
    }
}

#[cfg(test)]
mod tests;
