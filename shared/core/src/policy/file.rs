//! The YAML shapes. What the values mean is checked in `compile`, so that all wrong values are told at once; what is of the
//! wrong shape is told here, the first one only.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_saphyr::Spanned;

/// A scalar as written, with its place. Numbers keep their spelling, so that account ids keep their leading zeros.
pub(super) type Text = Spanned<String>;

/// Read before the rest, so that a file of a later version is told so, not that its fields are unknown.
#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) version: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "version")]
    _version: serde::de::IgnoredAny,
    #[serde(default, deserialize_with = "given")]
    pub(super) accounts: Option<Accounts>,
    #[serde(default, deserialize_with = "given")]
    pub(super) tables: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) table: Text,
    #[serde(default, deserialize_with = "given")]
    pub(super) owner: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) sensitivity: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) watch: Option<Vec<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) expected: Option<Vec<Spanned<Expected>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Expected {
    #[serde(default, deserialize_with = "given")]
    pub(super) role: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) permission_set: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) person: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) user: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) service: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) account: Option<Text>,
}

/// Account ids and names with their places, which a map by id would lose.
pub(super) struct Accounts(pub(super) Vec<(Text, Text)>);

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Accounts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from account ids to names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Accounts, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Accounts(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// What is said of a field that stands there without a value.
pub(super) const NO_VALUE: &str = "this field has no value";

/// An optional field may be left out, but not left empty.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)?.ok_or_else(|| D::Error::custom(NO_VALUE)).map(Some)
}
