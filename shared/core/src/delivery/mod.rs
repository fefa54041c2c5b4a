//! From any notification body to the log objects it announces or the records it carries.
//!
//! A log object is announced in a dozen ways: S3 tells Lambda, SQS, SNS or EventBridge, CloudTrail tells a topic of its
//! own, a topic or a rule stands before a queue, Step Functions lists what lies in a bucket, and two more routes carry the
//! records themselves. One decoder takes
//! them all, because the wrappings are opened one after another, whatever their order, until the innermost body is
//! found.
//!
//! # Layout
//!
//! ```text
//! [decode] ─► body    opens the wrappings: SQS, SNS, EventBridge, CloudWatch Logs
//!               wire    the few members that are read of each of them
//!               key     an object's key ─► a log file, or which of its siblings
//!             error   what was expected, and where in the body
//! ```
//!
//! The encoding of a key depends on who wrote the innermost body, never on what it came wrapped in: S3's notifications
//! encode keys like a form (`+` is a space, `%XX` a byte), EventBridge, CloudTrail and Step Functions write them plain.

mod body;
mod error;
pub mod key;
mod logs_subscription;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;

pub use self::body::{decode, decode_element};
pub use self::error::{DeliveryError, Problem};
use crate::place::{ObjectRef, Place};
use crate::relayed::Relayed;

/// What succeeds or fails together: one SQS message, or the whole invocation.
#[derive(Debug)]
pub struct Message {
    /// The SQS `messageId`, as a partial batch response names it. `None` where the payload was no SQS batch; then there
    /// is one message, and its parcels are `Ok`.
    pub id: Option<String>,
    /// What it holds, in the order of the body. Empty where the body announces nothing (`"Records": []`).
    pub parcels: Result<Vec<Parcel>, DeliveryError>,
}

/// One thing a delivery holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parcel {
    /// A log object of a trail, to be read; its key decoded.
    Log(ObjectRef),
    /// A record carried in the body itself.
    Record {
        /// The record's JSON text. That it is a record, or JSON at all, is for the record stage to say.
        json: Box<str>,
        /// How it came.
        route: Route,
    },
    /// What another service found: GuardDuty, or Config.
    Relayed(Box<Relayed>),
    /// Recognised, and not for us.
    Skipped(Skipped),
}

/// A parcel that was recognised and is not for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The object or the event, for a log line: control characters escaped, cut at 1,200 characters.
    pub what: String,
    /// Why it is not read.
    pub reason: SkipReason,
}

/// Why a parcel is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkipReason {
    /// The probe that S3 or CloudTrail sends when a notification is set up.
    TestEvent,
    /// An object went: deleted, or expired by its lifecycle.
    ObjectRemoved,
    /// A digest file, which proves the integrity of log files and holds no records.
    Digest,
    /// An Insights event: a rate out of the ordinary, with nobody behind it.
    Insight,
    /// Network activity: calls as a VPC endpoint saw them, in a shape of their own.
    NetworkActivity,
    /// Summaries of data events, five minutes each, without an identity.
    Aggregated,
    /// An object that no trail wrote as a log: a foreign key, a folder marker.
    NotCloudTrail,
    /// An event about something else: of a service that nobody asked, a subscription being confirmed, a tag set.
    OtherEvent,
    /// A log object that an earlier run is done with.
    Repeated,
}

impl SkipReason {
    /// The name in metrics and log lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TestEvent => "TestEvent",
            Self::ObjectRemoved => "ObjectRemoved",
            Self::Digest => "Digest",
            Self::Insight => "Insight",
            Self::NetworkActivity => "NetworkActivity",
            Self::Aggregated => "Aggregated",
            Self::NotCloudTrail => "NotCloudTrail",
            Self::OtherEvent => "OtherEvent",
            Self::Repeated => "Repeated",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a record came that no log object holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// The `detail` of an EventBridge event.
    EventBridge,
    /// A log event of a CloudWatch Logs subscription.
    CloudWatchLogs,
}

impl Route {
    /// The service's name, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventBridge => "EventBridge",
            Self::CloudWatchLogs => "CloudWatch Logs",
        }
    }
}

impl From<Route> for Place {
    fn from(route: Route) -> Self {
        Self::Event(route.as_str().to_owned())
    }
}
