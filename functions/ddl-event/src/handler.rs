//! One invocation: the call that an event tells of is audited and told.

use std::sync::Arc;

use jiff::Timestamp;
use lambda_runtime::Error;
use tablewarden_aws::telemetry::{self, LogRejects};
use tablewarden_core::audit::Audit;
use tablewarden_core::delivery::{self, Parcel};
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{AlertSink, Archive, MetricSink, NoHistory};
use tablewarden_core::report::{self, Message};
use tablewarden_core::rules::Rules;

/// What an invocation works with.
pub(crate) struct Handler<A, M, R> {
    pub(crate) alerts: A,
    pub(crate) metrics: M,
    pub(crate) archive: Option<R>,
    pub(crate) policy: Option<Arc<Policy>>,
    pub(crate) rules: Option<Arc<dyn Rules>>,
    pub(crate) limits: Limits,
    pub(crate) now: fn() -> Timestamp,
}

impl<A: AlertSink, M: MetricSink, R: Archive> Handler<A, M, R> {
    /// Handles an event. It fails where the event is not understood as one, or where an alert is not out or a finding not archived: Lambda then
    /// tries again, and hands it to the function's dead-letter queue in the end.
    pub(crate) async fn handle(&self, payload: &[u8]) -> Result<(), Error> {
        let now = (self.now)();
        let mut audit = Audit::new(self.policy.clone(), now, self.limits).with_rules(self.rules.clone());
        for message in delivery::decode(payload)? {
            for parcel in message.parcels? {
                match parcel {
                    Parcel::Record { json, route } => {
                        let place = Place::from(route);
                        audit.event(json.as_bytes(), Origin { place: &place, message: 0 }, &mut LogRejects);
                    }
                    Parcel::Log(log) => {
                        return Err(format!("{log} is a log object: that is for the function trail-log").into());
                    }
                    Parcel::Skipped(skipped) => {
                        tracing::info!(reason = %skipped.reason, what = skipped.what, "event skipped");
                        audit.delivery_skipped(skipped.reason);
                    }
                }
            }
        }

        let (findings, tally) = audit.settle(&mut NoHistory);
        let message = Message { tally, problems: Vec::new() };
        let policy = self.policy.as_deref();
        let (alerts, metrics, archive) = (&self.alerts, &self.metrics, self.archive.as_ref());
        let outcome = report::report(vec![message], findings, policy, alerts, metrics, archive, now).await;
        telemetry::log_outcome(&outcome);
        let problems = outcome.problems.concat();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
    }
}

#[cfg(test)]
mod tests;
