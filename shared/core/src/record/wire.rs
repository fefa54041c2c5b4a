//! Fields as CloudTrail writes them: sometimes absent, sometimes `null`, sometimes of another type than documented.
//!
//! One odd field must not cost the whole record, and must not pass for an absent one either. So each field is first taken
//! as it stands, and then for what it is.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde_bytes::ByteBuf;
use serde_json::value::RawValue;

/// A field of the wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Left out, or `null`.
    #[default]
    Absent,
    /// There, and of the type that is documented.
    Present(T),
    /// There, but of another type.
    Odd,
}

/// A string of the record, borrowed from its bytes unless it holds an escape.
///
/// What is no text, such as half of a surrogate pair in a user agent, becomes U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<'a>(pub Cow<'a, str>);

/// A field that should hold a string.
pub type TextField<'a> = Field<Text<'a>>;

/// A field that should hold an object; its own deserializer tells it from [`TextField`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectField<T>(pub Field<T>);

impl<T> Field<T> {
    /// The value, where there is one of the documented type.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Odd => None,
        }
    }
}

impl Field<Text<'_>> {
    /// The string, where there is one that is not empty.
    pub fn text(&self) -> Option<&str> {
        self.present().map(|text| text.0.as_ref()).filter(|text| !text.is_empty())
    }
}

impl<T> ObjectField<T> {
    /// The object, where there is one.
    pub fn present(&self) -> Option<&T> {
        self.0.present()
    }
}

impl<'a> Text<'a> {
    /// The string that JSON writes so; `None` for a value of another type.
    pub(super) fn of_json(json: &'a str) -> Option<Self> {
        let inner = json.strip_prefix('"')?.strip_suffix('"')?;
        if !inner.contains('\\') {
            return Some(Self(Cow::Borrowed(inner)));
        }
        // As bytes, since the escape of half a surrogate pair is allowed by JSON's grammar and by no string of Rust's.
        let bytes: ByteBuf = serde_json::from_str(json).ok()?;
        Some(Self(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Self::of_json(json).ok_or_else(|| Error::custom("expected a string"))
    }
}

impl<'a> Field<Text<'a>> {
    /// What a JSON value is to a field that should hold a string.
    pub(super) fn of_json(json: &'a str) -> Self {
        match json {
            "null" => Self::Absent,
            json => Text::of_json(json).map_or(Self::Odd, Self::Present),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<Text<'a>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of_json(<&RawValue>::deserialize(deserializer)?.get()))
    }
}

/// A value as it is written, or `None` for `null`.
pub(super) fn unparsed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ObjectField<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match <&RawValue>::deserialize(deserializer)?.get() {
            "null" => Field::Absent,
            // A list of as many elements would pass for a struct.
            json if json.starts_with('{') => serde_json::from_str(json).map_or(Field::Odd, Field::Present),
            _ => Field::Odd,
        }))
    }
}
