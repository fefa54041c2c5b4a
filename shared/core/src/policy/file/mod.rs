//! The YAML shapes. What the values mean is checked in `compile`, so that all wrong values are told at once; what is of the
//! wrong shape is told here, the first one only.
//!
//! The descriptions of the fields are read in editors: what stands above a field is for people who write policies.

mod given;
mod place;
#[macro_use]
mod principal;
mod settings;
mod table;
mod text;

use serde::Deserialize;

pub(super) use given::{NO_VALUE, Pairs, given};
pub(super) use place::{PLACED, Place};
pub(super) use principal::Principal;
pub(super) use settings::{Detection, Thresholds};
pub(super) use table::{Entry, Expected, Window};
pub(super) use text::{
    AccountId, Api, Arn, Bucket, Cidr, Clock, ClockEnd, Count, DataKey, DetectionId, End, Endpoint, Flag, IamName,
    KeyName, Line, Person, Placed, Protection, Region, ResourceName, ServiceName, SetName, TableName, Text, Version,
    Watched, Words, Zone,
};

/// Read alone where the whole cannot be, so that a file of a later version is told so, not that its fields are unknown.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) version: Option<Text<Version>>,
}

/// Who is expected at which DynamoDB table, and what is made of the rest.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The version of this format: 1.
    pub(super) version: Text<Version>,
    /// Names for accounts, shown in alerts. The accounts named here count as approved.
    #[serde(default, deserialize_with = "given")]
    pub(super) accounts: Option<Pairs<AccountId, Text<Line>>>,
    /// Where data may go. A list that is there is complete: what is not on it is not approved.
    #[serde(default, deserialize_with = "given")]
    pub(super) approved: Option<Approved>,
    /// What this audit itself is made of.
    #[serde(default, deserialize_with = "given")]
    pub(super) pipeline: Option<Pipeline>,
    /// Detections switched off or changed, for all tables.
    #[serde(default, deserialize_with = "given")]
    pub(super) detections: Option<Pairs<DetectionId, Placed<Detection>>>,
    /// The tables. Of several entries that match a table, the most specific one alone speaks for it.
    #[serde(default, deserialize_with = "given")]
    pub(super) tables: Option<Vec<Entry>>,
    /// Findings that are not told, each with a reason and an end.
    #[serde(default, deserialize_with = "given")]
    pub(super) suppressions: Option<Vec<Placed<Suppression>>>,
}

/// Where data may go. A list that is there is complete: what is not on it is not approved.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approved {
    /// Accounts that may hold data or be called from, beside those of `accounts`.
    #[serde(default, deserialize_with = "given")]
    pub(super) accounts: Option<Vec<Text<AccountId>>>,
    /// Regions that may hold data.
    #[serde(default, deserialize_with = "given")]
    pub(super) regions: Option<Vec<Text<Region>>>,
    /// Buckets that tables may be exported to and imported from.
    #[serde(default, deserialize_with = "given")]
    pub(super) buckets: Option<Vec<Text<Bucket>>>,
    /// KMS keys that data may be encrypted with.
    #[serde(default, deserialize_with = "given")]
    pub(super) keys: Option<Vec<Text<KeyName>>>,
}

/// What this audit itself is made of.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Pipeline {
    /// Its functions, queues, rules, topics, alarms and trails, by their ARNs.
    #[serde(default, deserialize_with = "given")]
    pub(super) resources: Option<Vec<Text<Arn>>>,
    /// The buckets that CloudTrail's log files are delivered to.
    #[serde(default, deserialize_with = "given")]
    pub(super) log_buckets: Option<Vec<Text<Bucket>>>,
    /// Who may change it.
    #[serde(default, deserialize_with = "given")]
    pub(super) deployer: Option<Vec<Placed<Deployer>>>,
}

with_principal! {
    /// Who may change what this audit is made of.
    #[cfg_attr(feature = "schema", schemars(transform = super::schema::one_principal))]
    pub(super) struct Deployer {}
}

with_principal! {
    /// A finding that is not told, with a reason and an end. Without a principal, whoever it is about. For a detection of what
    /// blinds this audit, there has to be a principal or a resource.
    #[cfg_attr(feature = "schema", schemars(transform = super::schema::suppression))]
    pub(super) struct Suppression {
        /// The detection, by its id.
        pub(super) detection: Text<DetectionId>,
        /// The table, as under `tables`. Left out: any, also calls without a table.
        #[serde(default, deserialize_with = "given")]
        pub(super) table: Option<Text<TableName>>,
        /// What else than a table it is about: a trail, a bucket, a key; its ARN, or its name in the account, with `*` for
        /// any run of characters.
        #[serde(default, deserialize_with = "given")]
        pub(super) resource: Option<Text<ResourceName>>,
        /// When it ends: a date (its end, in UTC) or a timestamp.
        pub(super) until: Text<End>,
        /// Why it is not told.
        pub(super) reason: Text<Line>,
    }
}
