//! Policies as most files write them, read in one walk over their bytes. It gives up on anything else, and on anything wrong:
//! [`serde_saphyr`] reads that, and says what is wrong with it.
//!
//! A general reader of YAML takes ten times as long, which would be half of the time in which a function starts. What is read
//! here comes to the same there, values and places, which a property test holds it to.
//!
//! Read are fields and lists by indentation, `[…]` and `{…}` on one line, text on one line, plain or in quotes, and comments. Not
//! read are anchors and tags, escapes, text of several lines, fields without a value, tabs, and letters beyond ASCII outside of
//! comments.

mod access;
mod lines;
mod nodes;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize as _, de};

use super::file;
use lines::Reader;
use nodes::{Node, Within};

/// The file is not as most are: nothing is known of whether it is right.
#[derive(Debug)]
pub(super) struct Unusual;

/// Reads a file without a byte order mark.
pub(super) fn read(yaml: &str) -> Result<file::File, Unusual> {
    let mut reader = Reader::new(yaml)?;
    let file = file::File::deserialize(Node { reader: &mut reader, within: Within::Block })?;
    if reader.has_ended() { Ok(file) } else { Err(Unusual) }
}

impl std::error::Error for Unusual {}

impl fmt::Display for Unusual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not how most files are written")
    }
}

impl de::Error for Unusual {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
