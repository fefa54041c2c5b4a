//! Windows and chains that go on from run to run.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::{counts, steps};
use crate::ports::{Counted, Counts, History, Step, Store, StoreError};

/// How many partitions are read at a time.
const CONCURRENT: usize = 16;

/// The history that runs share through a store. Where the store fails, a run knows of no other.
#[derive(Debug)]
pub struct Shared<'s, S> {
    store: &'s S,
    now: Timestamp,
    trouble: Option<StoreError>,
}

impl<'s, S: Store + Sync> Shared<'s, S> {
    /// The history in a store, for a run at `now`.
    pub fn new(store: &'s S, now: Timestamp) -> Self {
        Self { store, now, trouble: None }
    }

    /// Why something is told by this run's own knowledge alone, where that is so.
    pub fn into_trouble(self) -> Option<StoreError> {
        self.trouble
    }

    async fn counted(&self, run: Vec<Counted>) -> Result<Vec<BTreeMap<i64, Counts>>, StoreError> {
        let mut items = Vec::new();
        for counted in &run {
            items.extend(counts::items(counted, self.now)?);
        }
        self.store.put(items).await?;
        stream::iter(run).map(|counted| self.known(counted)).buffered(CONCURRENT).try_collect().await
    }

    async fn known(&self, counted: Counted) -> Result<BTreeMap<i64, Counts>, StoreError> {
        let Some((from, to)) = counts::reach(&counted) else { return Ok(BTreeMap::new()) };
        let items = self.store.range(&counts::partition(&counted.subject), &from, &to).await?;
        counts::union(&items)
    }

    async fn linked(&self, run: &[Step]) -> Result<Vec<Step>, StoreError> {
        let mut items = Vec::new();
        for step in run {
            items.extend(steps::items(step, self.now)?);
        }
        self.store.put(items).await?;
        let read =
            |reach: steps::Reach| async move { self.store.range(&reach.partition, &reach.from, &reach.to).await };
        let read = stream::iter(steps::reaches(run)).map(read).buffered(CONCURRENT);
        let items: Vec<Vec<_>> = read.try_collect().await?;
        steps::earlier(&items.concat(), run)
    }
}

impl<S: Store + Sync> History for Shared<'_, S> {
    async fn count(&mut self, run: Vec<Counted>) -> Vec<BTreeMap<i64, Counts>> {
        let alone: Vec<BTreeMap<i64, Counts>> = run.iter().map(Counted::counts).collect();
        match self.counted(run).await {
            Ok(known) => known,
            Err(error) => {
                self.trouble.get_or_insert(error);
                alone
            }
        }
    }

    async fn link(&mut self, run: &[Step]) -> Vec<Step> {
        match self.linked(run).await {
            Ok(steps) => steps,
            Err(error) => {
                self.trouble.get_or_insert(error);
                Vec::new()
            }
        }
    }
}
