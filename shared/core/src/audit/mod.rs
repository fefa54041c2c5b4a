//! The stages composed: bytes in, findings and counts out.

mod capped;
mod habits;
mod judge;
mod own;
mod reading;
mod relayed;
mod repeat;
mod replay;
mod sieve;

use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::Arc;

use capped::{Capped, MOST_REJECTS};
use habits::Habits;
use jiff::Timestamp;
use judge::adding_to;
use reading::Value;
use sieve::passed_over;
pub use sieve::{Sieve, Sifted};

use crate::correlation::Correlation;
use crate::delivery::SkipReason;
use crate::finding::{Finding, Findings, Origin, Seen};
use crate::key_ties::KeyTies;
use crate::log_file::{self, Limits, LogFileError};
use crate::operation::Service;
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::{Fate, History, Observer, RawRecord, Reject};
use crate::record::screen::{Screen, Screened};
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
    /// Whether the record before was one that may be of a form that is known.
    is_in_row: bool,
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
            is_in_row: false,
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
        self.screened(self.candidate(json, index), origin, observer);
    }

    /// A record by itself, of which nothing is known yet.
    fn candidate<'a>(&self, json: &'a [u8], index: u64) -> Candidate<'a> {
        Candidate { json, index, screened: self.screen.screen(json) }
    }

    /// Audits one record, which was screened.
    fn screened(&mut self, candidate: Candidate<'_>, origin: Origin<'_>, observer: &mut impl Observer) {
        let Candidate { json, index, screened, .. } = candidate;
        let skip = match screened {
            Screened::Relevant | Screened::Asked => {
                self.judge(candidate, origin, observer).map_err(|error| error.to_string())
            }
            Screened::Notification => Ok(Some(Skip::OtherService)),
            Screened::Malformed(why) => Err(why.to_owned()),
            Screened::OtherService | Screened::OtherCall | Screened::Insight | Screened::Aggregated => {
                Ok(passed_over(screened))
            }
        };
        self.is_in_row = screened == Screened::Relevant && self.rules.is_none();
        match skip {
            Ok(skip) => self.count_read(json, index, skip, origin, observer),
            Err(detail) => {
                self.reject(index, RejectReason::Malformed, detail, origin, observer);
                let fate = Fate::Rejected(RejectReason::Malformed);
                observer.read(&RawRecord { place: origin.place, index, json }, fate);
            }
        }
    }

    /// Counts a record that was judged, or passed over for a reason.
    fn count_read(
        &mut self,
        json: &[u8],
        index: u64,
        skip: Option<Skip>,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) {
        self.tally.records_read += 1;
        if let Some(skip) = skip {
            *self.tally.records_skipped.entry(skip).or_default() += 1;
        }
        observer.read(&RawRecord { place: origin.place, index, json }, skip.map_or(Fate::Judged, Fate::Skipped));
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

/// A record, or what may be something around one, as it came through the screen.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    json: &'a [u8],
    /// Which entry of the file it is.
    index: u64,
    screened: Screened,
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod with_rules;
