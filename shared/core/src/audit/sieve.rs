//! The part of an audit that has to know of no other record, so that any number of threads can do it.
//!
//! ```text
//! file ─► Sieve ─► Sifted, Sifted, … ─► Audit::sifted
//!         a thread each       one, file after file
//! ```
//!
//! What comes through are the records that have to be judged, in their order; of what is passed over only the number. One
//! audit takes it in as if it had read the files itself, one after the other: what it finds does not depend on how many
//! threads there are, nor on which of them is first.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;

use super::habits::{Followed, Shared, Sketch};
use super::{Audit, Candidate};
use crate::finding::Origin;
use crate::log_file::{self, Entry, Limits, LogFileError, Summary, Visit};
use crate::ports::Observer;
use crate::record::screen::{Screen, Screened};
use crate::tally::{RejectReason, Skip};

/// How much of a file is handed on at a time, in bytes. A record may be larger.
const BATCH: usize = 256 << 10;

/// Splits files, and passes over the records that are not audited.
#[derive(Debug, Clone)]
pub struct Sieve {
    screen: Screen,
    limits: Limits,
    /// What the audit has learned.
    shared: Shared,
}

/// A part of a file.
#[derive(Debug, Default)]
pub struct Sifted {
    bytes: Vec<u8>,
    left: Vec<Left>,
    /// What it takes, in bytes.
    weight: usize,
    passed_over: BTreeMap<Skip, u64>,
}

/// What is left of a file.
#[derive(Debug)]
enum Left {
    Record {
        at: Range<usize>,
        index: u64,
        screened: Screened,
    },
    /// A record that may only have to be counted.
    Usual {
        at: Range<usize>,
        index: u64,
        followed: Followed,
    },
    Reject {
        index: u64,
        reason: RejectReason,
        detail: String,
    },
}

impl Sieve {
    /// Reads a file of any form, gzip or plain, and hands it on part by part. In return for each it takes one that is no longer
    /// needed, to be filled anew; `None` where no more is wanted.
    ///
    /// After an error, all that stood before the damage has been handed on.
    pub fn file(
        &self,
        input: impl BufRead,
        mut hand_on: impl FnMut(Sifted) -> Option<Sifted>,
    ) -> Result<Summary, LogFileError> {
        let part = Some(Sifted::default());
        let mut sifting =
            Sifting { sieve: self, sketch: Sketch::of(&self.shared), is_in_row: false, part, hand_on: &mut hand_on };
        let result = log_file::read(input, self.limits, &mut sifting);
        if let Some(last) = sifting.part {
            hand_on(last);
        }
        result
    }
}

/// A file that is sifted.
struct Sifting<'s, H> {
    sieve: &'s Sieve,
    sketch: Sketch,
    /// Whether the record before was one that may be of a form that is known.
    is_in_row: bool,
    /// What is left of it lately; `None` where no more is wanted.
    part: Option<Sifted>,
    hand_on: &'s mut H,
}

impl<H: FnMut(Sifted) -> Option<Sifted>> Visit for &mut Sifting<'_, H> {
    fn entry(&mut self, entry: Entry<'_>) {
        let Some(part) = &mut self.part else { return };
        self.is_in_row = false;
        match entry {
            Entry::Element { index, json } | Entry::Document { index, json } => {
                let screened = self.sieve.screen.screen(json);
                self.is_in_row = screened == Screened::Relevant;
                match passed_over(screened) {
                    Some(skip) => *part.passed_over.entry(skip).or_default() += 1,
                    None => part.push(json, |at| Left::Record { at, index, screened }),
                }
            }
            Entry::Oversized { index, .. } | Entry::Garbled { index, .. } => {
                if let Some((reason, detail)) = rejected(&entry, self.sieve.limits) {
                    part.weight += detail.len();
                    part.push(&[], |_| Left::Reject { index, reason, detail });
                }
            }
        }
        self.hand_on_if_full();
    }

    fn ahead(&mut self, index: u64, bytes: &[u8]) -> Option<usize> {
        let part = self.part.as_mut()?;
        if self.is_in_row
            && let Some((followed, len)) = self.sketch.follow(bytes)
        {
            part.push(bytes.get(..len)?, |at| Left::Usual { at, index, followed });
            self.hand_on_if_full();
            return Some(len);
        }
        let (screened, len) = self.sieve.screen.pass(bytes)?;
        self.is_in_row = false;
        *part.passed_over.entry(passed_over(screened)?).or_default() += 1;
        Some(len)
    }
}

