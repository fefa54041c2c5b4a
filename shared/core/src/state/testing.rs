//! Stores for tests.

use std::sync::Mutex;

use super::InMemory;
use crate::ports::{Item, Key, Store, StoreError};

/// A store in which something is done after a call: what another run does between two calls of this one.
pub(crate) struct Meddled<'s, F> {
    store: &'s InMemory,
    after: Mutex<F>,
}

impl<'s, F: FnMut(&'static str) + Send> Meddled<'s, F> {
    /// Over a store. What is done after a call gets its name.
    pub(crate) fn new(store: &'s InMemory, after: F) -> Self {
        Self { store, after: Mutex::new(after) }
    }

    fn after<T>(&self, name: &'static str, answer: T) -> T {
        (self.after.lock().unwrap())(name);
        answer
    }
}

impl<F: FnMut(&'static str) + Send> Store for Meddled<'_, F> {
    async fn get(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        self.after("get", self.store.get(keys).await)
    }

    async fn range(&self, partition: &str, from: &str, to: &str) -> Result<Vec<Item>, StoreError> {
        self.after("range", self.store.range(partition, from, to).await)
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), StoreError> {
        self.after("put", self.store.put(items).await)
    }

    async fn swap(&self, item: Item) -> Result<bool, StoreError> {
        self.after("swap", self.store.swap(item).await)
    }

    async fn remove(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        self.after("remove", self.store.remove(keys).await)
    }

    async fn wait(&self, turn: u32) -> bool {
        self.store.wait(turn).await
    }
}

/// A store that does nothing.
#[derive(Debug)]
pub(crate) struct Failing;

fn down() -> StoreError {
    StoreError { store: "state".into(), problem: "down".into() }
}

impl Store for Failing {
    async fn get(&self, _: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        Err(down())
    }

    async fn range(&self, _: &str, _: &str, _: &str) -> Result<Vec<Item>, StoreError> {
        Err(down())
    }

    async fn put(&self, _: Vec<Item>) -> Result<(), StoreError> {
        Err(down())
    }

    async fn swap(&self, _: Item) -> Result<bool, StoreError> {
        Err(down())
    }

    async fn remove(&self, _: Vec<Key>) -> Result<(), StoreError> {
        Err(down())
    }

    async fn wait(&self, _: u32) -> bool {
        false
    }
}
