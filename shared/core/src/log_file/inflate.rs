//! Takes gzip off the input, if there is any.

use std::io::{self, BufRead, ErrorKind};

use tablewarden_inflate::{Member, State, Step};

use super::{LogFileError, Position};

/// The first byte of a gzip member (RFC 1952). No JSON starts with it, so that one byte tells.
const GZIP: u8 = 0x1f;

/// The decompressed bytes of a gzip file of any number of members, or the bytes of a plain file.
///
/// It drives the decompressor itself, because readers drop what was inflated just before the damage, and make one
/// `io::Error` of damage and of a failing input.
pub(super) struct Inflater<R> {
    input: R,
    format: Format,
    /// The member that is being read, if one is.
    member: Member,
    compressed: u64,
    /// Found after bytes that had to be given first.
    held: Option<Damage>,
}

enum Format {
    Unknown,
    Plain,
    Member,
    BetweenMembers,
    Padding,
}

/// Why the bytes ended, before it is known where.
pub(super) enum Damage {
    Io(io::Error),
    Corrupt(String),
    Truncated,
}

impl Damage {
    pub(super) fn at(self, at: Position) -> LogFileError {
        match self {
            Self::Io(source) => LogFileError::Io { at, source },
            Self::Corrupt(reason) => LogFileError::Corrupt { reason, at },
            Self::Truncated => LogFileError::Truncated { within: "its gzip data", at },
        }
    }
}

impl<R: BufRead> Inflater<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, format: Format::Unknown, member: Member::default(), compressed: 0, held: None }
    }

    /// Bytes of input used so far.
    pub(super) fn compressed(&self) -> u64 {
        self.compressed
    }

    /// Writes the next bytes to the front of `out` and returns how many there are; zero is the end.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize, Damage> {
        let mut filled = 0;
        while self.held.is_none()
            && let Some(free) = out.get_mut(filled..).filter(|free| !free.is_empty())
        {
            match self.step(free) {
                Ok(Some(written)) => filled += written,
                Ok(None) => break,
                Err(damage) => self.held = Some(damage),
            }
        }
        match self.held.take_if(|_| filled == 0) {
            Some(damage) => Err(damage),
            None => Ok(filled),
        }
    }

    /// One turn over the input's buffer. `None` is the end.
    fn step(&mut self, out: &mut [u8]) -> Result<Option<usize>, Damage> {
        if let Format::Plain = self.format {
            let read = retry(|| self.input.read(out))?;
            self.compressed += read as u64;
            return Ok(Some(read).filter(|read| *read > 0));
        }
        retry(|| self.input.fill_buf().map(<[u8]>::len))?;
        let input = self.input.fill_buf().map_err(Damage::Io)?;
        let mut written = 0;
        let mut used = 0;
        let result = match (&self.format, input) {
            (Format::Member, _) => {
                let state;
                Step { used, written, state } = self.member.inflate(input, out);
                match state {
                    State::End => {
                        self.format = Format::BetweenMembers;
                        Ok(())
                    }
                    // Even without input the decompressor may still hold bytes; only then is it truncated.
                    State::More if used == 0 && written == 0 => Err(Damage::Truncated),
                    State::More => Ok(()),
                    State::Damage(reason) => Err(Damage::Corrupt(reason.into_owned())),
                }
            }
            (_, []) => return Ok(None),
            (Format::Unknown | Format::BetweenMembers, [GZIP, ..]) => {
                self.member.reset();
                self.format = Format::Member;
                Ok(())
            }
            (Format::Unknown | Format::Plain, _) => {
                self.format = Format::Plain;
                Ok(())
            }
            // Tapes and block devices leave zeros behind the last member; gzip(1) accepts them too.
            (Format::BetweenMembers | Format::Padding, [0, ..]) => {
                self.format = Format::Padding;
                used = input.iter().take_while(|byte| **byte == 0).count();
                Ok(())
            }
            (Format::BetweenMembers | Format::Padding, _) => {
                Err(Damage::Corrupt("bytes after the last member that are no gzip".to_owned()))
            }
        };
        self.input.consume(used);
        self.compressed += used as u64;
        match result {
            Ok(()) => Ok(Some(written)),
            Err(damage) if written == 0 => Err(damage),
            Err(damage) => {
                self.held = Some(damage);
                Ok(Some(written))
            }
        }
    }
}

/// Tries again where a signal came between.
fn retry(mut read: impl FnMut() -> io::Result<usize>) -> Result<usize, Damage> {
    loop {
        match read() {
            Ok(bytes) => return Ok(bytes),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Damage::Io(error)),
        }
    }
}
