//! Where counts in buckets of event time reach a threshold. Pure arithmetic.

use jiff::Timestamp;

use crate::detections::Unit;
use crate::ports::Counts;

/// The width of a bucket in seconds.
pub(super) const WIDTH: i64 = 10;

/// How much of one unit fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) unit: Unit,
    pub(super) threshold: u64,
}

/// Buckets of one or more windows that reach a threshold and overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: i64,
    /// The bucket in which the first window came to its threshold.
    pub(super) reached: i64,
    pub(super) last: i64,
    /// 0 from the threshold on, 1 from ten times as much on, 2 from a hundred times.
    pub(super) level: u8,
}

/// The window in which the most was counted of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peak {
    pub(super) limit: Limit,
    pub(super) sum: u64,
    /// Its first bucket.
    pub(super) first: i64,
}

/// How many buckets a window of so many seconds can touch: one more than it is long.
pub(super) fn span(seconds: i64) -> i64 {
    seconds / WIDTH + 1
}

/// The stretches and peaks of counts that come in the order of their buckets; both are empty where no threshold is reached.
///
/// A window of `seconds` covers as many buckets as it can touch: wherever in its bucket an event
/// lies, no stretch of `seconds` that reaches a threshold is missed, and one that is longer by less than a bucket may fire.
pub(super) fn reached(counts: &[(i64, Counts)], seconds: i64, limits: &[Limit]) -> (Vec<Stretch>, Vec<Peak>) {
    let span = span(seconds);
    let (mut stretches, mut peaks) = (Vec::new(), Vec::new());
    for limit in limits {
        let counted: Vec<(i64, u64)> = counts
            .iter()
            .map(|(bucket, counts)| (*bucket, counts.of(limit.unit)))
            .filter(|(_, count)| *count > 0)
            .collect();
        peaks.extend(slide(&counted, span, *limit, &mut stretches));
    }
    (joined(stretches), peaks)
}

/// Notes each window that begins with a bucket and reaches the threshold; the peak, where one does.
fn slide(counted: &[(i64, u64)], span: i64, limit: Limit, stretches: &mut Vec<Stretch>) -> Option<Peak> {
    let mut ahead = counted.iter().peekable();
    let mut peak: Option<Peak> = None;
    let (mut sum, mut last) = (0_u128, 0);
    for (index, &(first, count)) in counted.iter().enumerate() {
        while let Some((bucket, more)) = ahead.next_if(|(bucket, _)| *bucket < first.saturating_add(span)) {
            sum += u128::from(*more);
            last = *bucket;
        }
        if sum >= u128::from(limit.threshold) {
            let sum = u64::try_from(sum).unwrap_or(u64::MAX);
            let reached = when_reached(counted.get(index..).unwrap_or_default(), limit.threshold);
            stretches.push(Stretch {
                first,
                reached: reached.unwrap_or(last),
                last,
                level: level(sum, limit.threshold),
            });
            if peak.is_none_or(|peak| sum > peak.sum) {
                peak = Some(Peak { limit, sum, first });
            }
        }
        sum -= u128::from(count);
    }
    peak
}

/// How far a sum is above a threshold, in orders of size.
fn level(sum: u64, threshold: u64) -> u8 {
    let times = |factor: u64| sum >= threshold.saturating_mul(factor);
    u8::from(times(10)) + u8::from(times(100))
}

/// The bucket with which the counts from the first on come to the threshold.
fn when_reached(counted: &[(i64, u64)], threshold: u64) -> Option<i64> {
    let mut sum = 0_u64;
    counted.iter().find_map(|(bucket, count)| {
        sum = sum.saturating_add(*count);
        (sum >= threshold).then_some(*bucket)
    })
}

/// The most of one unit in any window, and when the first one with as much begins; `None` where nothing was counted.
pub(crate) fn busiest(counts: &[(i64, Counts)], seconds: i64, unit: Unit) -> Option<(u64, Timestamp)> {
    let (_, peaks) = reached(counts, seconds, &[Limit { unit, threshold: 1 }]);
    peaks.first().and_then(|peak| Some((peak.sum, start(peak.first)?)))
}

