//! What is wrong with a body, and where in it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;
use thiserror::Error;

/// How many steps it may be to the innermost body. The longest way that AWS makes has five: a pipe's list, its element,
/// that message of a queue, its body, the message of a topic in it.
const DEEPEST: usize = 8;

/// How much of a text that others wrote an error repeats, in characters.
const EXCERPT: usize = 120;

/// A body that is no delivery, or a broken one. Nothing of it was taken; it is for the sender's or the operator's eyes,
/// since the same bytes will not do better next time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct DeliveryError {
    /// The way down to the trouble: `SQS message 059f36b4…: body: Records[0]`.
    pub place: String,
    /// What is wrong there. Lines and columns count within the innermost part of `place`.
    pub problem: Problem,
}

/// What is wrong with a body. What is repeated of its text is escaped and cut short; of an object of unknown shape the
/// members are named and their values are not, because they may be somebody's data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// Not JSON, or not the JSON that this part of a delivery has.
    #[error("line {line} column {column}: {message}")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1; 0 before the first character.
        column: usize,
        /// What was expected or found.
        message: String,
    },
    /// Not text.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// JSON of no known shape.
    #[error(
        "expected a notification of S3, SNS, SQS, EventBridge or CloudTrail, a CloudWatch Logs subscription, or a batch of \
         Step Functions, found {0}"
    )]
    Unrecognised(String),
    /// A member that a delivery of this shape always has.
    #[error("expected the member {0}, found none")]
    Missing(&'static str),
    /// An S3 notification's key that cannot be decoded.
    #[error("the key \"{key}\" {fault}")]
    Key {
        /// The key as it came, an excerpt.
        key: String,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// A subscription's data that is no base64.
    #[error("expected base64: {0}")]
    Base64(base64::DecodeError),
    /// A subscription's data that is no gzip, or that breaks off.
    #[error("expected gzip: {0}")]
    Gzip(String),
    /// A subscription's data that inflates too far.
    #[error("inflates to more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Wrapped in more wrappings than any service makes.
    #[error("more than {DEEPEST} steps deep")]
    TooDeep,
}

/// What is wrong with the encoding of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// A `%` without two hexadecimal digits behind it.
    #[error("is not percent-encoded: expected two hexadecimal digits after each %")]
    Percent,
    /// The decoded bytes are not text, and S3 knows no such keys.
    #[error("does not decode to UTF-8")]
    NotUtf8,
}

impl Problem {
    /// From a parser's error, whose text may hold a string of the body at any length.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let message = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
        Self::Json { line, column, message: excerpt(message) }
    }

    /// JSON of no known shape: `text` is described by its members, not by their values.
    pub(super) fn unrecognised(text: &str) -> Self {
        Self::Unrecognised(match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
            Ok(members) if members.is_empty() => "an empty object".to_owned(),
            Ok(members) => {
                let names: Vec<_> = members.into_keys().collect();
                format!("an object of {}", excerpt(&names.join(", ")))
            }
            Err(error) => return Self::json(&error),
        })
    }
}

/// The beginning of a text that others wrote, fit to stand in one line: quotes and control characters escaped.
pub(super) fn excerpt(text: &str) -> String {
    excerpt_of(text, EXCERPT)
}

/// Like [`excerpt`], cut at `length` characters.
pub(super) fn excerpt_of(text: &str, length: usize) -> String {
    let mut escaped = text.escape_debug();
    let mut excerpt: String = escaped.by_ref().take(length).collect();
    if escaped.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// A place in a body: a step, and the steps above it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    above: Option<&'a Spot<'a>>,
    step: Step<'a>,
}

/// One step into a body.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// The whole of it.
    Payload,
    /// One record, given by itself.
    Record,
    /// An SQS message, by its id.
    SqsMessage(&'a str),
    /// A member of an object.
    Member(&'static str),
    /// An element of a list: the list's name and the index, from 0.
    Element(&'static str, usize),
}

impl<'a> Spot<'a> {
    /// The first step.
    pub(super) fn top(step: Step<'a>) -> Self {
        Self { above: None, step }
    }

    /// A step further in.
    pub(super) fn enter(&'a self, step: Step<'a>) -> Self {
        Self { above: Some(self), step }
    }

    /// A problem at this place.
    pub(super) fn fails(&self, problem: Problem) -> DeliveryError {
        DeliveryError { place: self.to_string(), problem }
    }

    /// Refuses what is wrapped too deep.
    pub(super) fn check_depth(&self) -> Result<(), DeliveryError> {
        let depth = std::iter::successors(Some(self), |spot| spot.above).count();
        if depth > DEEPEST { Err(self.fails(Problem::TooDeep)) } else { Ok(()) }
    }
}

impl fmt::Display for Spot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}: ")?;
        }
        match self.step {
            Step::Payload => f.write_str("payload"),
            Step::Record => f.write_str("record"),
            Step::SqsMessage(id) => write!(f, "SQS message {}", excerpt(id)),
            Step::Member(name) => f.write_str(name),
            Step::Element(list, index) => write!(f, "{list}[{index}]"),
        }
    }
}
