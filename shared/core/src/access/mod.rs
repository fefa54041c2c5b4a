//! Record ─► accesses: what one call did to which tables.

mod outcome;
mod params;
mod request;
mod tables;

use jiff::Timestamp;

pub use outcome::Outcome;
pub use params::Params;

use crate::actor::Actor;
use crate::operation::{self, Effect, Operation, Plane, Shape};
use crate::record::{Record, RecordError};
use crate::table::TableId;
use tables::Tables;

/// One call, as its record tells it.
#[derive(Debug)]
pub struct Call<'a> {
    /// The record itself.
    pub record: &'a Record<'a>,
    /// Who called.
    pub actor: Actor<'a>,
    /// What was called.
    pub operation: Operation,
    /// What became of it.
    pub outcome: Outcome,
    /// When it completed.
    pub time: Timestamp,
    /// `requestParameters`.
    pub params: Params<'a>,
}

/// What one call did to one table, in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access<'a> {
    /// The table; `None` for a call that names none, such as `ListTables`.
    pub table: Option<TableId<'a>>,
    /// What was done, or tried.
    pub effect: Effect,
    /// How many items, where the request fixes the number.
    pub items: Option<u64>,
    /// Why the request could not be understood in full, where it could not.
    pub unreadable: Option<&'static str>,
}

impl<'a> Call<'a> {
    /// Reads what stands in a record beside its tables.
    pub fn read(record: &'a Record<'a>) -> Result<Self, RecordError> {
        Ok(Self {
            record,
            actor: Actor::of(record),
            operation: operation::lookup(record.event_name(), record.event_category.text()),
            outcome: Outcome::of(record),
            time: record.time()?,
            params: Params::read(record.request_parameters),
        })
    }

    /// The accesses of the call: one for each table and effect, at least one.
    pub fn accesses(&self) -> Vec<Access<'_>> {
        let tables = Tables::of(self.record, &self.actor);
        let mut accesses = match self.operation.shape {
            Shape::Table(effect, items) => vec![self.of_named_table(&tables, effect, items)],
            Shape::Control => vec![self.of_named_table(&tables, Effect::Admin, None)],
            Shape::Unknown => {
                let access = self.of_named_table(&tables, Effect::Unknown, None);
                vec![Access { unreadable: Some("an API that Tablewarden does not know"), ..access }]
            }
            Shape::BatchGet => self.of_parts(&tables, Effect::Read, request::batch_get),
            Shape::BatchWrite => self.of_parts(&tables, Effect::Write, request::batch_write),
            Shape::Transaction if self.record.event_name() == "TransactGetItems" => {
                self.of_parts(&tables, Effect::Read, request::transaction)
            }
            Shape::Transaction => self.of_parts(&tables, Effect::Write, request::transaction),
            Shape::Statements => self.of_parts(&tables, Effect::Unknown, request::statements),
        };
        // Only the data plane's calls all have a table; a denied one may have been stripped of it.
        if self.operation.plane == Plane::Data && self.outcome == Outcome::Succeeded {
            for access in &mut accesses {
                if access.table.is_none() && access.unreadable.is_none() {
                    access.unreadable = Some("no table is named");
                }
            }
        }
        accesses
    }

    /// The account and the region that an access of this call counts for: the table's, else the account that the record was
    /// delivered to and the region that was called.
    pub fn account_and_region<'b>(&'b self, access: &'b Access<'_>) -> (&'b str, &'b str) {
        if let Some(table) = &access.table {
            return (&table.account, &table.region);
        }
        let account = self.record.recipient_account_id.text().or(self.actor.account.as_deref());
        (account.unwrap_or("unknown"), self.record.region())
    }

    /// The one access of a call that names its table in a field of its own.
    fn of_named_table<'b>(&'b self, tables: &Tables<'b>, effect: Effect, items: Option<u64>) -> Access<'b> {
        let named = request::named_table(&self.params, self.record.response_elements);
        let unreadable = match self.params {
            Params::Unreadable(why) => Some(why),
            Params::Absent | Params::Known(_) => None,
        };
        let table = named.and_then(|name| tables.resolve(name)).or_else(|| tables.first());
        Access { table, effect, items, unreadable }
    }

    /// The accesses of a call whose request has a part for each item or statement; where no part can be read, one for each
    /// table among the record's resources, of unknown size.
    fn of_parts<'b>(&'b self, tables: &Tables<'b>, fallback: Effect, read: request::Reader) -> Vec<Access<'b>> {
        let (parts, unreadable) = match &self.params {
            Params::Known(value) => match read(value) {
                Some(parts) if !parts.is_empty() => (parts, None),
                _ => (Vec::new(), Some("request parameters of an unknown form")),
            },
            Params::Unreadable(why) => (Vec::new(), Some(*why)),
            // A denied or failed call may come without its parameters; one that succeeded should not.
            Params::Absent if self.outcome == Outcome::Succeeded => (Vec::new(), Some("no request parameters")),
            Params::Absent => (Vec::new(), None),
        };
        let mut accesses: Vec<Access<'b>> = Vec::new();
        for part in parts {
            let table = part.table.and_then(|name| tables.resolve(name)).or_else(|| tables.first());
            match accesses.iter_mut().find(|access| access.table == table && access.effect == part.effect) {
                Some(access) => {
                    access.items = access.items.zip(part.items).map(|(sum, items)| sum.saturating_add(items));
                    access.unreadable = access.unreadable.or(part.unreadable);
                }
                None => {
                    accesses.push(Access {
                        table,
                        effect: part.effect,
                        items: part.items,
                        unreadable: part.unreadable,
                    });
                }
            }
        }
        if accesses.is_empty() {
            let one = |table| Access { table, effect: fallback, items: None, unreadable };
            accesses.extend(tables.all().map(|table| one(Some(table))));
            if accesses.is_empty() {
                accesses.push(one(None));
            }
        }
        accesses
    }
}

#[cfg(test)]
mod tests;
