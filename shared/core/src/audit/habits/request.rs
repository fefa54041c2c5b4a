//! The parameters of a request without the keys of items.

use crate::record::Cursor;

/// How deep a request may nest before the walk gives up.
const DEEPEST: usize = 16;

/// A copy of what is walked, but for what is left out.
#[derive(Debug)]
pub(super) struct Cut<'c> {
    pub(super) into: &'c mut Vec<u8>,
    /// What stands before it is in the copy, or left out.
    pub(super) from: usize,
}

impl Cut<'_> {
    /// Copies up to a place, and puts this in place of what comes then. No JSON that is walked holds a control character.
    pub(super) fn leave_out(&mut self, from: &Cursor<'_>, mark: &[u8]) {
        self.into.extend_from_slice(from.since(self.from));
        self.into.extend_from_slice(mark);
    }

    /// Goes on copying from there.
    pub(super) fn go_on(&mut self, at: &Cursor<'_>) {
        self.from = at.at();
    }
}

/// Walks over the parameters of a request, and leaves out the values of keys: they tell items apart, and nothing else.
pub(super) fn request(cursor: &mut Cursor<'_>, cut: &mut Cut<'_>) -> Option<()> {
    value(cursor, cut, DEEPEST)
}

fn value(cursor: &mut Cursor<'_>, cut: &mut Cut<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match cursor.peek()? {
        b'{' => cursor.members(|cursor, name| match name {
            b"key" | b"exclusiveStartKey" => key(cursor, cut),
            b"keys" if cursor.peek() == Some(b'[') => cursor.elements(|cursor| key(cursor, cut)),
            b"shardIterator" => iterator(cursor, cut),
            _ => value(cursor, cut, depth),
        }),
        b'[' => cursor.elements(|cursor| value(cursor, cut, depth)),
        b'"' => cursor.string().map(|_| ()),
        _ => cursor.scalar(),
    }
}

/// A key of plain texts and numbers.
fn key(cursor: &mut Cursor<'_>, cut: &mut Cut<'_>) -> Option<()> {
    if cursor.peek()? != b'{' || cursor.rest().get(1)? == &b'}' {
        return None;
    }
    cut.leave_out(cursor, b"\x01");
    cursor.members(|cursor, _| match cursor.peek()? {
        b'"' => cursor.string().map(|_| ()),
        b'0'..=b'9' => cursor.scalar(),
        _ => None,
    })?;
    cut.go_on(cursor);
    Some(())
}

/// The stream stands in front of a shard iterator, and behind it what is new each time.
fn iterator(cursor: &mut Cursor<'_>, cut: &mut Cut<'_>) -> Option<()> {
    let mut end = *cursor;
    let text = end.string()?;
    let stream = memchr::memrchr(b'|', text)?;
    cursor.pass(1 + stream);
    cut.leave_out(cursor, b"\x01");
    *cursor = end;
    cut.go_on(cursor);
    Some(())
}
