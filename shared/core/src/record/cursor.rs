//! A walk over JSON as CloudTrail writes it: no white space between tokens, and strings of plain ASCII.
//!
//! It gives up on anything else, which is for the parser to read. So it is short and fast, and what it lets pass is valid.

use wide::{i8x16, u8x16};

use crate::log_file::nesting::{Bracket, Nesting, Step};

/// Bytes looked at in one go.
const LANE: usize = 16;

/// A place in a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'j> {
    json: &'j [u8],
    at: usize,
}

impl<'j> Cursor<'j> {
    pub(crate) fn new(json: &'j [u8]) -> Self {
        Self { json, at: 0 }
    }

    /// How many bytes were walked.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What is ahead.
    pub(crate) fn rest(&self) -> &'j [u8] {
        self.json.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn pass(&mut self, len: usize) {
        self.at += len;
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    /// Walks over this byte.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Walks over one of two bytes: whether it was the first.
    #[inline]
    pub(crate) fn either(&mut self, first: u8, second: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == first { Some(true) } else { (byte == second).then_some(false) }
    }

    /// Walks over a string, and gives what is within its quotes.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<&'j [u8]> {
        self.expect(b'"')?;
        self.text()
    }

    /// Walks to the end of a string and over its quote, and gives what is ahead of that.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<&'j [u8]> {
        let from = self.at;
        loop {
            let lane = self.json.get(self.at..)?.first_chunk::<LANE>()?;
            let bytes = u8x16::new(*lane);
            // As signed numbers, what is no ASCII is less than a space too.
            let no_text = i8x16::new(lane.map(u8::cast_signed)).simd_lt(i8x16::splat(0x20)).to_bitmask();
            let ends = bytes.simd_eq(u8x16::splat(b'"')).to_bitmask() | bytes.simd_eq(u8x16::splat(b'\\')).to_bitmask();
            let stops = ends | no_text;
            if stops == 0 {
                self.at += LANE;
                continue;
            }
            self.at += stops.trailing_zeros() as usize;
            let within = self.json.get(from..self.at)?;
            self.expect(b'"')?;
            return Some(within);
        }
    }

    /// Walks over a whole number, `true`, `false` or `null`.
    pub(crate) fn scalar(&mut self) -> Option<()> {
        let rest = self.rest();
        let len = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?;
        let digits = |text: &[u8]| text.len() < 18 && text.iter().all(u8::is_ascii_digit);
        match rest.get(..len)? {
            b"true" | b"false" | b"null" | b"0" => {}
            [b'1'..=b'9', more @ ..] if digits(more) => {}
            _ => return None,
        }
        self.at += len;
        Some(())
    }

    /// Walks over an object without looking into it.
    pub(crate) fn object(&mut self) -> Option<&'j [u8]> {
        let from = self.rest();
        self.expect(b'{')?;
        match Nesting::inside(Bracket::Object).advance(self.rest(), None) {
            Step::Closed(len) => {
                self.at += len;
                from.get(..=len)
            }
            _ => None,
        }
    }

    /// Walks over the members of an object: for each, `visit` has to walk over its value.
    #[inline]
    pub(crate) fn members(&mut self, mut visit: impl FnMut(&mut Self, &'j [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            return self.expect(b'}');
        }
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            visit(self, key)?;
            if !self.either(b',', b'}')? {
                return Some(());
            }
        }
    }

    /// Walks over the elements of a list: for each, `visit` has to walk over it.
    #[inline]
    pub(crate) fn elements(&mut self, mut visit: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            return self.expect(b']');
        }
        loop {
            visit(self)?;
            if !self.either(b',', b']')? {
                return Some(());
            }
        }
    }
}
