//! What is done to a file.

use std::io::BufReader;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::{self, Entry, Limits};
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_inflate::{Member, State};

use crate::corpus::{self, File};

/// The reference: libdeflate into a buffer that is kept, and nothing else. The bytes.
#[expect(missing_debug_implementations, reason = "libdeflater's has none")]
pub struct Reference {
    decompressor: libdeflater::Decompressor,
    buffer: Vec<u8>,
}

impl Default for Reference {
    fn default() -> Self {
        Self { decompressor: libdeflater::Decompressor::new(), buffer: Vec::new() }
    }
}

impl Reference {
    /// Decompresses a file of one member.
    pub fn inflate(&mut self, file: &File) -> Result<usize> {
        self.buffer.resize(self.buffer.len().max(file.bytes), 0);
        Ok(self.decompressor.gzip_decompress(&file.gzip, &mut self.buffer)?)
    }
}

/// Decompresses a file of one member as log files are, into a buffer as large as theirs, and nothing else. The bytes.
pub fn inflate(file: &File) -> Result<usize> {
    let (mut member, mut buffer) = (Member::default(), vec![0; log_file::CHUNK]);
    let (mut used, mut written) = (0, 0);
    loop {
        let step = member.inflate(file.gzip.get(used..).unwrap_or_default(), &mut buffer);
        used += step.used;
        written += step.written;
        match step.state {
            State::More if step.used + step.written > 0 => {}
            State::End => return Ok(written),
            State::More | State::Damage(_) => bail!("{} is damaged", file.path.display()),
        }
    }
}

/// Decompresses a file and splits it into records, which are not looked at. How many there are.
pub fn split(file: &File) -> Result<usize> {
    let mut records = 0;
    log_file::read(BufReader::new(file.gzip.as_slice()), Limits::default(), |entry: Entry<'_>| {
        records += usize::from(matches!(entry, Entry::Element { .. }));
    })?;
    Ok(records)
}

/// Audits files in one run, every detection on. How many records were read.
pub fn audit(files: &[File], policy: &Arc<Policy>) -> Result<usize> {
    let mut audit = Audit::new(Some(policy.clone()), corpus::stage_time()?, Limits::default());
    for file in files {
        let place = Place::File(file.path.display().to_string());
        let input = BufReader::new(file.gzip.as_slice());
        audit.log_file(input, Origin { place: &place, message: 0 }, &mut Strict).context("a log file of the corpus")?;
    }
    let read = audit.take_tally().records_read;
    std::hint::black_box(audit.into_findings());
    Ok(usize::try_from(read)?)
}

struct Strict;

impl Observer for Strict {
    fn rejected(&mut self, _: &Reject<'_>) {}

    fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
        Some(0)
    }
}
