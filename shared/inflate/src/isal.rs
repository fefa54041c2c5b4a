//! Inflates by ISA-L (`igzip`), Intel's library in assembly, and is all of the project that is not safe Rust.
//!
//! ISA-L gets pointers to the slices of one call, for that call. Its state is 90 KB, which are kept from member to member: in
//! them it holds the last 32 KiB of output, output that did not fit, and up to eight bytes of input. ISA-L bounds what it
//! reads and writes by the lengths it is given and by its own state, whatever the input.
#![expect(unsafe_code, reason = "ISA-L is C and assembly")]

use std::ptr;

use isal_sys::igzip_lib::{
    ISAL_GZIP_NO_HDR, ISAL_INVALID_BLOCK, ISAL_INVALID_LOOKBACK, inflate_state, isal_block_state_ISAL_BLOCK_FINISH,
    isal_inflate, isal_inflate_init, isal_inflate_reset,
};

use crate::member::{Damage, Inflate, State, Step};

/// For people.
pub const NAME: &str = "ISA-L";

/// Sound bytes before damage that it may not give, at most: a copy, and two literals that were decoded together with its code.
pub const WITHHELD: usize = LONGEST_COPY + 2;

/// Bytes that one code of deflate data stands for, at most.
const LONGEST_COPY: usize = 258;

/// Deflate data as they come.
pub struct Deflate {
    state: Box<inflate_state>,
    size: u32,
    /// Found while ISA-L still held output.
    damage: Option<Damage>,
    surplus: [u8; 8],
    surplus_len: usize,
}

impl std::fmt::Debug for Deflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deflate").field("size", &self.size).field("damage", &self.damage).finish_non_exhaustive()
    }
}

impl Default for Deflate {
    fn default() -> Self {
        let state = Box::<inflate_state>::new_zeroed();
        // SAFETY: numbers, arrays of numbers and raw pointers: zeros are a value of each.
        let mut state = unsafe { state.assume_init() };
        // SAFETY: the pointer is to a state of our own, and ISA-L only writes to its fields.
        unsafe { isal_inflate_init(&raw mut *state) };
        // The data alone, with CRC-32 of what is in them: header and trailer are read by `member`.
        state.crc_flag = ISAL_GZIP_NO_HDR;
        Self { state, size: 0, damage: None, surplus: [0; 8], surplus_len: 0 }
    }
}

impl Inflate for Deflate {
    fn reset(&mut self) {
        // SAFETY: the pointer is to a state that was initialised, and ISA-L only writes to its fields.
        unsafe { isal_inflate_reset(&raw mut *self.state) };
        self.size = 0;
        self.damage = None;
        self.surplus_len = 0;
    }

    fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        if self.damage.is_some() {
            return self.drain(out);
        }
        let (shown, room) = (low(input.len()), low(out.len()));
        let state = &mut *self.state;
        state.next_in = input.as_ptr().cast_mut();
        state.avail_in = shown;
        state.next_out = out.as_mut_ptr();
        state.avail_out = room;
        // SAFETY: the state was initialised and is changed by ISA-L alone, but for the four fields above: pointers to the
        // slices, with no more than their lengths, which nobody else has while this runs. ISA-L does not write to its input,
        // and looks at neither pointer in later calls, which set them anew.
        let result = unsafe { isal_inflate(&raw mut *state) };
        let used = state.next_in.addr() - input.as_ptr().addr();
        let mut written = state.next_out.addr() - out.as_ptr().addr();
        state.next_in = ptr::null_mut();
        state.next_out = ptr::null_mut();
        if result < 0 {
            let in_haste = state.avail_in != shown.wrapping_sub(low(used));
            self.damage = Some(damage(result));
            written -= self.withhold(if in_haste { LONGEST_COPY } else { 0 }, written);
            let held = self.drain(out.get_mut(written..).unwrap_or_default());
            return Step { used, written: written + held.written, state: held.state };
        }
        self.size = self.size.wrapping_add(low(written));
        if state.block_state == isal_block_state_ISAL_BLOCK_FINISH {
            let given_back = self.give_back(used);
            return Step { used: used - given_back, written, state: State::End };
        }
        Step { used, written, state: State::More }
    }

    fn surplus(&self) -> &[u8] {
        self.surplus.get(..self.surplus_len).unwrap_or_default()
    }

    fn crc(&self) -> u32 {
        self.state.crc
    }

    fn size(&self) -> u32 {
        self.size
    }
}

impl Deflate {
    /// Takes back bytes before the damage: of those that are still held, and of those that were written in this call, which
    /// are returned.
    ///
    /// Away from the ends of its buffers ISA-L hastens: it counts the copy that a code stands for as written before it finds
    /// the code to be damaged. (It doesn't count the room that is left rightly then, which tells.) How long that copy would
    /// have been is not known.
    fn withhold(&mut self, bytes: usize, written: usize) -> usize {
        let held = length(self.state.tmp_out_valid).saturating_sub(length(self.state.tmp_out_processed));
        let of_held = bytes.min(held);
        self.state.tmp_out_valid -= i32::try_from(of_held).unwrap_or(i32::MAX);
        (bytes - of_held).min(written)
    }

    /// Gives what was inflated before the damage and is still held.
    fn drain(&mut self, out: &mut [u8]) -> Step {
        let state = &mut *self.state;
        let held = length(state.tmp_out_processed)..length(state.tmp_out_valid);
        let held = state.tmp_out_buffer.get(held).unwrap_or_default();
        let written = held.len().min(out.len());
        for (to, from) in out.iter_mut().zip(held) {
            *to = *from;
        }
        state.tmp_out_processed += i32::try_from(written).unwrap_or(i32::MAX);
        let state = match &self.damage {
            Some(damage) if state.tmp_out_processed >= state.tmp_out_valid => State::Damage(damage.clone()),
            _ => State::More,
        };
        Step { used: 0, written, state }
    }

    /// At the end, what ISA-L read ahead. Of that, as many bytes are given back as were `used` in this call, and returned; the
    /// others are the surplus.
    fn give_back(&mut self, used: usize) -> usize {
        let bits = length(self.state.read_in_length);
        self.surplus = (self.state.read_in >> (bits % 8)).to_le_bytes();
        let ahead = (bits / 8).min(self.surplus.len());
        let given_back = ahead.min(used);
        self.surplus_len = ahead - given_back;
        given_back
    }
}

fn damage(code: i32) -> Damage {
    match code {
        ISAL_INVALID_BLOCK => "invalid block",
        ISAL_INVALID_LOOKBACK => "invalid distance too far back",
        _ => "invalid code",
    }
    .into()
}

/// As ISA-L counts what it is shown: what is beyond 4 GiB comes with the next call.
fn low(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// As ISA-L counts what it holds.
fn length(bytes: i32) -> usize {
    usize::try_from(bytes).unwrap_or(0)
}
