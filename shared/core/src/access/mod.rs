//! Record ─► accesses: what one call did to which tables.

mod dependency;
mod home;
mod keys;
mod network;
mod outcome;
mod params;
mod request;
mod tables;
mod target;

use std::collections::HashSet;

use indexmap::IndexMap;
use jiff::Timestamp;

use keys::MOST_KEYS;
pub use network::Network;
pub use outcome::Outcome;
pub use params::Params;
pub(crate) use params::field;
pub use target::{ItemKey, Reach, Resource, TablePart};

use crate::actor::{Actor, ActorKind};
use crate::operation::{self, Effect, Operation, Plane, Service, Shape};
use crate::record::{Record, RecordError};
use crate::table::TableId;
use request::Part;
use tables::{Tables, Target};

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
    /// Where it came from.
    pub network: Network<'a>,
    /// `requestParameters`.
    pub params: Params<'a>,
}

/// What one call did to one table, in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access<'a> {
    /// The table; `None` for a call that names none, such as `ListTables`.
    pub table: Option<TableId<'a>>,
    /// The index or stream of the table that was reached, where one was.
    pub part: Option<TablePart<'a>>,
    /// Whether the table is only what another one is made of, by a call that has an access to that one too.
    pub is_source: bool,
    /// What the call is about where that is no table.
    pub resource: Option<Resource<'a>>,
    /// What was done, or tried.
    pub effect: Effect,
    /// How many items, where the request fixes the number.
    pub items: Option<u64>,
    /// The keys of the items, as far as the request tells them.
    pub keys: Vec<ItemKey<'a>>,
    /// How much of the table was asked for.
    pub reach: Reach,
    /// Why the request could not be understood in full, where it could not.
    pub unreadable: Option<&'static str>,
}

impl<'a> Access<'a> {
    /// An access of which nothing more is known.
    pub fn new(table: Option<TableId<'a>>, effect: Effect, items: Option<u64>) -> Self {
        let reach = Reach::Unknown;
        Self {
            table,
            part: None,
            is_source: false,
            resource: None,
            effect,
            items,
            keys: Vec::new(),
            reach,
            unreadable: None,
        }
    }
}

impl<'a> Call<'a> {
    /// Reads what stands in a record beside its tables.
    pub fn read(record: &'a Record<'a>) -> Result<Self, RecordError> {
        let service = Service::of_source(record.event_source());
        let service = service.ok_or_else(|| RecordError::Source(record.event_source().to_owned()))?;
        Self::of(record, operation::lookup(service, record.event_name(), record.event_category.text()))
    }

    /// The same of a record that is not audited, and that rules ask for.
    pub fn foreign(record: &'a Record<'a>) -> Result<Self, RecordError> {
        let service = Service::of_source(record.event_source()).unwrap_or(Service::Other);
        Self::of(record, Operation::foreign(service))
    }

    fn of(record: &'a Record<'a>, operation: Operation) -> Result<Self, RecordError> {
        Ok(Self {
            record,
            actor: Actor::of(record),
            operation,
            outcome: Outcome::of(record),
            time: record.time()?,
            network: Network::of(record),
            params: Params::read(record.request_parameters),
        })
    }

    /// Whether a person made it: a user, a permission set's, whoever sits at the console, the root user.
    pub fn is_by_person(&self) -> bool {
        let from_console = self.record.session_credential_from_console.text() == Some("true");
        match self.actor.kind {
            ActorKind::Root | ActorKind::User | ActorKind::PermissionSet | ActorKind::Federated => true,
            ActorKind::Role | ActorKind::Account | ActorKind::Unknown => from_console || self.actor.person.is_some(),
            ActorKind::Service => false,
        }
    }