impl<H: FnMut(Sifted) -> Option<Sifted>> Sifting<'_, H> {
    fn hand_on_if_full(&mut self) {
        if let Some(part) = self.part.take_if(|part| part.weight >= BATCH) {
            self.part = (self.hand_on)(part).map(Sifted::emptied);
            self.sketch = Sketch::of(&self.sieve.shared);
        }
    }
}

impl Sifted {
    /// The same with nothing in it.
    fn emptied(mut self) -> Self {
        self.bytes.clear();
        self.left.clear();
        self.passed_over.clear();
        Self { weight: 0, ..self }
    }

    fn push(&mut self, json: &[u8], left: impl FnOnce(Range<usize>) -> Left) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(json);
        self.weight += json.len() + size_of::<Left>();
        self.left.push(left(from..self.bytes.len()));
    }
}

/// Why a record is passed over, where it is by what it is.
pub(super) fn passed_over(screened: Screened) -> Option<Skip> {
    match screened {
        Screened::OtherService => Some(Skip::OtherService),
        Screened::OtherCall => Some(Skip::OtherCall),
        Screened::Insight => Some(Skip::Insight),
        Screened::Aggregated => Some(Skip::Aggregated),
        Screened::Relevant | Screened::Asked | Screened::Notification | Screened::Malformed(_) => None,
    }
}

/// Why an entry of a file is no JSON to be looked at.
pub(super) fn rejected(entry: &Entry<'_>, limits: Limits) -> Option<(RejectReason, String)> {
    match entry {
        Entry::Element { .. } | Entry::Document { .. } => None,
        Entry::Oversized { offset, bytes, .. } => {
            let detail = format!("{bytes} bytes from byte {offset} on, the limit is {}", limits.entry);
            Some((RejectReason::TooLarge, detail))
        }
        Entry::Garbled { offset, bytes, .. } => {
            Some((RejectReason::Malformed, format!("no JSON in {bytes} bytes from byte {offset} on")))
        }
    }
}

impl Audit {
    /// What sifts files for this audit.
    pub fn sieve(&mut self) -> Sieve {
        Sieve { screen: self.screen.clone(), limits: self.limits, shared: self.habits.share() }
    }

    /// Audits what came through the sieve. The observer is not told of the records that were passed over.
    pub fn sifted(&mut self, sifted: &Sifted, origin: Origin<'_>, observer: &mut impl Observer) {
        for (skip, records) in &sifted.passed_over {
            self.tally.records_read += records;
            *self.tally.records_skipped.entry(*skip).or_default() += records;
        }
        for left in &sifted.left {
            match left {
                Left::Record { at, index, screened } => {
                    let json = sifted.bytes.get(at.clone()).unwrap_or_default();
                    let candidate = Candidate { json, index: *index, screened: *screened };
                    self.any_screened(candidate, origin, observer);
                }
                Left::Usual { at, index, followed } => {
                    let json = sifted.bytes.get(at.clone()).unwrap_or_default();
                    if self.again(json, followed, *index, origin, observer).is_none() {
                        let candidate = Candidate { json, index: *index, screened: Screened::Relevant };
                        self.screened(candidate, origin, observer);
                    }
                }
                Left::Reject { index, reason, detail } => {
                    self.reject(*index, *reason, detail.clone(), origin, observer);
                }
            }
        }
        self.habits.draw();
    }

    /// Counts a file that was [sifted](Sieve::file), and of which all was taken in.
    pub fn file_done(&mut self, result: Result<Summary, LogFileError>) -> Result<(), LogFileError> {
        self.done(result)
    }
}

#[cfg(test)]
mod tests;
