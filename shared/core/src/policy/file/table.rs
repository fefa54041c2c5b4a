//! One entry of `tables`.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Detection, Pairs, Text, given};

/// What is said of one table, or of the tables that a pattern matches.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct Entry {
    /// The table: a name, a name with *, or an ARN with * in any part.
    pub(in crate::policy) table: Text,
    /// Whom to ask about it.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) owner: Option<Text>,
    /// How much it matters who touches it: moves severities a step down or up.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) sensitivity: Option<Text>,
    /// How the keys of its items are shown. They are redacted unless told.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) keys: Option<Text>,
    /// The effects to be told of, whoever caused them.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) watch: Option<Vec<Text>>,
    /// Whether it has to have deletion protection.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) deletion_protection: Option<Text>,
    /// Whether its tags decide who has access.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) access_by_tags: Option<Text>,
    /// The KMS keys that its data depends on: ARN, id or alias/NAME.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) encryption_keys: Option<Vec<Text>>,
    /// Detections switched off or changed for this table; field by field they come before the list for all tables.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) detections: Option<Pairs<Spanned<Detection>>>,
    /// Who may do what to its data, from where and when. Left out: nobody is judged. []: nobody is expected.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) expected: Option<Vec<Spanned<Expected>>>,
}

with_principal! {
    /// One principal, and what it is expected to do, from where and when.
    pub(in crate::policy) struct Expected {
        /// What it may do to items, and `admin` for calls of the control plane. Unless told: read, write and delete.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) effects: Option<Vec<Text>>,
        /// The APIs that it may call, in place of effects.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) actions: Option<Vec<Text>>,
        /// VPC endpoints that it comes through. With cidrs too, one match of either kind is enough.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) vpc_endpoints: Option<Vec<Text>>,
        /// Networks that it comes from. With vpc-endpoints too, one match of either kind is enough.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) cidrs: Option<Vec<Text>>,
        /// Accounts that it is of.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) accounts: Option<Vec<Text>>,
        /// Regions that it calls.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) regions: Option<Vec<Text>>,
        /// Hours of the week in which it is expected.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) windows: Option<Vec<Spanned<Window>>>,
        /// When the line ends: a date (its end, in UTC) or a timestamp. Needs a reason.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) until: Option<Text>,
        /// Why it is expected.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) reason: Option<Text>,
    }
}

/// Hours of the week, in the local time of a zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct Window {
    /// The days that it begins on. Left out: every day.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) days: Option<Vec<Text>>,
    /// Its first minute.
    pub(in crate::policy) from: Text,
    /// The first minute after it: "24:00" is the end of the day. Before `from`, it is on the next day.
    pub(in crate::policy) to: Text,
    /// A time zone by its name in IANA's database.
    pub(in crate::policy) zone: Text,
}