    /// `responseElements`: what the service answered to a call that changes something.
    pub fn response(&self) -> Params<'a> {
        Params::read(self.record.response_elements)
    }

    /// The accesses of the call: one for each table and effect, at least one.
    pub fn accesses(&self) -> Vec<Access<'_>> {
        let tables = Tables::of(self.record, &self.actor, self.outcome);
        let effect = self.fallback_effect();
        let mut accesses = match self.operation.shape {
            Shape::Table(_, items) => vec![self.of_named_table(&tables, effect, items)],
            Shape::Control => self.of_control(&tables, effect),
            Shape::Dependency => self.of_dependencies(&tables),
            Shape::Unknown => {
                let access = self.of_named_table(&tables, effect, None);
                vec![Access { unreadable: Some("an API that Tablewarden does not know"), ..access }]
            }
            Shape::BatchGet => self.of_parts(&tables, effect, request::batch_get),
            Shape::BatchWrite => self.of_parts(&tables, effect, request::batch_write),
            Shape::Transaction => self.of_parts(&tables, effect, request::transaction),
            Shape::Statements => self.of_parts(&tables, effect, request::statements),
            // Of what is not audited, all that is known to be there is the service.
            Shape::Foreign => {
                let service = Resource { service: self.operation.service, name: self.record.event_source().into() };
                return vec![Access { resource: Some(service), ..Access::new(None, effect, None) }];
            }
        };
        for access in &mut accesses {
            access.unreadable = access.unreadable.or(tables.unreadable());
        }
        if self.operation.plane == Plane::Data {
            self.add_unnamed(&tables, effect, &mut accesses);
        }
        accesses
    }

    /// What the call does to a table, as far as its name says.
    fn fallback_effect(&self) -> Effect {
        match self.operation.shape {
            Shape::Table(effect, _) => effect,
            Shape::Control | Shape::Dependency => Effect::Admin,
            Shape::BatchGet => Effect::Read,
            Shape::Transaction if self.record.event_name() == "TransactGetItems" => Effect::Read,
            Shape::BatchWrite | Shape::Transaction => Effect::Write,
            Shape::Statements | Shape::Unknown | Shape::Foreign => Effect::Unknown,
        }
    }

    /// How much of a table the call asks for, as far as its name says.
    fn fallback_reach(&self) -> Reach {
        match self.operation.shape {
            Shape::Table(_, Some(_)) | Shape::BatchGet | Shape::BatchWrite | Shape::Transaction => Reach::Items,
            Shape::Table(_, None) if self.record.event_name() == "Query" => Reach::Partition,
            Shape::Table(_, None) if self.record.event_name() == "Scan" => Reach::Whole,
            Shape::Table(..)
            | Shape::Statements
            | Shape::Control
            | Shape::Dependency
            | Shape::Unknown
            | Shape::Foreign => Reach::Unknown,
        }
    }

    /// Tells where a call of the data plane and its record's resources disagree: such a call always has a table, though a
    /// denied one may have been stripped of it, and lists none that it does not reach.
    fn add_unnamed<'b>(&self, tables: &Tables<'b>, effect: Effect, accesses: &mut Vec<Access<'b>>) {
        for access in accesses.iter_mut().filter(|_| self.outcome == Outcome::Succeeded) {
            if access.table.is_none() && access.unreadable.is_none() {
                access.unreadable = Some("no table is named");
            }
        }
        let named: HashSet<&TableId<'_>> = accesses.iter().filter_map(|access| access.table.as_ref()).collect();
        let unnamed: Vec<Access<'b>> = tables
            .listed()
            .filter(|target| !named.contains(&target.table))
            .map(|Target { table, part }| Access {
                part,
                unreadable: Some("the record lists a table that its request does not name"),
                ..Access::new(Some(table), effect, None)
            })
            .collect();
        accesses.extend(unnamed);
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
        let resource = dependency::resources(self, tables).pop();
        let unreadable = self.params.unreadable();
        let reach = self.fallback_reach();
        let access = Access { resource, reach, unreadable, ..Access::new(None, effect, items) };
        let Some(Target { table, part }) = named.and_then(|name| tables.resolve(name)).or_else(|| tables.first())
        else {
            return access;
        };
        let index = || Some(TablePart::Index(self.params.get("indexName")?.as_str()?.into()));
        let part = part.or_else(index).or_else(|| tables.part_of(&table));
        let keys = self.params.get("key").and_then(keys::canonical).into_iter().collect();
        Access { table: Some(table), part, keys, ..access }
    }

    /// The accesses of a call of the control plane: one, but for a call that makes a table of another one.
    fn of_control<'b>(&'b self, tables: &Tables<'b>, effect: Effect) -> Vec<Access<'b>> {
        let access = self.of_named_table(tables, effect, None);
        let source = request::source_table(&self.params).and_then(|name| tables.resolve(name));
        let source = source.filter(|source| access.table.as_ref() != Some(&source.table));
        let source =
            source.map(|Target { table, .. }| Access { is_source: true, ..Access::new(Some(table), effect, None) });
        [access].into_iter().chain(source).collect()
    }

    /// The accesses of a call of a service that owns no tables: one for each resource.
    fn of_dependencies<'b>(&'b self, tables: &Tables<'b>) -> Vec<Access<'b>> {
        let (table, part) =
            dependency::table(self, tables).map_or((None, None), |target| (Some(target.table), target.part));
        let resources = dependency::resources(self, tables);
        let is_nameless = resources.is_empty() && table.is_none() && self.outcome == Outcome::Succeeded;
        let unreadable = self.params.unreadable().or(is_nameless.then_some("no resource is named"));
        let one = |resource| Access {
            part: part.clone(),
            resource,
            unreadable,
            ..Access::new(table.clone(), Effect::Admin, None)
        };
        if resources.is_empty() {
            return vec![one(None)];
        }
        resources.into_iter().map(|resource| one(Some(resource))).collect()
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
        // A request may have as many parts as a record has room for, so each is found by its key.
        let mut folded: IndexMap<(Option<Target<'b>>, Effect), Access<'b>> = IndexMap::new();
        for Part { table, index, effect, items, keys, stated, reach, unreadable } in parts {
            let mut target = table.and_then(|name| tables.resolve(name)).or_else(|| tables.first());
            if let Some((target, index)) = target.as_mut().zip(index) {
                target.part = Some(TablePart::Index(index.into()));
            }
            let access = folded.entry((target, effect)).or_insert_with_key(|(target, _)| {
                let (table, part) = target.clone().map_or((None, None), |Target { table, part }| (Some(table), part));
                Access { part, reach, ..Access::new(table, effect, Some(0)) }
            });
            access.items = access.items.zip(items).map(|(sum, items)| sum.saturating_add(items));
            access.reach = access.reach.or_wider(reach);
            access.unreadable = access.unreadable.or(unreadable);
            let room = MOST_KEYS.saturating_sub(access.keys.len());
            let told = keys.into_iter().filter_map(keys::canonical).chain(keys::stated(&stated));
            access.keys.extend(told.take(room));
        }
        let mut accesses: Vec<Access<'b>> = folded.into_values().collect();
        if accesses.is_empty() {
            let reach = self.fallback_reach();
            let one = |table, part| Access { part, reach, unreadable, ..Access::new(table, fallback, None) };
            accesses.extend(tables.all().map(|Target { table, part }| one(Some(table), part)));
            if accesses.is_empty() {
                accesses.push(one(None, None));
            }
        }
        accesses
    }
}

#[cfg(test)]
mod tests;
