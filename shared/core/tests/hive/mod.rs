//! The columns of a table in Hive's words, as far as `infra/athena/findings.sql` uses them, against JSON.

use serde_json::Value;

/// The type of a column.
pub(crate) enum Type {
    Scalar(String),
    Array(Box<Self>),
    Struct(Vec<(String, Self)>),
}

impl Type {
    /// The columns of the only table that a script creates, as one struct.
    pub(crate) fn columns(script: &str) -> Self {
        let (_, rest) = script.split_once("tablewarden_findings (").unwrap();
        let (columns, _) = rest.split_once("\n)\nPARTITIONED BY").unwrap();
        // `name` type, … is name:type,… of a struct.
        let columns = columns.replace("` ", ":").replace('`', "");
        let packed: String = columns.chars().filter(|c| !c.is_whitespace()).collect();
        let text = format!("struct<{packed}>");
        let mut rest = text.as_str();
        let columns = Self::read(&mut rest);
        assert_eq!(rest, "");
        columns
    }

    fn read(rest: &mut &str) -> Self {
        if let Some(inner) = rest.strip_prefix("array<") {
            *rest = inner;
            let item = Self::read(rest);
            *rest = rest.strip_prefix('>').unwrap();
            return Self::Array(Box::new(item));
        }
        let Some(inner) = rest.strip_prefix("struct<") else {
            let end = rest.find([',', '>']).unwrap();
            let (name, behind) = rest.split_at(end);
            *rest = behind;
            return Self::Scalar(name.to_owned());
        };
        let (mut fields, mut inner) = (Vec::new(), inner);
        loop {
            let (name, behind) = inner.split_once(':').unwrap();
            inner = behind;
            fields.push((name.to_owned(), Self::read(&mut inner)));
            match inner.strip_prefix(',') {
                Some(behind) => inner = behind,
                None => break,
            }
        }
        *rest = inner.strip_prefix('>').unwrap();
        Self::Struct(fields)
    }

    /// Adds what the type and the values do not have in common.
    pub(crate) fn compare(&self, path: &str, values: &[&Value], differences: &mut Vec<String>) {
        let fits = |value: &Value| match self {
            Self::Scalar(name) => match name.as_str() {
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
                "bigint" => value.is_i64(),
                _ => false,
            },
            Self::Array(_) => value.is_array(),
            Self::Struct(_) => value.is_object(),
        };
        if !values.iter().all(|value| fits(value)) {
            let name = match self {
                Self::Scalar(name) => name,
                Self::Array(_) => "array",
                Self::Struct(_) => "struct",
            };
            differences.push(format!("{path}: not all of it is a {name}"));
        }
        match self {
            Self::Scalar(_) => {}
            Self::Array(item) => {
                let items: Vec<&Value> = values.iter().filter_map(|value| value.as_array()).flatten().collect();
                item.compare(&format!("{path}[]"), &items, differences);
            }
            Self::Struct(fields) => {
                for (name, field) in fields {
                    let path = format!("{path}.{name}");
                    let values: Vec<&Value> = values.iter().filter_map(|value| value.get(name)).collect();
                    if values.is_empty() {
                        differences.push(format!("{path}: no line has it"));
                    }
                    field.compare(&path, &values, differences);
                }
                let written = values.iter().filter_map(|value| value.as_object()).flat_map(|object| object.keys());
                let mut unknown: Vec<&String> =
                    written.filter(|name| !fields.iter().any(|(field, _)| field == *name)).collect();
                unknown.sort();
                unknown.dedup();
                differences.extend(unknown.into_iter().map(|name| format!("{path}.{name}: no column")));
            }
        }
    }
}
