//! What windows counted, as it is stored: sets of events, of which the union is what all runs counted.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::key;
use crate::finding::Subject;
use crate::ports::{Bucket, Counted, Counts, Item, Key, StoreError};

/// How many buckets of ten seconds an item holds.
const SLOT: i64 = 60;

/// How many events an item holds at most, 12 bytes or some more each: an item of DynamoDB may have 400 KB.
const MOST_EVENTS: usize = 10_000;

/// How long counts are kept: a record may be six hours late, and a window is shorter than that.
const KEPT: SignedDuration = SignedDuration::from_hours(12);

/// What one run counted in some buckets.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Slot {
    buckets: Vec<Part>,
}

/// What one run counted in one bucket, or a part of that.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    number: i64,
    /// The digest of an event's id, and the items and calls that it counted.
    events: Vec<([u8; 8], u64, u64)>,
    /// The items and calls of events that are not told apart.
    others: (u64, u64),
}

/// Where what is counted for a subject stands.
pub(super) fn partition(subject: &Subject) -> String {
    format!("count.1#{}", key::digest(subject.identity().map(str::as_bytes)))
}

/// The sort keys between which everything stands that a window with these buckets can hold.
pub(super) fn reach(counted: &Counted) -> Option<(String, String)> {
    let (first, last) = (counted.buckets.first_key_value()?.0, counted.buckets.last_key_value()?.0);
    let slot = |bucket: i64| bucket.div_euclid(SLOT);
    Some((key::number(slot(first.saturating_sub(counted.span))), key::end(slot(last.saturating_add(counted.span)))))
}

/// The items that hold what a run counted.
pub(super) fn items(counted: &Counted, now: Timestamp) -> Result<Vec<Item>, StoreError> {
    let partition = partition(&counted.subject);
    let mut slots: BTreeMap<i64, Vec<Slot>> = BTreeMap::new();
    for (number, bucket) in &counted.buckets {
        let slots = slots.entry(number.div_euclid(SLOT)).or_default();
        for part in parts(*number, bucket) {
            let events = |slot: &Slot| slot.buckets.iter().map(|part| part.events.len()).sum::<usize>();
            match slots.last_mut().filter(|slot| events(slot) + part.events.len() <= MOST_EVENTS) {
                Some(slot) => slot.buckets.push(part),
                None => slots.push(Slot { buckets: vec![part] }),
            }
        }
    }
    let item = |(number, slot): (i64, Slot)| {
        let value = postcard::to_stdvec(&slot).map_err(|error| broken(&error))?;
        // What is put in twice stands once.
        let sort = format!("{}#{}", key::number(number), key::digest([value.as_slice()]));
        let key = Key { partition: partition.clone(), sort };
        Ok(Item { key, value, version: 1, expires: now.saturating_add(KEPT).unwrap_or(Timestamp::MAX) })
    };
    slots.into_iter().flat_map(|(number, slots)| slots.into_iter().map(move |slot| (number, slot))).map(item).collect()
}

/// A bucket in parts that fit an item.
fn parts(number: i64, bucket: &Bucket) -> Vec<Part> {
    let events: Vec<([u8; 8], u64, u64)> =
        bucket.events.iter().map(|(event, counts)| (event.to_be_bytes(), counts.items, counts.calls)).collect();
    let sum = |of: fn(&Counts) -> u64| bucket.events.values().map(of).fold(0_u64, u64::saturating_add);
    let others = (
        bucket.counts.items.saturating_sub(sum(|counts| counts.items)),
        bucket.counts.calls.saturating_sub(sum(|counts| counts.calls)),
    );
    let mut parts: Vec<Part> =
        events.chunks(MOST_EVENTS).map(|events| Part { number, events: events.to_vec(), others: (0, 0) }).collect();
    if others != (0, 0) {
        parts.push(Part { number, events: Vec::new(), others });
    }
    parts
}

/// What all runs counted, by bucket.
pub(super) fn union(items: &[Item]) -> Result<BTreeMap<i64, Counts>, StoreError> {
    let mut events: BTreeMap<(i64, [u8; 8]), Counts> = BTreeMap::new();
    let mut counts: BTreeMap<i64, Counts> = BTreeMap::new();
    for item in items {
        let slot: Slot = postcard::from_bytes(&item.value).map_err(|error| broken(&error))?;
        for Part { number, events: of_part, others: (items, calls) } in slot.buckets {
            let sum = counts.entry(number).or_default();
            *sum = sum.plus(Counts { items, calls });
            for (event, items, calls) in of_part {
                let known = events.entry((number, event)).or_default();
                *known = Counts { items: known.items.max(items), calls: known.calls.max(calls) };
            }
        }
    }
    for ((number, _), more) in events {
        let sum = counts.entry(number).or_default();
        *sum = sum.plus(more);
    }
    Ok(counts)
}

fn broken(error: &postcard::Error) -> StoreError {
    StoreError { store: "counts".to_owned(), problem: error.to_string() }
}
