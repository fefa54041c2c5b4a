//! Alerts that any number of runs tell once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::ledger::{Claim, Decision, Ledger, Told};
use super::objects::{self, Progress};
use super::{Shared, key};
use crate::alert::{Alert, HeldBack, Summary};
use crate::detections::Judge;
use crate::finding::EventId;
use crate::place::ObjectRef;
use crate::ports::{Item, Key, Store, StoreError};
use crate::severity::Severity;
use crate::table::TableId;

/// How long a run may take to tell of an alert before another one may, unless it has ended before.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// How long it is remembered what was told: a message can come from a dead-letter queue two weeks later, but its log object
/// is known then as a whole.
const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// The width of a slot of events in seconds.
const WIDTH: i64 = 3600;

/// How many events an item holds, 16 bytes each.
const MOST_EVENTS: usize = 16_000;

/// How many alerts that went on are told in one run.
const MOST_DUE: usize = 20;

/// What all runs know of alerts.
#[derive(Debug)]
pub struct Telling<'s, S> {
    store: &'s S,
    run: Run,
    now: fn() -> Timestamp,
    cooldown: SignedDuration,
}

/// Who a run is, among all.
#[derive(Debug, Clone)]
pub struct Run {
    /// A name that no other has.
    pub name: String,
    /// When it is over, whatever it has done by then.
    pub ends: Timestamp,
    /// The table in which it remembers, where it does.
    pub own_table: Option<TableId<'static>>,
}

/// What is to be done about an alert.
#[derive(Debug)]
pub enum Turn {
    /// All of it was told before.
    Known,
    /// Its like was told lately: it is noted, and told in a summary.
    Held,
    /// It is this run's to tell, less what was told before; then it is to be [closed](Telling::close).
    Tell(Open),
}

/// An alert that this run is telling of.
#[derive(Debug)]
pub struct Open {
    partition: String,
    ledger: Ledger,
    version: u64,
}

/// Why it could not be found out what is to be done about an alert.
#[derive(Debug, thiserror::Error)]
pub enum TellingError {
    /// Another run is telling of it, and may yet fail to.
    #[error("another run is telling of the same; it comes again")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Alerts that went on after they were told, and can be told of now.
#[derive(Debug)]
pub struct Due {
    /// Whom and what they are about.
    pub summary: Summary,
    /// What was held back.
    pub held: HeldBack,
    /// Where it stood in line.
    key: Key,
    open: Open,
}

/// What is written into the line of those that are due.
#[derive(serde::Serialize, serde::Deserialize)]
struct InLine {
    partition: String,
    summary: Summary,
    severity: Severity,
}

impl<'s, S: Store + Sync> Telling<'s, S> {
    /// For a run, under a clock, with a pause between alerts alike.
    pub fn new(store: &'s S, run: Run, now: fn() -> Timestamp, cooldown: SignedDuration) -> Self {
        Self { store, run, now, cooldown }
    }

    /// What runs counted and found, for windows and chains.
    pub fn history(&self) -> Shared<'s, S> {
        Shared::new(self.store, (self.now)())
    }

    /// How far earlier runs came with log objects.
    pub async fn progress(&self, objects: &[ObjectRef]) -> Result<HashMap<ObjectRef, Progress>, StoreError> {
        objects::progress(self.store, objects).await
    }

    /// Notes how far this run came with log objects whose findings are out.
    pub(crate) async fn note(&self, objects: Vec<(ObjectRef, Progress)>) -> Result<(), StoreError> {
        objects::note(self.store, objects, (self.now)()).await
    }

    /// Finds out what is to be done about an alert, and takes out of it what was told before.
    pub async fn open(&self, alert: &mut Alert) -> Result<Turn, TellingError> {
        let partition = partition(alert);
        for turn in 0.. {
            let (ledger, version) = self.ledger(&partition).await?;
            if !ledger.is_claimed(&self.run.name, (self.now)()) {
                let known = self.known(&partition, alert).await?;
                let whole = alert.clone();
                let mut open = Open { partition: partition.clone(), ledger, version };
                match open.ledger.decide(alert, &known, (self.now)(), self.cooldown) {
                    Decision::Known => return Ok(Turn::Known),
                    Decision::Hold => {
                        if self.hold(&mut open, alert).await? {
                            return Ok(Turn::Held);
                        }
                    }
                    Decision::Tell => {
                        if self.claim(&mut open).await? {
                            alert.held_back.clone_from(&open.ledger.held);
                            return Ok(Turn::Tell(open));
                        }
                    }
                }
                *alert = whole;
            }
            if !self.store.wait(turn).await {
                break;
            }
        }
        Err(TellingError::Busy)
    }

