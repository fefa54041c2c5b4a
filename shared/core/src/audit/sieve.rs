//! The part of an audit that has to know of no other record, so that any number of threads can do it.
//!
//! ```text
//! file ─► Sieve ─► Sifted, Sifted, … ─► Audit::sifted
//!         a thread each       one, file after file
//! ```
//!
//! What comes through are the records that have to be judged, in their order; of what is passed over only the number. One
//! audit takes it in as if it had read the files itself, one after the other: what it finds does not depend on how many
//! threads there are, nor on which of them is first.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;

use super::habits::Outline;
use super::{Audit, Candidate};
use crate::finding::Origin;
use crate::log_file::{self, Entry, Limits, LogFileError, Summary};
use crate::ports::Observer;
use crate::record::screen::{Screen, Screened};
use crate::tally::{RejectReason, Skip};

/// How much of a file is handed on at a time, in bytes. A record may be larger.
const BATCH: usize = 256 << 10;

/// Splits files, and passes over the records that are not audited.
#[derive(Debug, Clone)]
pub struct Sieve {
    screen: Screen,
    limits: Limits,
}

/// A part of a file.
#[derive(Debug, Default)]
pub struct Sifted {
    bytes: Vec<u8>,
    /// The forms of records that are written as usual.
    forms: Vec<u8>,
    left: Vec<Left>,
    /// What it takes, in bytes.
    weight: usize,
    passed_over: BTreeMap<Skip, u64>,
}

/// What is left of a file.
#[derive(Debug)]
enum Left {
    Record { at: Range<usize>, index: u64, screened: Screened, outline: Option<(Outline, Range<usize>)> },
    Reject { index: u64, reason: RejectReason, detail: String },
}

impl Sieve {
    /// Reads a file of any form, gzip or plain, and hands it on part by part. In return for each it takes one that is no longer
    /// needed, to be filled anew; `None` where no more is wanted.
    ///
    /// After an error, all that stood before the damage has been handed on.
    pub fn file(
        &self,
        input: impl BufRead,
        mut hand_on: impl FnMut(Sifted) -> Option<Sifted>,
    ) -> Result<Summary, LogFileError> {
        let mut sifted = Some(Sifted::default());
        let result = log_file::read(input, self.limits, |entry| {
            if let Some(mut part) = sifted.take() {
                self.entry(entry, &mut part);
                sifted = if part.weight < BATCH { Some(part) } else { hand_on(part).map(Sifted::emptied) };
            }
        });
        if let Some(last) = sifted {
            hand_on(last);
        }
        result
    }

    fn entry(&self, entry: Entry<'_>, sifted: &mut Sifted) {
        match entry {
            Entry::Element { index, json } | Entry::Document { index, json } => {
                let screened = self.screen.screen(json);
                if let Some(skip) = passed_over(screened) {
                    *sifted.passed_over.entry(skip).or_default() += 1;
                    return;
                }
                let from = sifted.bytes.len();
                sifted.bytes.extend_from_slice(json);
                let outline = (screened == Screened::Relevant).then(|| sifted.outline(json)).flatten();
                sifted.push(json.len(), Left::Record { at: from..sifted.bytes.len(), index, screened, outline });
            }
            Entry::Oversized { index, .. } | Entry::Garbled { index, .. } => {
                if let Some((reason, detail)) = rejected(&entry, self.limits) {
                    sifted.push(detail.len(), Left::Reject { index, reason, detail });
                }
            }
        }
    }
}

impl Sifted {
    /// The same with nothing in it.
    fn emptied(mut self) -> Self {
        self.bytes.clear();
        self.forms.clear();
        self.left.clear();
        self.passed_over.clear();
        Self { weight: 0, ..self }
    }

    /// The outline of a record that is written as usual, and where its form is.
    fn outline(&mut self, json: &[u8]) -> Option<(Outline, Range<usize>)> {
        let from = self.forms.len();
        let outline = Outline::of(json, &mut self.forms, |_| None);
        if outline.is_none() {
            self.forms.truncate(from);
        }
        Some((outline?, from..self.forms.len()))
    }

    fn push(&mut self, bytes: usize, left: Left) {
        self.weight += bytes + size_of::<Left>();
        self.left.push(left);
    }
}

/// Why a record is passed over, where it is by what it is.
pub(super) fn passed_over(screened: Screened) -> Option<Skip> {
    match screened {
        Screened::OtherService => Some(Skip::OtherService),
        Screened::OtherCall => Some(Skip::OtherCall),
        Screened::Insight => Some(Skip::Insight),
        Screened::Aggregated => Some(Skip::Aggregated),
        Screened::Relevant | Screened::Asked | Screened::Notification | Screened::Malformed(_) => None,
    }
}

/// Why an entry of a file is no JSON to be looked at.
pub(super) fn rejected(entry: &Entry<'_>, limits: Limits) -> Option<(RejectReason, String)> {
    match entry {
        Entry::Element { .. } | Entry::Document { .. } => None,
        Entry::Oversized { offset, bytes, .. } => {
            let detail = format!("{bytes} bytes from byte {offset} on, the limit is {}", limits.entry);
            Some((RejectReason::TooLarge, detail))
        }
        Entry::Garbled { offset, bytes, .. } => {
            Some((RejectReason::Malformed, format!("no JSON in {bytes} bytes from byte {offset} on")))
        }
    }
}

impl Audit {
    /// What sifts files for this audit.
    pub fn sieve(&self) -> Sieve {
        Sieve { screen: self.screen.clone(), limits: self.limits }
    }

