mod damage;
mod splitting;

use std::io::{self, BufRead, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// An [`Entry`] that outlives its buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Element(u64, String),
    Document(u64, String),
    Oversized(u64, u64, u64),
    Garbled(u64, u64, u64),
}

impl From<Entry<'_>> for Seen {
    fn from(entry: Entry<'_>) -> Self {
        let text = |json| String::from_utf8_lossy(json).into_owned();
        match entry {
            Entry::Element { index, json } => Self::Element(index, text(json)),
            Entry::Document { index, json } => Self::Document(index, text(json)),
            Entry::Oversized { index, offset, bytes } => Self::Oversized(index, offset, bytes),
            Entry::Garbled { index, offset, bytes } => Self::Garbled(index, offset, bytes),
        }
    }
}

fn read_all(input: impl BufRead, limits: Limits) -> (Vec<Seen>, Result<Summary, LogFileError>) {
    let mut seen = Vec::new();
    let result = read(input, limits, |entry: Entry<'_>| seen.push(entry.into()));
    (seen, result)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Input that comes a few bytes at a time.
struct Trickle<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    size: usize,
}

impl<'a> Trickle<'a> {
    fn new(bytes: &'a [u8], sizes: &'a [usize]) -> Self {
        Self { bytes, sizes: sizes.iter().cycle(), size: 1 }
    }
}

impl BufRead for Trickle<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.bytes[..self.size.min(self.bytes.len())])
    }

    fn consume(&mut self, used: usize) {
        self.bytes = &self.bytes[used..];
        self.size = *self.sizes.next().unwrap();
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.fill_buf()?.read(out)?;
        self.consume(len);
        Ok(len)
    }
}

/// One record over and over, made while it is read.
struct Endless {
    record: &'static [u8],
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in out.iter_mut() {
            *byte = self.record[self.at];
            self.at = (self.at + 1) % self.record.len();
        }
        Ok(out.len())
    }
}

#[test]
fn memory_stays_flat_whatever_the_size() {
    let limits = Limits { decompressed: 16 << 20, entry: 256 << 10 };
    let cases: [(&str, &[u8], &'static [u8]); 4] = [
        (
            "records",
            b"{\"Records\":[",
            b"{\"a\":\"}]\\\"\",\"b\":[1,{}],\"c\":\"0123456789012345678901234567890123456789\"},\n",
        ),
        ("documents", b"", b"{\"a\":\"}]\\\"\",\"b\":[1,{}],\"c\":\"0123456789012345678901234567890123456789\"}\n"),
        ("one record that does not end", b"[\"", b"abcdefghijklmnop"),
        ("brackets", b"{\"Records\":[", b"[[[[[[[[[[[[[[[["),
    ];
    for (name, start, record) in cases {
        let mut splitter = Splitter::new(limits.entry);
        let input = io::BufReader::new(start.chain(Endless { record, at: 0 }));
        let mut entries = 0_u64;
        let result = read_with(&mut splitter, input, limits.decompressed, &mut |_: Entry<'_>| entries += 1);

        assert!(matches!(result, Err(LogFileError::TooLarge { .. })), "{name}: {result:?}");
        assert!(splitter.capacity() <= limits.entry + CHUNK, "{name}: {}", splitter.capacity());
        assert_eq!(entries > 100_000, record.ends_with(b"\n"), "{name}: {entries}");
    }
}
