//! One invocation: what a payload announces is read, audited and told before it is acknowledged.

use std::sync::Arc;

use aws_lambda_events::sqs::SqsBatchResponse;
use jiff::Timestamp;
use lambda_runtime::Error;
use tablewarden_aws::telemetry::{self, LogRejects, with_sources};
use tablewarden_core::audit::Audit;
use tablewarden_core::delivery::{self, Message, Parcel};
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{AlertSink, Archive, LogStore, MetricSink, NoHistory};
use tablewarden_core::report;
use tablewarden_core::rules::Rules;

use crate::batch;

/// What an invocation works with.
pub(crate) struct Handler<L, A, M, R> {
    pub(crate) logs: L,
    pub(crate) alerts: A,
    pub(crate) metrics: M,
    pub(crate) archive: Option<R>,
    pub(crate) policy: Option<Arc<Policy>>,
    pub(crate) rules: Option<Arc<dyn Rules>>,
    pub(crate) limits: Limits,
    pub(crate) now: fn() -> Timestamp,
}

impl<L: LogStore, A: AlertSink, M: MetricSink, R: Archive> Handler<L, A, M, R> {
    /// Handles a payload of any route.
    ///
    /// A message of an SQS batch is reported as failed where something of it could not be read, or where an alert about it
    /// is not out or a finding not archived; any other payload fails as a whole. Either way the sender keeps it, and what was found in it is told
    /// again: at least once, never not at all.
    pub(crate) async fn handle(&self, payload: &[u8]) -> Result<SqsBatchResponse, Error> {
        let now = (self.now)();
        let mut audit = Audit::new(self.policy.clone(), now, self.limits).with_rules(self.rules.clone());
        let (mut ids, mut messages) = (Vec::new(), Vec::new());
        for (position, Message { id, parcels }) in delivery::decode(payload)?.into_iter().enumerate() {
            let mut problems = Vec::new();
            match parcels {
                Ok(parcels) => {
                    for parcel in parcels {
                        let (returned, result) = self.parcel(audit, parcel, position).await?;
                        audit = returned;
                        problems.extend(result.err());
                    }
                }
                Err(error) => {
                    audit.object_failed();
                    problems.push(error.to_string());
                }
            }
            ids.push(id);
            messages.push(report::Message { tally: audit.take_tally(), problems });
        }
        let (findings, at_end) = audit.settle(&mut NoHistory);
        if let Some(last) = messages.last_mut() {
            last.tally.merge(at_end);
        }
        let policy = self.policy.as_deref();
        let (alerts, metrics, archive) = (&self.alerts, &self.metrics, self.archive.as_ref());
        let outcome = report::report(messages, findings, policy, alerts, metrics, archive, now).await;
        telemetry::log_outcome(&outcome);
        batch::answer(ids, outcome.problems)
    }

    /// Audits one parcel. The audit goes to a thread that may block and comes back: a log object is inflated and searched
    /// there while this one downloads it.
    async fn parcel(
        &self,
        mut audit: Audit,
        parcel: Parcel,
        message: usize,
    ) -> Result<(Audit, Result<(), String>), Error> {
        match parcel {
            Parcel::Log(object) => {
                let input = match self.logs.open(&object).await {
                    Ok(input) => input,
                    Err(error) => {
                        audit.object_failed();
                        return Ok((audit, Err(error.to_string())));
                    }
                };
                let audited = tokio::task::spawn_blocking(move || {
                    let place = Place::Object(object);
                    let result = audit.log_file(input, Origin { place: &place, message }, &mut LogRejects);
                    let result = result.map_err(|error| format!("{place}: {}", with_sources(&error)));
                    (audit, result)
                });
                Ok(audited.await?)
            }
            Parcel::Record { json, route } => {
                let place = Place::from(route);
                audit.event(json.as_bytes(), Origin { place: &place, message }, &mut LogRejects);
                Ok((audit, Ok(())))
            }
            Parcel::Skipped(skipped) => {
                tracing::info!(reason = %skipped.reason, what = skipped.what, "delivery skipped");
                audit.delivery_skipped(skipped.reason);
                Ok((audit, Ok(())))
            }
        }
    }
}

#[cfg(test)]
mod tests;
