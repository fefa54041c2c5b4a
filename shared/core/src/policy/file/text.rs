//! Scalars as written, with their places, and what kind of text they are meant to be.

use std::marker::PhantomData;

use jiff::civil::Weekday;
use serde::Deserialize;
use serde::de::Deserializer;

use super::super::window::DAYS;
use super::super::{KeyDisplay, Sensitivity};
use super::place::{Place, placed};
use crate::operation::Effect;
use crate::severity::Severity;

/// A scalar as written, with its place. Numbers keep their spelling, so that account ids keep their leading zeros. `K` is
/// what it is meant to be, which `compile` checks and the JSON Schema tells.
#[derive(Debug)]
pub(in crate::policy) struct Text<K> {
    pub(in crate::policy) value: String,
    /// Where it stands; for one behind an alias, at the anchor.
    pub(in crate::policy) at: Place,
    kind: PhantomData<K>,
}

impl<'de, K> Deserialize<'de> for Text<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, at) = placed(deserializer)?;
        Ok(Self { value, at, kind: PhantomData })
    }
}

/// A value with the place where it begins.
#[derive(Debug)]
pub(in crate::policy) struct Placed<T> {
    pub(in crate::policy) value: T,
    pub(in crate::policy) at: Place,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, at) = placed(deserializer)?;
        Ok(Self { value, at })
    }
}

/// Kinds of text that are checked by their form.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, PartialEq, Eq, Hash)]
        pub(in crate::policy) enum $name {}
    )*};
}

kinds! {
    /// The version of the format.
    Version,
    /// One line of text.
    Line,
    /// 12 digits.
    AccountId,
    /// The id of a detection.
    DetectionId,
    /// A table's name, a name with wildcards, or an ARN.
    TableName,
    /// A region, or a pattern.
    Region,
    /// A bucket, or a pattern.
    Bucket,
    /// A KMS key's ARN, with wildcards, its id or alias.
    KeyName,
    /// A KMS key's ARN, with wildcards, or its id.
    DataKey,
    /// An ARN with wildcards.
    Arn,
    /// The ARN or the name of something, or a pattern.
    ResourceName,
    /// A role or user of IAM: name, path and name, or ARN.
    IamName,
    /// A permission set's name, or a pattern.
    SetName,
    /// A person's name, or a pattern.
    Person,
    /// A service's DNS name, or a pattern.
    ServiceName,
    /// The name of an API, or a pattern.
    Api,
    /// The id of a VPC endpoint.
    Endpoint,
    /// An IP network.
    Cidr,
    /// Hour and minute.
    Clock,
    /// Hour and minute, or the end of the day.
    ClockEnd,
    /// A time zone by its name.
    Zone,
    /// A date or a timestamp.
    End,
    /// A whole number from 1 on.
    Count,
    /// Yes or no.
    Flag,
}

/// A kind of text that is one of a few words, each of which stands for a value.
pub(in crate::policy) trait Words: Copy + 'static {
    /// What the words are, for messages.
    const WHAT: &'static str;
    const WORDS: &'static [(&'static str, Self)];
}

/// An effect that can be watched.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct Watched(pub(in crate::policy) Effect);

/// Whether deletion protection is required.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct Protection(pub(in crate::policy) bool);

impl Words for Sensitivity {
    const WHAT: &'static str = "sensitivity";
    const WORDS: &'static [(&'static str, Self)] =
        &[("low", Self::Low), ("normal", Self::Normal), ("high", Self::High)];
}

impl Words for KeyDisplay {
    const WHAT: &'static str = "way to show keys";
    const WORDS: &'static [(&'static str, Self)] =
        &[("redact", Self::Redact), ("hash", Self::Hash), ("show", Self::Show)];
}

impl Words for Watched {
    const WHAT: &'static str = "effect";
    const WORDS: &'static [(&'static str, Self)] =
        &[("read", Self(Effect::Read)), ("write", Self(Effect::Write)), ("delete", Self(Effect::Delete))];
}

impl Words for Effect {
    const WHAT: &'static str = "effect";
    const WORDS: &'static [(&'static str, Self)] =
        &[("read", Self::Read), ("write", Self::Write), ("delete", Self::Delete), ("admin", Self::Admin)];
}

impl Words for Protection {
    const WHAT: &'static str = "word for deletion protection";
    const WORDS: &'static [(&'static str, Self)] = &[("required", Self(true)), ("optional", Self(false))];
}

impl Words for Severity {
    const WHAT: &'static str = "severity";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("informational", Self::Informational),
        ("low", Self::Low),
        ("medium", Self::Medium),
        ("high", Self::High),
        ("critical", Self::Critical),
    ];
}

impl Words for Weekday {
    const WHAT: &'static str = "day";
    const WORDS: &'static [(&'static str, Self)] = &DAYS;
}
