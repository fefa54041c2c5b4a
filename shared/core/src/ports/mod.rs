//! What the core needs from outside, one capability a trait.

mod store;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::BufRead;

use jiff::Timestamp;

use crate::access::{Access, Call};
use crate::actor::Actor;
use crate::alert::Notice;
use crate::archive::Batch;
use crate::detections::{Context, Detection, Opinion, Unit};
use crate::finding::{EventId, Subject};
use crate::place::{ObjectRef, Place};
use crate::relayed::Relayed;
use crate::table::TableId;
use crate::tally::{Point, RejectReason, Skip};
pub use store::{Item, Key, Store, StoreError};

/// Where log objects are read from.
pub trait LogStore {
    /// Opens an object; reading goes on while it is downloaded, and may block.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<Box<dyn BufRead + Send>, OpenError>> + Send;

    /// Whether there is time to read on. Where there is none, what could not be read is not to blame.
    fn has_time(&self) -> bool;
}

/// Where alerts go.
pub trait AlertSink {
    /// Publishes one message; once this returns `Ok`, it is out.
    fn publish(&self, notice: Notice<'_>) -> impl Future<Output = Result<(), SinkError>> + Send;

    /// Whether nobody is to be told of what is found, which is archived alone. Then no alert is published.
    fn is_silent(&self) -> bool {
        false
    }
}

/// Where metric data goes.
pub trait MetricSink {
    /// Puts the points.
    fn put(&self, points: &[Point]) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Where findings are kept, for those who look back.
pub trait Archive {
    /// Writes one object, over what has its name already; once this returns `Ok`, it is there.
    fn put(&self, batch: &Batch<'_>) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Who watches an audit as it goes.
pub trait Observer {
    /// A record was not understood.
    fn rejected(&mut self, reject: &Reject<'_>);

    /// A record was understood, and this is one of its accesses, with what the policy says of it.
    fn accessed(&mut self, _call: &Call<'_>, _access: &Access<'_>, _context: &Context<'_>) {}

    /// The number by which it knows an access that is made again, and that no detection has anything to say about: it is told
    /// of further ones by [`repeated`](Self::repeated) alone. `None`, as by default, where it has to see each access.
    ///
    /// Numbers hold for a run: whoever gives one looks on until the run ends.
    fn number(&mut self, _call: &Call<'_>, _access: &Access<'_>) -> Option<usize> {
        None
    }

    /// An access that it gave a number was made again, to so many items where their number is known.
    fn repeated(&mut self, _number: usize, _items: Option<u64>) {}

    /// A record was read, and this became of it. Its accesses, or its rejection, were told before.
    fn read(&mut self, _record: &RawRecord<'_>, _fate: Fate) {}

    /// What another service found was heard, and this became of it.
    fn heard(&mut self, _heard: &Heard<'_>) {}
}

/// What another service found, as it was heard.
#[derive(Debug)]
pub struct Heard<'a> {
    /// Where it stands.
    pub place: &'a Place,
    /// Its position there, from 0.
    pub index: u64,
    /// What it is.
    pub relayed: &'a Relayed,
    /// What became of it.
    pub fate: Fate,
    /// What was said about each actor and table in it.
    pub said: &'a [Said],
}

/// What was said about one actor and one table, or none, in what another service found.
#[derive(Debug)]
pub struct Said {
    /// Who.
    pub actor: Actor<'static>,
    /// Which table.
    pub table: Option<TableId<'static>>,
    /// By which detection.
    pub detection: &'static Detection,
    /// What.
    pub opinion: Opinion,
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
    /// Which sink: the topic's ARN, the metric namespace, the archive's bucket.
    pub sink: String,
    /// What it said.
    pub problem: String,
}

/// What runs before this one counted and found, so that windows and chains go on from one run to the next: log files cut
/// them anywhere.
pub trait History {
    /// Adds what this run counted; gives back, in the same order, what all runs counted, this one included, in these buckets
    /// and in those so near that a window can hold both. An event that several runs counted counts once.
    fn count(&mut self, run: Vec<Counted>) -> impl Future<Output = Vec<BTreeMap<i64, Counts>>> + Send;

    /// Keeps the steps of chains that this run found; gives back those of earlier runs by the same actors or on the same
    /// tables, as far back as a chain goes.
    fn link(&mut self, run: &[Step]) -> impl Future<Output = Vec<Step>> + Send;

    /// Notes who reached which table, and when for the first time; gives back the same with the earliest times that any run
    /// has seen.
    fn meet(&mut self, run: Vec<Met>) -> impl Future<Output = Vec<Met>> + Send {
        std::future::ready(run)
    }
}

/// An actor that reached a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// Who.
    pub actor: Actor<'static>,
    /// Which table.
    pub table: TableId<'static>,
    /// The event time of the actor's first access.
    pub first: Timestamp,
    /// The event time of the first access of anyone to the table.
    pub since: Timestamp,
}

/// What one actor did to one table, counted in buckets of event time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The detection that counts, who is counted, and where.
    pub subject: Subject,
    /// How many buckets a window can touch.
    pub span: i64,
    /// By their number: seconds since the epoch, divided by ten.
    pub buckets: BTreeMap<i64, Bucket>,
}

/// What was counted in one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// In all.
    pub counts: Counts,
    /// What of it single events counted, by a digest of their ids; of very many, a part. Empty where the run is
    /// [alone](crate::audit::Audit::among_others).
    pub events: BTreeMap<u64, Counts>,
}

/// What one bucket counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items.
    pub items: u64,
    /// Calls.
    pub calls: u64,
}

/// What one detection found within an hour or a window, as a step of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The detection, who, and where.
    pub subject: Subject,
    /// The event time at which it began.
    pub first: Timestamp,
    /// The event time at which it ended.
    pub last: Timestamp,
    /// The events, or some of many.
    pub event_ids: Vec<EventId>,
}

impl Counted {
    /// What is counted in each bucket.
    pub fn counts(&self) -> BTreeMap<i64, Counts> {
        self.buckets.iter().map(|(number, bucket)| (*number, bucket.counts)).collect()
    }
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { items: self.items.saturating_add(other.items), calls: self.calls.saturating_add(other.calls) }
    }

    /// Adds to the count of one unit.
    pub fn add(&mut self, unit: Unit, more: u64) {
        let count = match unit {
            Unit::Items => &mut self.items,
            Unit::Calls => &mut self.calls,
        };
        *count = count.saturating_add(more);
    }

    /// The count of one unit.
    pub fn of(self, unit: Unit) -> u64 {
        match unit {
            Unit::Items => self.items,
            Unit::Calls => self.calls,
        }
    }
}
