//! Stores for tests.

use crate::ports::{Item, Key, Store, StoreError};

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