/// The number of the bucket that a time lies in.
pub(crate) fn bucket_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(WIDTH)
}

/// The time at which a bucket begins; `None` beyond what a timestamp can hold.
pub(super) fn start(bucket: i64) -> Option<Timestamp> {
    Timestamp::from_second(bucket.saturating_mul(WIDTH)).ok()
}

/// A threshold that such a peak stays well under, since a busier day will come: twice as much, in two figures.
pub(crate) fn with_head_room(most: u64) -> u64 {
    let wanted = most.saturating_mul(2).max(1);
    let mut step = 1_u64;
    while wanted / step >= 100 {
        step = step.saturating_mul(10);
    }
    wanted.div_ceil(step).saturating_mul(step)
}

/// Those that overlap made one.
pub(super) fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_by_key(|stretch| (stretch.first, stretch.last));
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match joined.last_mut() {
            Some(before) if stretch.first <= before.last => {
                before.last = before.last.max(stretch.last);
                before.reached = before.reached.min(stretch.reached);
                before.level = before.level.max(stretch.level);
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First, reached and last of each stretch; sum and first of each peak.
    type Found = (Vec<(i64, i64, i64)>, Vec<(u64, i64)>);

    fn calls(counted: &[(i64, u64)], threshold: u64) -> Found {
        let counts: Vec<(i64, Counts)> =
            counted.iter().map(|&(bucket, calls)| (bucket, Counts { items: 0, calls })).collect();
        // A window of a minute touches seven buckets.
        let (stretches, peaks) = reached(&counts, 60, &[Limit { unit: Unit::Calls, threshold }]);
        let stretches = stretches.into_iter().map(|stretch| (stretch.first, stretch.reached, stretch.last));
        (stretches.collect(), peaks.into_iter().map(|peak| (peak.sum, peak.first)).collect())
    }

    #[test]
    fn windows_fire_where_the_buckets_they_touch_reach_the_threshold() {
        let cases = [
            ("nothing", vec![], vec![], vec![]),
            ("one bucket", vec![(5, 10)], vec![(5, 5, 5)], vec![(10, 5)]),
            ("one short", vec![(5, 9)], vec![], vec![]),
            ("the widest", vec![(0, 5), (6, 5)], vec![(0, 6, 6)], vec![(10, 0)]),
            ("one bucket too wide", vec![(0, 5), (7, 5)], vec![], vec![]),
            ("what lies before the burst in its window", vec![(0, 1), (3, 10), (8, 1)], vec![(0, 3, 8)], vec![(11, 0)]),
            ("two bursts", vec![(0, 12), (100, 15)], vec![(0, 0, 0), (100, 100, 100)], vec![(15, 100)]),
            ("one long burst", vec![(0, 10), (6, 10), (12, 10), (18, 1)], vec![(0, 0, 18)], vec![(20, 0)]),
            ("no sum overflows", vec![(0, u64::MAX), (1, u64::MAX)], vec![(0, 0, 1)], vec![(u64::MAX, 0)]),
        ];
        for (claim, counted, stretches, peaks) in cases {
            assert_eq!(calls(&counted, 10), (stretches, peaks), "{claim}");
        }
    }

    #[test]
    fn each_unit_has_its_own_threshold() {
        let counts = [(0, Counts { items: 999, calls: 99 }), (1, Counts { items: 1, calls: 0 })];
        let limits = [Limit { unit: Unit::Items, threshold: 1000 }, Limit { unit: Unit::Calls, threshold: 100 }];
        let (stretches, peaks) = reached(&counts, 300, &limits);
        assert_eq!(stretches, [Stretch { first: 0, reached: 1, last: 1, level: 0 }]);
        assert_eq!(peaks, [Peak { limit: limits[0], sum: 1000, first: 0 }]);
    }

    #[test]
    fn a_threshold_is_twice_the_peak_in_two_figures() {
        let cases = [(0, 1), (1, 2), (67, 140), (100, 200), (946, 1900), (1000, 2000), (u64::MAX, u64::MAX)];
        for (most, want) in cases {
            assert_eq!(with_head_room(most), want, "{most}");
        }
    }
}
