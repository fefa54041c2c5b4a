//! The right end of the house: findings become alerts that are out, and counts become metric data.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use futures::stream;

use crate::alert;
use crate::finding::Finding;
use crate::policy::Policy;
use crate::ports::{AlertSink, SinkError};
use crate::tally::Tally;

/// How many alerts are on their way at a time.
const CONCURRENT: usize = 8;

/// What became of the alerts.
#[derive(Debug, Default)]
pub struct Told {
    /// The messages of the batch whose findings are not out, by position. They must come again.
    pub untold: BTreeSet<usize>,
    /// Why.
    pub errors: Vec<SinkError>,
}

/// Publishes the findings as alerts, and counts what is out.
///
/// An alert that fails does not keep the others back; its findings are counted when they are told.
pub async fn tell(findings: Vec<Finding>, policy: Option<&Policy>, sink: &impl AlertSink, tally: &mut Tally) -> Told {
    let alerts = alert::fold(findings, policy);
    let results = stream::iter(&alerts).map(|alert| async move { (alert, sink.publish(alert).await) });
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut told = Told::default();
    while let Some((alert, result)) = results.next().await {
        match result {
            Ok(()) => {
                tally.alerts_sent += 1;
                tally.findings(&alert.findings);
            }
            Err(error) => {
                tally.alerts_failed += 1;
                told.untold.extend(alert.origins());
                told.errors.push(error);
            }
        }
    }
    told
}
