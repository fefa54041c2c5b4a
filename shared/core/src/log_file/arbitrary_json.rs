//! JSON for property tests, made to mislead who reads it by its looks.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use crate::operation::{Calls, Service};

pub(crate) fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("eventSource"),
        Just("\"eventSource\":\"dynamodb.amazonaws.com\""),
        Just("dynamodb.amazonaws.com"),
        Just("eventCategory"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just("\""),
        Just("\\"),
        Just("\\\""),
        Just(","),
        Just(":"),
        Just("/"),
        Just("\n"),
        Just("\u{0}"),
        Just("é"),
        Just("😀"),
        Just("\\u002e"),
        Just(" "),
    ];
    prop_oneof![
        prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat()),
        Just("dynamodb.amazonaws.com".to_owned()),
        Just("s3.amazonaws.com".to_owned()),
        Just("Insight".to_owned()),
        Just("Aggregated".to_owned()),
    ]
}

pub(crate) fn key() -> impl Strategy<Value = String> {
    let known = select(&["eventSource", "eventName", "eventCategory"]);
    prop_oneof![known.prop_map(str::to_owned), text()]
}

/// A member of a record, often one that says of which call it is.
pub(crate) fn member() -> impl Strategy<Value = (String, Value)> {
    let source = source().prop_map(|source| ("eventSource".to_owned(), source.into()));
    let name = call().prop_map(|name| ("eventName".to_owned(), name.into()));
    prop_oneof![3 => source, 3 => name, 2 => (key(), value())]
}

/// The `eventSource` of an audited service, or what looks like one.
pub(crate) fn source() -> impl Strategy<Value = String> {
    let other = select(&["iam.amazonaws.com", "Kms.amazonaws.com", "kms.amazonaws.com.example.com", "kms", ""]);
    prop_oneof![3 => select(&Service::ALL).prop_map(Service::source), 1 => other].prop_map(str::to_owned)
}

/// The `eventName` of a call that is audited, of whichever service, or of one that is not.
pub(crate) fn call() -> impl Strategy<Value = String> {
    let other = select(&["Decrypt", "disablekey", "DisableKey2", "Invoke20150331", "PutObject", ""]);
    prop_oneof![3 => audited_call().prop_map(|(_, name)| name), 1 => other].prop_map(str::to_owned)
}

/// A service and one of its calls that are audited.
pub(crate) fn audited_call() -> impl Strategy<Value = (Service, &'static str)> {
    const ANY: &[&str] = &["GetItem", "BatchWriteItem", "ExecuteStatement", "UpdateTable", "EvaporateTable"];
    select(&Service::ALL).prop_flat_map(|service| {
        let names = match service.calls() {
            Calls::All => ANY,
            Calls::Only(names) => names,
        };
        select(names).prop_map(move |name| (service, name))
    })
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::String),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..4).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// Writes JSON in one of the many ways that mean the same; `dice` says in which.
pub(crate) struct Writer<'a> {
    dice: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    pub(crate) out: String,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(dice: &'a [u8]) -> Self {
        Self { dice: dice.iter().cycle(), out: String::new() }
    }

    pub(crate) fn roll(&mut self) -> u8 {
        *self.dice.next().unwrap()
    }

    pub(crate) fn space(&mut self) {
        let space = ["", "", "", " ", "\n", "\t\r\n "][usize::from(self.roll()) % 6];
        self.out.push_str(space);
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.out.push('"');
        for char in text.chars() {
            let must = matches!(char, '"' | '\\' | '\0'..='\x1f');
            match self.roll() % 4 {
                0 if matches!(char, '"' | '\\' | '/') => self.out.extend(['\\', char]),
                roll if must || roll == 1 => {
                    for unit in char.encode_utf16(&mut [0; 2]) {
                        let upper = self.roll().is_multiple_of(2);
                        let escape = if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
                        self.out.push_str(&escape);
                    }
                }
                _ => self.out.push(char),
            }
        }
        self.out.push('"');
    }

    pub(crate) fn object<'v>(&mut self, members: impl Iterator<Item = (&'v String, &'v Value)>) {
        self.out.push('{');
        for (n, (key, value)) in members.enumerate() {
            if n > 0 {
                self.out.push(',');
            }
            self.space();
            self.string(key);
            self.space();
            self.out.push(':');
            self.value(value);
        }
        self.space();
        self.out.push('}');
    }

    pub(crate) fn value(&mut self, value: &Value) {
        self.space();
        match value {
            Value::String(text) => self.string(text),
            Value::Object(members) => self.object(members.iter()),
            Value::Array(items) => {
                self.out.push('[');
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        self.out.push(',');
                    }
                    self.value(item);
                }
                self.out.push(']');
            }
            scalar => self.out.push_str(&scalar.to_string()),
        }
        self.space();
    }
}
