//! The one buffer that a file passes through.

use super::nesting::{Before, is_space, last_significant};

/// Bytes asked of the input at once: small enough to stay in the processor's cache until they are split.
pub const CHUNK: usize = 128 * 1024;

/// The part of the file that is in memory: what is marked to be kept, and what is still to be looked at.
///
/// Its size is at most the bytes marked plus [`CHUNK`].
pub(super) struct Window {
    bytes: Vec<u8>,
    /// Where the kept bytes start.
    mark: Option<usize>,
    /// Where the bytes to be looked at start.
    at: usize,
    /// Where they end.
    end: usize,
    /// Offset of the window in the file.
    offset: u64,
    /// What stood in the file before the window.
    before: Before,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { bytes: vec![0; CHUNK], mark: None, at: 0, end: 0, offset: 0, before: Before::default() }
    }

    /// Room for the next bytes, at least half of [`CHUNK`].
    pub(super) fn free(&mut self) -> &mut [u8] {
        if self.bytes.len() - self.end < CHUNK / 2 {
            self.discard();
        }
        if self.bytes.len() - self.end < CHUNK / 2 {
            let size = self.end + CHUNK;
            self.bytes.reserve_exact(size - self.bytes.len());
            self.bytes.resize(size, 0);
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// Takes in the first `len` bytes of what was [`free`](Self::free).
    pub(super) fn take(&mut self, len: usize) {
        self.end = (self.end + len).min(self.bytes.len());
    }

    /// Drops the bytes that are neither marked nor to be looked at.
    fn discard(&mut self) {
        let from = self.mark.unwrap_or(self.at);
        self.before = self.before_index(from);
        self.bytes.copy_within(from..self.end, 0);
        self.offset += from as u64;
        self.mark = self.mark.map(|mark| mark - from);
        self.at -= from;
        self.end -= from;
    }

    /// The bytes to be looked at.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    /// Passes over `len` of them.
    pub(super) fn pass(&mut self, len: usize) {
        self.at = (self.at + len).min(self.end);
    }

    /// Passes over white space, and returns the byte after it.
    pub(super) fn next_significant(&mut self) -> Option<u8> {
        let rest = self.rest();
        let spaces = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
        self.pass(spaces);
        self.rest().first().copied()
    }

    /// The offset in the file of the next byte to be looked at.
    pub(super) fn offset(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// Whether the next byte to be looked at is the first of a line that is not the file's first.
    pub(super) fn starts_line(&self) -> bool {
        self.byte_before(self.at) == b'\n'
    }

    /// What stands before the next byte to be looked at. This looks back over all white space there, so it is for once a
    /// chunk or a value, not for once a line: see [`starts_line`](Self::starts_line).
    pub(super) fn before(&self) -> Before {
        self.before_index(self.at)
    }

    fn before_index(&self, index: usize) -> Before {
        let ahead = self.bytes.get(..index).unwrap_or_default();
        Before {
            byte: self.byte_before(index),
            significant: last_significant(ahead).unwrap_or(self.before.significant),
        }
    }

    fn byte_before(&self, index: usize) -> u8 {
        let ahead = self.bytes.get(..index).unwrap_or_default();
        ahead.last().copied().unwrap_or(self.before.byte)
    }

    /// Keeps the bytes from here on.
    pub(super) fn mark(&mut self) {
        self.mark = Some(self.at);
    }

    /// Keeps nothing.
    pub(super) fn unmark(&mut self) {
        self.mark = None;
    }

    /// The bytes kept, up to the next one to be looked at.
    pub(super) fn marked(&self) -> Option<&[u8]> {
        self.mark.and_then(|mark| self.bytes.get(mark..self.at))
    }

    /// Bytes of memory taken.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}
