//! How much of a broken log object is told record by record.

use crate::access::{Access, Call};
use crate::detections::Context;
use crate::ports::{Fate, Observer, RawRecord, Reject};

/// How many rejected records of a log object are told one by one. Gzip packs a billion broken ones in some megabytes, and a
/// line in the log for each would cost more than all it is about.
pub(super) const MOST_REJECTS: u64 = 10_000;

/// Tells the first rejects of a file, and counts all.
pub(super) struct Capped<'o, O> {
    observer: &'o mut O,
    /// How many there were.
    pub(super) rejects: u64,
}

impl<'o, O: Observer> Capped<'o, O> {
    /// Passes on to an observer.
    pub(super) fn new(observer: &'o mut O) -> Self {
        Self { observer, rejects: 0 }
    }
}

impl<O: Observer> Observer for Capped<'_, O> {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejects += 1;
        if self.rejects <= MOST_REJECTS {
            self.observer.rejected(reject);
        }
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) {
        self.observer.accessed(call, access, context);
    }

    fn number(&mut self, call: &Call<'_>, access: &Access<'_>) -> Option<usize> {
        self.observer.number(call, access)
    }

    fn repeated(&mut self, number: usize, items: Option<u64>) {
        self.observer.repeated(number, items);
    }

    fn read(&mut self, record: &RawRecord<'_>, fate: Fate) {
        self.observer.read(record, fate);
    }
}
