//! How much was done in the busiest stretch of time, as detections that count over windows would count it.

use std::collections::BTreeMap;

use crate::access::{Access, Call};
use crate::detections::{ALL, Context, Judge, Unit};
use jiff::Timestamp;

/// What was counted by a detection, in buckets of event time.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    buckets: BTreeMap<(&'static str, Unit), BTreeMap<i64, u64>>,
}

/// The width of a bucket in seconds, which is that of the detections' own.
const WIDTH: i64 = 10;

/// The most that was counted in a stretch of time as long as the detection's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peak {
    pub(super) detection: &'static str,
    pub(super) unit: Unit,
    pub(super) most: u64,
    /// The least that fires, but for what a policy says.
    pub(super) threshold: u64,
    /// When the stretch ended.
    pub(super) at: Timestamp,
}

impl Rates {
    /// Counts an access for each detection that would.
    pub(super) fn add(&mut self, call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) {
        for detection in ALL {
            let Judge::Window(window) = detection.judge else { continue };
            let Some((unit, amount)) = (window.measure)(call, access, context) else { continue };
            let bucket = call.time.as_second().div_euclid(WIDTH);
            let counted = self.buckets.entry((detection.id, unit)).or_default().entry(bucket).or_default();
            *counted = counted.saturating_add(amount);
        }
    }

    /// The peaks, for each counter of each detection that counted anything.
    pub(super) fn peaks(&self) -> impl Iterator<Item = Peak> + '_ {
        self.buckets.iter().filter_map(|((id, unit), counted)| {
            let detection = ALL.iter().find(|detection| detection.id == *id)?;
            let Judge::Window(window) = detection.judge else { return None };
            let counter = window.counters.iter().find(|counter| counter.unit == *unit)?;
            let (most, at) = busiest(counted, window.seconds / WIDTH);
            let at = Timestamp::from_second(at.saturating_mul(WIDTH)).ok()?;
            Some(Peak { detection: detection.id, unit: *unit, most, threshold: counter.threshold, at })
        })
    }
}

/// The most in any stretch that ends so many buckets after the one it begins with, and the first end of one with as much.
fn busiest(counted: &BTreeMap<i64, u64>, length: i64) -> (u64, i64) {
    let (mut sum, mut busiest) = (0_u64, (0, 0));
    let mut leaving = counted.iter().peekable();
    for (&bucket, &amount) in counted {
        sum = sum.saturating_add(amount);
        while let Some((_, &gone)) = leaving.next_if(|(then, _)| **then < bucket.saturating_sub(length)) {
            sum = sum.saturating_sub(gone);
        }
        if sum > busiest.0 {
            busiest = (sum, bucket);
        }
    }
    busiest
}

/// A threshold that such a peak stays well under, since a busier day will come: twice as much, in two figures.
pub(super) fn with_head_room(most: u64) -> u64 {
    let wanted = most.saturating_mul(2).max(1);
    let mut step = 1_u64;
    while wanted / step >= 100 {
        step = step.saturating_mul(10);
    }
    wanted.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_stretch_is_found_wherever_it_begins() {
        let cases = [
            (vec![], (0, 0)),
            (vec![(10, 3)], (3, 10)),
            (vec![(0, 1), (30, 1), (31, 1)], (2, 30)),
            (vec![(0, 5), (31, 5), (61, 1)], (6, 61)),
            (vec![(0, 5), (60, 5)], (5, 0)),
        ];
        for (counted, want) in cases {
            let told = format!("{counted:?}");
            assert_eq!(busiest(&counted.into_iter().collect(), 30), want, "{told}");
        }
    }

    #[test]
    fn a_threshold_is_twice_the_peak_in_two_figures() {
        let cases = [(0, 1), (1, 2), (67, 140), (100, 200), (946, 1900), (1000, 2000), (u64::MAX, u64::MAX)];
        for (most, want) in cases {
            assert_eq!(with_head_room(most), want, "{most}");
        }
    }
}
