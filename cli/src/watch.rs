//! Looks on while the audit goes: tells of records that were not understood, and adds up the accesses.

use tablewarden_core::access::{Access, Call};
use tablewarden_core::detections::Context;
use tablewarden_core::operation::Shape;
use tablewarden_core::ports::{Observer, Reject};

use crate::progress::Progress;
use crate::summary::Accesses;

/// How many rejected records are told of one by one; all are counted.
const TOLD: u64 = 20;

/// The observer of a replay.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    progress: &'a Progress,
    rejected: u64,
    accesses: Accesses,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(progress: &'a Progress) -> Self {
        Self { progress, rejected: 0, accesses: Accesses::default() }
    }

    /// Ends the run.
    pub(crate) fn into_accesses(self) -> Accesses {
        if self.rejected > TOLD {
            self.progress.say(&format!("rejected: and {} more records", self.rejected - TOLD));
        }
        self.accesses
    }
}

impl Observer for Watch<'_> {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejected += 1;
        if self.rejected <= TOLD {
            let Reject { place, index, detail, .. } = reject;
            self.progress.say(&format!("rejected: {place}: record {index}: {detail}"));
        }
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        // What only rules ask for is no access of anybody to a table.
        if call.operation.shape != Shape::Foreign {
            self.accesses.add(call, access);
        }
    }

    fn number(&mut self, call: &Call<'_>, access: &Access<'_>) -> Option<usize> {
        Some(self.accesses.group(call, access))
    }

    fn repeated(&mut self, number: usize, items: Option<u64>) {
        self.accesses.add_to(number, items);
    }
}

/// An observer that tells of rejected records too, and hands each access on.
#[derive(Debug)]
pub(crate) struct Feed<'a, F> {
    watch: Watch<'a>,
    each: F,
}

impl<'a, F: FnMut(&Call<'_>, &Access<'_>)> Feed<'a, F> {
    pub(crate) fn new(progress: &'a Progress, each: F) -> Self {
        Self { watch: Watch::new(progress), each }
    }

    /// Ends the run.
    pub(crate) fn finish(self) {
        self.watch.into_accesses();
    }
}

impl<F: FnMut(&Call<'_>, &Access<'_>)> Observer for Feed<'_, F> {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.watch.rejected(reject);
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        (self.each)(call, access);
    }
}
