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
    /// Its ARN where it has one that can be told, else its name as the request writes it. A bucket goes by its bare name, a
    /// subscription by its topic, an event source mapping by its function, and an alias or version of a function by the
    /// function.
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
    /// Not told, such as by a statement that holds attributes against parameters, or no matter of items.
    Unknown,
}

/// The primary key of one item that a call names: personal data, never to be written as it is unless the policy says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey<'a>(
    /// Canonical JSON: attributes by name, no white space.
    pub Cow<'a, str>,
);

impl Reach {
    /// The wider of two: what is not told may be anything short of a whole table.
    pub(super) fn or_wider(self, other: Self) -> Self {
        let breadth = |reach| match reach {
            Self::Items => 0,
            Self::Partition => 1,
            Self::Unknown => 2,
            Self::Whole => 3,
        };
        if breadth(self) < breadth(other) { other } else { self }
    }
}

impl<'a> TablePart<'a> {
    /// The part behind a table in an ARN; `None` for what is no part to be reached, such as `backup/…`.
    pub(super) fn of_path(path: &'a str) -> Option<Self> {
        let (kind, name) = path.split_once('/')?;
        match kind {
            _ if name.is_empty() => None,
            "index" => Some(Self::Index(name.into())),
            "stream" => Some(Self::Stream(name.into())),
            _ => None,
        }
    }

    /// As it stands in an ARN behind the table: `index/NAME`, `stream/LABEL`.
    pub fn path(&self) -> String {
        match self {
            Self::Index(name) => format!("index/{name}"),
            Self::Stream(label) => format!("stream/{label}"),
        }
    }
}
