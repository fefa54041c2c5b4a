//! Where something stands in a policy file, and how it is asked for.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

/// A stretch of a line. Line and column count from 1, the column and the length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) struct Place {
    pub(in crate::policy) line: usize,
    pub(in crate::policy) column: usize,
    pub(in crate::policy) length: usize,
}

impl Place {
    /// Where it is said what is wrong with the file as a whole.
    pub(in crate::policy) const FIRST_LINE: Self = Self { line: 1, column: 1, length: usize::MAX };
}

impl From<Location> for Place {
    fn from(at: Location) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).max(1);
        Self { line: number(at.line()), column: number(at.column()), length: number(at.span().len()) }
    }
}

/// By this name of a newtype, `plain` is asked for a value and its place: a sequence of the value, line, column and length.
pub(in crate::policy) const PLACED: &str = "tablewarden::Placed";

/// A value with its place, for one behind an alias at the anchor: by `plain`, or by `serde-saphyr` in the way of its own.
pub(super) fn placed<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<(T, Place), D::Error> {
    struct Either<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
        type Value = (T, Place);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value with its place")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            let Spanned { value, defined, .. } = Spanned::deserialize(deserializer)?;
            Ok((value, defined.into()))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
            let missing = || A::Error::custom("no place");
            let value = parts.next_element()?.ok_or_else(missing)?;
            let mut number = || parts.next_element()?.ok_or_else(missing);
            Ok((value, Place { line: number()?, column: number()?, length: number()? }))
        }
    }
    deserializer.deserialize_newtype_struct(PLACED, Either(PhantomData))
}
