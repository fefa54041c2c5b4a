//! A record as CloudTrail writes it, taken apart into what makes it this event and what it has in common with others.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::request::{Cut, request};
use crate::finding::EventId;
use crate::record::Cursor;

/// What stands in the copy for something that was left out.
const TIME: u8 = 2;
const ADDRESS: u8 = 3;
const AGENT: u8 = 4;
const REQUEST: u8 = 5;
const EVENT: u8 = 6;
const CALLER: u8 = 7;

/// What is left out of the form of a record, and where it stands in it.
#[derive(Debug)]
pub(in crate::audit) struct Outline {
    /// `userIdentity`.
    pub(super) identity: Range<usize>,
    /// The number of the caller, where it is known.
    pub(super) caller: Option<u32>,
    /// `eventTime`.
    pub(super) time: Timestamp,
    /// `sourceIPAddress`.
    pub(super) address: Range<usize>,
    /// `userAgent`.
    pub(super) agent: Range<usize>,
    /// `eventID`.
    pub(super) event: EventId,
    /// Where `eventID` ends.
    pub(super) tail: usize,
}

/// What was met of a record.
#[derive(Default)]
struct Met {
    identity: Option<(Range<usize>, Option<u32>)>,
    time: Option<Timestamp>,
    address: Option<Range<usize>>,
    agent: Option<Range<usize>>,
    request: Option<()>,
    event: Option<EventId>,
}

impl Outline {
    /// Walks over a record; `None` where it is not written as usual. What is not left out is added to `form`.
    ///
    /// `known` tells how long the `userIdentity` at the beginning of these bytes is and whose, where it was met before.
    pub(in crate::audit) fn of(
        json: &[u8],
        form: &mut Vec<u8>,
        known: impl FnOnce(&[u8]) -> Option<(usize, u32)>,
    ) -> Option<Self> {
        let mut cut = Cut { into: form, from: 0 };
        let mut cursor = Cursor::new(json);
        let (mut met, mut known) = (Met::default(), Some(known));
        cursor.expect(b'{')?;
        loop {
            let key = cursor.string()?;
            cursor.expect(b':')?;
            match key {
                b"userIdentity" => {
                    cut.leave_out(&cursor, &[CALLER]);
                    let from = cursor.at();
                    let caller = match known.take()?(cursor.rest()) {
                        Some((len, caller)) => {
                            cursor.pass(len);
                            Some(caller)
                        }
                        None => cursor.object().map(|_| None)?,
                    };
                    once(&mut met.identity, (from..cursor.at(), caller))?;
                    cut.go_on(&cursor);
                }
                b"eventTime" => {
                    let (text, _) = left_out(&mut cursor, &mut cut, TIME)?;
                    once(&mut met.time, timestamp(text)?)?;
                }
                b"sourceIPAddress" => once(&mut met.address, left_out(&mut cursor, &mut cut, ADDRESS)?.1)?,
                b"userAgent" => once(&mut met.agent, left_out(&mut cursor, &mut cut, AGENT)?.1)?,
                b"requestID" => once(&mut met.request, left_out(&mut cursor, &mut cut, REQUEST).map(|_| ())?)?,
                b"requestParameters" => request(&mut cursor, &mut cut)?,
                b"eventID" => {
                    let (text, _) = left_out(&mut cursor, &mut cut, EVENT)?;
                    let event = EventId::new(str::from_utf8(text).ok()?);
                    once(&mut met.event, Some(event).filter(|event| matches!(event, EventId::Guid(_)))?)?;
                    break;
                }
                _ if cursor.peek()? == b'"' => cursor.string().map(|_| ())?,
                _ => cursor.scalar()?,
            }
            cursor.expect(b',')?;
        }
        let (identity, caller) = met.identity?;
        Some(Self {
            identity,
            caller,
            time: met.time?,
            address: met.address?,
            agent: met.agent?,
            event: met.event?,
            tail: cursor.at(),
        })
    }
}

fn once<T>(to: &mut Option<T>, value: T) -> Option<()> {
    to.replace(value).is_none().then_some(())
}

/// A text, and where it stands.
fn left_out<'j>(cursor: &mut Cursor<'j>, cut: &mut Cut<'_>, mark: u8) -> Option<(&'j [u8], Range<usize>)> {
    cut.leave_out(cursor, &[mark]);
    let text = cursor.string()?;
    cut.go_on(cursor);
    let end = cursor.at().checked_sub(1)?;
    Some((text, end.checked_sub(text.len())?..end))
}

/// `YYYY-MM-DDThh:mm:ssZ`, as CloudTrail writes it.
fn timestamp(text: &[u8]) -> Option<Timestamp> {
    let bytes: &[u8; 20] = text.try_into().ok()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = *bytes else {
        return None;
    };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0').cast_signed());
    let two = |tens: u8, ones: u8| Some(digit(tens)? * 10 + digit(ones)?);
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let time = DateTime::new(year, two(m1, m2)?, two(d1, d2)?, two(h1, h2)?, two(n1, n2)?, two(s1, s2)?, 0).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_the_parser_reads() {
        for text in ["2026-03-02T09:15:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "9999-12-30T00:00:00Z"] {
            assert_eq!(timestamp(text.as_bytes()), Some(text.parse().unwrap()), "{text}");
        }
        for odd in ["2026-02-30T09:15:00Z", "2026-03-02T09:15:60Z", "2026-03-02 09:15:00Z", "2026-03-02T09:15:0xZ", ""]
        {
            assert_eq!(timestamp(odd.as_bytes()), None, "{odd}");
        }
    }
}
