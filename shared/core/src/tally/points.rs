//! A tally as metric data.
//!
//! What the pipeline did is stamped with the time of the run, what callers did with the minute of the event: a log file
//! that comes late still counts where it belongs. CloudWatch takes timestamps up to two weeks old and two hours ahead:
//! "`PutMetricData`", <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.

use jiff::{SignedDuration, Timestamp};

use super::metrics::{POLICY_READ_FAILURES, POLICY_REJECTED};
use super::{Spread, Tally};
use crate::operation::Effect;

/// How old, and how far ahead, a point may be.
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24 - 1);
const NEWEST: SignedDuration = SignedDuration::from_mins(110);

/// One value of one metric at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The metric's name.
    pub metric: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// Its dimensions.
    pub dimensions: Vec<Dimension>,
    /// When.
    pub at: Timestamp,
    /// How much.
    pub value: Value,
}

/// A dimension's name and value.
pub type Dimension = (&'static str, String);

/// CloudWatch's units, as far as they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
}

/// What a point holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// One number.
    Number(f64),
    /// Many, as a statistic set.
    Spread(Spread),
}

impl Point {
    /// That a version of the policy was refused.
    pub fn policy_rejected(now: Timestamp) -> Self {
        count(POLICY_REJECTED, 1, now, Vec::new())
    }

    /// That the policy could not be read for now.
    pub fn policy_read_failure(now: Timestamp) -> Self {
        count(POLICY_READ_FAILURES, 1, now, Vec::new())
    }
}

impl Tally {
    /// The metric data of the tally at `now`.
    ///
    /// Points out of the range that CloudWatch takes are left out, and counted in `PointsOutOfRange`.
    pub fn points(&self, now: Timestamp) -> Vec<Point> {
        let mut points = self.of_the_run(now);
        // Both ends are within what a timestamp can hold, unless the clock is centuries off.
        let oldest = now.checked_sub(OLDEST).unwrap_or(Timestamp::MIN);
        let newest = now.checked_add(NEWEST).unwrap_or(Timestamp::MAX);
        let (taken, left_out): (Vec<Point>, Vec<Point>) =
            self.of_events().into_iter().partition(|point| oldest <= point.at && point.at <= newest);
        points.extend(taken);
        if !left_out.is_empty() {
            points.push(count("PointsOutOfRange", left_out.len() as u64, now, Vec::new()));
        }
        points
    }

    /// What the pipeline did, zeros too: an alarm on a metric needs data.
    fn of_the_run(&self, now: Timestamp) -> Vec<Point> {
        let counts = [
            ("RecordsRead", self.records_read),
            ("RecordsRelevant", self.records_relevant),
            ("RecordsSkipped", self.records_skipped.values().sum()),
            ("RecordsRejected", self.records_rejected.values().sum()),
            ("ObjectsDone", self.objects_done),
            ("ObjectsFailed", self.objects_failed),
            ("AlertsSent", self.alerts_sent),
            ("AlertsFailed", self.alerts_failed),
            ("AlertsHeldBack", self.alerts_held_back),
            ("AlertsRepeated", self.alerts_repeated),
            ("HitsSuppressed", self.hits_suppressed),
            ("StateFailures", self.state_failures),
        ];
        let mut points: Vec<Point> =
            counts.into_iter().map(|(metric, value)| count(metric, value, now, Vec::new())).collect();
        for (reason, value) in &self.deliveries_skipped {
            points.push(count("DeliveriesSkipped", *value, now, vec![("Reason", reason.as_str().to_owned())]));
        }
        if let Some(delay) = self.delay {
            let value = Value::Spread(delay);
            points.push(Point { metric: "DeliveryDelay", unit: Unit::Seconds, dimensions: Vec::new(), at: now, value });
        }
        points
    }

    /// What callers did, at the minute they did it.
    fn of_events(&self) -> Vec<Point> {
        let mut points = Vec::new();
        let cells = self.cells.sorted();
        for of_minute in cells.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some((minute, ..)) = of_minute.first() else { continue };
            let at = stamp(*minute);
            let (mut items_deleted, mut denials) = (0, 0);
            for (_, table, cell) in of_minute {
                let of_table = || vec![("Table", (*table).to_owned())];
                for (effect, accesses) in Effect::ALL.into_iter().zip(cell.accesses) {
                    let dimensions = vec![("Table", (*table).to_owned()), ("Effect", effect.as_str().to_owned())];
                    points.push(count("Accesses", accesses, at, dimensions));
                }
                points.push(count("ItemsDeleted", cell.items_deleted, at, of_table()));
                points.push(count("Denials", cell.denials, at, of_table()));
                items_deleted += cell.items_deleted;
                denials += cell.denials;
            }
            // An alarm cannot add up dimensions by itself.
            points.push(count("ItemsDeleted", items_deleted, at, Vec::new()));
            points.push(count("Denials", denials, at, Vec::new()));
        }
        for ((minute, severity), findings) in &self.findings {
            let dimensions = vec![("Severity", severity.as_str().to_owned())];
            points.push(count("Findings", *findings, stamp(*minute), dimensions));
        }
        points.retain(|point| point.value != Value::Number(0.0));
        points
    }
}

fn count(metric: &'static str, value: u64, at: Timestamp, dimensions: Vec<Dimension>) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "CloudWatch keeps doubles")]
    let value = Value::Number(value as f64);
    Point { metric, unit: Unit::Count, dimensions, at, value }
}

fn stamp(minute: super::Minute) -> Timestamp {
    // A minute is cut from a timestamp, so it is one.
    Timestamp::from_second(minute).unwrap_or(Timestamp::UNIX_EPOCH)
}
