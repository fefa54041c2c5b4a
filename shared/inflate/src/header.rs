//! The header of a gzip member: <https://www.rfc-editor.org/rfc/rfc1952#section-2.3>. None of it is worth keeping.
//!
//! ISA-L has a reader of its own, which forgets what it read of a header that comes in two pieces.

use flate2::Crc;

use crate::member::Damage;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
const FIXED_LEN: usize = 10;

const CHECKED: u8 = 1 << 1;
const RESERVED: u8 = 0b1110_0000;
/// The flag of each part that need not be there, in their order.
const OPTIONAL: [(u8, Part); 4] =
    [(1 << 2, Part::ExtraLen(None)), (1 << 3, Part::Name), (1 << 4, Part::Comment), (CHECKED, Part::Check(None))];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The byte at this place of those that every header has.
    Fixed(usize),
    /// With the first of its two bytes.
    ExtraLen(Option<u8>),
    /// So many bytes are left of it.
    Extra(usize),
    /// Up to a zero.
    Name,
    /// Up to a zero.
    Comment,
    /// With the first of its two bytes.
    Check(Option<u8>),
    End,
}

/// A header as it comes.
#[derive(Debug)]
pub(crate) struct Header {
    part: Part,
    flags: u8,
    crc: Crc,
}

impl Header {
    pub(crate) fn new() -> Self {
        Self { part: Part::Fixed(0), flags: 0, crc: Crc::new() }
    }

    /// Takes the next bytes: how many of them are the header's, and whether it ended.
    pub(crate) fn read(&mut self, input: &[u8]) -> (usize, Result<bool, Damage>) {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let len = match self.part {
                Part::Extra(left) => left.min(rest.len()),
                Part::Name | Part::Comment => rest.iter().position(|byte| *byte == 0).map_or(rest.len(), |end| end + 1),
                _ => 1,
            };
            let (field, _) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            used += len;
            match self.take(field) {
                Ok(Part::End) => return (used, Ok(true)),
                Ok(next) => self.part = next,
                Err(damage) => return (used, Err(damage)),
            }
        }
        (used, Ok(false))
    }

    /// What is next after these bytes, which are all of one part.
    fn take(&mut self, field: &[u8]) -> Result<Part, Damage> {
        let Some(byte) = field.last().copied() else { return Ok(self.part) };
        let fixed = matches!(self.part, Part::Fixed(_));
        if fixed || (self.flags & CHECKED != 0 && !matches!(self.part, Part::Check(_))) {
            self.crc.update(field);
        }
        let from = match self.part {
            Part::Fixed(at) => {
                match at {
                    0 | 1 if MAGIC.get(at) != Some(&byte) => return Err("incorrect header check".into()),
                    2 if byte != DEFLATE => return Err("unknown compression method".into()),
                    3 if byte & RESERVED != 0 => return Err("unknown header flags set".into()),
                    3 => self.flags = byte,
                    _ => {}
                }
                if at + 1 < FIXED_LEN {
                    return Ok(Part::Fixed(at + 1));
                }
                0
            }
            Part::ExtraLen(None) => return Ok(Part::ExtraLen(Some(byte))),
            Part::ExtraLen(Some(low)) => match u16::from_le_bytes([low, byte]) {
                0 => 1,
                len => return Ok(Part::Extra(usize::from(len))),
            },
            Part::Extra(left) if field.len() < left => return Ok(Part::Extra(left - field.len())),
            Part::Extra(_) => 1,
            Part::Name | Part::Comment if byte != 0 => return Ok(self.part),
            Part::Name => 2,
            Part::Comment => 3,
            Part::Check(None) => return Ok(Part::Check(Some(byte))),
            Part::Check(Some(low)) if self.crc.sum() & 0xffff != u32::from(u16::from_le_bytes([low, byte])) => {
                return Err("header crc mismatch".into());
            }
            Part::Check(Some(_)) | Part::End => 4,
        };
        let next = OPTIONAL.iter().skip(from).find(|(flag, _)| self.flags & flag != 0);
        Ok(next.map_or(Part::End, |(_, part)| *part))
    }
}
