//! The format as a JSON Schema, from the types that it is read into: for editors and for other tools.
//!
//! The parser is stricter: it knows which detections count items, which entries contradict each other, which time zones
//! there are.

mod kinds;
mod shapes;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Map, Value, json};

use super::file;
use crate::detections::Section;

/// The JSON Schema of the policy format, of draft 7: the one that editors know best.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<file::File>();
    RecursiveTransform(without_null).transform(&mut schema);
    // People look at the head of the file.
    let mut head = Map::new();
    head.extend(schema.remove("$schema").map(|draft| ("$schema".to_owned(), draft)));
    head.insert("title".into(), "Tablewarden policy".into());
    schema.remove("title");
    head.extend(schema.as_object().into_iter().flatten().map(|(field, value)| (field.clone(), value.clone())));
    head.into()
}

/// An optional field may be left out, but not left empty.
fn without_null(schema: &mut Schema) {
    let is_null = |value: &Value| value.is_null() || value == "null" || value == &json!({"type": "null"});
    for keyword in ["type", "enum", "anyOf"] {
        if let Some(options) = schema.get_mut(keyword).and_then(Value::as_array_mut) {
            options.retain(|option| !is_null(option));
        }
    }
    let only = |schema: &Schema, keyword| match schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => Some(only.clone()),
        _ => None,
    };
    if let Some(kind) = only(schema, "type") {
        schema.insert("type".into(), kind);
    }
    // To draft 7, nothing counts beside a reference: the description needs it in brackets.
    if let Some(only) = only(schema, "anyOf") {
        schema.remove("anyOf");
        schema.insert("allOf".into(), json!([only]));
    }
}

/// The fields of which a line has one.
const KINDS: [&str; 5] = ["role", "permission-set", "user", "service", "account"];

pub(super) fn one_principal(schema: &mut Schema) {
    let each: Vec<Value> = KINDS.iter().map(|kind| json!({"required": [kind]})).collect();
    schema.insert("oneOf".into(), each.into());
    schema.insert("dependencies".into(), json!({"person": ["permission-set"]}));
}

fn one_principal_at_most(schema: &mut Schema) {
    one_principal(schema);
    if let Some(each) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        let none = KINDS.iter().map(|kind| json!({"required": [kind]})).collect::<Vec<_>>();
        each.push(json!({"not": {"anyOf": none}}));
    }
}

pub(super) fn suppression(schema: &mut Schema) {
    one_principal_at_most(schema);
    let blindfolds: Vec<&str> = Section::Blindfolds.detections().iter().map(|detection| detection.id).collect();
    let named: Vec<Value> = KINDS.iter().chain(&["resource"]).map(|field| json!({"required": [field]})).collect();
    schema.insert("if".into(), json!({"properties": {"detection": {"enum": blindfolds}}, "required": ["detection"]}));
    schema.insert("then".into(), json!({"anyOf": named}));
}

pub(super) fn expectation(schema: &mut Schema) {
    one_principal(schema);
    schema.insert("dependencies".into(), json!({"person": ["permission-set"], "until": ["reason"]}));
    schema.insert("not".into(), json!({"required": ["effects", "actions"]}));
}
