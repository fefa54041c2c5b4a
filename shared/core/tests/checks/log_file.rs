//! Log files: the same entries however the bytes come, and each of them counted once.

use std::io::{self, BufRead, Read};

use flate2::{Compression, bufread::GzEncoder};
use serde::de::IgnoredAny;
use tablewarden_core::log_file::{self, Entry, Limits};
use tablewarden_inflate::WITHHELD;

use super::audited::audited;

/// Small, so that a small file can be larger than allowed.
const LIMITS: Limits = Limits { decompressed: 1 << 20, entry: 1 << 12 };

/// Holds a file to what is promised.
pub fn check(file: &[u8]) {
    let (entries, whole) = read(file, LIMITS);
    // How much comes before damage to packed bytes depends on how they come where the inflater withholds some.
    let exact = WITHHELD == 0 || whole || file.first() != Some(&0x1f);
    for size in [1, 7, 1000] {
        let (trickled, to_the_end) = read(Trickle { bytes: file, size }, LIMITS);
        assert_eq!(to_the_end, whole, "{size} bytes at a time");
        if exact {
            assert_eq!(trickled, entries, "{size} bytes at a time");
        } else {
            assert!(trickled.starts_with(&entries) || entries.starts_with(&trickled), "{size} bytes at a time");
        }
    }
    if exact {
        let (tiny, _) = read(file, Limits { entry: 16, ..LIMITS });
        assert_eq!(tiny.len(), entries.len(), "what is too large is an entry too");
    }
    // What is taken for gzip is no plain file.
    if file.first() != Some(&0x1f) {
        let mut packed = Vec::new();
        assert!(GzEncoder::new(file, Compression::fast()).read_to_end(&mut packed).is_ok());
        assert_eq!(read(packed.as_slice(), LIMITS), (entries.clone(), whole), "packed");
    }
    if file.len() <= LIMITS.entry && serde_json::from_slice::<IgnoredAny>(file).is_ok() {
        assert!(whole, "valid JSON is read to its end");
        assert!(entries.iter().all(|entry| entry.kind != Kind::Garbled), "valid JSON is not garbled");
        assert!(entries.iter().all(|entry| serde_json::from_slice::<IgnoredAny>(&entry.json).is_ok()));
    }
    let tally = audited(LIMITS, |audit, origin, watch| {
        let read = audit.log_file(file, origin, watch);
        assert_eq!(read.is_ok(), whole);
    });
    assert_eq!(tally.records_read, entries.len() as u64);
    assert_eq!((tally.objects_done, tally.objects_failed), (u64::from(whole), u64::from(!whole)));
    audited(LIMITS, |audit, origin, watch| {
        let read = audit.any_file(file, origin, watch);
        assert_eq!(read.is_ok(), whole);
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Element,
    Document,
    Oversized,
    Garbled,
}

/// An [`Entry`] that outlives its buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    kind: Kind,
    json: Vec<u8>,
    offset: u64,
    bytes: u64,
}

/// The entries of a file, and whether it was read to its end.
fn read(input: impl BufRead, limits: Limits) -> (Vec<Seen>, bool) {
    let mut entries: Vec<Seen> = Vec::new();
    let mut end = 0;
    let result = log_file::read(input, limits, |entry: Entry<'_>| {
        let without = |kind, offset, bytes| Seen { kind, json: Vec::new(), offset, bytes };
        let (index, seen) = match entry {
            Entry::Element { index, json } => (index, Seen { json: json.to_vec(), ..without(Kind::Element, 0, 0) }),
            Entry::Document { index, json } => (index, Seen { json: json.to_vec(), ..without(Kind::Document, 0, 0) }),
            Entry::Oversized { index, offset, bytes } => (index, without(Kind::Oversized, offset, bytes)),
            Entry::Garbled { index, offset, bytes } => (index, without(Kind::Garbled, offset, bytes)),
        };
        assert_eq!(index, entries.len() as u64);
        match seen.kind {
            Kind::Element | Kind::Document => {
                assert!(!seen.json.is_empty() && seen.json.len() <= limits.entry);
                let ends = [seen.json.first(), seen.json.last()];
                assert!(ends.into_iter().flatten().all(|byte| !b" \t\r\n".contains(byte)));
            }
            Kind::Oversized | Kind::Garbled => {
                assert!(seen.kind == Kind::Garbled || seen.bytes > limits.entry as u64);
                assert!(seen.offset >= end, "{} lies before {end}", seen.offset);
                end = seen.offset + seen.bytes;
                assert!(end <= limits.decompressed);
            }
        }
        entries.push(seen);
    });
    if let Ok(summary) = &result {
        assert_eq!(summary.entries, entries.len() as u64);
    }
    (entries, result.is_ok())
}

/// Input that comes a few bytes at a time.
struct Trickle<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl BufRead for Trickle<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.bytes.get(..self.size).unwrap_or(self.bytes))
    }

    fn consume(&mut self, used: usize) {
        self.bytes = self.bytes.get(used..).unwrap_or_default();
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.fill_buf()?.read(out)?;
        self.consume(len);
        Ok(len)
    }
}
