//! What is known of one alert (a detection, an actor, a table), and what follows from it for the next. Pure.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, HeldBack};
use crate::finding::{Burst, EventId};
use crate::severity::Severity;

/// How many bursts are remembered of one alert.
const MOST_BURSTS: usize = 32;

/// What is stored of one alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// The run that is telling of it.
    pub(super) claim: Option<Claim>,
    /// The last time that it was told.
    pub(super) told: Option<Told>,
    /// What was held back since.
    pub(super) held: Option<HeldBack>,
    /// The bursts that were told.
    bursts: Vec<ToldBurst>,
}

/// Who may tell, and until when. A run that dies loses its claim with time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) by: String,
    pub(super) until: Timestamp,
}

/// That it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) at: Timestamp,
    pub(super) severity: Severity,
}

/// A burst that was told, and how grave it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct ToldBurst {
    burst: Burst,
    severity: Severity,
}

/// What is to be done about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// There is nothing new in it.
    Known,
    /// Its like was told lately.
    Hold,
    /// It is to be told.
    Tell,
}

impl Ledger {
    /// Decides about an alert, and takes out of it what is known.
    ///
    /// A critical alert is always told, and so is one that is graver than the last, or a burst that is larger than all before:
    /// noise must not hide what follows it. A window that goes on is told again when ten and a hundred times its threshold are
    /// reached or it becomes graver, and no more often, critical or not.
    pub(super) fn decide(
        &self,
        alert: &mut Alert,
        known: &HashSet<EventId>,
        now: Timestamp,
        cooldown: SignedDuration,
    ) -> Decision {
        // An id that is no GUID tells no two events apart.
        let is_known = |id: &EventId| matches!(id, EventId::Guid(_)) && known.contains(id);
        alert.findings.retain_mut(|finding| finding.forget(is_known));
        if alert.findings.is_empty() {
            return Decision::Known;
        }
        let mut goes_on = false;
        for burst in alert.findings.iter().filter_map(|finding| finding.burst) {
            match self.bursts.iter().filter(|told| overlap(told.burst, burst)).max_by_key(|told| told.burst.level) {
                Some(told) if told.burst.level >= burst.level && told.severity >= alert.severity => goes_on = true,
                Some(_) => return Decision::Tell,
                // Another burst, and larger than all before.
                None if self.bursts.iter().any(|told| told.burst.level < burst.level)
                    && self.bursts.iter().all(|told| told.burst.level < burst.level) =>
                {
                    return Decision::Tell;
                }
                None => {}
            }
        }
        // Clocks differ by little; a time far ahead is none of a run's.
        let is_cool = self.told.is_none_or(|told| now.duration_since(told.at).abs() >= cooldown);
        let is_graver = self.told.is_none_or(|told| alert.severity > told.severity);
        if goes_on || (!is_cool && !is_graver && alert.severity < Severity::Critical) {
            Decision::Hold
        } else {
            Decision::Tell
        }
    }

    /// Notes that an alert is out.
    pub(super) fn told(&mut self, alert: &Alert, now: Timestamp) {
        self.claim = None;
        self.told = Some(Told { at: now, severity: alert.severity });
        self.held = None;
        for burst in alert.findings.iter().filter_map(|finding| finding.burst) {
            self.bursts.push(ToldBurst { burst, severity: alert.severity });
        }
        // The oldest of very many: late records of those are told again.
        self.bursts.drain(..self.bursts.len().saturating_sub(MOST_BURSTS));
    }

    /// Notes that an alert is not told now.
    pub(super) fn held(&mut self, alert: &Alert) {
        self.claim = None;
        let more = HeldBack::of(alert);
        self.held = match (self.held.take(), more) {
            (Some(held), Some(more)) => Some(held.with(&more)),
            (held, more) => held.or(more),
        };
    }

    /// Whether another run is telling of it.
    pub(super) fn is_claimed(&self, by: &str, now: Timestamp) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.by != by && claim.until > now)
    }
}

/// Whether two bursts are one, seen in part by each run.
fn overlap(one: Burst, other: Burst) -> bool {
    one.first <= other.last && other.first <= one.last
}
