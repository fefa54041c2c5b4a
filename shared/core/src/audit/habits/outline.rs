//! What makes a record this event: what is left out of its form.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::{request, statement};
use crate::finding::EventId;
use crate::record::Cursor;

/// What is left out of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    /// `eventTime`.
    Time,
    /// `sourceIPAddress`.
    Address,
    /// `userAgent`.
    Agent,
    /// `eventID`.
    Event,
    /// A text of no matter.
    Text,
    /// The rest of a text: the name of a session.
    Session,
    /// The rest of a shard iterator, from its last `|` on.
    Iterator,
    /// The key of an item.
    Key,
    /// What stands between single quotes in a statement.
    Literal,
}

/// What was left out, and where it stands in the record.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    /// `eventTime`.
    pub(super) time: Timestamp,
    /// `sourceIPAddress`.
    pub(super) address: Range<usize>,
    /// `userAgent`.
    pub(super) agent: Range<usize>,
    /// `eventID`.
    pub(super) event: EventId,
}

/// What was met of a record.
#[derive(Default)]
pub(super) struct Met {
    time: Option<Timestamp>,
    address: Option<Range<usize>>,
    agent: Option<Range<usize>>,
    event: Option<EventId>,
}

impl Met {
    /// Walks over what is left out, and takes it in; `None` where it is not written as usual, or was met before.
    #[inline]
    pub(super) fn take(&mut self, hole: Hole, cursor: &mut Cursor<'_>) -> Option<()> {
        match hole {
            Hole::Time => once(&mut self.time, timestamp(cursor.string()?)?),
            Hole::Address => once(&mut self.address, text(cursor)?),
            Hole::Agent => once(&mut self.agent, text(cursor)?),
            Hole::Event => {
                let event = EventId::new(str::from_utf8(cursor.string()?).ok()?);
                once(&mut self.event, Some(event).filter(|event| matches!(event, EventId::Guid(_)))?)
            }
            Hole::Text => cursor.string().map(|_| ()),
            Hole::Session => cursor.text().map(|_| ()),
            Hole::Iterator => request::iterator(cursor),
            Hole::Key => request::key(cursor),
            Hole::Literal => statement::literal(cursor),
        }
    }

    /// All of it, if nothing lacks.
    pub(super) fn outline(self) -> Option<Outline> {
        Some(Outline { time: self.time?, address: self.address?, agent: self.agent?, event: self.event? })
    }
}

fn once<T>(to: &mut Option<T>, value: T) -> Option<()> {
    to.replace(value).is_none().then_some(())
}

/// Where a text stands, without its quotes.
fn text(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    let len = cursor.string()?.len();
    let end = cursor.at().checked_sub(1)?;
    Some(end.checked_sub(len)?..end)
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
