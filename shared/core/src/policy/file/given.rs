//! What serde does not do by itself: fields that may not stand empty, maps that keep the places of their keys.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::Text;

/// What is said of a field that stands there without a value.
pub(in crate::policy) const NO_VALUE: &str = "this field has no value";

/// An optional field may be left out, but not left empty.
pub(in crate::policy) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)?.ok_or_else(|| D::Error::custom(NO_VALUE)).map(Some)
}

/// The keys and values of a map in their order, keys with their places, which a map by key would lose.
pub(in crate::policy) struct Pairs<V>(pub(in crate::policy) Vec<(Text, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Pairs<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Pairs(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}
