//! Fields as CloudTrail writes them: sometimes absent, sometimes `null`, sometimes of another type than documented.
//!
//! One odd field must not cost the whole record, and must not pass for an absent one either.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

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

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(value)))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<Text<'a>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor::<Strings>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Field<bool> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor::<Booleans>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ObjectField<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor::<Objects<T>>(PhantomData)).map(ObjectField)
    }
}

/// What a field takes as its documented type; everything else is odd.
trait Documented<'de>: Sized {
    type Value;
    fn borrowed(_: &'de str) -> Field<Self::Value> {
        Field::Odd
    }
    fn owned(_: &str) -> Field<Self::Value> {
        Field::Odd
    }
    fn boolean(_: bool) -> Field<Self::Value> {
        Field::Odd
    }
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Field<Self::Value>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Odd)
    }
}

struct Strings;
impl<'de> Documented<'de> for Strings {
    type Value = Text<'de>;
    fn borrowed(value: &'de str) -> Field<Text<'de>> {
        Field::Present(Text(Cow::Borrowed(value)))
    }
    fn owned(value: &str) -> Field<Text<'de>> {
        Field::Present(Text(Cow::Owned(value.to_owned())))
    }
}

struct Booleans;
impl Documented<'_> for Booleans {
    type Value = bool;
    fn boolean(value: bool) -> Field<bool> {
        Field::Present(value)
    }
}

struct Objects<T>(PhantomData<T>);
impl<'de, T: Deserialize<'de>> Documented<'de> for Objects<T> {
    type Value = T;
    fn map<A: MapAccess<'de>>(map: A) -> Result<Field<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Field::Present)
    }
}

struct FieldVisitor<K>(PhantomData<K>);

impl<'de, K: Documented<'de>> Visitor<'de> for FieldVisitor<K> {
    type Value = Field<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Field::Absent)
    }
    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(K::borrowed(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(K::owned(value))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(K::boolean(value))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Field::Odd)
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Field::Odd)
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Field::Odd)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Odd)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        K::map(map)
    }
}
