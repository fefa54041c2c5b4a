//! Steps of chains, as they are stored.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::key;
use crate::access::Outcome;
use crate::actor::Actor;
use crate::detections::{self, Judge};
use crate::finding::{EventId, SEVERAL, Subject};
use crate::operation::Effect;
use crate::ports::{Item, Key, Step, StoreError};
use crate::table::TableId;

/// The width of a slot in seconds.
const WIDTH: i64 = 3600;

/// How long steps are kept: a chain may go on for a day, and a record may be late.
const KEPT: SignedDuration = SignedDuration::from_hours(36);

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    detection: String,
    actor: Actor<'static>,
    table: Option<TableId<'static>>,
    resource: Option<String>,
    account: String,
    region: String,
    effect: Option<Effect>,
    outcome: Outcome,
    first: Timestamp,
    last: Timestamp,
    event_ids: Vec<String>,
}

/// Steps that a chain may take from one partition: what was found about one actor, or about one table.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    pub(super) partition: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// The partitions in which a step stands.
fn partitions(subject: &Subject) -> Vec<String> {
    let mut partitions = Vec::new();
    if !subject.is_of_several_actors() {
        let Actor { kind, name, account, permission_set, person, via: _ } = &subject.actor;
        let optional = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
        let parts =
            [kind.as_str().to_owned(), name.to_string(), optional(account), optional(permission_set), optional(person)];
        partitions.push(format!("step.1#actor#{}", key::digest(parts.iter().map(String::as_bytes))));
    }
    if let Some(table) = subject.table.as_ref().filter(|table| table.name != SEVERAL) {
        partitions.push(format!("step.1#table#{}", key::digest([table.arn().as_bytes()])));
    }
    partitions
}

/// Where earlier steps stand that may make a chain with these.
pub(super) fn reaches(run: &[Step]) -> BTreeSet<Reach> {
    let longest = detections::ALL.iter().filter_map(|detection| match detection.judge {
        Judge::Chain(chain) => Some(chain.seconds),
        Judge::Access(_) | Judge::Key(_) | Judge::Window(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => {
            None
        }
    });
    let longest = longest.max().unwrap_or_default();
    let slot = |second: i64| second.div_euclid(WIDTH);
    run.iter()
        .flat_map(|step| {
            let from = key::number(slot(step.first.as_second().saturating_sub(longest)));
            let to = key::end(slot(step.last.as_second().saturating_add(longest)));
            let reach = move |partition| Reach { partition, from: from.clone(), to: to.clone() };
            partitions(&step.subject).into_iter().map(reach)
        })
        .collect()
}

/// The items that hold a step, one for each partition.
pub(super) fn items(step: &Step, now: Timestamp) -> Result<Vec<Item>, StoreError> {
    let value = serde_json::to_vec(&stored(step)).map_err(|error| broken(&error))?;
    let slot = key::number(step.first.as_second().div_euclid(WIDTH));
    // What is put in twice stands once.
    let sort = format!("{slot}#{}", key::digest([value.as_slice()]));
    let expires = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let item =
        |partition| Item { key: Key { partition, sort: sort.clone() }, value: value.clone(), version: 1, expires };
    Ok(partitions(&step.subject).into_iter().map(item).collect())
}

/// The steps that items hold, each once, without those of this run.
pub(super) fn earlier(items: &[Item], run: &[Step]) -> Result<Vec<Step>, StoreError> {
    let mut known: BTreeSet<&[u8]> = BTreeSet::new();
    let mut steps = Vec::new();
    for item in items.iter().filter(|item| known.insert(&item.value)) {
        let stored: Stored = serde_json::from_slice(&item.value).map_err(|error| broken(&error))?;
        // A detection that this version does not know is no step of its chains.
        steps.extend(step(stored).filter(|step| !run.contains(step)));
    }
    Ok(steps)
}

fn stored(step: &Step) -> Stored {
    let Step { subject, first, last, event_ids } = step;
    let Subject { detection, actor, table, resource, account, region, effect, outcome } = subject.clone();
    Stored {
        detection: detection.id.to_owned(),
        actor,
        table,
        resource,
        account,
        region,
        effect,
        outcome,
        first: *first,
        last: *last,
        event_ids: event_ids.iter().map(EventId::to_string).collect(),
    }
}

fn step(stored: Stored) -> Option<Step> {
    let Stored { detection, actor, table, resource, account, region, effect, outcome, first, last, event_ids } = stored;
    let detection = detections::ALL.iter().find(|known| known.id == detection)?;
    let subject = Subject { detection, actor, table, resource, account, region, effect, outcome };
    Some(Step { subject, first, last, event_ids: event_ids.iter().map(|id| EventId::new(id)).collect() })
}

fn broken(error: &serde_json::Error) -> StoreError {
    StoreError { store: "steps".to_owned(), problem: error.to_string() }
}
