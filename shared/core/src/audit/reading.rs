//! Files to what is in them: how the audit reads a file.

use std::io::BufRead;

use super::Audit;
use super::sieve::rejected;
use crate::finding::Origin;
use crate::log_file::{self, Entry, LogFileError, Visit};
use crate::ports::Observer;

/// A value of a file.
pub(super) struct Value<'a> {
    pub(super) json: &'a [u8],
    /// Which entry of the file it is.
    pub(super) index: u64,
    /// Whether it stands in a list of records, and not by itself.
    pub(super) listed: bool,
}

/// A file that is read.
struct Reading<'a, O, F> {
    audit: &'a mut Audit,
    origin: Origin<'a>,
    observer: &'a mut O,
    visit: F,
}

impl<O: Observer, F: Fn(&mut Audit, Value<'_>, &mut O)> Visit for Reading<'_, O, F> {
    fn entry(&mut self, entry: Entry<'_>) {
        let Self { audit, origin, observer, visit } = self;
        match entry {
            Entry::Element { index, json } => visit(audit, Value { json, index, listed: true }, observer),
            Entry::Document { index, json } => visit(audit, Value { json, index, listed: false }, observer),
            Entry::Oversized { index, .. } | Entry::Garbled { index, .. } => {
                if let Some((reason, detail)) = rejected(&entry, audit.limits) {
                    audit.reject(index, reason, detail, *origin, *observer);
                }
            }
        }
    }

    fn ahead(&mut self, index: u64, bytes: &[u8]) -> Option<usize> {
        self.audit.ahead(bytes, index, self.origin, self.observer)
    }
}

impl Audit {
    /// Reads a file, hands on what is JSON and rejects the rest. Records of forms that are known are counted at once.
    pub(super) fn read<O: Observer>(
        &mut self,
        input: impl BufRead,
        origin: Origin<'_>,
        observer: &mut O,
        visit: impl Fn(&mut Self, Value<'_>, &mut O),
    ) -> Result<log_file::Summary, LogFileError> {
        let limits = self.limits;
        log_file::read(input, limits, Reading { audit: self, origin, observer, visit })
    }
}
