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

/// What a burst is beside those that were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// One of them, which goes on.
    Told,
    /// One of them that has become graver or has come to another order of size, or another that is larger than all.
    Grown,
    /// Another.
    New,
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
    /// noise must not hide what follows it; and one of several actors folded, of whom one must not hide the others. A window that
    /// goes on is told again when ten and a hundred times its threshold are
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
        let mut is_new = false;
        for finding in &alert.findings {
            for burst in &finding.bursts {
                match self.standing(*burst, alert.severity) {
                    Standing::Grown => return Decision::Tell,
                    Standing::Told => {}
                    Standing::New => is_new = true,
                }
            }
            is_new |= finding.bursts.is_empty();
        }
        // Clocks differ by little; a time far ahead is none of a run's.
        let is_cool = self.told.is_none_or(|told| now.duration_since(told.at).abs() >= cooldown);
        let is_graver = self.told.is_none_or(|told| alert.severity > told.severity);
        let is_pressing = is_cool || is_graver || alert.severity == Severity::Critical || alert.is_of_several_actors();
        if is_new && is_pressing { Decision::Tell } else { Decision::Hold }
    }

    /// What a burst is beside those that were told.
    fn standing(&self, burst: Burst, severity: Severity) -> Standing {
        let known = self.bursts.iter().filter(|told| overlap(told.burst, burst)).max_by_key(|told| told.burst.level);
        match known {
            Some(told) if told.burst.level >= burst.level && told.severity >= severity => Standing::Told,
            Some(_) => Standing::Grown,
            None if self.bursts.iter().map(|told| told.burst.level).max().is_some_and(|most| most < burst.level) => {
                Standing::Grown
            }
            None => Standing::New,
        }
    }

    /// Notes that an alert is out.
    pub(super) fn told(&mut self, alert: &Alert, now: Timestamp) {
        self.claim = None;
        self.told = Some(Told { at: now, severity: alert.severity });
        self.held = None;
        for burst in alert.findings.iter().flat_map(|finding| &finding.bursts) {
            self.bursts.push(ToldBurst { burst: *burst, severity: alert.severity });
        }
        // The oldest of very many: late records of those are told again.
        self.bursts.drain(..self.bursts.len().saturating_sub(MOST_BURSTS));
    }

    /// Notes that an alert is not told now; the highest severity of those that are not.
    pub(super) fn hold(&mut self, alert: &Alert) -> Severity {
        let more = HeldBack::of(alert);
        self.held = match (self.held.take(), more) {
            (Some(held), Some(more)) => Some(held.with(&more)),
            (held, more) => held.or(more),
        };
        self.held.as_ref().map_or(alert.severity, |held| held.severity)
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
