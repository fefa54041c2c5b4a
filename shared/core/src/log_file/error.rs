//! Why a file was not read to its end.

use std::{fmt, io};

/// How far a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes of input that were used.
    pub compressed: u64,
    /// Offset in the decompressed bytes.
    pub decompressed: u64,
    /// Entries given before, which is also the index of the entry that could not be given.
    pub entries: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { compressed, decompressed, entries } = self;
        write!(f, "at byte {decompressed} of the text, byte {compressed} of the file, after {entries} entries")
    }
}

/// A file that was not read to its end. Entries before the place were given.
#[derive(Debug, thiserror::Error)]
pub enum LogFileError {
    /// The input failed. Another try may do.
    #[error("cannot read on {at}")]
    Io {
        /// How far it went.
        at: Position,
        /// What the input said.
        source: io::Error,
    },
    /// There is no JSON value in the file.
    #[error("the file is empty")]
    Empty,
    /// More decompressed bytes than [`Limits::decompressed`](super::Limits::decompressed).
    #[error("larger than {limit} bytes when decompressed: stopped {at}")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
        /// How far it went.
        at: Position,
    },
    /// It was read to its end, but so many of its records were rejected that they were not all told.
    #[error("{rejects} of its {entries} entries are no records")]
    TooManyRejects {
        /// How many were rejected.
        rejects: u64,
        /// How many entries the file has.
        entries: u64,
    },
    /// The gzip data is damaged.
    #[error("corrupt gzip data ({reason}) {at}")]
    Corrupt {
        /// What is wrong with it.
        reason: String,
        /// How far it went.
        at: Position,
    },
    /// The file ends too early.
    #[error("the file ends in the middle of {within}, {at}")]
    Truncated {
        /// What was not ended.
        within: &'static str,
        /// How far it went.
        at: Position,
    },
    /// The structure of an array of records is broken, so that records can no longer be told from each other.
    #[error("broken JSON ({reason}) {at}")]
    Syntax {
        /// What is wrong with it.
        reason: &'static str,
        /// Where.
        at: Position,
    },
}
