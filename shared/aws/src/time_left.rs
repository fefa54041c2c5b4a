//! How much of an invocation's time is left: a function that runs out of it dies with its work half done, so what cannot be
//! finished is handed back in time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tokio::time::Instant;

/// What is kept for telling what was found, of the time that there is at the start: a fifth, within these bounds.
const LEAST_FOR_TELLING: Duration = Duration::from_secs(2);
const MOST_FOR_TELLING: Duration = Duration::from_mins(2);

/// What is kept for the answer, once all is told.
const FOR_THE_ANSWER: Duration = Duration::from_millis(1500);

/// The times by which one invocation must have read and told; all adapters share them.
#[derive(Debug, Clone, Default)]
pub struct TimeLeft(Arc<Mutex<Current>>);

/// The current invocation.
#[derive(Debug, Clone, Copy, Default)]
struct Current {
    number: u64,
    reading: Option<Instant>,
    telling: Option<Instant>,
}

impl TimeLeft {
    /// An invocation begins, which Lambda ends at this time, in milliseconds since the epoch: that time.
    ///
    /// One that is over already is none: tools that invoke functions on a laptop tell a length in its place, or nothing.
    pub fn begin(&self, deadline_ms: u64) -> Timestamp {
        let deadline = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(deadline_ms));
        let left = deadline.and_then(|deadline| deadline.duration_since(SystemTime::now()).ok());
        let now = Instant::now();
        // Where there is less than is kept, what can be begun is begun.
        let in_time = |left: Duration, kept: Duration| now + left.saturating_sub(kept);
        let for_telling = |left: Duration| (left / 5).clamp(LEAST_FOR_TELLING, MOST_FOR_TELLING);
        let current = Current {
            number: self.number().wrapping_add(1),
            reading: left.map(|left| in_time(left, for_telling(left))),
            telling: left.map(|left| in_time(left, FOR_THE_ANSWER)),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = current;
        let ends = i64::try_from(deadline_ms).ok().and_then(|deadline| Timestamp::from_millisecond(deadline).ok());
        ends.filter(|_| left.is_some()).unwrap_or(Timestamp::MAX)
    }

    /// Which invocation it is, of those of this process.
    pub(crate) fn number(&self) -> u64 {
        self.current().number
    }

    /// By when reading must end; `None` where nothing ends it.
    pub(crate) fn reading(&self) -> Option<Instant> {
        self.current().reading
    }

    /// By when telling must end; `None` where nothing ends it.
    pub(crate) fn telling(&self) -> Option<Instant> {
        self.current().telling
    }

    /// When half of the time that is left for telling is over; `None` where nothing ends it.
    pub(crate) fn half_of_telling(&self) -> Option<Instant> {
        let now = Instant::now();
        self.telling().map(|end| now + end.saturating_duration_since(now) / 2)
    }

    fn current(&self) -> Current {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a time is over.
pub(crate) fn is_over(end: Option<Instant>) -> bool {
    end.is_some_and(|end| Instant::now() >= end)
}

/// What a future comes to, or `None` where it takes longer than there is time.
pub(crate) async fn before<T>(end: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    // The SDK's calls are large: on the heap they do not weigh on all that wait for them.
    let future = Box::pin(future);
    match end {
        Some(end) => tokio::time::timeout_at(end, future).await.ok(),
        None => Some(future.await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(seconds: u64) -> (Duration, Duration) {
        let time = TimeLeft::default();
        let at = SystemTime::now() + Duration::from_secs(seconds);
        let now = Instant::now();
        let deadline = u64::try_from(at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert_eq!(time.begin(deadline).as_millisecond().unsigned_abs(), deadline);
        (time.reading().unwrap() - now, time.telling().unwrap() - now)
    }

    #[test]
    fn a_fifth_is_kept_for_telling_and_a_moment_for_the_answer() {
        let cases = [(100, 80, 98), (5, 3, 3), (900, 780, 898), (1, 0, 0)];
        for (all, reading, telling) in cases {
            let (for_reading, for_telling) = begun(all);
            let near = |left: Duration, want: u64| (want..=want + 1).contains(&left.as_secs());
            assert!(
                near(for_reading, reading.max(1) - 1) && near(for_telling, telling.max(1) - 1),
                "{all}: {for_reading:?} {for_telling:?}"
            );
        }
    }

    #[test]
    fn a_deadline_that_is_over_is_none() {
        let time = TimeLeft::default();
        for deadline in [0, 600_000] {
            assert_eq!(time.begin(deadline), Timestamp::MAX);
            assert_eq!((time.reading(), time.telling()), (None, None));
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let soon = Some(Instant::now() + Duration::from_millis(10));
        assert_eq!(before(soon, std::future::pending::<()>()).await, None);
        assert!(is_over(soon));
        assert_eq!(before(None, async { 1 }).await, Some(1));
    }
}
