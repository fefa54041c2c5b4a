//! What one actor does to one table over event time.

use std::collections::{BTreeMap, HashMap};

use super::aftermath::Attempt;
use super::bucket::Bucket;
use super::reach::{self, Limit, Peak, Stretch};
use crate::detections::{Unit, Window};
use crate::finding::{Circumstances, Finding, Sample, Sighting, Subject};
use crate::policy::Sensitivity;
use crate::ports::{self, Counts};

/// How many accesses of a bucket are noted; of the rest only the number is known.
const MOST_NOTES: usize = 1000;

/// How many events of a bucket are told apart for other runs.
const MOST_EVENTS: usize = 1000;

/// How many attempts of one series are told apart.
const MOST_ATTEMPTS: usize = 256;

/// What is counted for one subject of a window.
#[derive(Debug)]
pub(super) struct Series {
    /// By their number.
    buckets: BTreeMap<i64, Bucket>,
    limits: Vec<Limit>,
    /// What lies in the windows that fired.
    finding: Option<Box<Finding>>,
    stretches: Vec<Stretch>,
    peaks: Vec<Peak>,
    /// The call that was counted last: one may have several accesses.
    last_call: u64,
    /// The highest of its tables.
    pub(super) sensitivity: Option<Sensitivity>,
    /// Whether the policy names its table.
    pub(super) is_named: bool,
    /// Whether some of its accesses are expected by no line of their table.
    pub(super) is_unexpected: bool,
    /// Whether accesses of others are folded into it, for there are too many to tell apart.
    pub(super) is_flooded: bool,
    /// The accounts and regions of its accesses.
    pub(super) homes: Sample<(String, String), 1>,
    /// What was tried, in words.
    pub(super) attempts: HashMap<Attempt, String>,
}

/// What a series comes to.
#[derive(Debug)]
pub(super) struct Fired {
    pub(super) finding: Box<Finding>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) peaks: Vec<Peak>,
}

/// What an access adds.
pub(super) struct Amount {
    pub(super) unit: Unit,
    pub(super) count: u64,
    /// The number of the call in this run.
    pub(super) call: u64,
    /// A digest of the event's id, where other runs have to know which events were counted.
    pub(super) event: Option<u64>,
}

/// How much room an access took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub(super) notes: usize,
    pub(super) buckets: usize,
}

impl Series {
    pub(super) fn new() -> Self {
        Self {
            buckets: BTreeMap::new(),
            limits: Vec::new(),
            finding: None,
            stretches: Vec::new(),
            peaks: Vec::new(),
            last_call: 0,
            sensitivity: None,
            is_named: false,
            is_unexpected: false,
            is_flooded: false,
            homes: Sample::default(),
            attempts: HashMap::new(),
        }
    }

    /// Adds an access.
    pub(super) fn add(
        &mut self,
        amount: &Amount,
        sighting: Sighting,
        circumstances: Circumstances<'_>,
        generation: u32,
    ) -> Taken {
        let number = reach::bucket_of(sighting.time);
        let before = self.buckets.len();
        let bucket = self.buckets.entry(number).or_insert_with(|| Bucket::new(sighting.time));
        bucket.reach(sighting.time);
        bucket.generation = generation;
        // A call is one call, however many accesses it has.
        if amount.unit != Unit::Calls || self.last_call != amount.call {
            bucket.counts.add(amount.unit, amount.count);
            if let Some(event) = amount.event
                && (bucket.events.len() < MOST_EVENTS || bucket.events.contains_key(&event))
            {
                bucket.events.entry(event).or_default().add(amount.unit, amount.count);
            }
        }
        self.last_call = amount.call;
        let noted = match &mut self.finding {
            Some(finding) if bucket.is_told => {
                finding.fold(&sighting, &circumstances);
                false
            }
            _ => bucket.note(sighting, circumstances, MOST_NOTES),
        };
        Taken { notes: usize::from(noted), buckets: self.buckets.len() - before }
    }

    /// Holds it to these limits, or where it has some already, to the lower ones: whoever does once what nobody expects is
    /// held to that in all.
    pub(super) fn limit_to(&mut self, limits: Vec<Limit>) {
        if self.limits.is_empty() {
            self.limits = limits;
            return;
        }
        for Limit { unit, threshold } in limits {
            let peaks = self.peaks.iter_mut().map(|peak| &mut peak.limit);
            for known in self.limits.iter_mut().chain(peaks).filter(|known| known.unit == unit) {
                known.threshold = known.threshold.min(threshold);
            }
        }
    }

