//! Builders, fixtures and fakes for Tablewarden's tests, and for nothing else.

pub mod fakes;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The bytes as one gzip member, as CloudTrail delivers its log files.
///
/// # Panics
///
/// Never: writing to memory does not fail.
#[expect(clippy::expect_used, reason = "writing to memory does not fail")]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a vector takes any bytes");
    encoder.finish().expect("a vector takes any bytes")
}
