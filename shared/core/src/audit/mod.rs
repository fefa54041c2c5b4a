//! The stages composed: bytes in, findings and counts out.

mod capped;
mod habits;
mod own;
mod relayed;
mod repeat;
mod replay;
mod sieve;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::Arc;

use capped::{Capped, MOST_REJECTS};
use habits::{Habits, Outline};
use jiff::Timestamp;
use repeat::Repeated;
pub use sieve::{Sieve, Sifted};
use sieve::{passed_over, rejected};

use crate::access::{Access, Call, Outcome, TablePart};
use crate::correlation::{Correlation, Observed};
use crate::delivery::SkipReason;
use crate::detections::{self, Context, Hit};
use crate::finding::{EventId, Finding, Findings, Origin, Seen};
use crate::key_ties::KeyTies;
use crate::log_file::{self, Entry, Limits, LogFileError};
use crate::operation::{Plane, Service};
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::{Fate, History, Observer, RawRecord, Reject};
use crate::record::screen::{Screen, Screened};
use crate::record::{Record, RecordError};
use crate::rules::Rules;
use crate::table::TableId;
use crate::tally::{RejectReason, Skip, Tally};

/// One run of the audit: over an invocation's messages, or over the files of a replay.
#[derive(Debug)]
pub struct Audit {
    policy: Option<Arc<Policy>>,
    now: Timestamp,
    limits: Limits,
    screen: Screen,
    rules: Option<Arc<dyn Rules>>,
    own_table: Option<TableId<'static>>,
    seen: Seen,
    findings: Findings,
    key_ties: KeyTies,
    /// The buckets that log files were read from.
    log_buckets: BTreeSet<String>,
    correlation: Correlation,
    habits: Habits,
    tally: Tally,
}

impl Audit {
    /// A run at `now`, under a policy or none.
    pub fn new(policy: Option<Arc<Policy>>, now: Timestamp, limits: Limits) -> Self {
        Self {
            policy,
            now,
            limits,
            screen: Screen::new(&Service::ALL),
            rules: None,
            own_table: None,
            seen: Seen::default(),
            findings: Findings::default(),
            key_ties: KeyTies::default(),
            log_buckets: BTreeSet::new(),
            correlation: Correlation::default(),
            habits: Habits::default(),
            tally: Tally::default(),
        }
    }

    /// The same with rules of the user's.
    #[must_use]
    pub fn with_rules(self, rules: Option<Arc<dyn Rules>>) -> Self {
        let Some(rules) = rules else { return self };
        Self { screen: self.screen.with(rules.asked()), rules: Some(rules), ..self }
    }

    /// The same without what machines of the table's account read from and write to the table in which runs remember: it
    /// must not feed itself. What people and other accounts do to it is told as of any table.
    #[must_use]
    pub fn without_own(self, table: Option<TableId<'static>>) -> Self {
        Self { own_table: table, ..self }
    }

    /// The same as one of several runs over the same logs, which may read an event another time.
    #[must_use]
    pub fn among_others(self) -> Self {
        Self { correlation: self.correlation.among_others(), ..self }
    }

    /// Audits a CloudTrail log file, gzip or plain, record by record.
    ///
    /// After an error, all that stood before the damage has been audited. More than 10,000 rejected records are an error
    /// too: the file is audited to its end, but its further rejects are only counted.
    pub fn log_file(
        &mut self,
        input: impl BufRead,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), LogFileError> {
        if let Place::Object(object) = origin.place {
            self.log_buckets.insert(object.bucket.clone());
        }
        let mut capped = Capped::new(observer);
        let result = self.read(input, origin, &mut capped, |audit, Value { json, index, listed }, observer| {
            if listed {
                audit.record(json, index, origin, observer);
            } else {
                let detail = "expected an object with an array `Records`".to_owned();
                audit.reject(index, RejectReason::Malformed, detail, origin, observer);
            }
        });
        let rejects = capped.rejects;
        let result = match result {
            Ok(summary) if rejects > MOST_REJECTS => {
                Err(LogFileError::TooManyRejects { rejects, entries: summary.entries })
            }
            result => result,
        };
        self.done(result)
    }

    /// Audits a record that came by itself.
    pub fn event(&mut self, json: &[u8], origin: Origin<'_>, observer: &mut impl Observer) {
        self.record(json, 0, origin, observer);
        self.tally.objects_done += 1;
    }

    /// Counts a log object that could not be opened.
    pub fn object_failed(&mut self) {
        self.tally.objects_failed += 1;
    }

    /// Counts a notification that is none of ours.
    pub fn delivery_skipped(&mut self, reason: SkipReason) {
        *self.tally.deliveries_skipped.entry(reason).or_default() += 1;
    }

    /// Audits one record.
    fn record(&mut self, json: &[u8], index: u64, origin: Origin<'_>, observer: &mut impl Observer) {
        self.screened(json, None, self.screen.screen(json), index, origin, observer);
    }

