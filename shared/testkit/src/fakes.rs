//! Ports in memory: what goes in can be set, what comes out can be looked at.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Cursor};
use std::sync::{Mutex, PoisonError};

use tablewarden_core::alert::{Alert, Notice, PolicyRefused};
use tablewarden_core::archive::Batch;
use tablewarden_core::place::ObjectRef;
use tablewarden_core::ports::{
    AlertSink, Archive, Item, Key, LogStore, MetricSink, OpenError, SinkError, Store, StoreError,
};
use tablewarden_core::tally::{Point, Value};

/// A bucket in memory; objects that were not put are missing.
#[derive(Debug, Default)]
pub struct Logs {
    objects: HashMap<String, Vec<u8>>,
    /// Whether the time is over.
    pub is_out_of_time: bool,
}

impl Logs {
    /// With one more object.
    #[must_use]
    pub fn with(mut self, key: &str, body: Vec<u8>) -> Self {
        self.objects.insert(key.into(), body);
        self
    }
}

impl LogStore for Logs {
    async fn open(&self, object: &ObjectRef) -> Result<Box<dyn BufRead + Send>, OpenError> {
        match self.objects.get(&object.key) {
            Some(body) => Ok(Box::new(Cursor::new(body.clone()))),
            None => Err(OpenError { object: object.clone(), problem: "NoSuchKey".into() }),
        }
    }

    fn has_time(&self) -> bool {
        !self.is_out_of_time
    }
}

/// A topic in memory.
#[derive(Debug, Default)]
pub struct Alerts {
    sent: Mutex<Vec<Alert>>,
    went_on: Mutex<Vec<String>>,
    policies_refused: Mutex<Vec<PolicyRefused>>,
    /// Whether that a policy is refused is not taken.
    pub refuses_policies: bool,
    /// Alerts about a table of this name are refused.
    pub refused_table: Option<&'static str>,
    /// Whether nobody is to be told.
    pub is_silent: bool,
}

impl Alerts {
    /// What was published, as `detection table accesses`, sorted.
    pub fn sent(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |alert: &Alert| {
            let table = alert.table.as_ref().map_or("-", |table| &table.name);
            let accesses: u64 = alert.findings.iter().map(|finding| finding.accesses).sum();
            format!("{} {table} {accesses}", alert.detection.id)
        };
        let mut lines: Vec<String> = sent.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// The subjects of what was published of alerts that went on.
    pub fn went_on(&self) -> Vec<String> {
        self.went_on.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was published of policies that were refused.
    pub fn policies_refused(&self) -> Vec<PolicyRefused> {
        self.policies_refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AlertSink for Alerts {
    async fn publish(&self, notice: Notice<'_>) -> Result<(), SinkError> {
        let refused = || SinkError { sink: "topic".into(), problem: "refused".into() };
        let alert = match notice {
            Notice::Alert(alert) => alert,
            Notice::PolicyRefused(_) if self.refuses_policies => return Err(refused()),
            Notice::PolicyRefused(policy) => {
                self.policies_refused.lock().unwrap_or_else(PoisonError::into_inner).push(policy.clone());
                return Ok(());
            }
            Notice::WentOn(..) => {
                let subject = notice.message().subject;
                self.went_on.lock().unwrap_or_else(PoisonError::into_inner).push(subject);
                return Ok(());
            }
        };
        let table = alert.table.as_ref().map(|table| table.name.as_ref());
        if table.is_some() && table == self.refused_table {
            return Err(refused());
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(alert.clone());
        Ok(())
    }

    fn is_silent(&self) -> bool {
        self.is_silent
    }
}

/// An archive in memory.
#[derive(Debug, Default)]
pub struct Objects {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    refused: Option<&'static str>,
}

impl Objects {
    /// One that refuses objects whose names hold this.
    pub fn refusing(part: &'static str) -> Self {
        Self { refused: Some(part), ..Self::default() }
    }

    /// What is there, by name.
    pub fn all(&self) -> BTreeMap<String, Vec<u8>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Archive for Objects {
    async fn put(&self, batch: &Batch<'_>) -> Result<(), SinkError> {
        let failed = |problem: String| SinkError { sink: "archive".into(), problem };
        if self.refused.is_some_and(|refused| batch.name.contains(refused)) {
            return Err(failed("refused".into()));
        }
        let body = batch.body().map_err(|error| failed(error.to_string()))?;
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).insert(batch.name.clone(), body);
        Ok(())
    }
}

/// CloudWatch in memory.
#[derive(Debug, Default)]
pub struct Metrics {
    points: Mutex<Vec<Point>>,
    /// Whether it refuses everything.
    pub down: bool,
}

impl Metrics {
    /// The sum of a metric over all times and the dimensions given, which must be all that it has, as a whole number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of small counts")]
    pub fn sum(&self, metric: &str, dimensions: &[(&str, &str)]) -> u64 {
        let points = self.points.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |point: &&Point| {
            let has = |(name, value): &(&str, &str)| point.dimensions.iter().any(|(n, v)| n == name && v == value);
            point.metric == metric && point.dimensions.len() == dimensions.len() && dimensions.iter().all(has)
        };
        let value = |point: &Point| match point.value {
            Value::Number(number) => number,
            Value::Spread(spread) => spread.sum,
        };
        points.iter().filter(named).map(value).sum::<f64>() as u64
    }
}

impl MetricSink for Metrics {
    async fn put(&self, points: &[Point]) -> Result<(), SinkError> {
        if self.down {
            return Err(SinkError { sink: "namespace".into(), problem: "down".into() });
        }
        self.points.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(points);
        Ok(())
    }
}

/// A store that is down.
#[derive(Debug)]
pub struct BrokenStore;

fn down() -> StoreError {
    StoreError { store: "state".into(), problem: "down".into() }
}

impl Store for BrokenStore {
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