    /// Notes that an alert is out.
    pub async fn close(&self, mut open: Open, alert: &Alert) -> Result<(), StoreError> {
        self.store.put(self.events(&open.partition, alert)).await?;
        open.ledger.told(alert, (self.now)());
        // Where the claim has lapsed, another run has told of it too, and notes that.
        self.swap(&mut open).await.map(|_| ())
    }

    /// Gives up an alert that is not out, so that another run may tell of it at once.
    pub async fn give_up(&self, mut open: Open) -> Result<(), StoreError> {
        open.ledger.claim = None;
        self.swap(&mut open).await.map(|_| ())
    }

    /// The alerts that went on and of which nothing was told for as long as they have to wait, a few at a time.
    pub async fn due(&self) -> Result<Vec<Due>, StoreError> {
        let now = (self.now)();
        let mut due = Vec::new();
        for (key, InLine { partition, summary, .. }) in self.in_line(now).await? {
            let (ledger, version) = self.ledger(&partition).await?;
            if ledger.is_claimed(&self.run.name, now) {
                continue;
            }
            let waits = ledger.told.is_some_and(|told| now.duration_since(told.at) < self.cooldown);
            let mut open = Open { partition, ledger, version };
            match open.ledger.held.clone() {
                Some(held) if waits => {
                    let place = self.line_up(&open, summary, held.severity).await?;
                    if place == key {
                        continue;
                    }
                }
                Some(held) => {
                    if self.claim(&mut open).await? {
                        due.push(Due { summary, held, key, open });
                    }
                    continue;
                }
                None => {}
            }
            self.store.remove(vec![key]).await?;
        }
        Ok(due)
    }

    /// Notes that what went on is told.
    pub async fn close_due(&self, due: Due) -> Result<(), StoreError> {
        let Due { held, key, mut open, .. } = due;
        open.ledger.claim = None;
        open.ledger.held = None;
        open.ledger.told = Some(Told { at: (self.now)(), severity: held.severity });
        // Where the claim has lapsed, another run may have held back more: that stays in line.
        if self.swap(&mut open).await? {
            self.store.remove(vec![key]).await?;
        }
        Ok(())
    }

    /// Gives up what is not out.
    pub async fn give_up_due(&self, due: Due) -> Result<(), StoreError> {
        self.give_up(due.open).await
    }

    /// Who has waited long enough, the gravest first, as many as one run tells of.
    async fn in_line(&self, now: Timestamp) -> Result<Vec<(Key, InLine)>, StoreError> {
        let mut in_line: Vec<(Key, InLine)> = Vec::new();
        for Item { key, value, .. } in self.store.range(DUE, &key::number(0), &key::end(now.as_second())).await? {
            match serde_json::from_slice(&value) {
                Ok(due) => in_line.push((key, due)),
                // What another version wrote in another form can only be cleared away.
                Err(_) => self.store.remove(vec![key]).await?,
            }
        }
        in_line.sort_by_key(|(_, due)| std::cmp::Reverse(due.severity));
        in_line.truncate(MOST_DUE);
        Ok(in_line)
    }

    async fn ledger(&self, partition: &str) -> Result<(Ledger, u64), StoreError> {
        let Some(item) = self.store.get(vec![ledger_key(partition)]).await?.pop() else {
            return Ok((Ledger::default(), 0));
        };
        let broken = |error: serde_json::Error| StoreError { store: partition.to_owned(), problem: error.to_string() };
        Ok((serde_json::from_slice(&item.value).map_err(broken)?, item.version))
    }

