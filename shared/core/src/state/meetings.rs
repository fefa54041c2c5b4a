//! Who met which table, as it is stored.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::key;
use crate::actor::Actor;
use crate::ports::{Item, Key, Met, StoreError};
use crate::table::TableId;

/// How long a meeting is remembered after it was noted last, and how long before the end it is noted again.
const KEPT: SignedDuration = SignedDuration::from_hours(120 * 24);
const RENEWED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Where it stands when anyone came to a table first.
pub(super) fn since_key(table: &TableId<'_>) -> Key {
    Key { partition: format!("since.1#{}", key::digest([table.arn().as_bytes()])), sort: "since".to_owned() }
}

/// Where it stands when an actor met a table.
pub(super) fn key_of(met: &Met) -> Key {
    let Actor { kind, name, account, permission_set, person, via: _ } = &met.actor;
    let optional = |text: &Option<std::borrow::Cow<'static, str>>| text.as_deref().unwrap_or_default().to_owned();
    let actor =
        [kind.as_str().to_owned(), name.to_string(), optional(account), optional(permission_set), optional(person)];
    Key {
        partition: format!("met.1#{}", key::digest(actor.iter().map(String::as_bytes))),
        sort: key::digest([met.table.arn().as_bytes()]),
    }
}

/// The items to be swapped in that note these times, where they are earlier than what is known, or that was noted long ago.
pub(super) fn news(
    times: &BTreeMap<Key, Timestamp>,
    known: &HashMap<Key, (Timestamp, Item)>,
    now: Timestamp,
) -> Vec<Item> {
    let expires = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let news = |(key, time): (&Key, &Timestamp)| {
        let (time, version) = match known.get(key) {
            Some((known, item)) if known <= time && item.expires.duration_since(now) > RENEWED => return None,
            Some((known, item)) => (time.min(known), item.version.saturating_add(1)),
            None => (time, 1),
        };
        Some(Item { key: key.clone(), value: time.to_string().into_bytes(), version, expires })
    };
    times.iter().filter_map(news).collect()
}

/// The times that items note.
pub(super) fn times(items: Vec<Item>) -> Result<HashMap<Key, (Timestamp, Item)>, StoreError> {
    let time = |item: Item| {
        let text = String::from_utf8_lossy(&item.value);
        let broken = |error: jiff::Error| StoreError { store: "meetings".to_owned(), problem: error.to_string() };
        let time = text.parse::<Timestamp>().map_err(broken)?;
        Ok((item.key.clone(), (time, item)))
    };
    items.into_iter().map(time).collect()
}
