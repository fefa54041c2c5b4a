//! What serde reads by hand, the schema tells by hand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::super::file::{Detection, Pairs, Placed, Text, Thresholds};
use super::kinds::{Key, Keys, Kind};

impl<K: Kind> JsonSchema for Text<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        K::schema()
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<K: Key, V: JsonSchema> JsonSchema for Pairs<K, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pairs".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        match K::keys() {
            Keys::Pattern(pattern) => json_schema!({
                "type": "object",
                "patternProperties": {pattern: value},
                "additionalProperties": false,
            }),
            Keys::Known(known, others) => {
                let described = |description: String| {
                    let mut value = value.clone();
                    value.insert("description".into(), description.into());
                    value.to_value()
                };
                let fields: Map<String, Value> =
                    known.into_iter().map(|(key, description)| (key.to_owned(), described(description))).collect();
                json_schema!({
                    "type": "object",
                    "properties": fields,
                    "patternProperties": {others: value},
                    "additionalProperties": false,
                })
            }
        }
    }
}

impl JsonSchema for Detection {
    fn schema_name() -> Cow<'static, str> {
        "Detection".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fields = generator.subschema_for::<Thresholds>();
        json_schema!({
            "description": "`off`, or what is changed about the detection.",
            // To YAML 1.1, `off` is a boolean.
            "anyOf": [{"enum": ["off", false]}, fields],
        })
    }
}