    /// Audits one record, which was screened.
    fn screened(
        &mut self,
        json: &[u8],
        seen: Option<(&Outline, &[u8])>,
        screened: Screened,
        index: u64,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) {
        let skip = match screened {
            Screened::Relevant => self.judge(json, seen, true, origin, observer).map_err(|error| error.to_string()),
            Screened::Asked => self.judge(json, seen, false, origin, observer).map_err(|error| error.to_string()),
            Screened::Notification => Ok(Some(Skip::OtherService)),
            Screened::Malformed(why) => Err(why.to_owned()),
            Screened::OtherService | Screened::OtherCall | Screened::Insight | Screened::Aggregated => {
                Ok(passed_over(screened))
            }
        };
        let fate = match skip {
            Ok(skip) => {
                self.tally.records_read += 1;
                if let Some(skip) = skip {
                    *self.tally.records_skipped.entry(skip).or_default() += 1;
                }
                skip.map_or(Fate::Judged, Fate::Skipped)
            }
            Err(detail) => {
                self.reject(index, RejectReason::Malformed, detail, origin, observer);
                Fate::Rejected(RejectReason::Malformed)
            }
        };
        observer.read(&RawRecord { place: origin.place, index, json }, fate);
    }

    /// The counts since the last call, or since the start: a function counts each message of a batch by itself.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// Whether there are records among what was counted since the last [take](Self::take_tally).
    pub fn has_read(&self) -> bool {
        self.tally.records_read > 0
    }

    /// Ends the run: its findings, the gravest first.
    pub fn into_findings(self) -> Vec<Finding> {
        self.settle_alone().0
    }

    /// Ends a run that knows of no other. Beside the findings, the counts since they were taken last: what is found at the
    /// end may be suppressed too.
    pub fn settle_alone(self) -> (Vec<Finding>, Tally) {
        let Ended { policy, mut findings, correlation, tally } = self.end();
        correlation.settle_alone(policy.as_deref(), &mut findings);
        (findings.into_sorted(), tally)
    }

    /// Ends a run [among others](Self::among_others): windows and chains go on from them.
    pub async fn settle(self, history: &mut impl History) -> (Vec<Finding>, Tally) {
        let Ended { policy, mut findings, correlation, tally } = self.end();
        correlation.settle(policy.as_deref(), history, &mut findings).await;
        (findings.into_sorted(), tally)
    }

    fn end(self) -> Ended {
        let Self { policy, mut findings, mut correlation, key_ties, mut tally, .. } = self;
        key_ties.settle(policy.as_deref(), &mut adding_to(&mut findings, &mut correlation, &mut tally));
        Ended { policy, findings, correlation, tally }
    }

    /// Judges a record, by the detections where it is of an audited call, else by the rules alone; the reason where it is
    /// passed over all the same. Where its outline and its form were seen before, they are not looked for.
    fn judge(
        &mut self,
        json: &[u8],
        seen: Option<(&Outline, &[u8])>,
        audited: bool,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Result<Option<Skip>, RecordError> {
        let policy = self.policy.as_deref();
        let usual = match seen {
            _ if !audited || self.rules.is_some() => None,
            Some(seen) => self.habits.look_again(json, seen, policy),
            None => self.habits.look(json, policy),
        };
        match usual.as_ref().and_then(|usual| self.repeat(usual, origin, observer)) {
            Some(Repeated::Counted) => return Ok(None),
            Some(Repeated::Duplicate) => return Ok(Some(Skip::Duplicate)),
            None => {}
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
        let mut habit = usual.filter(|_| is_plain).map(|usual| (usual, Vec::new()));
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
                habit = habit.and_then(|(usual, mut done)| {
                    done.push(self.repeatable(&seen, observer)?);
                    Some((usual, done))
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
        if let Some((usual, done)) = habit {
            self.habits.learn(&usual, done);
        }
        Ok(None)
    }

    /// Whether an access is of a bucket that log files of this run were read from.
    fn is_log_bucket(&self, access: &Access<'_>) -> bool {
        let resource = access.resource.as_ref().filter(|resource| resource.service == Service::S3);
        resource.is_some_and(|bucket| self.log_buckets.contains(bucket.name.as_ref()))
    }

    /// Reads a file, hands on what is JSON and rejects the rest.
    fn read<O: Observer>(
        &mut self,
        input: impl BufRead,
        origin: Origin<'_>,
        observer: &mut O,
        visit: impl Fn(&mut Self, Value<'_>, &mut O),
    ) -> Result<log_file::Summary, LogFileError> {
        let limits = self.limits;
        log_file::read(input, limits, |entry| match entry {
            Entry::Element { index, json } => visit(self, Value { json, index, listed: true }, observer),
            Entry::Document { index, json } => visit(self, Value { json, index, listed: false }, observer),
            Entry::Oversized { index, .. } | Entry::Garbled { index, .. } => {
                if let Some((reason, detail)) = rejected(&entry, limits) {
                    self.reject(index, reason, detail, origin, observer);
                }
            }
        })
    }

    fn reject(
        &mut self,
        index: u64,
        reason: RejectReason,
        detail: String,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) {
        self.tally.records_read += 1;
        *self.tally.records_rejected.entry(reason).or_default() += 1;
        observer.rejected(&Reject { place: origin.place, index, reason, detail });
    }

    fn done(&mut self, result: Result<log_file::Summary, LogFileError>) -> Result<(), LogFileError> {
        match result {
            Ok(_) => {
                self.tally.objects_done += 1;
                Ok(())
            }
            Err(error) => {
                self.tally.objects_failed += 1;
                Err(error)
            }
        }
    }
}

/// What is left of a run that has read all.
struct Ended {
    policy: Option<Arc<Policy>>,
    findings: Findings,
    correlation: Correlation,
    tally: Tally,
}

/// A value of a file.
struct Value<'a> {
    json: &'a [u8],
    /// Which entry of the file it is.
    index: u64,
    /// Whether it stands in a list of records, and not by itself.
    listed: bool,
}

/// Adds what is found later than in its own turn, or counts it where the policy suppresses it.
fn adding_to(
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

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod with_rules;
