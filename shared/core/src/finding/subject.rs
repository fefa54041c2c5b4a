//! What tells one finding from another.

use crate::access::{Access, Call, Outcome};
use crate::actor::{Actor, ActorKind};
use crate::detections::Detection;
use crate::operation::Effect;
use crate::relayed::Relayed;
use crate::table::TableId;

/// What stands for several tables, actors, accounts or regions in a finding about a flood; none of them can be called so.
pub const SEVERAL: &str = "*";

/// What makes two accesses the same finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The detection.
    pub detection: &'static Detection,
    /// Who, without the service that may have called in between.
    pub actor: Actor<'static>,
    /// Which table; `None` for calls that name none.
    pub table: Option<TableId<'static>>,
    /// What the calls are about where that is no table: an ARN, or a name as the requests write it. Of what another service
    /// found, the kind of finding or the rule, since each of them is told for itself.
    pub resource: Option<String>,
    /// The table's account, or the one that the record was delivered to.
    pub account: String,
    /// The table's region, or the one that was called.
    pub region: String,
    /// What was done; `None` where it is several things, as in a chain.
    pub effect: Option<Effect>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Subject {
    pub(crate) fn of(detection: &'static Detection, call: &Call<'_>, access: &Access<'_>) -> Self {
        let (account, region) = call.account_and_region(access);
        Self {
            detection,
            account: account.to_owned(),
            region: region.to_owned(),
            actor: Actor { via: None, ..call.actor.clone().into_owned() },
            table: access.table.clone().map(TableId::into_owned),
            resource: access.resource.as_ref().map(|resource| resource.name.clone().into_owned()),
            effect: Some(access.effect),
            outcome: call.outcome,
        }
    }

    pub(crate) fn of_relayed(
        detection: &'static Detection,
        relayed: &Relayed,
        actor: Actor<'static>,
        table: Option<TableId<'static>>,
    ) -> Self {
        let (account, region) = relayed.account_and_region(table.as_ref());
        Self {
            detection,
            account: account.to_owned(),
            region: region.to_owned(),
            actor,
            resource: Some(relayed.original.kind.clone()),
            table,
            effect: Some(Effect::Unknown),
            outcome: Outcome::Unknown,
        }
    }

    /// Whether it stands for several tables, or other resources.
    pub(crate) fn is_of_several_tables(&self) -> bool {
        self.table.as_ref().is_some_and(|table| table.name == SEVERAL) || self.resource.as_deref() == Some(SEVERAL)
    }

    /// Whether it stands for several actors.
    pub(crate) fn is_of_several_actors(&self) -> bool {
        self.actor.name == SEVERAL
    }

    /// What was done, in the word that people and machines read; [`SEVERAL`] for several things.
    pub fn effect_word(&self) -> &'static str {
        self.effect.map_or(SEVERAL, Effect::as_str)
    }

    /// The same for all tables and other resources of the actor.
    pub(crate) fn of_several_tables(self) -> Self {
        let resource = self.resource.is_some().then(|| SEVERAL.to_owned());
        let table = self.table.is_some();
        let all = self.of_all_tables();
        Self { table: all.table.filter(|_| table), resource, ..all }
    }

    /// The same for all tables of the actor, and for calls that name none.
    pub(crate) fn of_all_tables(self) -> Self {
        let table = Some(TableId {
            partition: SEVERAL.into(),
            account: SEVERAL.into(),
            region: SEVERAL.into(),
            name: SEVERAL.into(),
        });
        Self { table, resource: None, account: SEVERAL.into(), region: SEVERAL.into(), ..self }
    }

    /// The same for all actors.
    pub(crate) fn of_several_actors(self) -> Self {
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
    pub(crate) fn identity(&self) -> [&str; 13] {
        let Actor { kind, name, account, permission_set, person, via: _ } = &self.actor;
        [
            self.detection.id,
            &self.account,
            &self.region,
            self.table.as_ref().map_or("", |table| &table.partition),
            self.table.as_ref().map_or("", |table| &table.name),
            self.resource.as_deref().unwrap_or_default(),
            kind.as_str(),
            name,
            account.as_deref().unwrap_or_default(),
            permission_set.as_deref().unwrap_or_default(),
            person.as_deref().unwrap_or_default(),
            self.effect_word(),
            self.outcome.as_str(),
        ]
    }
}
