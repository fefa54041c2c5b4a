//! Request parameters: an object of no fixed shape, or the reason why there is none.

use serde_json::value::RawValue;
use serde_json_borrow::Value;

/// The `requestParameters` of a record, borrowed from it.
#[derive(Debug)]
pub enum Params<'a> {
    /// `null` or left out, as CloudTrail does for calls without parameters and for some that were denied.
    Absent,
    /// An object.
    Known(Value<'a>),
    /// There, but not to be read, and why: calls can be hidden this way.
    Unreadable(&'static str),
}

impl<'a> Params<'a> {
    pub(super) fn read(raw: Option<&'a RawValue>) -> Self {
        let Some(raw) = raw else { return Self::Absent };
        match serde_json::from_str::<Value<'a>>(raw.get()) {
            Ok(value) if is_omitted(&value) => {
                Self::Unreadable("request parameters omitted by CloudTrail as too large")
            }
            Ok(value @ Value::Object(_)) => Self::Known(value),
            Ok(Value::Null) => Self::Absent,
            Ok(_) => Self::Unreadable("request parameters are no object"),
            // Nested too deep, or with an escape that stands for no character: valid JSON all the same.
            Err(_) => Self::Unreadable("request parameters cannot be parsed"),
        }
    }

    /// A field of the parameters, in any case.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Known(value) => field(value, name),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// A field of an object by its name in any case: records mix `tableName` and `TableName`.
pub(super) fn field<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let Value::Object(object) = value else { return None };
    object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null()).map(|(_, value)| value)
}

/// `{"reason":"requestParameters too large","omitted":true,"originalSize":…}` stands in for parameters over 100 KB.
fn is_omitted(value: &Value<'_>) -> bool {
    field(value, "omitted").and_then(Value::as_bool) == Some(true) && field(value, "reason").is_some()
}
