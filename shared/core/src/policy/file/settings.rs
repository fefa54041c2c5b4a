//! What is changed about a detection: the word `off`, or fields.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::{Count, NO_VALUE, Text, given};
use crate::severity::Severity;

/// What is changed about a detection.
#[derive(Debug)]
pub(in crate::policy) enum Detection {
    /// The word that stands in place of fields; to YAML, `off` is also a boolean.
    Word(String),
    /// Fields.
    Changed(Box<Thresholds>),
}

/// Its severity, and how much makes it fire.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct Thresholds {
    /// The severity of its usual cases: neither sensitivity nor outcome moves it then. A graver case keeps its own.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) severity: Option<Text<Severity>>,
    /// How many items make it fire, for a detection that counts items.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) items: Option<Text<Count>>,
    /// How many calls make it fire, for a detection that counts calls.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::policy) calls: Option<Text<Count>>,
}

impl<'de> Deserialize<'de> for Detection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrFields;
        impl<'de> Visitor<'de> for WordOrFields {
            type Value = Detection;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`off`, or fields such as `severity: low`")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Detection, E> {
                Ok(Detection::Word(if value { "on" } else { "off" }.to_owned()))
            }

            fn visit_str<E>(self, word: &str) -> Result<Detection, E> {
                Ok(Detection::Word(word.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Detection, E> {
                Ok(Detection::Word(number.to_string()))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Detection, E> {
                Err(E::custom(NO_VALUE))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Detection, A::Error> {
                Box::deserialize(MapAccessDeserializer::new(map)).map(Detection::Changed)
            }
        }
        deserializer.deserialize_any(WordOrFields)
    }
}
