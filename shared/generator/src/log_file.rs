//! Log objects as CloudTrail delivers them.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::record::Record;

/// One log object: about five minutes of an account in a region.
#[derive(Debug, Clone)]
pub struct LogFile {
    /// The object's key in the bucket.
    pub key: String,
    /// Its records, in the order of nothing in particular.
    pub records: Vec<Record>,
}

impl LogFile {
    /// Writes the object as it is after `gunzip`: one line of JSON, `{"Records":[…]}`.
    pub fn write_json(&self, mut to: impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Object<'a> {
            records: &'a [Record],
        }
        serde_json::to_writer(&mut to, &Object { records: &self.records })?;
        Ok(())
    }

    /// Writes the object as it stands in the bucket.
    pub fn write_gzip(&self, to: impl Write) -> io::Result<()> {
        let mut encoder = GzEncoder::new(to, Compression::default());
        self.write_json(&mut encoder)?;
        encoder.finish()?;
        Ok(())
    }
}
