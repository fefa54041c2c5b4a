//! Windows and chains that go on from run to run.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::{counts, meetings, steps};
use crate::ports::{Counted, Counts, History, Key, Met, Step, Store, StoreError};

/// How many partitions are read at a time.
const CONCURRENT: usize = 16;

/// How often what another run noted first is read again.
const MOST_TURNS: u32 = 5;

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

    async fn met(&self, run: Vec<Met>) -> Result<Vec<Met>, StoreError> {
        let mut ours: BTreeMap<Key, Timestamp> = BTreeMap::new();
        for met in &run {
            for (key, time) in [(meetings::key_of(met), met.first), (meetings::since_key(&met.table), met.since)] {
                ours.entry(key).and_modify(|known| *known = time.min(*known)).or_insert(time);
            }
        }
        if ours.is_empty() {
            return Ok(run);
        }
        let mut known: HashMap<Key, Timestamp> = HashMap::new();
        let mut asked: BTreeMap<Key, Timestamp> = ours;
        for _ in 0..MOST_TURNS {
            let stored = meetings::times(self.store.get(asked.keys().cloned().collect()).await?)?;
            known.extend(stored.iter().map(|(key, (time, _))| (key.clone(), *time)));
            let news = meetings::news(&asked, &stored, self.now);
            let noted = stream::iter(news).map(|item| async move {
                let key = item.key.clone();
                self.store.swap(item).await.map(|is_noted| (!is_noted).then_some(key))
            });
            let missed: Vec<Option<Key>> = noted.buffer_unordered(CONCURRENT).try_collect().await?;
            let missed: HashSet<Key> = missed.into_iter().flatten().collect();
            // Another run noted the same at the same time: what it noted has to be read.
            asked.retain(|key, _| missed.contains(key));
            if asked.is_empty() {
                break;
            }
        }
        let earliest = |key: &Key, time: Timestamp| known.get(key).map_or(time, |known| time.min(*known));
        let merged = run.into_iter().map(|met| Met {
            first: earliest(&meetings::key_of(&met), met.first),
            since: earliest(&meetings::since_key(&met.table), met.since),
            ..met
        });
        Ok(merged.collect())
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

    async fn meet(&mut self, run: Vec<Met>) -> Vec<Met> {
        let alone = run.clone();
        match self.met(run).await {
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