    /// Audits what came through the sieve. The observer is not told of the records that were passed over.
    pub fn sifted(&mut self, sifted: &Sifted, origin: Origin<'_>, observer: &mut impl Observer) {
        for (skip, records) in &sifted.passed_over {
            self.tally.records_read += records;
            *self.tally.records_skipped.entry(*skip).or_default() += records;
        }
        for left in &sifted.left {
            match left {
                Left::Record { at, index, screened, outline } => {
                    let json = sifted.bytes.get(at.clone()).unwrap_or_default();
                    let form = |at: &Range<usize>| sifted.forms.get(at.clone()).unwrap_or_default();
                    let outlined = outline.as_ref().map(|(outline, at)| (outline, form(at)));
                    let candidate = Candidate { json, index: *index, screened: *screened, outlined };
                    self.any_screened(candidate, origin, observer);
                }
                Left::Reject { index, reason, detail } => {
                    self.reject(*index, *reason, detail.clone(), origin, observer);
                }
            }
        }
    }

    /// Counts a file that was [sifted](Sieve::file), and of which all was taken in.
    pub fn file_done(&mut self, result: Result<Summary, LogFileError>) -> Result<(), LogFileError> {
        self.done(result)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::access::{Access, Call};
    use crate::place::Place;
    use crate::policy::Policy;
    use crate::ports::Reject;

    #[derive(Default)]
    struct Rejects(Vec<String>);

    impl Observer for Rejects {
        fn rejected(&mut self, reject: &Reject<'_>) {
            self.0.push(format!("{} {:?} {}", reject.index, reject.reason, reject.detail));
        }

        fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
            Some(0)
        }

        fn repeated(&mut self, _: usize, items: Option<u64>) {
            self.0.push(format!("again {items:?}"));
        }
    }

    fn record(number: usize, source: &str, name: &str) -> String {
        format!(
            r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app/s","accountId":"111122223333"}},"eventTime":"2026-03-02T09:15:00Z","eventSource":"{source}","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{{"tableName":"orders","key":{{"id":"{number}"}}}},"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-{number:012}","recipientAccountId":"111122223333"}}"#
        )
    }

    /// Records of every fate, many of each.
    fn file(limit: usize) -> String {
        let mut lines = Vec::new();
        for number in 0..4000 {
            lines.push(match number % 9 {
                0 => record(number, "s3.amazonaws.com", "GetObject"),
                1 if number % 2 == 0 => record(number, "ec2.amazonaws.com", "RunInstances"),
                1 => record(number, "dynamodb.amazonaws.com", "GetItem"),
                2 => record(number - 1, "dynamodb.amazonaws.com", "DeleteTable"),
                3 => record(number, "dynamodb.amazonaws.com", "DeleteItem"),
                4 => r#"{"eventSource":"dynamodb.amazonaws.com"}"#.to_owned(),
                5 => "no JSON".to_owned(),
                6 => format!(r#"{{"Records":[{}]}}"#, record(number, "dynamodb.amazonaws.com", "Scan")),
                7 => r#"{"eventCategory":"Insight","eventID":"x"}"#.to_owned(),
                _ if number < 500 => format!(r#"{{"x":"{}"}}"#, "x".repeat(limit)),
                _ => r#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#.to_owned(),
            });
        }
        lines.join("\n")
    }

    #[test]
    fn what_comes_through_is_audited_as_the_file_would_be() {
        let policy = Arc::new(Policy::parse("policy.yaml", "version: 1\ntables: [{table: orders}]\n").unwrap());
        let limits = Limits { entry: 4096, ..Limits::default() };
        let new = || Audit::new(Some(policy.clone()), "2026-03-02T10:00:00Z".parse().unwrap(), limits);
        let place = Place::File("test".to_owned());
        let origin = Origin { place: &place, message: 0 };
        let whole = file(limits.entry);
        for text in [whole.as_str(), &whole[..whole.len() / 2], "", "{\"Records\":[{]}"] {
            let (mut once, mut once_rejects) = (new(), Rejects::default());
            let once_result = once.any_file(text.as_bytes(), origin, &mut once_rejects);

            let (mut sifted, mut rejects, mut parts) = (new(), Rejects::default(), Vec::new());
            let result = sifted.sieve().file(text.as_bytes(), |part| {
                parts.push(part);
                Some(Sifted::default())
            });
            for part in &parts {
                assert!(part.weight < 2 * BATCH);
                sifted.sifted(part, origin, &mut rejects);
            }
            let result = sifted.file_done(result);
            assert!(text.len() < 1_000_000 || parts.len() > 2);
            let repeats = rejects.0.iter().filter(|said| said.starts_with("again")).count();
            assert!(text.len() < 1_000_000 || repeats > 50, "{repeats}");

            assert_eq!(format!("{result:?}"), format!("{once_result:?}"));
            assert_eq!((rejects.0, sifted.take_tally()), (once_rejects.0, once.take_tally()));
            let told = |audit: Audit| format!("{:#?}", audit.into_findings());
            assert_eq!(told(sifted), told(once));
        }
    }

    #[test]
    fn who_wants_no_more_gets_no_more() {
        let sieve = Audit::new(None, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default()).sieve();
        let mut parts = 0;
        let _ = sieve.file(file(10).as_bytes(), |_| {
            parts += 1;
            None
        });
        assert_eq!(parts, 1);
    }
}
