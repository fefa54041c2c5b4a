//! The right end of the house: findings become alerts that are out and objects in the archive, and counts become metric data.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use futures::stream;
use jiff::Timestamp;

use crate::alert::{self, Alert};
use crate::archive;
use crate::finding::Finding;
use crate::policy::Policy;
use crate::ports::{AlertSink, Archive, MetricSink, SinkError};
use crate::tally::Tally;

/// How many alerts, or objects of the archive, are on their way at a time.
const CONCURRENT: usize = 8;

/// One message of an invocation, read as far as it goes. An event that came by itself is a message too.
#[derive(Debug, Default)]
pub struct Message {
    /// What was counted in it.
    pub tally: Tally,
    /// What of it could not be read, in a line each.
    pub problems: Vec<String>,
}

/// What became of an invocation.
#[derive(Debug)]
pub struct Outcome {
    /// The counts that were put.
    pub tally: Tally,
    /// What is wrong with each message, in their order. One without a problem may be acknowledged.
    pub problems: Vec<Vec<String>>,
    /// Why alerts are not out.
    pub untold: Vec<SinkError>,
    /// Why findings are not in the archive.
    pub unarchived: Vec<SinkError>,
    /// Why the metrics are not.
    pub unmeasured: Option<SinkError>,
}

/// Publishes the findings as alerts, then archives what is out, where there is an archive, then puts the counts as metrics.
///
/// An alert that is refused does not keep the others back. The messages that its findings came with have a problem, and
/// are not counted: they come again, and count when they are told. A message of which a part could not be read is told and
/// counted for the rest, so that alerts and metrics agree. The same goes for findings that the archive refuses: their messages
/// come again, so a state that remembers what was told has to be written after this. Metrics that are refused are no problem
/// of any message: what was found is out, and must not come back.
pub async fn report(
    messages: Vec<Message>,
    findings: Vec<Finding>,
    policy: Option<&Policy>,
    alerts: &impl AlertSink,
    metrics: &impl MetricSink,
    archive: Option<&impl Archive>,
    now: Timestamp,
) -> Outcome {
    let mut tally = Tally::default();
    let folded = alert::fold(findings, policy);
    let told = tell(&folded, alerts, &mut tally).await;
    let kept = match archive {
        Some(archive) => keep(&told.taken, archive).await,
        None => Done::default(),
    };
    let mut problems = Vec::new();
    for (position, Message { tally: counted, problems: mut of_message }) in messages.into_iter().enumerate() {
        if told.failed.contains(&position) {
            of_message.push("an alert is not out".to_owned());
        }
        if kept.failed.contains(&position) {
            of_message.push("a finding is not in the archive".to_owned());
        }
        if told.failed.contains(&position) || kept.failed.contains(&position) {
            tally.merge(counted.of_failure());
        } else {
            tally.merge(counted);
        }
        problems.push(of_message);
    }
    let unmeasured = metrics.put(&tally.points(now)).await.err();
    Outcome { tally, problems, untold: told.errors, unarchived: kept.errors, unmeasured }
}

/// What became of things that were given to a sink.
struct Done<T> {
    /// Those that it took.
    taken: Vec<T>,
    /// The messages that the others came with.
    failed: BTreeSet<usize>,
    /// Why it did not take those.
    errors: Vec<SinkError>,
}

impl<T> Default for Done<T> {
    fn default() -> Self {
        Self { taken: Vec::new(), failed: BTreeSet::new(), errors: Vec::new() }
    }
}

/// Publishes the alerts, and counts what is out.
async fn tell<'a>(alerts: &'a [Alert], sink: &impl AlertSink, tally: &mut Tally) -> Done<&'a Alert> {
    let results = stream::iter(alerts).map(|alert| async move { (alert, sink.publish(alert).await) });
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut told = Done::default();
    while let Some((alert, result)) = results.next().await {
        match result {
            Ok(()) => {
                tally.alerts_sent += 1;
                tally.findings(&alert.findings);
                told.taken.push(alert);
            }
            Err(error) => {
                tally.alerts_failed += 1;
                told.failed.extend(alert.origins());
                told.errors.push(error);
            }
        }
    }
    told
}

/// Archives the findings of these alerts.
async fn keep(alerts: &[&Alert], archive: &impl Archive) -> Done<()> {
    let batches = archive::batches(alerts.iter().flat_map(|alert| &alert.findings));
    let results = stream::iter(&batches).map(|batch| async move { (batch, archive.put(batch).await) });
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut kept = Done::default();
    while let Some((batch, result)) = results.next().await {
        if let Err(error) = result {
            kept.failed.extend(batch.origins());
            kept.errors.push(error);
        }
    }
    kept
}
