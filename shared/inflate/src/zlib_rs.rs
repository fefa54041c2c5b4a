//! Inflates by zlib-rs, a port of zlib to Rust.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::member::{Inflate, State, Step};

/// For people.
pub const NAME: &str = "zlib-rs";

/// Sound bytes before damage that it may not give, at most.
pub const WITHHELD: usize = 0;

/// Deflate data as they come.
#[derive(Debug)]
pub struct Deflate {
    stream: Decompress,
    crc: Crc,
}

impl Default for Deflate {
    fn default() -> Self {
        Self { stream: Decompress::new(false), crc: Crc::new() }
    }
}

impl Inflate for Deflate {
    fn reset(&mut self) {
        self.stream.reset(false);
        self.crc.reset();
    }

    fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let state = match self.stream.decompress(input, out, FlushDecompress::None) {
            Ok(Status::StreamEnd) => State::End,
            Ok(_) => State::More,
            Err(error) => State::Damage(error.message().unwrap_or("invalid deflate data").to_owned().into()),
        };
        // Counted also where it fails: what came before the damage was written.
        let used = count(self.stream.total_in() - before_in);
        let written = count(self.stream.total_out() - before_out);
        self.crc.update(out.get(..written).unwrap_or_default());
        Step { used, written, state }
    }

    fn surplus(&self) -> &[u8] {
        &[]
    }

    fn crc(&self) -> u32 {
        self.crc.sum()
    }

    fn size(&self) -> u32 {
        self.crc.amount()
    }
}

/// A difference of totals, which is at most the length of a slice.
fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
