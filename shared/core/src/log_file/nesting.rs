//! Finds where a JSON object or array ends, over any number of chunks.
//!
//! It looks at 64 bytes at a time: which are quotes, which are brackets, and which stand within strings. Only brackets
//! outside strings are then looked at one by one, a dozen in a record.

use std::array;

use wide::u8x32;

/// Bytes looked at in one go: one bit of a `u64` for each.
const BLOCK: usize = 64;
/// Bytes of a vector: one of AVX2, or two of SSE2 and NEON.
const LANE: usize = 32;
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
    /// All bits set within a string, else none.
    in_string: u64,
    escaped: bool,
}

impl Nesting {
    /// Just after the opening bracket of a value.
    pub(crate) fn inside(bracket: Bracket) -> Self {
        let mut new = Self { depth: 0, kinds: [0; KIND_WORDS], in_string: 0, escaped: false };
        new.push(bracket);
        new
    }

    /// Looks at the next chunk.
    ///
    /// With `lines`, it also looks for signs that the value is a line that was cut, so that the next line is another value:
    /// a line break within a string, or a `{` at the start of a line where no value can stand. Valid JSON has neither.
    pub(crate) fn advance(&mut self, chunk: &[u8], lines: Option<Before>) -> Step {
        let (blocks, rest) = chunk.as_chunks::<BLOCK>();
        let mut padded = [b' '; BLOCK];
        for n in 0..=blocks.len() {
            let (block, len) = if let Some(block) = blocks.get(n) {
                (block, BLOCK)
            } else {
                padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                (&padded, rest.len())
            };
            let (brackets, within, vectors) = self.structure(block, len);
            let breaks = if lines.is_some() { bits(&vectors, b'\n') & within } else { 0 };
            if brackets | breaks != 0 {
                let step = self.step(brackets, breaks, chunk, n * BLOCK, lines);
                if step != Step::More {
                    return step;
                }
            }
        }
        Step::More
    }

    /// Where brackets, or what looks like them, stand outside of strings in the first `len` bytes of a block, and which bytes
    /// stand within strings.
    #[inline]
    fn structure(&mut self, block: &[u8; BLOCK], len: usize) -> (u64, u64, [u8x32; BLOCK / LANE]) {
        let vectors = vectors(block);
        let mut quotes = bits(&vectors, b'"');
        let backslash = u8x32::splat(b'\\');
        if self.escaped || vectors.iter().fold(u8x32::ZERO, |any, lane| any | lane.simd_eq(backslash)).any() {
            let escaped = escaped(bits(&vectors, b'\\'), self.escaped);
            self.escaped = (escaped >> len) & 1 == 1;
            #[expect(clippy::cast_possible_truncation, reason = "the bits above the block belong to the next one")]
            {
                quotes &= !(escaped as u64);
            }
        }
        // From an opening quote to before its closing one.
        let within = prefix_xor(quotes) ^ self.in_string;
        self.in_string = (within.cast_signed() >> (BLOCK - 1)).cast_unsigned();
        // The four brackets are alike but for these bits. So are `Y`, `_`, `y` and DEL, which JSON has in strings alone.
        let folded = vectors.map(|vector| vector | u8x32::splat(0x26));
        (bits(&folded, 0x7f) & !within, within, vectors)
    }

    /// Goes through the brackets of a block that stands at `start` in its chunk, up to the first line break that breaks a
    /// string.
    fn step(&mut self, mut brackets: u64, breaks: u64, chunk: &[u8], start: usize, lines: Option<Before>) -> Step {
        if breaks != 0 {
            brackets &= (breaks & breaks.wrapping_neg()) - 1;
        }
        while brackets != 0 {
            let at = start + brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            match chunk.get(at) {
                Some(b'{') => {
                    if lines.is_some_and(|before| !self.may_open(chunk, at, before)) {
                        return Step::Cut(at);
                    }
                    self.push(Bracket::Object);
                }
                Some(b'[') => self.push(Bracket::Array),
                Some(b'}') if self.innermost() == Some(Bracket::Array) => return Step::Mismatch(at),
                Some(b']') if self.innermost() == Some(Bracket::Object) => return Step::Mismatch(at),
                Some(b'}' | b']') => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Step::Closed(at + 1);
                    }
                }
                _ => {}
            }
        }
        if breaks == 0 { Step::More } else { Step::Cut(start + breaks.trailing_zeros() as usize) }
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

/// A block, in vectors.
#[inline]
fn vectors(block: &[u8; BLOCK]) -> [u8x32; BLOCK / LANE] {
    let (lanes, _) = block.as_chunks::<LANE>();
    array::from_fn(|n| lanes.get(n).map_or(u8x32::ZERO, |lane| u8x32::new(*lane)))
}

/// One bit for each byte of the block that is this one, the first byte's being the lowest.
#[inline]
fn bits(lanes: &[u8x32; BLOCK / LANE], wanted: u8) -> u64 {
    let wanted = u8x32::splat(wanted);
    let bits = |(n, lane): (usize, &u8x32)| u64::from(lane.simd_eq(wanted).to_bitmask()) << (LANE * n);
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
