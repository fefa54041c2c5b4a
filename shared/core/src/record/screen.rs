//! Tells whether a record is of a service we care for, without parsing it.

use memchr::memmem::Finder;
use memchr::{memchr, memchr2};

use crate::log_file::nesting::{Bracket, Nesting, Step, ends_scalar, is_space};

/// What a record is, by its own `eventSource` and `eventCategory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screened {
    /// An event of one of the services.
    Relevant,
    /// An event of another service.
    OtherService,
    /// A CloudTrail Insights event, which is about many calls and names no single one.
    Insight,
    /// A CloudTrail aggregated event, a summary of five minutes.
    Aggregated,
    /// None of these, for this reason. What it would have said is not known.
    Malformed(&'static str),
}

/// The services we care for.
///
/// The answer is exact for any valid JSON, however keys and values are escaped, ordered or nested. Broken JSON gets some
/// answer; if it is [`Screened::Relevant`], its parser will reject it.
#[derive(Debug, Clone)]
pub struct Screen {
    sources: Vec<Finder<'static>>,
}

impl Screen {
    /// Takes values of `eventSource`, such as `dynamodb.amazonaws.com`.
    pub fn new(sources: &[&str]) -> Self {
        Self { sources: sources.iter().map(|source| Finder::new(source).into_owned()).collect() }
    }

    /// Decides about one record.
    ///
    /// Where `eventSource` is repeated, the first one decides unless any is relevant: what is relevant and ambiguous is for
    /// the parser to reject, not to be skipped.
    pub fn screen(&self, json: &[u8]) -> Screened {
        let mut rest = Rest(json);
        if rest.next() != Some(b'{') {
            return Screened::Malformed("not a JSON object");
        }
        rest.pass(1);
        let mut by_source = None;
        let mut by_category = None;
        if rest.next() == Some(b'}') {
            return Screened::Malformed("no eventSource");
        }
        loop {
            let Some((key, value)) = rest.member() else { return Screened::Malformed("broken JSON") };
            if spells(key, "eventSource") {
                if self.is_relevant(value) {
                    return Screened::Relevant;
                }
                let first = if value.starts_with(b"\"") {
                    Screened::OtherService
                } else {
                    Screened::Malformed("eventSource is not a string")
                };
                let decided = *by_source.get_or_insert(first);
                // The walk is over early for most records. Only a repeated eventSource could still be relevant.
                if !self.may_be_relevant(rest.0) {
                    return decided;
                }
            } else if spells(key, "eventCategory") {
                if spells(value, "Insight") {
                    by_category = Some(Screened::Insight);
                } else if spells(value, "Aggregated") {
                    by_category = Some(Screened::Aggregated);
                }
            }
            match rest.next() {
                Some(b',') => {
                    rest.pass(1);
                }
                Some(b'}') => return by_source.or(by_category).unwrap_or(Screened::Malformed("no eventSource")),
                _ => return Screened::Malformed("broken JSON"),
            }
        }
    }

    fn is_relevant(&self, value: &[u8]) -> bool {
        self.sources.iter().any(|source| spells_bytes(value, source.needle()))
    }

    /// False only if no service's name can stand in these bytes, neither plainly nor with escapes.
    fn may_be_relevant(&self, json: &[u8]) -> bool {
        self.sources.iter().any(|source| source.find(json).is_some()) || memchr(b'\\', json).is_some()
    }
}

/// Whether a JSON value is this string.
fn spells(value: &[u8], text: &str) -> bool {
    spells_bytes(value, text.as_bytes())
}

fn spells_bytes(value: &[u8], text: &[u8]) -> bool {
    let Some(inner) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else { return false };
    // An escaped string is longer than what it spells, so most are told apart without decoding them.
    match inner.len() {
        len if len < text.len() => false,
        len if len == text.len() => inner == text,
        _ => {
            memchr(b'\\', inner).is_some()
                && serde_json::from_slice::<String>(value).is_ok_and(|decoded| decoded.as_bytes() == text)
        }
    }
}

/// The part of a record that was not walked yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// Passes over white space, and returns the byte after it.
    fn next(&mut self) -> Option<u8> {
        while let Some((first, rest)) = self.0.split_first() {
            if !is_space(*first) {
                return Some(*first);
            }
            self.0 = rest;
        }
        None
    }

    fn pass(&mut self, len: usize) -> &'a [u8] {
        let (passed, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        passed
    }

    /// A key and its value as they are written; `None` if the JSON is broken.
    fn member(&mut self) -> Option<(&'a [u8], &'a [u8])> {
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

#[cfg(test)]
mod tests;
