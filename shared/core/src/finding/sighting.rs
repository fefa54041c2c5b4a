//! What findings keep of one access.

use std::borrow::Cow;

use jiff::Timestamp;

use super::EventId;
use crate::access::{Access, Call};
use crate::correlation::Again;
use crate::finding::Origin;
use crate::operation::Plane;
use crate::place::Place;
use crate::relayed::Relayed;
use crate::table::TableId;

/// How much is kept of a text that only describes, in bytes. `CloudTrail` writes at most 1 KB of a user agent:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
const LONGEST: usize = 1024;

/// What is the access's own.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    pub(crate) time: Timestamp,
    pub(crate) event_id: EventId,
    pub(crate) items: Option<u64>,
    /// The keys of the items, as far as they may be shown.
    pub(crate) keys: Vec<String>,
}

/// What many accesses have in common: who, with what, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Circumstances<'a> {
    pub(crate) actor: Cow<'a, str>,
    pub(crate) table: Option<TableId<'a>>,
    pub(crate) operation: Option<Cow<'a, str>>,
    pub(crate) plane: Plane,
    pub(crate) part: Option<Cow<'a, str>>,
    pub(crate) source: Option<Cow<'a, str>>,
    pub(crate) user_agent: Option<Cow<'a, str>>,
    pub(crate) vpc_endpoint: Option<Cow<'a, str>>,
    pub(crate) via: Option<Cow<'a, str>>,
    pub(crate) source_identity: Option<Cow<'a, str>>,
    pub(crate) error_code: Option<Cow<'a, str>>,
    pub(crate) place: Cow<'a, Place>,
    pub(crate) message: usize,
}

impl Sighting {
    pub(crate) fn of(call: &Call<'_>, access: &Access<'_>, keys: Vec<String>) -> Self {
        Self { time: call.time, event_id: EventId::new(call.record.event_id()), items: access.items, keys }
    }

    /// Of an access whose keys are not shown.
    pub(crate) fn again(again: &Again<'_>) -> Self {
        Self { time: again.time, event_id: again.event.clone(), items: again.items, keys: Vec::new() }
    }

    pub(crate) fn of_relayed(relayed: &Relayed) -> Self {
        Self { time: relayed.time, event_id: relayed.event_id.clone(), items: None, keys: Vec::new() }
    }
}

impl<'a> Circumstances<'a> {
    pub(crate) fn of(call: &'a Call<'_>, access: &'a Access<'_>, origin: Origin<'a>) -> Self {
        let text = |text: Option<&'a str>| text.map(|text| Cow::Borrowed(cut(text)));
        let record = call.record;
        Self {
            actor: Cow::Borrowed(&call.actor.name),
            table: access.table.as_ref().map(borrowed),
            operation: Some(Cow::Borrowed(record.event_name())),
            plane: call.operation.plane,
            part: access.part.as_ref().map(|part| Cow::Owned(cut(&part.path()).to_owned())),
            source: text(record.source_ip_address.text()),
            user_agent: text(record.user_agent.text()),
            vpc_endpoint: text(record.vpc_endpoint_id.text()),
            via: text(call.actor.via.as_deref()),
            source_identity: text(record.source_identity()),
            error_code: text(record.error_code.text()),
            place: Cow::Borrowed(origin.place),
            message: origin.message,
        }
    }

    pub(crate) fn of_relayed(
        relayed: &'a Relayed,
        actor: &'a str,
        table: Option<&'a TableId<'_>>,
        origin: Origin<'a>,
    ) -> Self {
        let text = |text: &'a Option<String>| text.as_deref().map(|text| Cow::Borrowed(cut(text)));
        Self {
            actor: Cow::Borrowed(actor),
            table: table.map(borrowed),
            operation: text(&relayed.operation),
            plane: Plane::Control,
            part: None,
            source: text(&relayed.source),
            user_agent: text(&relayed.user_agent),
            vpc_endpoint: None,
            via: None,
            source_identity: None,
            error_code: text(&relayed.error_code),
            place: Cow::Borrowed(origin.place),
            message: origin.message,
        }
    }

    /// The same of an access that is done again, from wherever and with whatever.
    pub(crate) fn again<'b>(&'b self, again: &Again<'b>) -> Circumstances<'b> {
        let same = |text: &'b Option<Cow<'a, str>>| text.as_deref().map(Cow::Borrowed);
        let text = |text: &'b str| (!text.is_empty()).then(|| Cow::Borrowed(cut(text)));
        Circumstances {
            actor: Cow::Borrowed(&self.actor),
            table: self.table.as_ref().map(borrowed),
            operation: same(&self.operation),
            plane: self.plane,
            part: same(&self.part),
            source: text(again.address),
            user_agent: text(again.agent),
            vpc_endpoint: same(&self.vpc_endpoint),
            via: same(&self.via),
            source_identity: same(&self.source_identity),
            error_code: same(&self.error_code),
            place: Cow::Borrowed(again.origin.place),
            message: again.origin.message,
        }
    }

    pub(crate) fn into_owned(self) -> Circumstances<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Circumstances {
            actor: own(self.actor),
            table: self.table.map(TableId::into_owned),
            operation: self.operation.map(own),
            plane: self.plane,
            part: self.part.map(own),
            source: self.source.map(own),
            user_agent: self.user_agent.map(own),
            vpc_endpoint: self.vpc_endpoint.map(own),
            via: self.via.map(own),
            source_identity: self.source_identity.map(own),
            error_code: self.error_code.map(own),
            place: Cow::Owned(self.place.into_owned()),
            message: self.message,
        }
    }
}

fn borrowed<'a>(table: &'a TableId<'_>) -> TableId<'a> {
    TableId {
        partition: Cow::Borrowed(&table.partition),
        account: Cow::Borrowed(&table.account),
        region: Cow::Borrowed(&table.region),
        name: Cow::Borrowed(&table.name),
    }
}

/// The beginning of a text that a caller may have written, as much of it as is kept.
pub(super) fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}