    /// The events of an alert that were told, or held back.
    async fn known(&self, partition: &str, alert: &Alert) -> Result<HashSet<EventId>, StoreError> {
        let times = || alert.findings.iter().flat_map(|finding| finding.event_ids.with_times()).map(|(time, _)| time);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(HashSet::new()) };
        // What a chain takes from an earlier run stands at the time of its step, which may be another in the next run.
        let margin = if let Judge::Chain(chain) = alert.detection.judge { chain.seconds / WIDTH } else { 0 };
        let (first, last) = (slot(first).saturating_sub(margin), slot(last).saturating_add(margin));
        let (from, to) = (format!("event#{}", key::number(first)), format!("event#{}", key::end(last)));
        let mut known = HashSet::new();
        for item in self.store.range(partition, &from, &to).await? {
            known.extend(item.value.chunks_exact(16).filter_map(|id| Some(EventId::Guid(Uuid::from_slice(id).ok()?))));
        }
        Ok(known)
    }

    /// The items that hold the events of an alert, by the hour.
    fn events(&self, partition: &str, alert: &Alert) -> Vec<Item> {
        let mut slots: BTreeMap<i64, BTreeSet<Uuid>> = BTreeMap::new();
        for finding in &alert.findings {
            for (time, id) in finding.event_ids.with_times() {
                if let EventId::Guid(guid) = id {
                    slots.entry(slot(time)).or_default().insert(*guid);
                }
            }
        }
        let expires = (self.now)().saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        let item = |(slot, ids): (i64, BTreeSet<Uuid>)| {
            let ids: Vec<[u8; 16]> = ids.into_iter().map(Uuid::into_bytes).collect();
            let chunks: Vec<Vec<u8>> = ids.chunks(MOST_EVENTS).map(<[_]>::concat).collect();
            chunks.into_iter().map(move |value| {
                let sort = format!("event#{}#{}", key::number(slot), key::digest([value.as_slice()]));
                Item { key: Key { partition: partition.to_owned(), sort }, value, version: 1, expires }
            })
        };
        slots.into_iter().flat_map(item).collect()
    }

    /// Takes the claim; `false` where another run was faster.
    async fn claim(&self, open: &mut Open) -> Result<bool, StoreError> {
        open.ledger.claim = Some(self.own_claim());
        self.swap(open).await
    }

    fn own_claim(&self) -> Claim {
        let until = (self.now)().saturating_add(LEASE).unwrap_or(Timestamp::MAX).min(self.run.ends);
        Claim { by: self.run.name.clone(), until }
    }

    /// Notes that an alert is not told now; `false` where another run was faster.
    async fn hold(&self, open: &mut Open, alert: &Alert) -> Result<bool, StoreError> {
        let held = open.ledger.hold(alert);
        // The claim stands until the events are noted: another run that found the same would count them once more.
        open.ledger.claim = Some(self.own_claim());
        // In line before anything counts on it, for what is held back must come out; and once more after, for another run
        // may have cleared the line in between.
        self.line_up(open, Summary::of(alert), held).await?;
        if !self.swap(open).await? {
            return Ok(false);
        }
        self.line_up(open, Summary::of(alert), held).await?;
        self.store.put(self.events(&open.partition, alert)).await?;
        open.ledger.claim = None;
        // Where the claim has lapsed, another run may have held back the same, and counted it too.
        self.swap(open).await.map(|_| true)
    }

    /// Puts an alert in line for the end of its pause: its place there.
    async fn line_up(&self, open: &Open, summary: Summary, severity: Severity) -> Result<Key, StoreError> {
        let now = (self.now)();
        let from = open.ledger.told.map_or(now, |told| told.at);
        let at = from.saturating_add(self.cooldown).unwrap_or(Timestamp::MAX);
        // The second in which it is over in any case.
        let sort = format!("{}#{}", key::number(at.as_second().saturating_add(1)), open.partition);
        let in_line = InLine { partition: open.partition.clone(), summary, severity };
        let broken = |error: serde_json::Error| StoreError { store: DUE.to_owned(), problem: error.to_string() };
        let value = serde_json::to_vec(&in_line).map_err(broken)?;
        let expires = at.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        let key = Key { partition: DUE.to_owned(), sort };
        self.store.put(vec![Item { key: key.clone(), value, version: 1, expires }]).await?;
        Ok(key)
    }

    async fn swap(&self, open: &mut Open) -> Result<bool, StoreError> {
        let broken =
            |error: serde_json::Error| StoreError { store: open.partition.clone(), problem: error.to_string() };
        let value = serde_json::to_vec(&open.ledger).map_err(broken)?;
        open.version = open.version.saturating_add(1);
        let expires = (self.now)().saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        self.store.swap(Item { key: ledger_key(&open.partition), value, version: open.version, expires }).await
    }
}

const DUE: &str = "due.1";

fn slot(time: Timestamp) -> i64 {
    time.as_second().div_euclid(WIDTH)
}

fn ledger_key(partition: &str) -> Key {
    Key { partition: partition.to_owned(), sort: "ledger".to_owned() }
}

/// Where all that is known of alerts like this one stands.
fn partition(alert: &Alert) -> String {
    let actor = &alert.actor;
    let table = alert.table.as_ref().map(TableId::arn);
    let parts = [
        alert.detection.id,
        actor.kind.as_str(),
        &actor.name,
        actor.account.as_deref().unwrap_or_default(),
        actor.permission_set.as_deref().unwrap_or_default(),
        actor.person.as_deref().unwrap_or_default(),
        table.as_deref().unwrap_or_default(),
        alert.resource.as_deref().unwrap_or_default(),
        &alert.account,
        &alert.region,
    ];
    format!("alert.1#{}", key::digest(parts.map(str::as_bytes)))
}
