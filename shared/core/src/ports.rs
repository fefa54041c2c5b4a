//! What the core needs from outside, one capability a trait.

use std::future::Future;
use std::io::BufRead;

use crate::access::{Access, Call};
use crate::alert::Alert;
use crate::detections::Context;
use crate::place::{ObjectRef, Place};
use crate::tally::{Point, RejectReason, Skip};

/// Where log objects are read from.
pub trait LogStore {
    /// Opens an object; reading goes on while it is downloaded, and may block.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<Box<dyn BufRead + Send>, OpenError>> + Send;
}

/// Where alerts go.
pub trait AlertSink {
    /// Publishes one alert; once this returns `Ok`, the alert is out.
    fn publish(&self, alert: &Alert) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Where metric data goes.
pub trait MetricSink {
    /// Puts the points.
    fn put(&self, points: &[Point]) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Who watches an audit as it goes.
pub trait Observer {
    /// A record was not understood.
    fn rejected(&mut self, reject: &Reject<'_>);

    /// A record was understood, and this is one of its accesses, with what the policy says of it.
    fn accessed(&mut self, _call: &Call<'_>, _access: &Access<'_>, _context: &Context<'_>) {}

    /// A record was read, and this became of it. Its accesses, or its rejection, were told before.
    fn read(&mut self, _record: &RawRecord<'_>, _fate: Fate) {}
}

/// A record as it was read.
#[derive(Debug, Clone, Copy)]
pub struct RawRecord<'a> {
    /// Where it stands.
    pub place: &'a Place,
    /// Its position there, from 0.
    pub index: u64,
    /// Its bytes, which may be no JSON.
    pub json: &'a [u8],
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was judged.
    Judged,
    /// It was passed over.
    Skipped(Skip),
    /// It was not understood.
    Rejected(RejectReason),
}

/// A record that was not understood.
#[derive(Debug)]
pub struct Reject<'a> {
    /// Where it stands.
    pub place: &'a Place,
    /// Its position there, from 0.
    pub index: u64,
    /// The kind of trouble.
    pub reason: RejectReason,
    /// What exactly, fit for a line.
    pub detail: String,
}

/// Why an object could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("{object}: {problem}")]
pub struct OpenError {
    /// The object.
    pub object: ObjectRef,
    /// What the store said.
    pub problem: String,
}

/// Why a sink did not take what it was given.
#[derive(Debug, thiserror::Error)]
#[error("{sink}: {problem}")]
pub struct SinkError {
    /// Which sink: the topic's ARN, the metric namespace.
    pub sink: String,
    /// What it said.
    pub problem: String,
}
