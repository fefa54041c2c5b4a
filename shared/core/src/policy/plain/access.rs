//! Lists and fields, one by one.

use std::collections::HashSet;

use serde::de::{DeserializeSeed, IntoDeserializer as _, MapAccess, SeqAccess};

use super::Unusual;
use super::lines::Reader;
use super::nodes::{Node, Within};

/// A list or fields by indentation: each line of it begins at the same column.
pub(super) struct Indented<'r, 'de> {
    pub(super) reader: &'r mut Reader<'de>,
    pub(super) indent: usize,
    /// Those that came, where nobody else looks that each comes once.
    pub(super) keys: Option<HashSet<&'de str>>,
}

impl Indented<'_, '_> {
    /// Whether a line of it is ahead. One that begins further right is the rest of a text, or wrong.
    fn is_ahead(&self) -> Result<bool, Unusual> {
        if self.reader.at > self.indent {
            return Err(Unusual);
        }
        Ok(self.reader.at == self.indent && !self.reader.has_ended())
    }
}

impl<'de> SeqAccess<'de> for Indented<'_, 'de> {
    type Error = Unusual;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        // A field may stand in the column of the list before it.
        if !self.is_ahead()? || !self.reader.take(b'-') {
            return Ok(None);
        }
        if !self.reader.spaces() {
            return Err(Unusual);
        }
        seed.deserialize(Node { reader: &mut *self.reader, within: Within::Item }).map(Some)
    }
}

impl<'de> MapAccess<'de> for Indented<'_, 'de> {
    type Error = Unusual;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unusual> {
        if self.is_ahead()? { key(self.reader, self.keys.as_mut(), seed).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unusual> {
        let reader = &mut *self.reader;
        let has_space = reader.peek() == Some(b' ');
        let within = if reader.end_line()? {
            let is_its_own = reader.at > self.indent || reader.at == self.indent && reader.peek() == Some(b'-');
            if !is_its_own || reader.has_ended() {
                return Err(Unusual);
            }
            Within::Block
        } else if has_space {
            Within::Field
        } else {
            return Err(Unusual);
        };
        seed.deserialize(Node { reader, within })
    }
}

/// A list or fields in brackets, the opening one behind the reader.
pub(super) struct InBrackets<'r, 'de> {
    pub(super) reader: &'r mut Reader<'de>,
    pub(super) end: u8,
    pub(super) is_first: bool,
    /// As of [`Indented`].
    pub(super) keys: Option<HashSet<&'de str>>,
}

impl InBrackets<'_, '_> {
    /// Whether there is one more; steps over what stands before it, or over the closing bracket.
    fn is_ahead(&mut self) -> Result<bool, Unusual> {
        self.reader.spaces();
        if self.reader.take(self.end) {
            return Ok(false);
        }
        if !self.is_first && !self.reader.take(b',') {
            return Err(Unusual);
        }
        self.is_first = false;
        self.reader.spaces();
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for InBrackets<'_, 'de> {
    type Error = Unusual;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        if !self.is_ahead()? {
            return Ok(None);
        }
        seed.deserialize(Node { reader: &mut *self.reader, within: Within::Brackets }).map(Some)
    }
}

impl<'de> MapAccess<'de> for InBrackets<'_, 'de> {
    type Error = Unusual;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unusual> {
        if self.is_ahead()? { key(self.reader, self.keys.as_mut(), seed).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unusual> {
        if !self.reader.spaces() {
            return Err(Unusual);
        }
        seed.deserialize(Node { reader: &mut *self.reader, within: Within::Brackets })
    }
}

/// A key, and its colon.
fn key<'de, K: DeserializeSeed<'de>>(
    reader: &mut Reader<'de>,
    keys: Option<&mut HashSet<&'de str>>,
    seed: K,
) -> Result<K::Value, Unusual> {
    if let Some(keys) = keys {
        let from = reader.at;
        let is_new = keys.insert(reader.key()?);
        reader.at = from;
        if !is_new {
            return Err(Unusual);
        }
    }
    let key = seed.deserialize(Node { reader, within: Within::Key })?;
    if reader.take(b':') { Ok(key) } else { Err(Unusual) }
}

/// A value, then the line, the column and the length of its place.
pub(super) struct Parts<'r, 'de> {
    pub(super) reader: &'r mut Reader<'de>,
    pub(super) within: Within,
    pub(super) line: usize,
    pub(super) column: usize,
    /// How many were given.
    pub(super) given: usize,
}

impl<'de> SeqAccess<'de> for Parts<'_, 'de> {
    type Error = Unusual;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        self.given += 1;
        let number = match self.given {
            1 => return seed.deserialize(Node { reader: &mut *self.reader, within: self.within }).map(Some),
            2 => self.line,
            3 => self.column,
            4 => self.reader.length,
            _ => return Ok(None),
        };
        seed.deserialize(number.into_deserializer()).map(Some)
    }
}
