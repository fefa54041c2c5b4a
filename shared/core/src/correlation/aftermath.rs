//! What an actor succeeded with, and when: whoever is denied a call many times and then gets through has found a way.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;

use crate::access::{Access, Call};
use crate::actor::Actor;

/// How many slots make a generation; two are kept, some 50 bytes a slot.
const GENERATION: usize = 50_000;

/// The width of a slot in seconds.
const WIDTH: i64 = 600;

/// How long after the denials a success belongs to them, in seconds.
const AFTER: i64 = 24 * 60 * 60;

/// One actor and table, and whether it is about the table or about its data: who may describe a table is not in it yet.
pub(super) type Attempt = u64;

/// The first and last success of an attempt in a slot, in seconds since the epoch.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
}

impl Span {
    fn with(self, time: i64) -> Self {
        Self { first: self.first.min(time), last: self.last.max(time) }
    }
}

/// The successes of a run, in bounded memory as [`Seen`](crate::finding::Seen) keeps event ids.
#[derive(Debug, Default)]
pub(super) struct Successes {
    current: HashMap<(Attempt, i64), Span, foldhash::fast::RandomState>,
    previous: HashMap<(Attempt, i64), Span, foldhash::fast::RandomState>,
    hasher: RandomState,
}

impl Successes {
    /// What tells an attempt from every other, but for what a caller cannot aim at.
    pub(super) fn attempt(&self, call: &Call<'_>, access: &Access<'_>) -> Attempt {
        let Actor { kind, name, account, permission_set, person, via: _ } = &call.actor;
        let actor = (kind, name, account, permission_set, person);
        self.hasher.hash_one((actor, &access.table, call.operation.plane))
    }

    /// Notes a success.
    pub(super) fn add(&mut self, attempt: Attempt, time: Timestamp) {
        let time = time.as_second();
        let slot = (attempt, time.div_euclid(WIDTH));
        if let Some(span) = self.current.get_mut(&slot) {
            *span = span.with(time);
            return;
        }
        if self.current.len() >= GENERATION {
            self.previous = std::mem::take(&mut self.current);
        }
        let known = self.previous.remove(&slot).unwrap_or(Span { first: time, last: time });
        self.current.insert(slot, known.with(time));
    }

    /// The first success within a day after denials that came to their threshold at `reached`, in seconds since the epoch;
    /// `None` also where the actor had succeeded just before the first of them, so that it is no news that it can.
    pub(super) fn breakthrough(&self, attempt: Attempt, first: i64, reached: i64) -> Option<Timestamp> {
        let before = self.spans(attempt, first.saturating_sub(WIDTH), first).any(|span| span.first < first);
        if before {
            return None;
        }
        let after = self.spans(attempt, reached, reached.saturating_add(AFTER));
        let times = after.filter_map(|span| [span.first, span.last].into_iter().find(|time| *time >= reached));
        Timestamp::from_second(times.min()?).ok()
    }

    /// The spans of the slots that two times and what lies between them fall into.
    fn spans(&self, attempt: Attempt, from: i64, to: i64) -> impl Iterator<Item = Span> {
        let slots = from.div_euclid(WIDTH)..=to.div_euclid(WIDTH);
        slots.filter_map(move |slot| {
            let slot = (attempt, slot);
            self.current.get(&slot).or_else(|| self.previous.get(&slot)).copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breakthrough(successes: &[i64]) -> Option<i64> {
        let mut known = Successes::default();
        for success in successes {
            known.add(7, Timestamp::from_second(*success).unwrap());
            known.add(8, Timestamp::from_second(100_000).unwrap());
        }
        // Denied from second 100,000 on, ten times at 100,050.
        known.breakthrough(7, 100_000, 100_050).map(Timestamp::as_second)
    }

    #[test]
    fn a_success_counts_where_it_comes_after_the_denials_and_is_news() {
        let cases = [
            ("none", vec![], None),
            ("after", vec![100_400], Some(100_400)),
            ("the first of them", vec![100_900, 100_400], Some(100_400)),
            ("before the threshold", vec![100_030], None),
            ("in between and after", vec![100_030, 100_400], Some(100_400)),
            ("just before, and so no news", vec![99_900, 100_400], None),
            ("long before", vec![90_000, 100_400], Some(100_400)),
            ("a day later", vec![100_050 + AFTER + WIDTH], None),
        ];
        for (claim, successes, want) in cases {
            let backwards: Vec<i64> = successes.iter().rev().copied().collect();
            assert_eq!(breakthrough(&successes), want, "{claim}");
            assert_eq!(breakthrough(&backwards), want, "{claim}, the other way round");
        }
    }

    #[test]
    fn what_was_touched_lately_is_not_forgotten() {
        let mut known = Successes::default();
        for n in 0..3 * GENERATION as u64 {
            known.add(n + 10, Timestamp::from_second(100_400).unwrap());
            if n % 1000 == 0 {
                known.add(7, Timestamp::from_second(100_400).unwrap());
            }
        }
        assert!(known.breakthrough(7, 100_000, 100_050).is_some());
        assert!(known.current.len() + known.previous.len() <= 2 * GENERATION);
    }
}
