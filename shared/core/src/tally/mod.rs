//! What was counted, such that the counts reconcile.
//!
//! `records read = relevant + skipped + rejected`, and each access stands in exactly one cell of (minute, table, effect).

mod cells;
mod metrics;
mod points;

use std::collections::BTreeMap;

use cells::Cells;
use jiff::Timestamp;

pub use metrics::{METRICS, Metric};
pub use points::{Dimension, Point, Unit, Value};

use crate::access::{Access, Outcome};
use crate::delivery::SkipReason;
use crate::finding::Finding;
use crate::operation::Effect;
use crate::policy::OTHER_TABLES;
use crate::severity::Severity;

/// Why a record was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Of a service that is not audited.
    OtherService,
    /// A call that is not audited, of a service of which others are.
    OtherCall,
    /// Told before in this run: the same `eventID`, or nothing new under the `sharedEventID` of another account's record.
    Duplicate,
    /// An Insights event.
    Insight,
    /// An aggregated event.
    Aggregated,
    /// A network activity event.
    NetworkActivity,
    /// A call on the table in which runs remember, by a machine of its account.
    OwnTable,
    /// What another service found that is neither about DynamoDB nor about a principal that the policy names.
    Unrelated,
    /// That a rule of Config is kept, or still is not.
    NoViolation,
}

/// Why a record was not understood at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectReason {
    /// Not a CloudTrail record.
    Malformed,
    /// Larger than the limit for one record.
    TooLarge,
}

impl Skip {
    /// The name in metrics, log lines and summaries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherService => "OtherService",
            Self::OtherCall => "OtherCall",
            Self::Duplicate => "Duplicate",
            Self::Insight => "Insight",
            Self::Aggregated => "Aggregated",
            Self::NetworkActivity => "NetworkActivity",
            Self::OwnTable => "OwnTable",
            Self::Unrelated => "Unrelated",
            Self::NoViolation => "NoViolation",
        }
    }
}

impl RejectReason {
    /// The name in metrics, log lines and summaries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "Malformed",
            Self::TooLarge => "TooLarge",
        }
    }
}

/// What one run counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Records read, whatever became of them.
    pub records_read: u64,
    /// Records of an audited service that were understood.
    pub records_relevant: u64,
    /// Records passed over, by reason.
    pub records_skipped: BTreeMap<Skip, u64>,
    /// Records not understood, by reason.
    pub records_rejected: BTreeMap<RejectReason, u64>,
    /// Log objects, files or events read to their end.
    pub objects_done: u64,
    /// Log objects, files or events that could not be read, or not to their end.
    pub objects_failed: u64,
    /// Notifications recognised as none of ours, by reason.
    pub deliveries_skipped: BTreeMap<SkipReason, u64>,
    /// Hits that a line of policy keeps from being told.
    pub hits_suppressed: u64,
    /// Alerts that were published.
    pub alerts_sent: u64,
    /// Alerts that could not be published.
    pub alerts_failed: u64,
    /// Alerts held back, since their like was told lately.
    pub alerts_held_back: u64,
    /// Alerts of which all was told before.
    pub alerts_repeated: u64,
    /// How often it could not be read or noted what other runs told.
    pub state_failures: u64,
    /// Findings by event-time minute and severity.
    findings: BTreeMap<(Minute, Severity), u64>,
    /// What was done, by event-time minute and table.
    cells: Cells,
    /// Seconds from a relevant record's event time to now.
    delay: Option<Spread>,
}

/// A minute, by its first second since the epoch.
type Minute = i64;

/// A distribution as CloudWatch's statistic sets keep it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many values.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Tally {
    /// Counts a record that was understood, when it came in at `now`.
    pub fn relevant(&mut self, time: Timestamp, now: Timestamp) {
        self.records_relevant += 1;
        #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^52")]
        let delay = now.as_second().saturating_sub(time.as_second()).max(0) as f64;
        let one = Spread { count: 1.0, sum: delay, min: delay, max: delay };
        self.delay = Some(self.delay.map_or(one, |delays| delays.with(one)));
    }

    /// Counts an access under the table's label in the policy; one of something else than tables is none of theirs.
    pub fn access(&mut self, access: &Access<'_>, outcome: Outcome, time: Timestamp, label: Option<&str>) {
        if access.resource.is_none() || access.table.is_some() {
            self.add(access.effect, access.items, outcome, time, label);
        }
    }

    /// Counts what was done to a table: to how many items, as far as that is known.
    pub(crate) fn add(
        &mut self,
        effect: Effect,
        items: Option<u64>,
        outcome: Outcome,
        time: Timestamp,
        label: Option<&str>,
    ) {
        let cell = self.cells.of(minute(time), label.unwrap_or(OTHER_TABLES));
        for (count, of) in cell.accesses.iter_mut().zip(Effect::ALL) {
            *count += u64::from(of == effect);
        }
        cell.denials += u64::from(outcome == Outcome::Denied);
        if effect == Effect::Delete && outcome == Outcome::Succeeded {
            cell.items_deleted = cell.items_deleted.saturating_add(items.unwrap_or(0));
        }
    }

    /// Counts findings.
    pub fn findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            *self.findings.entry((minute(finding.first.time), finding.severity)).or_default() += 1;
        }
    }

    /// Whether every record that was read was counted once.
    pub fn reconciles(&self) -> bool {
        let sum = |counts: &mut dyn Iterator<Item = &u64>| counts.sum::<u64>();
        let skipped = sum(&mut self.records_skipped.values());
        let rejected = sum(&mut self.records_rejected.values());
        self.records_read == self.records_relevant + skipped + rejected
    }

    /// What is left of the tally of a message that is to come again: what it holds is counted when it is told, or it would
    /// be counted twice.
    #[must_use]
    pub fn of_failure(self) -> Self {
        let failed = self.objects_failed + self.objects_done;
        Self { objects_failed: failed, ..Self::default() }
    }

    /// Leaves it to another function to count what was done to tables.
    pub fn leave_accesses(&mut self) {
        self.cells = Cells::default();
    }

    /// Adds another tally to this one.
    pub fn merge(&mut self, other: Self) {
        self.records_read += other.records_read;
        self.records_relevant += other.records_relevant;
        self.objects_done += other.objects_done;
        self.objects_failed += other.objects_failed;
        self.hits_suppressed += other.hits_suppressed;
        self.alerts_sent += other.alerts_sent;
        self.alerts_failed += other.alerts_failed;
        self.alerts_held_back += other.alerts_held_back;
        self.alerts_repeated += other.alerts_repeated;
        self.state_failures += other.state_failures;
        add_all(&mut self.records_skipped, other.records_skipped);
        add_all(&mut self.records_rejected, other.records_rejected);
        add_all(&mut self.deliveries_skipped, other.deliveries_skipped);
        add_all(&mut self.findings, other.findings);
        for (minute, table, cell) in other.cells.iter() {
            self.cells.of(minute, table).add(*cell);
        }
        self.delay = match (self.delay, other.delay) {
            (Some(a), Some(b)) => Some(a.with(b)),
            (a, b) => a.or(b),
        };
    }
}

impl Spread {
    fn with(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

fn add_all<K: Ord>(counts: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
    for (key, count) in other {
        *counts.entry(key).or_default() += count;
    }
}

fn minute(time: Timestamp) -> Minute {
    time.as_second().div_euclid(60) * 60
}

#[cfg(test)]
mod tests;
