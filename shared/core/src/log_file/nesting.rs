//! Finds where a JSON object or array ends, over any number of chunks.
//!
//! It looks at 64 bytes at a time: which are quotes, which are brackets, and which stand within strings. Only brackets
//! outside strings are then looked at one by one, a dozen in a record.

use std::array;

use wide::u8x16;

/// Bytes looked at in one go: one bit of a `u64` for each.
const BLOCK: usize = 64;
/// Levels whose kind of bracket is remembered, in words of 64. Deeper ones are only counted: JSON parsers reject such
/// records anyway, and memory stays flat.
const KIND_WORDS: usize = 8;

/// The two kinds of JSON values that nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bracket {
    Object,
    Array,
}

/// What stands before a chunk.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    /// The last byte.
    pub(crate) byte: u8,
    /// The last byte that is not white space.
    pub(crate) significant: u8,
}

/// Where a look at a chunk ended. Positions count from the chunk's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value goes on after the chunk.
    More,
    /// The value ends before this position.
    Closed(usize),
    /// At this position a bracket closes that does not fit the one that is open.
    Mismatch(usize),
    /// At this position a line breaks, or begins with a `{` where JSON allows none: the value was cut.
    Cut(usize),
}

/// How deep in brackets and strings a chunk starts.
#[derive(Debug, Clone)]
pub(crate) struct Nesting {
    depth: usize,
    /// One bit a level, set for an array.
    kinds: [u64; KIND_WORDS],
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Just after the opening bracket of a value.
    pub(crate) fn inside(bracket: Bracket) -> Self {
        let mut new = Self { depth: 0, kinds: [0; KIND_WORDS], in_string: false, escaped: false };
        new.push(bracket);
        new
    }

    /// Looks at the next chunk.
    ///
    /// With `lines`, it also looks for signs that the value is a line that was cut, so that the next line is another value:
    /// a line break within a string, or a `{` at the start of a line where no value can stand. Valid JSON has neither.
    pub(crate) fn advance(&mut self, chunk: &[u8], lines: Option<Before>) -> Step {
        let (blocks, rest) = chunk.as_chunks::<BLOCK>();
        for (n, block) in blocks.iter().enumerate() {
            let step = self.block(block, BLOCK, chunk, n * BLOCK, lines);
            if step != Step::More {
                return step;
            }
        }
        if rest.is_empty() {
            return Step::More;
        }
        let mut padded = [b' '; BLOCK];
        padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.block(&padded, rest.len(), chunk, blocks.len() * BLOCK, lines)
    }

    /// Looks at the `len` first bytes of a block that stands at `start` in its chunk.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], len: usize, chunk: &[u8], start: usize, lines: Option<Before>) -> Step {
        let vectors = vectors(block);
        let backslashes = bits(&vectors, b'\\');
        let mut quotes = bits(&vectors, b'"');
        if backslashes != 0 || self.escaped {
            let escaped = escaped(backslashes, self.escaped);
            self.escaped = (escaped >> len) & 1 == 1;
            #[expect(clippy::cast_possible_truncation, reason = "the bits above the block belong to the next one")]
            {
                quotes &= !(escaped as u64);
            }
        }
        // From an opening quote to before its closing one.
        let within = prefix_xor(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        self.in_string = within >> (BLOCK - 1) == 1;
        // `{` and `[` differ in one bit, and so do `}` and `]`.
        let folded = vectors.map(|vector| vector | u8x16::splat(0x20));
        let mut brackets = (bits(&folded, b'{') | bits(&folded, b'}')) & !within;
        let mut broken = None;
        if lines.is_some() {
            let breaks = bits(&vectors, b'\n') & within;
            if breaks != 0 {
                broken = Some(breaks.trailing_zeros());
                brackets &= (breaks & breaks.wrapping_neg()) - 1;
            }
        }
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            match block.get(at) {
                Some(b'{') => {
                    if lines.is_some_and(|before| !self.may_open(chunk, start + at, before)) {
                        return Step::Cut(start + at);
                    }
                    self.push(Bracket::Object);
                }
                Some(b'[') => self.push(Bracket::Array),
                Some(b'}') if self.innermost() == Some(Bracket::Array) => return Step::Mismatch(start + at),
                Some(b']') if self.innermost() == Some(Bracket::Object) => return Step::Mismatch(start + at),
                _ => self.depth -= 1,
            }
            if self.depth == 0 {
                return Step::Closed(start + at + 1);
            }
        }
        broken.map_or(Step::More, |at| Step::Cut(start + at as usize))
    }

    fn push(&mut self, bracket: Bracket) {
        if let Some(word) = self.kinds.get_mut(self.depth / 64) {
            let bit = 1 << (self.depth % 64);
            match bracket {
                Bracket::Object => *word &= !bit,
                Bracket::Array => *word |= bit,
            }
        }
        self.depth += 1;
    }

    /// The kind of the innermost open bracket, if that is remembered.
    fn innermost(&self) -> Option<Bracket> {
        let level = self.depth.checked_sub(1)?;
        let word = self.kinds.get(level / 64)?;
        Some(if (word >> (level % 64)) & 1 == 1 { Bracket::Array } else { Bracket::Object })
    }

    /// Whether the `{` at `at` can be part of the value: it does not start a line, or stands where JSON allows a value.
    fn may_open(&self, chunk: &[u8], at: usize, before: Before) -> bool {
        let (ahead, _) = chunk.split_at_checked(at).unwrap_or_default();
        if ahead.last().copied().unwrap_or(before.byte) != b'\n' {
            return true;
        }
        match last_significant(ahead).unwrap_or(before.significant) {
            b':' | b'[' => true,
            b',' => self.innermost() != Some(Bracket::Object),
            _ => false,
        }
    }
}

/// The last byte that is not JSON white space.
pub(crate) fn last_significant(bytes: &[u8]) -> Option<u8> {
    bytes.iter().rev().copied().find(|byte| !is_space(*byte))
}

/// Whether a byte is JSON white space.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether a number, `true`, `false` or `null` ends before this byte.
pub(crate) fn ends_scalar(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')
}

/// A block, in vectors of the width that every processor of 64 bits has.
#[inline]
fn vectors(block: &[u8; BLOCK]) -> [u8x16; BLOCK / 16] {
    let (lanes, _) = block.as_chunks::<16>();
    array::from_fn(|n| lanes.get(n).map_or(u8x16::ZERO, |lane| u8x16::new(*lane)))
}

/// One bit for each byte of the block that is this one, the first byte's being the lowest.
#[inline]
fn bits(lanes: &[u8x16; BLOCK / 16], wanted: u8) -> u64 {
    let wanted = u8x16::splat(wanted);
    let bits = |(n, lane): (usize, &u8x16)| u64::from(lane.simd_eq(wanted).to_bitmask()) << (16 * n);
    lanes.iter().enumerate().map(bits).fold(0, |all, bits| all | bits)
}

/// Bit n is the parity of the bits up to n: set from an odd bit, to before the next one.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// One bit for each byte that a backslash escapes, the one after the block included. `carried` tells whether the first
/// byte is.
fn escaped(mut backslashes: u64, carried: bool) -> u128 {
    let mut escaped = u128::from(carried);
    while backslashes != 0 {
        let at = backslashes.trailing_zeros();
        backslashes &= backslashes - 1;
        if (escaped >> at) & 1 == 0 {
            escaped |= 1 << (at + 1);
        }
    }
    escaped
}
