//! What a deployment has around its functions, set up in an emulator.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cloud::{Cloud, Metric, Wrapping};
use crate::emulator::Emulator;
use crate::function::Function;
use crate::records::{key, log_file};
use crate::sqs::Queue;

/// The bucket of the trail, the one that the samples in events/deliveries name.
pub const BUCKET: &str = "example-trail-logs";

/// The namespace of the metrics: the functions' default.
const NAMESPACE: &str = "Tablewarden";

/// What makes functions remember what was told, where a stage [has](Stage::remembering) the table for it.
pub const REMEMBERING: (&str, &str) = ("TABLEWARDEN_STATE_TABLE", "tablewarden-state");

/// A trail's bucket that announces its objects to a queue, and a topic with a queue that listens to it.
#[derive(Debug)]
pub struct Stage {
    /// Where all of it is.
    pub emulator: Emulator,
    /// Clients for it.
    pub cloud: Cloud,
    /// Where new objects of [`BUCKET`] are announced; S3's test event is taken out already.
    pub deliveries: Queue,
    /// The ARN of the topic for alerts.
    pub topic: String,
    /// What machines are told: raw messages of the topic.
    pub machines: Queue,
}

/// An alert as a machine reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The body.
    pub alert: Value,
    /// The message's attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Stage {
    /// Sets everything up, with nothing delivered and nothing told yet.
    pub async fn set() -> Result<Self> {
        let emulator = Emulator::start().await?;
        let cloud = Cloud::connect(emulator.endpoint());
        let deliveries = cloud.queue("deliveries").await?;
        cloud.bucket(BUCKET).await?;
        cloud.notify(BUCKET, &deliveries).await?;
        deliveries.take(1).await.context("the test event")?;
        let topic = cloud.topic("alerts").await?;
        let machines = cloud.queue("machines").await?;
        cloud.subscribe(&topic, &machines, Wrapping::Raw, None).await?;
        Ok(Self { emulator, cloud, deliveries, topic, machines })
    }

    /// The same with a table for what functions remember.
    pub async fn remembering() -> Result<Self> {
        let stage = Self::set().await?;
        stage.cloud.state_table(REMEMBERING.1).await?;
        Ok(stage)
    }

    /// The settings of a function that works here, and then `more`, which may put others in their place.
    pub fn environment<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let here = [("AWS_ENDPOINT_URL", self.emulator.endpoint()), ("TABLEWARDEN_ALERT_TOPIC_ARN", &self.topic)];
        here.into_iter().chain(more.iter().copied()).collect()
    }

    /// Starts a function with [`Stage::environment`].
    pub async fn function(&self, name: &str, more: &[(&str, &str)]) -> Result<Function> {
        Function::start(name, &self.environment(more)).await
    }

    /// Puts a log object of these records into the bucket, which announces it; gives its key.
    pub async fn deliver(&self, name: &str, records: &[Value]) -> Result<String> {
        let key = key(name);
        self.cloud.put(BUCKET, &key, log_file(records)).await?;
        Ok(key)
    }

    /// Waits for exactly this many alerts, and gives them sorted by detection, table and actor.
    pub async fn told(&self, count: usize) -> Result<Vec<Told>> {
        let mut told = Vec::with_capacity(count);
        for message in self.machines.take(count).await? {
            let alert = serde_json::from_str(&message.body).with_context(|| message.body.clone())?;
            told.push(Told { alert, attributes: message.attributes });
        }
        let order =
            |told: &Told| ["detection", "table", "actor"].map(|field| told.alert.get(field).map(Value::to_string));
        told.sort_by_key(order);
        Ok(told)
    }

    /// The metrics of the functions' default namespace.
    pub async fn metrics(&self) -> Result<Metrics> {
        Ok(Metrics(self.cloud.metrics(NAMESPACE).await?))
    }
}

/// Every metric of a namespace, summed. The sums are whole: everything is a count, or seconds.
#[derive(Clone, Debug)]
pub struct Metrics(Vec<Metric>);

impl Metrics {
    /// The sum of a metric with exactly these dimensions; none where CloudWatch never heard of it.
    pub fn sum(&self, name: &str, dimensions: &[(&str, &str)]) -> Option<u64> {
        let asked: BTreeMap<&str, &str> = dimensions.iter().copied().collect();
        let fits = |metric: &&Metric| {
            let has = metric.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            metric.name == name && has.collect::<BTreeMap<_, _>>() == asked
        };
        self.0.iter().find(fits).map(|metric| whole(metric.sum))
    }

    /// The sum over all values of the dimensions that a metric has, where it has some.
    pub fn total(&self, name: &str) -> u64 {
        let with_dimensions = |metric: &&Metric| metric.name == name && !metric.dimensions.is_empty();
        self.0.iter().filter(with_dimensions).map(|metric| whole(metric.sum)).sum()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of counts")]
fn whole(sum: f64) -> u64 {
    sum.round() as u64
}
