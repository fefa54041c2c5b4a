//! Holds `docs/policy.md` to the parser and to the schema's words.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;

use serde_json::Value;
use tablewarden_core::policy::{self, Policy};

const PAGE: &str = include_str!("../../../docs/policy.md");

/// What stands between fences of YAML.
fn examples() -> impl Iterator<Item = &'static str> {
    PAGE.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap())
}

#[test]
fn every_policy_on_the_page_is_valid() {
    let validator = jsonschema::draft7::new(&policy::schema()).unwrap();
    let mut policies = 0;
    for yaml in examples().filter(|yaml| yaml.contains("version: 1")) {
        Policy::parse("docs/policy.md", yaml).unwrap_or_else(|error| panic!("{error}"));
        let value: Value = serde_saphyr::from_str(yaml).unwrap();
        assert!(validator.is_valid(&value), "{yaml}");
        policies += 1;
    }
    assert!(policies > 5);
}

#[test]
fn every_field_of_the_format_stands_on_the_page_with_an_example() {
    let mut fields = BTreeSet::new();
    collect(&policy::schema(), &mut fields);
    assert!(fields.contains("vpc-endpoints") && fields.len() > 40);
    let policies: Vec<&str> = examples().filter(|yaml| yaml.contains("version: 1")).collect();
    for field in fields {
        let described = ["`F`", ".F`", "`F."].iter().any(|form| PAGE.contains(&form.replace('F', &field)));
        let shown = policies.iter().any(|yaml| yaml.contains(&format!("{field}:")));
        let is_count = ["items", "calls"].contains(&field.as_str());
        assert!(described && (shown || is_count), "{field}: described {described}, shown {shown}");
    }
}

/// The names of all fields, but those whose names are ids.
fn collect(schema: &Value, fields: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                if let (true, Value::Object(properties)) = (key == "properties", value) {
                    fields.extend(properties.keys().filter(|field| !is_detection(field)).cloned());
                }
                collect(value, fields);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, fields)),
        _ => {}
    }
}

fn is_detection(id: &str) -> bool {
    tablewarden_core::detections::ALL.iter().any(|detection| detection.id == id)
}
