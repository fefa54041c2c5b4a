//! What an access is about, beside its table.

use std::borrow::Cow;

use crate::operation::Service;

/// A part of a table that has an ARN of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TablePart<'a> {
    /// A secondary index, by its name.
    Index(Cow<'a, str>),
    /// A stream, by its label, such as `2026-01-01T00:00:00.000`.
    Stream(Cow<'a, str>),
}

/// What is not a table, but what tables or this audit depend on: a key, a trail, a bucket, a queue, a DAX cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource<'a> {
    /// Whose it is.
    pub service: Service,
    /// Its ARN where it can be told, else its name as the request writes it.
    pub name: Cow<'a, str>,
}

/// How much of a table a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Items by their keys.
    Items,
    /// The items of one partition: a query, a statement that constrains the key.
    Partition,
    /// All of it: a scan, a statement that does not constrain the key.
    Whole,
    /// Not told, or no matter of items.
    Unknown,
}

/// The primary key of one item that a call names: personal data, never to be written as it is unless the policy says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey<'a>(
    /// Canonical JSON: attributes by name, no white space.
    pub Cow<'a, str>,
);

impl TablePart<'_> {
    /// As it stands in an ARN behind the table: `index/NAME`, `stream/LABEL`.
    pub fn path(&self) -> String {
        match self {
            Self::Index(name) => format!("index/{name}"),
            Self::Stream(label) => format!("stream/{label}"),
        }
    }
}
