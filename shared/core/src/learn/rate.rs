//! How much was done in the busiest stretch of time, as detections that count over windows count it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::{Access, Call};
use crate::correlation::{bucket_of, busiest};
use crate::detections::{ALL, Context, Counter, Detection, Judge, Unit, Window};
use crate::ports::Counts;

/// What was counted by detections, in buckets of event time.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    buckets: BTreeMap<&'static str, BTreeMap<i64, Counts>>,
    /// The call that was counted last: however many accesses it has, it is one call.
    latest: String,
}

/// The most that was counted in a stretch of time as long as the detection's window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peak {
    pub(super) detection: &'static str,
    pub(super) counter: &'static Counter,
    pub(super) most: u64,
    /// When the stretch began.
    pub(super) at: Timestamp,
}

impl Rates {
    /// Counts an access for each detection that would.
    pub(super) fn add(&mut self, call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) {
        let is_same_call = self.latest == call.record.event_id();
        if !is_same_call {
            call.record.event_id().clone_into(&mut self.latest);
        }
        for (detection, window) in windows() {
            let Some((unit, amount)) = (window.measure)(call, access, context) else { continue };
            let counts = self.buckets.entry(detection.id).or_default().entry(bucket_of(call.time)).or_default();
            if unit != Unit::Calls || !is_same_call {
                counts.add(unit, amount);
            }
        }
    }

    /// The peaks, for each counter of each detection that counted anything.
    pub(super) fn peaks(&self) -> impl Iterator<Item = Peak> + '_ {
        windows().flat_map(|(detection, window)| {
            let counts: Vec<(i64, Counts)> = self
                .buckets
                .get(detection.id)
                .into_iter()
                .flatten()
                .map(|(bucket, counts)| (*bucket, *counts))
                .collect();
            let peak = move |counter: &'static Counter| {
                let (most, at) = busiest(&counts, window.seconds, counter.unit)?;
                Some(Peak { detection: detection.id, counter, most, at })
            };
            window.counters.iter().filter_map(peak)
        })
    }
}

fn windows() -> impl Iterator<Item = (&'static Detection, &'static Window)> {
    ALL.iter().filter_map(|detection| match detection.judge {
        Judge::Window(window) => Some((*detection, window)),
        Judge::Access(_) | Judge::Key(_) | Judge::Chain(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => None,
    })
}
