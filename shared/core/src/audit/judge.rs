//! A record judged: what is read of it, by whom it is looked at, and where that goes.

use std::borrow::Cow;

use super::{Audit, Candidate};
use crate::access::{Access, Call, Outcome, TablePart};
use crate::correlation::{Correlation, Observed};
use crate::detections::{self, Context, Hit};
use crate::finding::{EventId, Findings, Origin};
use crate::operation::{Plane, Service};
use crate::ports::Observer;
use crate::record::screen::Screened;
use crate::record::{Record, RecordError};
use crate::table::TableId;
use crate::tally::{Skip, Tally};

impl Audit {
    /// Judges a record, by the detections where it is of an audited call, else by the rules alone; the reason where it is
    /// passed over all the same.
    pub(super) fn judge(
        &mut self,
        Candidate { json, screened, .. }: Candidate<'_>,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Result<Option<Skip>, RecordError> {
        let audited = screened == Screened::Relevant;
        let may_repeat = audited && self.rules.is_none();
        if may_repeat
            && let Some(usual) = self.habits.look(json, self.policy.as_deref())
            && let Some(repeated) = self.repeat(&usual, origin, observer)
        {
            return Ok(repeated.skip());
        }
        // Bytes that are no text can only stand in a string; they must not hide the call.
        let text = std::str::from_utf8(json).map_or_else(|_| String::from_utf8_lossy(json), Cow::Borrowed);
        let record = Record::parse(&text)?;
        if record.event_category.text() == Some("NetworkActivity") {
            return Ok(Some(Skip::NetworkActivity));
        }
        let call = if audited { Call::read(&record) } else { Call::foreign(&record) }?;
        let event = EventId::of_record(record.event_id(), json);
        if !self.seen.insert(&event) {
            return Ok(Some(Skip::Duplicate));
        }
        let mut accesses = call.accesses();
        if self.is_own(&call, &accesses) {
            return Ok(Some(Skip::OwnTable));
        }
        let shared = record.shared_event_id.text();
        if let Some(shared) = shared {
            // The caller's and each owner's account get a record of a call across accounts, under one shared id. An owner's
            // need not tell of the tables of the others.
            accesses.retain(|access| self.seen.insert(&of_share(shared, access)));
            if accesses.is_empty() {
                return Ok(Some(Skip::Duplicate));
            }
        }
        let matches = match self.rules.as_ref().map(|rules| rules.judge(&text, &call)) {
            None => Vec::new(),
            Some(Ok(matches)) => matches,
            Some(Err(why)) if !audited => return Err(RecordError::Rules(why)),
            // The detections have read it, and it must not be hidden from the rules in silence.
            Some(Err(_)) => {
                for access in accesses.iter_mut().take(1) {
                    access.unreadable.get_or_insert("it cannot be held against the rules");
                }
                Vec::new()
            }
        };
        self.tally.relevant(call.time, self.now);
        self.correlation.begin_call(&shared.map_or(event, |shared| EventId::digest([shared.as_bytes()])));
        if audited {
            let policy = self.policy.as_deref();
            let mut tell = adding_to(&mut self.findings, &mut self.correlation, &mut self.tally);
            self.key_ties.observe(&call, &accesses, (&text, origin), policy, &mut tell);
        }
        let is_plain = shared.is_none() && call.operation.plane == Plane::Data && call.outcome != Outcome::Denied;
        let mut habit = (is_plain && may_repeat).then(Vec::new);
        for access in accesses {
            let context = Context {
                is_log_bucket: self.is_log_bucket(&access),
                rules: &matches,
                ..Context::of(self.policy.as_deref(), &call, &access)
            };
            let label = context.table.map(|table| table.label.as_str());
            self.tally.access(&access, call.outcome, call.time, label);
            observer.accessed(&call, &access, &context);
            let hits: Vec<Hit> = detections::judge(&call, &access, &context).collect();
            if audited {
                let seen = Observed { call: &call, access: &access, context: &context, hits: &hits, origin };
                self.correlation.observe(&seen);
                habit = habit.and_then(|mut done| {
                    done.push(self.repeatable(&seen, observer)?);
                    Some(done)
                });
            }
            for hit in hits {
                if hit.suppressed.is_some() {
                    self.tally.hits_suppressed += 1;
                } else {
                    self.findings.add(hit, &call, &access, origin);
                }
            }
        }
        if let Some(done) = habit {
            self.habits.learn(json, self.policy.as_deref(), done);
        }
        Ok(None)
    }

    /// Whether an access is of a bucket that log files of this run were read from.
    fn is_log_bucket(&self, access: &Access<'_>) -> bool {
        let resource = access.resource.as_ref().filter(|resource| resource.service == Service::S3);
        resource.is_some_and(|bucket| self.log_buckets.contains(bucket.name.as_ref()))
    }
}

/// Adds what is found later than in its own turn, or counts it where the policy suppresses it.
pub(super) fn adding_to(
    findings: &mut Findings,
    correlation: &mut Correlation,
    tally: &mut Tally,
) -> impl FnMut(Hit, &Call<'_>, &Access<'_>, &Context<'_>, Origin<'_>) {
    |hit, call, access, context, origin| {
        correlation.link(&Observed { call, access, context, hits: std::slice::from_ref(&hit), origin });
        if hit.suppressed.is_some() {
            tally.hits_suppressed += 1;
        } else {
            findings.add(hit, call, access, origin);
        }
    }
}

/// What an access is known again by in the records that several accounts get of one call.
fn of_share(shared: &str, access: &Access<'_>) -> EventId {
    let table = access.table.as_ref().map_or(String::new(), TableId::arn);
    let part = access.part.as_ref().map_or(String::new(), TablePart::path);
    let resource = access.resource.as_ref().map_or("", |resource| &resource.name);
    EventId::digest([shared, &table, &part, resource, access.effect.as_str()].map(str::as_bytes))
}
