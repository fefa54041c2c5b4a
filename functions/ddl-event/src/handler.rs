//! One invocation: the call that an event tells of is audited and told.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use tablewarden_aws::policy::InForce;
use tablewarden_aws::telemetry::{self, LogRejects};
use tablewarden_core::audit::Audit;
use tablewarden_core::delivery::{self, Parcel, Route};
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::ports::{AlertSink, Archive, MetricSink, Store};
use tablewarden_core::report::{self, Ends, Message};
use tablewarden_core::rules::Rules;
use tablewarden_core::state::{Run, Telling};

/// What an invocation works with.
pub(crate) struct Handler<A, M, R, S> {
    pub(crate) alerts: A,
    pub(crate) metrics: M,
    pub(crate) archive: Option<R>,
    /// What is remembered between invocations, and how long alerts like one that was told are held back.
    pub(crate) state: Option<(S, SignedDuration)>,
    pub(crate) policy: InForce,
    pub(crate) rules: Option<Arc<dyn Rules>>,
    pub(crate) limits: Limits,
    pub(crate) now: fn() -> Timestamp,
}

impl<A: AlertSink, M: MetricSink, R: Archive, S: Store + Sync> Handler<A, M, R, S> {
    /// Handles an event, in one run. It fails where the event is not understood as one, or where an alert
    /// is not out or a finding not archived: Lambda then
    /// tries again, and hands it to the function's dead-letter queue in the end.
    pub(crate) async fn handle(&self, payload: &[u8], run: Run) -> Result<(), Error> {
        let now = (self.now)();
        let policy = self.policy.now(&self.alerts, &self.metrics, now).await;
        let telling =
            self.state.as_ref().map(|(store, cooldown)| Telling::new(store, run.clone(), self.now, *cooldown));
        let mut audit = Audit::new(policy.clone(), now, self.limits)
            .with_rules(self.rules.clone())
            .without_own(run.own_table.clone());
        if telling.is_some() {
            audit = audit.among_others();
        }
        for message in delivery::decode(payload)? {
            for parcel in message.parcels? {
                match parcel {
                    Parcel::Record { json, route } => {
                        let place = Place::from(route);
                        audit.event(json.as_bytes(), Origin { place: &place, message: 0 }, &mut LogRejects);
                    }
                    Parcel::Relayed(relayed) => {
                        let place = Place::from(Route::EventBridge);
                        audit.relayed(&relayed, Origin { place: &place, message: 0 }, &mut LogRejects);
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

        // A call by which runs remember must not start a run that remembers: where EventBridge brings data events, the event
        // of that would start the next, without end.
        let telling = telling.filter(|_| !audit.is_own_alone());
        let (findings, mut tally, trouble) = report::settle(audit, telling.as_ref()).await;
        if telling.is_some() {
            // The log file with the same event follows, and is counted: one call must not count twice.
            tally.leave_accesses();
        }
        let message = Message { tally, ..Message::default() };
        let ends = Ends {
            alerts: &self.alerts,
            metrics: &self.metrics,
            archive: self.archive.as_ref(),
            telling: telling.as_ref(),
            forgotten: Vec::from_iter(trouble),
        };
        let outcome = report::report(vec![message], findings, policy.as_deref(), ends, now).await;
        telemetry::log_outcome(&outcome);
        let problems = outcome.problems.concat();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
    }
}

#[cfg(test)]
mod tests;
