//! A PartiQL statement without its strings: what is held against a key tells items apart, and nothing else.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html>

use super::cut::Cuts;
use super::outline::Hole;
use crate::record::Cursor;

/// Walks over a statement, and leaves out what stands between single quotes. Comments and literals of Ion could hide a quote:
/// statements that have some are for the parser, as are all but plain letters.
pub(super) fn walk(cursor: &mut Cursor<'_>, cuts: &mut Cuts) -> Option<()> {
    cursor.expect(b'"')?;
    let mut is_in_name = false;
    loop {
        match (cursor.peek()?, cursor.rest().get(1)?) {
            (b'"', _) => {
                cursor.pass(1);
                return (!is_in_name).then_some(());
            }
            (b'\\', b'"') => {
                cursor.pass(2);
                is_in_name = !is_in_name;
            }
            (b'\'', _) if !is_in_name => {
                cursor.pass(1);
                cuts.leave_out(Hole::Literal, cursor, literal)?;
                cursor.pass(1);
            }
            (b'\\' | b'`', _) | (b'-', b'-') | (b'/', b'*') => return None,
            (b' '..=b'~', _) => cursor.pass(1),
            _ => return None,
        }
    }
}

/// Walks up to the quote that ends a string.
pub(super) fn literal(cursor: &mut Cursor<'_>) -> Option<()> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:@#+=/ ".contains(byte);
    let rest = cursor.rest();
    let len = rest.iter().position(|byte| !is_plain(byte))?;
    // Of two quotes neither ends it.
    let ends = rest.get(len)? == &b'\'' && rest.get(len + 1)? != &b'\'';
    ends.then(|| cursor.pass(len))
}
