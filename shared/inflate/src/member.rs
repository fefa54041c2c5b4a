//! A gzip member: header, deflate data, trailer.

use std::borrow::Cow;

use crate::header::Header;

/// What is wrong, in zlib's words where it has some.
pub type Damage = Cow<'static, str>;

/// What inflates deflate data (RFC 1951) as they come, and counts what comes out.
pub trait Inflate: Default {
    /// Ready for the data of another member, in the same memory.
    fn reset(&mut self);

    /// Inflates what it can, as [`Member::inflate`] does. The end may be found some bytes late: those of them that are in this
    /// `input` are not counted as used, those of earlier calls are the [`surplus`](Self::surplus).
    fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Step;

    /// Bytes of earlier calls that come after the data, once their end was found. At most eight.
    fn surplus(&self) -> &[u8];

    /// CRC-32 of what was written.
    fn crc(&self) -> u32;

    /// Bytes written, modulo 2^32.
    fn size(&self) -> u32;
}

/// What was done in one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Bytes of input that are done with.
    pub used: usize,
    /// Bytes of output, from the front of the buffer. They count also where there is damage: they came before it.
    pub written: usize,
    /// What comes next.
    pub state: State,
}

/// What comes after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// More of the member. Where nothing was used and nothing written, nothing can be done without more input (or room for
    /// output).
    More,
    /// Nothing: the member ended, and its checks hold.
    End,
    /// Nothing: the member is damaged.
    Damage(Damage),
}

/// A member as it comes. See [`crate::Member`].
#[derive(Debug)]
pub struct Member<D> {
    deflate: D,
    at: At,
}

#[derive(Debug)]
enum At {
    Header(Header),
    Data,
    Trailer(Trailer),
    /// [`State::End`] or [`State::Damage`].
    Over(State),
}

impl<D: Inflate> Default for Member<D> {
    fn default() -> Self {
        Self { deflate: D::default(), at: At::Header(Header::new()) }
    }
}

impl<D: Inflate> Member<D> {
    /// Ready for another member, in the same memory.
    pub fn reset(&mut self) {
        self.deflate.reset();
        self.at = At::Header(Header::new());
    }

    /// Takes the next bytes of the member, from its first to its last, and writes to the front of `out` what they hold.
    ///
    /// Bytes that are used may come out in a later call, which needs no input then. What comes after the member is not used.
    pub fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let (mut used, mut written) = (0, 0);
        loop {
            let (rest, free) = (input.get(used..).unwrap_or_default(), out.get_mut(written..).unwrap_or_default());
            let next = match &mut self.at {
                At::Header(header) => {
                    let (taken, end) = header.read(rest);
                    used += taken;
                    end.map(|end| end.then_some(At::Data))
                }
                At::Data => {
                    let step = self.deflate.inflate(rest, free);
                    used += step.used;
                    written += step.written;
                    match step.state {
                        State::More => Ok(None),
                        State::End => Ok(Some(At::Trailer(Trailer::default()))),
                        State::Damage(damage) => Err(damage),
                    }
                }
                At::Trailer(trailer) => {
                    let (taken, end) = trailer.read(rest, &self.deflate);
                    used += taken;
                    end.map(|end| end.then_some(At::Over(State::End)))
                }
                At::Over(state) => return Step { used, written, state: state.clone() },
            };
            match next {
                Ok(None) => return Step { used, written, state: State::More },
                Ok(Some(next)) => self.at = next,
                Err(damage) => self.at = At::Over(State::Damage(damage)),
            }
        }
    }
}

/// CRC-32 and length of what was packed, four bytes each, the lowest first.
#[derive(Debug, Default)]
struct Trailer {
    read: usize,
    differs: bool,
}

impl Trailer {
    /// Takes the next bytes: how many of the input's are the trailer's, and whether it ended.
    fn read(&mut self, input: &[u8], inflated: &impl Inflate) -> (usize, Result<bool, Damage>) {
        let expected = [inflated.crc().to_le_bytes(), inflated.size().to_le_bytes()];
        let early = inflated.surplus().get(self.read..).unwrap_or_default();
        let mut taken = 0_usize;
        for (byte, expected) in early.iter().chain(input).zip(expected.as_flattened().iter().skip(self.read)) {
            taken += 1;
            self.read += 1;
            self.differs |= byte != expected;
            let end = match self.read {
                4 if self.differs => Err("incorrect data check".into()),
                8 if self.differs => Err("incorrect length check".into()),
                8 => Ok(true),
                _ => continue,
            };
            return (taken.saturating_sub(early.len()), end);
        }
        (taken.saturating_sub(early.len()), Ok(false))
    }
}
