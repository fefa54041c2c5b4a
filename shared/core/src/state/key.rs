//! How keys are made: of fixed length, whatever callers write into names.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// 32 hexadecimal digits that stand for these parts together.
pub(super) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length before each part, so that no two lists of parts run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// A number as a sort key: numbers from 0 on sort as they count. What is before 1970 counts as then.
pub(super) fn number(number: i64) -> String {
    format!("{:012}", number.max(0))
}

/// What sorts behind every key that goes on from this one with `#`.
pub(super) fn end(number: i64) -> String {
    format!("{}$", self::number(number))
}
