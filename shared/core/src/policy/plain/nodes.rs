//! What the shapes of a policy ask for, read from lines.

use std::collections::HashSet;

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Unusual;
use super::access::{InBrackets, Indented, Parts};
use super::lines::Reader;
use crate::policy::file::PLACED;

/// A value that is ahead, or a key.
pub(super) struct Node<'r, 'de> {
    pub(super) reader: &'r mut Reader<'de>,
    pub(super) within: Within,
}

/// What can stand at a place, and what has to stand behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A line begins here: fields or a list, by indentation.
    Block,
    /// The value of a field on the field's line: a text, or something in brackets. The line ends behind it.
    Field,
    /// The same behind the dash of a list, or fields.
    Item,
    /// A text or something in brackets, within brackets.
    Brackets,
    /// A field's name.
    Key,
}

impl<'de> Node<'_, 'de> {
    /// A text, and whether it is in quotes.
    fn text(self) -> Result<(&'de str, bool), Unusual> {
        let is_quoted = matches!(self.reader.peek(), Some(b'"' | b'\''));
        let text = match self.within {
            Within::Block => return Err(Unusual),
            Within::Key => return Ok((self.reader.key()?, is_quoted)),
            _ if is_quoted => self.reader.quoted()?,
            within => self.reader.plain(within == Within::Brackets)?,
        };
        leave(self.reader, self.within)?;
        Ok((text, is_quoted))
    }

    /// Whether a bracket opens a list or fields here. What is not in brackets begins where its first line does.
    fn opens(&mut self, bracket: u8) -> Result<bool, Unusual> {
        self.reader.count()?;
        if !matches!(self.within, Within::Block | Within::Key) && self.reader.take(bracket) {
            self.reader.spaces();
            return Ok(true);
        }
        if matches!(self.within, Within::Block | Within::Item) { Ok(false) } else { Err(Unusual) }
    }
}

/// To the next line, where a value has to end its own.
fn leave(reader: &mut Reader<'_>, within: Within) -> Result<(), Unusual> {
    if within == Within::Brackets || reader.end_line()? { Ok(()) } else { Err(Unusual) }
}

/// Fields; `keys` is for those that come to visitors who do not know them.
fn fields<'de, V: Visitor<'de>>(
    mut node: Node<'_, 'de>,
    visitor: V,
    keys: Option<HashSet<&'de str>>,
) -> Result<V::Value, Unusual> {
    let in_brackets = node.opens(b'{')?;
    let Node { reader, within } = node;
    let value = if in_brackets {
        let value = visitor.visit_map(InBrackets { reader: &mut *reader, end: b'}', is_first: true, keys })?;
        leave(reader, within)?;
        value
    } else {
        visitor.visit_map(Indented { indent: reader.at, reader: &mut *reader, keys })?
    };
    reader.length = 1;
    Ok(value)
}

impl<'de> Deserializer<'de> for Node<'_, 'de> {
    type Error = Unusual;

    /// Asked for where a word or fields can stand. What plain words other than `off` are to YAML is not known here.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        if self.within == Within::Block || self.reader.peek() == Some(b'{') {
            return self.deserialize_map(visitor);
        }
        match self.text()? {
            (text, true) | (text @ "off", false) => visitor.visit_borrowed_str(text),
            _ => Err(Unusual),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        visitor.visit_borrowed_str(self.text()?.0)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &str, visitor: V) -> Result<V::Value, Unusual> {
        if name != PLACED {
            return visitor.visit_newtype_struct(self);
        }
        let (line, column) = (self.reader.number, self.reader.at + 1);
        visitor.visit_seq(Parts { reader: self.reader, within: self.within, line, column, given: 0 })
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Unusual> {
        let in_brackets = self.opens(b'[')?;
        let Self { reader, within } = self;
        let value = if in_brackets {
            let value =
                visitor.visit_seq(InBrackets { reader: &mut *reader, end: b']', is_first: true, keys: None })?;
            leave(reader, within)?;
            value
        } else if within == Within::Block && reader.peek() == Some(b'-') {
            visitor.visit_seq(Indented { indent: reader.at, reader: &mut *reader, keys: None })?
        } else {
            return Err(Unusual);
        };
        reader.length = 1;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        fields(self, visitor, Some(HashSet::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        // It knows its fields, and that each comes once.
        fields(self, visitor, None)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum
        ignored_any
    }
}
