//! A store for one process.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ports::{Item, Key, Store, StoreError};

/// A store that is gone with the process, with the same semantics as any other. Nothing expires.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<Key, Item>>);

impl InMemory {
    fn items(&self) -> MutexGuard<'_, BTreeMap<Key, Item>> {
        // A map is whole between any two of its own operations.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for InMemory {
    async fn get(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        let items = self.items();
        Ok(keys.iter().filter_map(|key| items.get(key).cloned()).collect())
    }

    async fn range(&self, partition: &str, from: &str, to: &str) -> Result<Vec<Item>, StoreError> {
        let key = |sort: &str| Key { partition: partition.to_owned(), sort: sort.to_owned() };
        if from > to {
            return Ok(Vec::new());
        }
        Ok(self.items().range(key(from)..=key(to)).map(|(_, item)| item.clone()).collect())
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), StoreError> {
        self.items().extend(items.into_iter().map(|item| (item.key.clone(), item)));
        Ok(())
    }

    async fn swap(&self, item: Item) -> Result<bool, StoreError> {
        let mut items = self.items();
        let stored = items.get(&item.key).map_or(0, |item| item.version);
        let is_next = stored.checked_add(1) == Some(item.version);
        if is_next {
            items.insert(item.key.clone(), item);
        }
        Ok(is_next)
    }

    async fn remove(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        let mut items = self.items();
        for key in keys {
            items.remove(&key);
        }
        Ok(())
    }

    async fn wait(&self, _: u32) -> bool {
        false
    }
}
