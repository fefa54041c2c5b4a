//! Counting what was judged before.

use super::Audit;
use super::habits::{Done, Followed, Usual};
use super::sieve::passed_over;
use crate::correlation::{Again, Observed};
use crate::finding::Origin;
use crate::policy::TablePolicy;
use crate::ports::Observer;
use crate::tally::Skip;

/// What became of a record of a form that is known.
pub(super) enum Repeated {
    Counted,
    /// Its event was seen before.
    Duplicate,
}

impl Repeated {
    /// Why it is passed over, if it is.
    pub(super) fn skip(self) -> Option<Skip> {
        match self {
            Self::Counted => None,
            Self::Duplicate => Some(Skip::Duplicate),
        }
    }
}

impl Audit {
    /// Counts the record that begins here, where it is of a form that was judged before, or to be passed over: its length in
    /// bytes.
    pub(super) fn ahead(
        &mut self,
        bytes: &[u8],
        index: u64,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Option<usize> {
        // Where records that are not audited come between, it is not worth the look.
        if self.is_in_row
            && let Some(usual) = self.habits.look_ahead(bytes, self.policy.as_deref())
            && self.repeat_one(&usual, index, origin, observer).is_some()
        {
            return Some(usual.json.len());
        }
        let (screened, len) = self.screen.pass(bytes)?;
        self.is_in_row = false;
        self.count_read(bytes.get(..len)?, index, Some(passed_over(screened)?), origin, observer);
        Some(len)
    }

    /// Counts a record whose path was looked for; `None` where it has to be judged itself.
    pub(super) fn again(
        &mut self,
        json: &[u8],
        followed: &Followed,
        index: u64,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Option<()> {
        let usual = self.habits.look_again(json, followed, self.policy.as_deref())?;
        self.repeat_one(&usual, index, origin, observer)
    }

    fn repeat_one(
        &mut self,
        usual: &Usual<'_>,
        index: u64,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Option<()> {
        let repeated = self.repeat(usual, origin, observer)?;
        self.count_read(usual.json, index, repeated.skip(), origin, observer);
        Some(())
    }

    /// Counts a record of a form that was judged before, and led to nothing to tell; `None` where it has to be judged itself.
    pub(super) fn repeat(
        &mut self,
        usual: &Usual<'_>,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Option<Repeated> {
        let accesses = self.habits.of(usual)?;
        let Usual { time, address, agent, event, .. } = usual;
        if !accesses.iter().all(|done| self.correlation.is_known(&done.trace, *time, event)) {
            return None;
        }
        if !self.seen.insert(event) {
            return Some(Repeated::Duplicate);
        }
        self.tally.relevant(*time, self.now);
        self.correlation.begin_call(event);
        for Done { label, effect, items, outcome, trace, number } in accesses {
            self.tally.add(*effect, *items, *outcome, *time, label.as_deref());
            observer.repeated(*number, *items);
            self.correlation.repeat(trace, &Again { time: *time, event, items: *items, address, agent, origin });
        }
        Some(Repeated::Counted)
    }

    /// What is to be counted of an access when it is done again; `None` where there may be more to it.
    pub(super) fn repeatable(&self, seen: &Observed<'_, '_>, observer: &mut impl Observer) -> Option<Done> {
        let Observed { call, access, context, hits, .. } = *seen;
        let is_silent = hits.is_empty() && access.resource.is_none() && access.unreadable.is_none();
        if !is_silent || !context.table.is_none_or(TablePolicy::is_timeless) {
            return None;
        }
        let label = context.table.map(|table| table.label.as_str());
        let (trace, number) = (self.correlation.trace(seen)?, observer.number(call, access)?);
        Some(Done::of(call, access, label, trace, number))
    }
}
