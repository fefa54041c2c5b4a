//! Request parameters: an object of no fixed shape, or the reason why there is none.

use std::borrow::Cow;

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
    pub(super) fn read(raw: Option<&'a str>) -> Self {
        let Some(raw) = raw else { return Self::Absent };
        match serde_json::from_str::<Value<'a>>(raw) {
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

    /// Why they cannot be read, where they cannot.
    pub fn unreadable(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable(why) => Some(why),
            Self::Absent | Self::Known(_) => None,
        }
    }

    /// A field of the parameters, in any case.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.at(&[name])
    }

    /// A field of a field, and so on, each in any case; of no names the parameters themselves.
    pub fn at(&self, names: &[&str]) -> Option<&Value<'a>> {
        match self {
            Self::Known(value) => names.iter().try_fold(value, |value, name| field(value, name)),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// The same, where it is a string that is not empty.
    pub fn text(&self, names: &[&str]) -> Option<&str> {
        self.at(names)?.as_str().filter(|text| !text.is_empty())
    }

    /// The same, where it is a list; an empty one where it is none.
    pub fn list(&self, names: &[&str]) -> &[Value<'a>] {
        self.at(names).and_then(Value::as_array).unwrap_or_default()
    }

    /// The same, where it is a yes or a no; some records write them as strings.
    pub fn flag(&self, names: &[&str]) -> Option<bool> {
        match self.at(names)? {
            Value::Bool(flag) => Some(*flag),
            Value::Str(word) if word.eq_ignore_ascii_case("true") => Some(true),
            Value::Str(word) if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The same, where it is a whole number.
    pub fn number(&self, names: &[&str]) -> Option<i64> {
        match self.at(names)? {
            Value::Str(digits) => digits.parse().ok(),
            number => number.as_i64(),
        }
    }
}

/// A field of an object by its name in any case: records mix `tableName` and `TableName`.
pub(crate) fn field<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let Value::Object(object) = value else { return None };
    object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null()).map(|(_, value)| value)
}

/// A string of `responseElements`, as [`Params::text`] finds one; `None` for one with escapes, since it could not be borrowed
/// and no name or ARN has any.
pub(super) fn answered<'a>(response: &'a str, names: &[&str]) -> Option<&'a str> {
    let response: Value<'a> = serde_json::from_str(response).ok()?;
    match names.iter().try_fold(&response, |value, name| field(value, name))? {
        Value::Str(Cow::Borrowed(text)) => Some(text),
        _ => None,
    }
}

/// `{"reason":"requestParameters too large","omitted":true,"originalSize":…}` stands in for parameters over 100 KB.
fn is_omitted(value: &Value<'_>) -> bool {
    field(value, "omitted").and_then(Value::as_bool) == Some(true) && field(value, "reason").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(json: &str) -> Params<'_> {
        Params::read(Some(json))
    }

    #[test]
    fn fields_are_found_in_any_case_and_of_their_type_alone() {
        let json = r#"{"SSESpecification":{"Enabled":"TRUE","kMSMasterKeyId":""},"n":{"days":7,"weeks":"2"},"no":null,"l":[1]}"#;
        let params = params(json);
        assert_eq!(params.flag(&["sSESpecification", "enabled"]), Some(true));
        assert_eq!(params.text(&["sseSpecification", "kmsMasterKeyId"]), None);
        assert_eq!((params.number(&["n", "days"]), params.number(&["n", "weeks"])), (Some(7), Some(2)));
        assert_eq!((params.flag(&["n", "days"]), params.number(&["l"])), (None, None));
        assert_eq!((params.list(&["l"]).len(), params.list(&["n"]).len(), params.list(&["no"]).len()), (1, 0, 0));
        assert!(params.at(&["n", "days", "hours"]).is_none() && params.get("no").is_none());
    }
}
