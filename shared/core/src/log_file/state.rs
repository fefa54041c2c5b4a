//! The states between two bytes of a file.

use super::{LogFileError, Position};

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// The byte order mark's byte of this number, or the first value.
    Start(usize),
    /// A top-level value.
    Top,
    /// The rest of what is no JSON.
    Garbled,
    /// In a top-level object.
    Member(Expected),
    /// In an array whose elements are entries.
    Array(Expected),
    /// The rest of a value or a key.
    In(Shape, Role),
}

/// What may come next between the brackets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    FirstOrEnd,
    Next,
    Colon,
    Value,
    CommaOrEnd,
}

/// How a value is to be read to its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Nested,
    String,
    Scalar,
}

/// What a value is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Document,
    Element,
    Key,
    Member,
}

/// Why records can no longer be told from each other, before it is known where.
pub(super) enum Fault {
    Syntax(&'static str),
    Truncated,
}

impl Fault {
    pub(super) fn at(self, at: Position) -> LogFileError {
        match self {
            Self::Syntax(reason) => LogFileError::Syntax { reason, at },
            Self::Truncated => LogFileError::Truncated { within: "a JSON value", at },
        }
    }
}
