//! One invocation: what a payload announces is read, audited and told before it is acknowledged.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use aws_lambda_events::sqs::SqsBatchResponse;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use tablewarden_aws::policy::InForce;
use tablewarden_aws::telemetry::{self, LogRejects, with_sources};
use tablewarden_core::audit::Audit;
use tablewarden_core::delivery::{self, Message, Parcel, Route, SkipReason};
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::{ObjectRef, Place};
use tablewarden_core::ports::{AlertSink, Archive, LogStore, MetricSink, Store, StoreError};
use tablewarden_core::report::{self, Ends};
use tablewarden_core::rules::Rules;
use tablewarden_core::state::objects::Progress;
use tablewarden_core::state::{Run, Telling};

use crate::ahead::Ahead;
use crate::batch;

/// What an invocation works with.
pub(crate) struct Handler<L, A, M, R, S> {
    pub(crate) logs: L,
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

impl<L: LogStore + Sync, A: AlertSink, M: MetricSink, R: Archive, S: Store + Sync> Handler<L, A, M, R, S> {
    /// Handles a payload of any route, in one run.
    ///
    /// A message of an SQS batch is reported as failed where something of it could not be read, or where an alert about it
    /// is not out or a finding not archived; any other payload fails as a whole. Either way the sender keeps it, and what was
    /// found in it is told again, if no run has told it: at least once, never not at all.
    pub(crate) async fn handle(&self, payload: &[u8], run: Run) -> Result<SqsBatchResponse, Error> {
        let now = (self.now)();
        let policy = self.policy.now(&self.alerts, &self.metrics, now).await;
        let telling =
            self.state.as_ref().map(|(store, cooldown)| Telling::new(store, run.clone(), self.now, *cooldown));
        let decoded = delivery::decode(payload)?;
        let (progress, mut forgotten) = progress(telling.as_ref(), &decoded).await;
        let mut audit = Audit::new(policy.clone(), now, self.limits)
            .with_rules(self.rules.clone())
            .without_own(run.own_table.clone());
        if telling.is_some() {
            audit = audit.among_others();
        }
        let mut ahead = Ahead::new(&self.logs, unread(&decoded, &progress));
        let (mut ids, mut messages) = (Vec::new(), Vec::new());
        for (position, Message { id, parcels }) in decoded.into_iter().enumerate() {
            let mut message = report::Message::default();
            match parcels {
                Ok(parcels) => {
                    for parcel in parcels {
                        audit = self.parcel(audit, parcel, position, (&progress, &mut ahead), &mut message).await?;
                    }
                }
                Err(error) => {
                    audit.object_failed();
                    message.problems.push(error.to_string());
                }
            }
            ids.push(id);
            message.tally.merge(audit.take_tally());
            messages.push(message);
        }
        let (findings, at_end, trouble) = report::settle(audit, telling.as_ref()).await;
        forgotten.extend(trouble);
        if let Some(last) = messages.last_mut() {
            last.tally.merge(at_end);
        }
        let ends = Ends {
            alerts: &self.alerts,
            metrics: &self.metrics,
            archive: self.archive.as_ref(),
            telling: telling.as_ref(),
            forgotten,
        };
        let outcome = report::report(messages, findings, policy.as_deref(), ends, now).await;
        telemetry::log_outcome(&outcome);
        batch::answer(ids, outcome.problems)
    }

    /// Audits one parcel. The audit goes to a thread that may block and comes back: a log object is inflated and searched
    /// there while this one downloads it, and opens the next ones.
    async fn parcel(
        &self,
        mut audit: Audit,
        parcel: Parcel,
        position: usize,
        (progress, ahead): (&HashMap<ObjectRef, Progress>, &mut Ahead<'_, L>),
        message: &mut report::Message,
    ) -> Result<Audit, Error> {
        match parcel {
            Parcel::Log(object) => match progress.get(&object) {
                Some(Progress::Whole) => {
                    tracing::info!(%object, "log object was audited before");
                    audit.delivery_skipped(SkipReason::Repeated);
                }
                known => {
                    message.tally.merge(audit.take_tally());
                    // What could be read of it was counted before.
                    let mut is_counted = known.is_some();
                    let (returned, result) = self.object(audit, object.clone(), position, ahead).await?;
                    audit = returned;
                    match result {
                        Ok(()) => message.objects.push((object, Progress::Whole)),
                        Err(problem) => {
                            message.problems.push(problem);
                            if !self.logs.has_time() {
                                // It comes again, and is counted then.
                                is_counted = true;
                            } else if audit.has_read() {
                                message.objects.push((object, Progress::Part));
                            }
                        }
                    }
                    let tally = audit.take_tally();
                    message.tally.merge(if is_counted { tally.of_failure() } else { tally });
                }
            },
            Parcel::Record { json, route } => {
                let place = Place::from(route);
                audit.event(json.as_bytes(), Origin { place: &place, message: position }, &mut LogRejects);
            }
            Parcel::Relayed(relayed) => {
                let place = Place::from(Route::EventBridge);
                audit.relayed(&relayed, Origin { place: &place, message: position }, &mut LogRejects);
            }
            Parcel::Skipped(skipped) => {
                tracing::info!(reason = %skipped.reason, what = skipped.what, "delivery skipped");
                audit.delivery_skipped(skipped.reason);
            }
        }
        Ok(audit)
    }

    async fn object(
        &self,
        mut audit: Audit,
        object: ObjectRef,
        message: usize,
        ahead: &mut Ahead<'_, L>,
    ) -> Result<(Audit, Result<(), String>), Error> {
        let opened = match ahead.next().await {
            Some(opened) => opened,
            // Each that is read was announced.
            None => self.logs.open(&object).await,
        };
        let input = match opened {
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
        Ok(ahead.during(audited).await?)
    }
}

/// The log objects of a payload that are to be read.
fn unread(messages: &[Message], progress: &HashMap<ObjectRef, Progress>) -> VecDeque<ObjectRef> {
    let is_unread = |object: &&ObjectRef| progress.get(object) != Some(&Progress::Whole);
    objects(messages).filter(is_unread).cloned().collect()
}

fn objects(messages: &[Message]) -> impl Iterator<Item = &ObjectRef> {
    let parcels = messages.iter().filter_map(|message| message.parcels.as_ref().ok()).flatten();
    parcels.filter_map(|parcel| match parcel {
        Parcel::Log(object) => Some(object),
        Parcel::Record { .. } | Parcel::Relayed(_) | Parcel::Skipped(_) => None,
    })
}

/// How far earlier runs came with the log objects of a payload, and why that is not known.
async fn progress<S: Store + Sync>(
    telling: Option<&Telling<'_, S>>,
    messages: &[Message],
) -> (HashMap<ObjectRef, Progress>, Vec<StoreError>) {
    let Some(telling) = telling else { return (HashMap::new(), Vec::new()) };
    let objects: Vec<ObjectRef> = objects(messages).cloned().collect();
    match telling.progress(&objects).await {
        Ok(progress) => (progress, Vec::new()),
        Err(error) => (HashMap::new(), vec![error]),
    }
}

#[cfg(test)]
mod tests;
