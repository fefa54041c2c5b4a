//! Log objects that are done with: they are announced twice, and delivered twice.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::key;
use crate::place::ObjectRef;
use crate::ports::{Item, Key, Store, StoreError};

/// How long it is remembered: SQS keeps a message for up to two weeks, and a dead-letter queue counts from when it was first
/// sent: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>.
const KEPT: SignedDuration = SignedDuration::from_hours(15 * 24);

/// How far an earlier run came with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// What was found in it is out, and it is counted.
    Whole,
    /// It could not be read to its end; what was found before is out, and counted.
    Part,
}

/// How far earlier runs came with objects; those that are not among them, no run finished with.
pub async fn progress<S: Store>(store: &S, objects: &[ObjectRef]) -> Result<HashMap<ObjectRef, Progress>, StoreError> {
    let by_key: HashMap<Key, &ObjectRef> = objects.iter().map(|object| (key_of(object), object)).collect();
    if by_key.is_empty() {
        return Ok(HashMap::new());
    }
    let items = store.get(by_key.keys().cloned().collect()).await?;
    let progress = |item: Item| {
        let progress = if item.value == PART { Progress::Part } else { Progress::Whole };
        Some(((*by_key.get(&item.key)?).clone(), progress))
    };
    Ok(items.into_iter().filter_map(progress).collect())
}

/// Notes how far this run came with objects.
pub async fn note<S: Store>(store: &S, objects: Vec<(ObjectRef, Progress)>, now: Timestamp) -> Result<(), StoreError> {
    let expires = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let item = |(object, progress): (ObjectRef, Progress)| {
        let value = if progress == Progress::Part { PART } else { WHOLE }.to_vec();
        (key_of(&object), Item { key: key_of(&object), value, version: 1, expires })
    };
    // One object may have been announced twice in a batch.
    let items: HashMap<Key, Item> = objects.into_iter().map(item).collect();
    if items.is_empty() {
        return Ok(());
    }
    store.put(items.into_values().collect()).await
}

const WHOLE: &[u8] = b"whole";
const PART: &[u8] = b"part";

fn key_of(object: &ObjectRef) -> Key {
    let digest = key::digest([object.bucket.as_bytes(), object.key.as_bytes()]);
    Key { partition: format!("done.1#{digest}"), sort: "done".to_owned() }
}
