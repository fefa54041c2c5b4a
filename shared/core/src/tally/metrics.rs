//! The metrics by name, for those who ask for them: alarms and dashboards.

use super::Unit;

/// A metric that is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// The sets of dimensions that it is put with, an empty one where it is put without any.
    pub dimensions: &'static [&'static [&'static str]],
}

/// What refused versions of the policy are counted in, and failures to read it that pass.
pub(super) const POLICY_REJECTED: &str = "PolicyRejected";
pub(super) const POLICY_READ_FAILURES: &str = "PolicyReadFailures";

/// Every metric.
pub const METRICS: &[Metric] = &[
    count("RecordsRead"),
    count("RecordsRelevant"),
    count("RecordsSkipped"),
    count("RecordsRejected"),
    count("ObjectsDone"),
    count("ObjectsFailed"),
    count("AlertsSent"),
    count("AlertsFailed"),
    count("AlertsHeldBack"),
    count("AlertsRepeated"),
    count("HitsSuppressed"),
    count("StateFailures"),
    count(POLICY_REJECTED),
    count(POLICY_READ_FAILURES),
    Metric { dimensions: &[&["Reason"]], ..count("DeliveriesSkipped") },
    Metric { unit: Unit::Seconds, ..count("DeliveryDelay") },
    Metric { dimensions: &[&["Table", "Effect"]], ..count("Accesses") },
    Metric { dimensions: &[&["Table"], &[]], ..count("ItemsDeleted") },
    Metric { dimensions: &[&["Table"], &[]], ..count("Denials") },
    Metric { dimensions: &[&["Severity"]], ..count("Findings") },
    count("PointsOutOfRange"),
];

/// A count without dimensions.
const fn count(name: &'static str) -> Metric {
    Metric { name, unit: Unit::Count, dimensions: &[&[]] }
}
