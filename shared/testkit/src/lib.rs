//! Builders, fixtures and fakes for Tablewarden's tests, and for nothing else.
//!
//! [`scenarios`] are the stories of `events/scenarios`, to which the engine, the command and the functions are all held.
//! Everything here panics where a fixture is not as it should be: then the test has failed.

pub mod fakes;
mod scenario;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

pub use scenario::{Scenario, scenarios};

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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn gzip_holds_what_was_given() {
        let bytes = b"{\"Records\":[]}".repeat(1000);
        let packed = gzip(&bytes);
        assert!(packed.len() < bytes.len() / 10);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);
    }
}
