//! What other AWS services found, as EventBridge relays it: read into the nouns of this audit.
//!
//! Nothing here decides what is to be told: that is for the detections `guardduty-finding` and `config-noncompliant`.

mod config;
mod guardduty;
mod original;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::de::Error as _;

pub use original::{Original, Reporter};

use crate::actor::{Actor, ActorKind};
use crate::finding::EventId;
use crate::severity::Severity;
use crate::table::TableId;

/// How much is kept of a text that a caller may have had a hand in, in bytes.
const LONGEST: usize = 1024;

/// One event of another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// What the service says, for those who read about it.
    pub original: Original,
    /// What the event is known again by.
    pub event_id: EventId,
    /// When the service said it: what it is about may have begun long before.
    pub time: Timestamp,
    /// The account that it is about.
    pub account: String,
    /// The region that it was said in.
    pub region: String,
    /// Whom it names, each once; empty where it names nobody.
    pub actors: Vec<Actor<'static>>,
    /// The tables that it names, each once.
    pub tables: Vec<TableId<'static>>,
    /// The API that was called, where it tells of one.
    pub operation: Option<String>,
    /// Where that call came from.
    pub source: Option<String>,
    /// What the caller called itself.
    pub user_agent: Option<String>,
    /// What the call ended with.
    pub error_code: Option<String>,
    /// What makes it matter, or not.
    pub claim: Claim,
}

/// What another service claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// GuardDuty: somebody may be up to something.
    Threat {
        /// As GuardDuty weighs it.
        severity: Severity,
        /// Whether the finding speaks of DynamoDB anywhere.
        is_about_dynamodb: bool,
    },
    /// Config: a resource is, or is not, as a rule wants it.
    Compliance {
        /// Whether it is not now.
        is_violated: bool,
        /// Whether it was not before either.
        was_violated: bool,
        /// Whether resource or rule is DynamoDB's.
        is_about_dynamodb: bool,
    },
}

impl Relayed {
    /// Reads the `detail` of an event. What makes an event of this service has to be there and of the documented type;
    /// anything else may be missing or odd.
    pub fn read(reporter: Reporter, detail: &str) -> Result<Self, serde_json::Error> {
        // serde would take a list for the members in the order of their declaration.
        if !detail.trim_start().starts_with('{') {
            return Err(serde_json::Error::custom("expected an object"));
        }
        match reporter {
            Reporter::GuardDuty => guardduty::read(detail),
            Reporter::Config => config::read(detail),
        }
    }

    /// The account and the region of a table that it names, or else its own.
    pub(crate) fn account_and_region<'a>(&'a self, table: Option<&'a TableId<'_>>) -> (&'a str, &'a str) {
        table.map_or((&self.account, &self.region), |table| (&table.account, &table.region))
    }

    /// Who is told of with which table: each actor with each table, or with none. Where nobody is named, the service that
    /// says it stands in.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (Actor<'static>, Option<TableId<'static>>)> {
        let reporter = || Actor {
            kind: ActorKind::Service,
            name: self.original.service.principal().into(),
            account: None,
            permission_set: None,
            person: None,
            via: None,
        };
        let nobody = self.actors.is_empty().then(reporter);
        let actors = self.actors.iter().cloned().chain(nobody);
        actors.flat_map(|actor| {
            let nowhere = self.tables.is_empty().then_some(None);
            let tables = self.tables.iter().cloned().map(Some).chain(nowhere);
            tables.map(move |table| (actor.clone(), table))
        })
    }
}

/// A time as findings keep it: CloudTrail writes whole seconds.
fn whole(time: Timestamp) -> Timestamp {
    // It is a timestamp's second.
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A text as it is kept.
fn capped(text: &str) -> String {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text).to_owned()
}
