//! What is remembered between runs.

use std::future::Future;

use jiff::Timestamp;

/// A table of small items that many runs share. It knows nothing of what they mean: [`state`](crate::state) does.
///
/// What one call has stored, each later call of any run sees.
pub trait Store {
    /// The items of these keys that are there, in any order.
    fn get(&self, keys: Vec<Key>) -> impl Future<Output = Result<Vec<Item>, StoreError>> + Send;

    /// The items of a partition between two sort keys, both included, in the order of their keys.
    fn range(
        &self,
        partition: &str,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<Vec<Item>, StoreError>> + Send;

    /// Stores items, whatever stands under their keys. Some may be stored where others fail.
    fn put(&self, items: Vec<Item>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores an item if what stands under its key has the version before its own, or, for version 1, if nothing does;
    /// whether it did.
    fn swap(&self, item: Item) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes what stands under these keys, if anything.
    fn remove(&self, keys: Vec<Key>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Waits before something is tried for another time; `false`, at once, where there is no time for that.
    fn wait(&self, turn: u32) -> impl Future<Output = bool> + Send;
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What belongs together.
    pub partition: String,
    /// Its place in there; compared byte by byte.
    pub sort: String,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where.
    pub key: Key,
    /// What: at most some 300 KiB.
    pub value: Vec<u8>,
    /// 1 where it is new, and one more each time that it is swapped.
    pub version: u64,
    /// When it may be forgotten.
    pub expires: Timestamp,
}

/// Why a store did not do as it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{store}: {problem}")]
pub struct StoreError {
    /// Which store: the table's name.
    pub store: String,
    /// What it said.
    pub problem: String,
}
