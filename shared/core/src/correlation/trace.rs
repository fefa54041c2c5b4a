//! What an access that no detection has anything to say about adds to windows and meetings, kept for when it is done again.

use jiff::Timestamp;

use super::aftermath::Attempt;
use super::meetings::Known;
use super::windows::Share;
use super::{Correlation, Observed};
use crate::access::Outcome;
use crate::finding::{EventId, Origin};

/// What an access adds when it is done again.
#[derive(Debug)]
pub(crate) struct Trace {
    /// What it succeeded with.
    attempt: Option<Attempt>,
    known: Known,
    shares: Vec<Share>,
}

/// An access that is done again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Again<'a> {
    pub(crate) time: Timestamp,
    pub(crate) event: &'a EventId,
    pub(crate) items: Option<u64>,
    /// `sourceIPAddress`.
    pub(crate) address: &'a str,
    /// `userAgent`.
    pub(crate) agent: &'a str,
    pub(crate) origin: Origin<'a>,
}

impl Correlation {
    /// What an access that was just observed adds when it is done again; `None` where that cannot be told.
    pub(crate) fn trace(&self, seen: &Observed<'_, '_>) -> Option<Trace> {
        let succeeded = seen.call.outcome == Outcome::Succeeded && seen.access.table.is_some();
        Some(Trace {
            attempt: succeeded.then(|| self.windows.attempt(seen)),
            known: self.meetings.known(seen)?,
            shares: self.windows.shares(seen)?,
        })
    }

    /// Whether the access adds no more than was kept.
    pub(crate) fn is_known(&self, trace: &Trace, time: Timestamp, event: &EventId) -> bool {
        trace.known.holds(time, event) && trace.shares.iter().all(|share| self.windows.holds(share))
    }

    /// Takes an access in that is done again, of the call that [began](Self::begin_call) last.
    pub(crate) fn repeat(&mut self, trace: &Trace, again: &Again<'_>) {
        self.windows.repeat(trace.attempt, &trace.shares, again, self.called);
    }
}
