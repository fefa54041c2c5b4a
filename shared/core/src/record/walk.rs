//! Walks the members of a JSON object in place: their values are passed over, not parsed.

use memchr::memchr2;

use crate::log_file::nesting::{Bracket, Nesting, Step, ends_scalar, is_space};

/// The part of a record that was not walked yet.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    /// Passes over white space, and returns the byte after it.
    pub(super) fn next(&mut self) -> Option<u8> {
        while let Some((first, rest)) = self.0.split_first() {
            if !is_space(*first) {
                return Some(*first);
            }
            self.0 = rest;
        }
        None
    }

    pub(super) fn pass(&mut self, len: usize) -> &'a [u8] {
        let (passed, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        passed
    }

    /// A key and its value as they are written; `None` if the JSON is broken.
    pub(super) fn member(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        if self.next() != Some(b'"') {
            return None;
        }
        let key = self.string()?;
        if self.next() != Some(b':') {
            return None;
        }
        self.pass(1);
        let value = match self.next()? {
            b'"' => self.string()?,
            b'{' => self.nested(Bracket::Object)?,
            b'[' => self.nested(Bracket::Array)?,
            _ => {
                let len = self.0.iter().position(|byte| ends_scalar(*byte))?;
                self.pass(len)
            }
        };
        Some((key, value))
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        let mut len = 1;
        loop {
            let ahead = self.0.get(len..)?;
            let at = memchr2(b'"', b'\\', ahead)?;
            if ahead.get(at) == Some(&b'"') {
                return Some(self.pass(len + at + 1));
            }
            len += at + 2;
        }
    }

    fn nested(&mut self, bracket: Bracket) -> Option<&'a [u8]> {
        match Nesting::inside(bracket).advance(self.0.get(1..)?, None) {
            Step::Closed(len) => Some(self.pass(len + 1)),
            _ => None,
        }
    }
}

/// Shows each member of an object, with its key as it is written within the quotes. `None` where the text is no object, where a
/// key has an escape, or where `visit` does not want it.
///
/// What it walks through is an object, but values may be broken within: that is for `visit` to see.
pub(super) fn members<'a>(json: &'a str, mut visit: impl FnMut(&[u8], &'a str) -> Option<()>) -> Option<()> {
    let mut rest = Rest(json.as_bytes());
    if rest.next() != Some(b'{') {
        return None;
    }
    rest.pass(1);
    if rest.next() == Some(b'}') {
        rest.pass(1);
        return rest.next().is_none().then_some(());
    }
    loop {
        let (key, value) = rest.member()?;
        // A value ends where the walk goes on.
        let end = json.len() - rest.0.len();
        let key = key.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        if memchr::memchr(b'\\', key).is_some() {
            return None;
        }
        visit(key, json.get(end - value.len()..end)?)?;
        match rest.next()? {
            b',' => {
                rest.pass(1);
            }
            b'}' => {
                rest.pass(1);
                return rest.next().is_none().then_some(());
            }
            _ => return None,
        }
    }
}
