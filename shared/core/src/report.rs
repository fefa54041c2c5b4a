//! The right end of the house: findings become alerts that are out, and counts become metric data.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use futures::stream;
use jiff::Timestamp;

use crate::alert;
use crate::finding::Finding;
use crate::policy::Policy;
use crate::ports::{AlertSink, MetricSink, SinkError};
use crate::tally::Tally;

/// How many alerts are on their way at a time.
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
    /// Why the metrics are not.
    pub unmeasured: Option<SinkError>,
}

/// Publishes the findings as alerts, then puts the counts as metrics.
///
/// An alert that is refused does not keep the others back. The messages that its findings came with have a problem, and
/// are not counted: they come again, and count when they are told. A message of which a part could not be read is told and
/// counted for the rest, so that alerts and metrics agree. Metrics that are refused are no problem of any message: what was
/// found is out, and must not come back.
pub async fn report(
    messages: Vec<Message>,
    findings: Vec<Finding>,
    policy: Option<&Policy>,
    alerts: &impl AlertSink,
    metrics: &impl MetricSink,
    now: Timestamp,
) -> Outcome {
    let mut tally = Tally::default();
    let mut errors = Vec::new();
    let untold = tell(findings, policy, alerts, &mut tally, &mut errors).await;
    let mut problems = Vec::new();
    for (position, Message { tally: counted, problems: mut of_message }) in messages.into_iter().enumerate() {
        if untold.contains(&position) {
            of_message.push("an alert is not out".to_owned());
            tally.merge(counted.of_failure());
        } else {
            tally.merge(counted);
        }
        problems.push(of_message);
    }
    let unmeasured = metrics.put(&tally.points(now)).await.err();
    Outcome { tally, problems, untold: errors, unmeasured }
}

/// Publishes the findings, and counts what is out; the positions of the messages of which something is not.
async fn tell(
    findings: Vec<Finding>,
    policy: Option<&Policy>,
    sink: &impl AlertSink,
    tally: &mut Tally,
    errors: &mut Vec<SinkError>,
) -> BTreeSet<usize> {
    let alerts = alert::fold(findings, policy);
    let results = stream::iter(&alerts).map(|alert| async move { (alert, sink.publish(alert).await) });
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut untold = BTreeSet::new();
    while let Some((alert, result)) = results.next().await {
        match result {
            Ok(()) => {
                tally.alerts_sent += 1;
                tally.findings(&alert.findings);
            }
            Err(error) => {
                tally.alerts_failed += 1;
                untold.extend(alert.origins());
                errors.push(error);
            }
        }
    }
    untold
}
