//! One entry of `tables`.

use jiff::civil::Weekday;
use serde::Deserialize;

use super::super::{KeyDisplay, Sensitivity};
use super::{
    AccountId, Api, Cidr, Clock, ClockEnd, DataKey, Detection, DetectionId, End, Endpoint, Flag, Line, Pairs, Placed,
    Protection, Region, TableName, Text, Watched, Zone, given,
};
use crate::operation::Effect;

/// What is said of one table, or of the tables that a pattern matches.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct Entry {
    /// The table: a name, a name with *, or an ARN with * in any part.
    pub(in crate::policy) table: Text<TableName>,
    /// Whom to ask about it.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) owner: Option<Text<Line>>,
    /// How much it matters who touches it: moves severities a step down or up.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) sensitivity: Option<Text<Sensitivity>>,
    /// How the keys of its items are shown. They are redacted unless told.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) keys: Option<Text<KeyDisplay>>,
    /// The effects to be told of, whoever caused them.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) watch: Option<Vec<Text<Watched>>>,
    /// Whether it has to have deletion protection.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) deletion_protection: Option<Text<Protection>>,
    /// Whether its tags decide who has access.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) access_by_tags: Option<Text<Flag>>,
    /// The KMS keys that its data depends on: ARN or id. Calls that endanger a key do not name its aliases.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) encryption_keys: Option<Vec<Text<DataKey>>>,
    /// Detections switched off or changed for this table; field by field they come before the list for all tables.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) detections: Option<Pairs<DetectionId, Placed<Detection>>>,
    /// Who may do what to its data, from where and when. Left out: nobody is judged. []: nobody is expected.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) expected: Option<Vec<Placed<Expected>>>,
}

with_principal! {
    /// One principal, and what it is expected to do, from where and when.
    #[cfg_attr(feature = "schema", schemars(transform = crate::policy::schema::expectation))]
    pub(in crate::policy) struct Expected {
        /// What it may do to items, and `admin` for calls of the control plane. Unless told: read, write and delete.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) effects: Option<Vec<Text<Effect>>>,
        /// The APIs that it may call, in place of effects.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) actions: Option<Vec<Text<Api>>>,
        /// VPC endpoints that it comes through. With cidrs too, one match of either kind is enough.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) vpc_endpoints: Option<Vec<Text<Endpoint>>>,
        /// Networks that it comes from. With vpc-endpoints too, one match of either kind is enough.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) cidrs: Option<Vec<Text<Cidr>>>,
        /// Accounts that it is of.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) accounts: Option<Vec<Text<AccountId>>>,
        /// Regions that it calls.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) regions: Option<Vec<Text<Region>>>,
        /// Hours of the week in which it is expected.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) windows: Option<Vec<Placed<Window>>>,
        /// When the line ends: a date (its end, in UTC) or a timestamp. Needs a reason.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) until: Option<Text<End>>,
        /// Why it is expected.
        #[serde(default, deserialize_with = "given")]
        pub(in crate::policy) reason: Option<Text<Line>>,
    }
}

/// Hours of the week, in the local time of a zone.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct Window {
    /// The days that it begins on. Left out: every day.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) days: Option<Vec<Text<Weekday>>>,
    /// Its first minute.
    pub(in crate::policy) from: Text<Clock>,
    /// The first minute after it: "24:00" is the end of the day. Before `from`, it is on the next day.
    pub(in crate::policy) to: Text<ClockEnd>,
    /// A time zone by its name in IANA's database.
    pub(in crate::policy) zone: Text<Zone>,
}
