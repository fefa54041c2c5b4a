//! The keys of items as requests write them ─► canonical JSON.

use std::collections::BTreeMap;

use serde_json_borrow::Value;

use super::ItemKey;
use crate::operation::partiql::{Attribute, Literal};

/// How many keys of an access are kept: more than an API takes in one request, so that only what is no real request loses
/// some. They count as items all the same.
pub(super) const MOST_KEYS: usize = 100;

/// The canonical form of a key: attributes by name, no white space. `None` for what is no key, such as a mere list of the
/// attributes' names.
///
/// CloudTrail logs a key's values without their types, `{"Artist":"Pink Floyd"}`: "Understanding DynamoDB log file
/// entries", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html>. A number
/// of more digits than fit a double loses the last of them.
pub(super) fn canonical<'a>(key: &'a Value<'a>) -> Option<ItemKey<'a>> {
    match key {
        Value::Object(attributes) if !attributes.is_empty() => {
            let mut json = Vec::new();
            write(key, &mut json).ok()?;
            Some(ItemKey(String::from_utf8(json).ok()?.into()))
        }
        _ => None,
    }
}

/// The key that a statement tells, in the same form as a request's.
pub(super) fn stated(attributes: &[Attribute<'_>]) -> Option<ItemKey<'static>> {
    let mut key: BTreeMap<&str, serde_json::Value> = BTreeMap::new();
    for (name, literal) in attributes {
        let value = match literal {
            Literal::Text(text) => text.as_ref().into(),
            Literal::Number(number) => serde_json::Value::Number(number.parse().ok()?),
            Literal::Parameter => return None,
        };
        if key.insert(name, value).is_some() {
            return None;
        }
    }
    if key.is_empty() { None } else { Some(ItemKey(serde_json::to_string(&key).ok()?.into())) }
}

fn write(value: &Value<'_>, json: &mut Vec<u8>) -> serde_json::Result<()> {
    let Value::Object(attributes) = value else {
        // A key holds texts and numbers alone; what else is there is kept as it stands.
        return serde_json::to_writer(json, value);
    };
    let mut attributes: Vec<(&str, &Value<'_>)> = attributes.iter().collect();
    attributes.sort_by_key(|(name, _)| *name);
    json.push(b'{');
    for (number, (name, value)) in attributes.into_iter().enumerate() {
        if number > 0 {
            json.push(b',');
        }
        serde_json::to_writer(&mut *json, name)?;
        json.push(b':');
        write(value, json)?;
    }
    json.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_the_same_whatever_the_order_of_its_attributes() {
        let cases = [
            (r#"{"pk":"a"}"#, Some(r#"{"pk":"a"}"#)),
            (r#"{ "sk" : 7, "pk" : "a" }"#, Some(r#"{"pk":"a","sk":7}"#)),
            (r#"{"pk":"a","sk":7}"#, Some(r#"{"pk":"a","sk":7}"#)),
            (r#"{"pk":"\u0061 \"b\""}"#, Some(r#"{"pk":"a \"b\""}"#)),
            (r#"{"Pk":"a","pk":-1.5}"#, Some(r#"{"Pk":"a","pk":-1.5}"#)),
            (r#"{"pk":{"S":"a","B":null}}"#, Some(r#"{"pk":{"B":null,"S":"a"}}"#)),
            ("{}", None),
            (r#"["pk"]"#, None),
            (r#""pk""#, None),
            ("null", None),
        ];
        for (json, want) in cases {
            let value = serde_json::from_str(json).unwrap();
            let key = canonical(&value);
            assert_eq!(key.as_ref().map(|key| key.0.as_ref()), want, "{json}");
        }
    }
}
