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
#[derive(Debug)]
pub(in crate::policy) struct Pairs<K, V>(pub(in crate::policy) Vec<(Text<K>, V)>);

impl<'de, K, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);
        impl<'de, K, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Pairs<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<K, V>, A::Error> {
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
