//! Reads a log file, compressed or not, and hands out its records one by one in flat memory.
//!
//! # Layout
//!
//! ```text
//! bytes ─► inflate ─► window ─► split ─► Visit
//!          gzip or    one       JSON structure, [nesting] finds where a value ends
//!          plain      buffer
//! ```
//!
//! Records are found by their structure and never parsed here: who reads an [`Entry`] decides what it is worth. What was
//! readable before damage is always handed out before the error.

#[cfg(test)]
pub(crate) mod arbitrary_json;
mod error;
mod inflate;
mod key;
pub(crate) mod nesting;
mod split;
mod state;
#[cfg(test)]
mod tests;
mod window;

use std::io::BufRead;

pub use error::{LogFileError, Position};
use inflate::Inflater;
use split::Splitter;
pub use window::CHUNK;

/// What inflates gzip in this build, for people.
pub use tablewarden_inflate::NAME as INFLATER;

/// How much a file may ask of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Decompressed bytes of the whole file. More is [`LogFileError::TooLarge`].
    pub decompressed: u64,
    /// Bytes of one record. A larger one is skipped over and reported as [`Entry::Oversized`].
    pub entry: usize,
}

impl Default for Limits {
    /// 2 GiB a file and 2 MiB a record.
    ///
    /// An event has at most 256 KB, or 1 MB where a trail enriches its events (`PutEventConfiguration`, `MaxEventSize:
    /// Large`), so 2 MiB is never an honest record. Files have some tens of megabytes, and compress 7 to 15 times: 2 GiB
    /// is out of reach for an honest file, and ends a decompression bomb in seconds.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>
    fn default() -> Self {
        Self { decompressed: 2 << 30, entry: 2 << 20 }
    }
}

/// What a file holds, in order.
///
/// `index` numbers the entries of a file from zero, whatever their kind, so that it names one of them. In a log file it is
/// the position in `Records`. Offsets count decompressed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// An element of an array that is the top-level value, or the `Records` (log files) or `Events` (`aws cloudtrail
    /// lookup-events`) of a top-level object. Its brackets match; it may be broken otherwise.
    Element {
        /// Which entry of the file this is.
        index: u64,
        /// Its text, without white space around it.
        json: &'a [u8],
    },
    /// A top-level value without such an array: a line of NDJSON, a single event. Its brackets match; it may be broken
    /// otherwise.
    Document {
        /// Which entry of the file this is.
        index: u64,
        /// Its text, without white space around it.
        json: &'a [u8],
    },
    /// An entry larger than [`Limits::entry`], which was not kept.
    Oversized {
        /// Which entry of the file this is.
        index: u64,
        /// Where it starts.
        offset: u64,
        /// Its length.
        bytes: u64,
    },
    /// A stretch at the top level that is no JSON, such as a line of NDJSON that was cut. Reading goes on at the next
    /// line that starts with `{` or `[`.
    Garbled {
        /// Which entry of the file this is.
        index: u64,
        /// Where it starts.
        offset: u64,
        /// Its length.
        bytes: u64,
    },
}

/// What was read of a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Entries given to `visit`, of every kind.
    pub entries: u64,
}

/// Who reads the entries of a file.
///
/// A function that takes an [`Entry`] is one.
pub trait Visit {
    /// Takes the next entry.
    fn entry(&mut self, entry: Entry<'_>);

    /// Looks at the element that begins here, and that may end behind these bytes: its length in bytes, where it is known to
    /// be valid JSON of that length and nothing is left to be done about it. It is an entry like others, but not given as one.
    fn ahead(&mut self, index: u64, bytes: &[u8]) -> Option<usize> {
        let _ = (index, bytes);
        None
    }
}

impl<F: FnMut(Entry<'_>)> Visit for F {
    fn entry(&mut self, entry: Entry<'_>) {
        self(entry);
    }
}

/// Reads a file to its end, and shows `visit` each entry in order.
///
/// The input is gzip, of one or several members, if it starts like gzip, and plain JSON otherwise. Memory is bounded by
/// [`Limits::entry`] and some constant, whatever the file's size. After an error nothing more of the file is given; all
/// that came before the damage has been.
pub fn read(input: impl BufRead, limits: Limits, mut visit: impl Visit) -> Result<Summary, LogFileError> {
    let mut splitter = Splitter::new(limits.entry);
    read_with(&mut splitter, input, limits.decompressed, &mut visit)
}

fn read_with(
    splitter: &mut Splitter,
    input: impl BufRead,
    limit: u64,
    visit: &mut impl Visit,
) -> Result<Summary, LogFileError> {
    let mut source = Inflater::new(input);
    let mut decompressed = 0;
    loop {
        let read = source.fill(splitter.free());
        let here = Position { compressed: source.compressed(), decompressed, entries: splitter.entries() };
        let filled = read.map_err(|damage| damage.at(here))?;
        if filled == 0 {
            break;
        }
        let allowed = usize::try_from(limit - decompressed).map_or(filled, |room| room.min(filled));
        decompressed += allowed as u64;
        splitter.take(allowed, visit).map_err(|fault| fault.at(splitter.position(source.compressed())))?;
        if allowed < filled {
            return Err(LogFileError::TooLarge { limit, at: splitter.position(source.compressed()) });
        }
    }
    splitter.finish(visit).map_err(|fault| fault.at(splitter.position(source.compressed())))?;
    let entries = splitter.entries();
    if entries == 0 && splitter.arrays() == 0 {
        return Err(LogFileError::Empty);
    }
    Ok(Summary { entries })
}