    /// Notes what was tried.
    pub(super) fn attempt(&mut self, attempt: Attempt, words: impl FnOnce() -> String) {
        if self.attempts.len() < MOST_ATTEMPTS {
            self.attempts.entry(attempt).or_insert_with(words);
        }
    }

    /// What is counted in each bucket.
    pub(super) fn counts(&self) -> impl Iterator<Item = (i64, Counts)> {
        self.buckets.iter().map(|(number, bucket)| (*number, bucket.counts))
    }

    /// What is counted in each bucket, as other runs need it.
    pub(super) fn counted(&self) -> BTreeMap<i64, ports::Bucket> {
        let bucket = |bucket: &Bucket| ports::Bucket { counts: bucket.counts, events: bucket.events.clone() };
        self.buckets.iter().map(|(number, of)| (*number, bucket(of))).collect()
    }

    /// Takes what lies in windows that fire into the finding, by these counts or, without, its own.
    pub(super) fn tell(&mut self, subject: &Subject, window: &Window, counts: Option<&BTreeMap<i64, Counts>>) {
        let counts: Vec<(i64, Counts)> = match counts {
            Some(counts) => counts.iter().map(|(number, counts)| (*number, *counts)).collect(),
            None => self.counts().collect(),
        };
        let (stretches, peaks) = reach::reached(&counts, window.seconds, &self.limits);
        for Stretch { first, last, .. } in &stretches {
            for (_, bucket) in self.buckets.range_mut(first..=last) {
                bucket.pour(&mut self.finding, subject);
                bucket.is_told = true;
            }
        }
        self.stretches = reach::joined([std::mem::take(&mut self.stretches), stretches].concat());
        self.raise(peaks);
    }

    /// Forgets what was noted of buckets that are not told, but for one access of each.
    pub(super) fn thin_out(&mut self) {
        self.buckets.values_mut().for_each(Bucket::thin_out);
    }

    /// Forgets the buckets that were not touched in this generation; whether there is anything left.
    pub(super) fn forget(&mut self, generation: u32) -> bool {
        self.buckets.retain(|_, bucket| bucket.generation == generation);
        !self.buckets.is_empty() || self.finding.is_some()
    }

    /// Whether something of it is told.
    pub(super) fn has_fired(&self) -> bool {
        self.finding.is_some()
    }

    /// Takes over what fired of another series, which goes on counting.
    pub(super) fn absorb(&mut self, subject: &Subject, other: &mut Self) {
        let Some(Fired { finding, stretches, peaks }) = other.take_fired() else { return };
        self.finding
            .get_or_insert_with(|| Box::new(Finding::new(subject.clone(), finding.first.clone())))
            .merge(&finding);
        self.is_flooded = true;
        self.sensitivity = self.sensitivity.max(other.sensitivity);
        self.homes.add((finding.subject.account.clone(), finding.subject.region.clone()));
        self.stretches = reach::joined([std::mem::take(&mut self.stretches), stretches].concat());
        self.raise(peaks);
        for (attempt, words) in &other.attempts {
            self.attempt(*attempt, || words.clone());
        }
    }

    fn raise(&mut self, peaks: Vec<Peak>) {
        for peak in peaks {
            match self.peaks.iter_mut().find(|known| known.limit == peak.limit) {
                Some(known) if known.sum > peak.sum || (known.sum == peak.sum && known.first <= peak.first) => {}
                Some(known) => *known = peak,
                None => self.peaks.push(peak),
            }
        }
    }

    /// How many accesses are noted.
    pub(super) fn notes(&self) -> usize {
        self.buckets.values().map(Bucket::notes).sum()
    }

    /// What fired, where anything did that this run has seen.
    pub(super) fn take_fired(&mut self) -> Option<Fired> {
        let finding = self.finding.take()?;
        let (stretches, peaks) = (std::mem::take(&mut self.stretches), std::mem::take(&mut self.peaks));
        Some(Fired { finding, stretches, peaks })
    }
}
