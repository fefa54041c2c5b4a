//! The parameters of a request without the keys of items: they tell items apart, and nothing else.

use super::cut::Cuts;
use super::outline::Hole;
use super::statement;
use crate::record::Cursor;

/// Walks over the parameters of a request, and leaves out the values of keys.
pub(super) fn walk(cursor: &mut Cursor<'_>, cuts: &mut Cuts, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match cursor.peek()? {
        b'{' => cursor.members(|cursor, name| match name {
            b"key" | b"exclusiveStartKey" => cuts.leave_out(Hole::Key, cursor, key),
            b"keys" if cursor.peek() == Some(b'[') => cursor.elements(|cursor| cuts.leave_out(Hole::Key, cursor, key)),
            b"shardIterator" => {
                let stream = memchr::memrchr(b'|', { *cursor }.string()?)?;
                cursor.pass(1 + stream);
                cuts.leave_out(Hole::Iterator, cursor, iterator)
            }
            b"statement" if cursor.peek() == Some(b'"') => statement::walk(cursor, cuts),
            _ => walk(cursor, cuts, depth),
        }),
        b'[' => cursor.elements(|cursor| walk(cursor, cuts, depth)),
        b'"' => cursor.string().map(|_| ()),
        _ => cursor.scalar(),
    }
}

/// Walks over a key of plain texts and numbers.
pub(super) fn key(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.peek()? != b'{' || cursor.rest().get(1)? == &b'}' {
        return None;
    }
    cursor.members(|cursor, _| match cursor.peek()? {
        b'"' => cursor.string().map(|_| ()),
        b'0'..=b'9' => cursor.scalar(),
        _ => None,
    })
}

/// Walks over the rest of a shard iterator. The stream stands in front of its last `|`, and behind it what is new each time.
pub(super) fn iterator(cursor: &mut Cursor<'_>) -> Option<()> {
    let new = cursor.text()?.strip_prefix(b"|")?;
    memchr::memchr(b'|', new).is_none().then_some(())
}
