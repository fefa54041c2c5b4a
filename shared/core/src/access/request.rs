//! The forms in which requests say what they do to which tables.
//!
//! CloudTrail documents one sample each of `TransactWriteItems` and of the PartiQL calls, and none of the batch calls:
//! "Understanding DynamoDB log file entries",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html>. So each reader
//! takes every form that was seen or that follows the API, field names in any case.

use serde_json::value::RawValue;
use serde_json_borrow::Value;

use super::params::{Params, field};
use crate::operation::{Effect, partiql};

/// What one part of a request does.
pub(super) struct Part<'a> {
    /// A name or an ARN, where the part tells one.
    pub(super) table: Option<&'a str>,
    pub(super) effect: Effect,
    pub(super) items: Option<u64>,
    pub(super) unreadable: Option<&'static str>,
}

/// Reads the parts of a request; `None` where it is of no known form.
pub(super) type Reader = for<'b, 'a> fn(&'b Value<'a>) -> Option<Vec<Part<'b>>>;

/// The table that a call names in a field of its own.
pub(super) fn named_table<'b>(params: &'b Params<'_>, response: Option<&'b RawValue>) -> Option<&'b str> {
    const NAMES: [&str; 11] = [
        "tableName",
        "tableArn",
        "resourceArn",
        "streamArn",
        "targetTableName",
        "globalTableName",
        "backupArn",
        "exportArn",
        "importArn",
        "sourceTableArn",
        "sourceTableName",
    ];
    let in_params = || NAMES.iter().find_map(|name| params.get(name)?.as_str());
    let imported = || field(params.get("tableCreationParameters")?, "tableName")?.as_str();
    in_params().or_else(imported).or_else(|| described_table(response?))
}

/// `responseElements.tableDescription.tableArn`, where `UpdateTable`'s record may name the table alone.
fn described_table(response: &RawValue) -> Option<&str> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Response<'a> {
        #[serde(borrow, default)]
        table_description: Option<Description<'a>>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Description<'a> {
        #[serde(borrow, default)]
        table_arn: Option<&'a str>,
        #[serde(borrow, default)]
        table_name: Option<&'a str>,
    }
    let description = serde_json::from_str::<Response<'_>>(response.get()).ok()?.table_description?;
    description.table_arn.or(description.table_name)
}

/// `BatchGetItem`: each entry asks for one item.
pub(super) fn batch_get<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    batch(field(params, "requestItems")?, Effect::Read, |asked| {
        let keys = field(asked, "keys").unwrap_or(asked).as_array();
        vec![(Effect::Read, keys.map(<[_]>::len))]
    })
}

/// `BatchWriteItem`: each entry puts or deletes one item.
pub(super) fn batch_write<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    batch(field(params, "requestItems")?, Effect::Write, |asked| {
        let Some(asked) = asked.as_array() else { return vec![(Effect::Write, None)] };
        let count = |name: &str| asked.iter().filter(|entry| field(entry, name).is_some()).count();
        let (puts, deletes) = (count("putRequest"), count("deleteRequest"));
        let mut effects = vec![(Effect::Write, Some(puts)), (Effect::Delete, Some(deletes))];
        effects.retain(|(_, items)| *items != Some(0));
        if puts + deletes < asked.len() || asked.is_empty() {
            effects.push((Effect::Write, None));
        }
        effects
    })
}

/// The forms of `requestItems`: a map from table to what is asked of it, a list of operations as in a transaction, or a
/// bare list of table names.
fn batch<'b>(
    items: &'b Value<'_>,
    fallback: Effect,
    of_table: impl Fn(&'b Value<'b>) -> Vec<(Effect, Option<usize>)>,
) -> Option<Vec<Part<'b>>> {
    if let Value::Object(tables) = items {
        let mut parts = Vec::new();
        for (table, asked) in tables.iter() {
            for (effect, items) in of_table(asked) {
                let unreadable = items.is_none().then_some("a batch whose items cannot be told");
                let items = items.map(|items| items as u64);
                parts.push(Part { table: Some(table), effect, items, unreadable });
            }
        }
        return Some(parts);
    }
    let parts = items.as_array()?.iter().map(|entry| match entry {
        Value::Str(table) => Part {
            table: Some(table),
            effect: fallback,
            items: None,
            unreadable: (fallback != Effect::Read).then_some("a batch whose items cannot be told"),
        },
        entry => one_operation(entry, fallback),
    });
    Some(parts.collect())
}

/// `TransactGetItems`, `TransactWriteItems`: `requestItems` with an `operation` each, or the API's `transactItems`.
pub(super) fn transaction<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    let items = field(params, "requestItems").or_else(|| field(params, "transactItems"))?;
    Some(items.as_array()?.iter().map(|entry| one_operation(entry, Effect::Unknown)).collect())
}

/// One entry with its operation as a value (`"operation": "Delete"`) or as a key (`"delete": {…}`).
fn one_operation<'b>(entry: &'b Value<'_>, fallback: Effect) -> Part<'b> {
    const KEYS: [&str; 7] = ["put", "update", "delete", "conditionCheck", "get", "putRequest", "deleteRequest"];
    let table_of = |entry: &'b Value<'_>| field(entry, "tableName").and_then(|name| name.as_str());
    let named = field(entry, "operation").and_then(|operation| operation.as_str());
    let keyed = || KEYS.into_iter().find_map(|key| Some((key, field(entry, key)?)));
    let (operation, inner) = match named {
        Some(operation) => (Some(operation), entry),
        None => keyed().map_or((None, entry), |(key, inner)| (Some(key), inner)),
    };
    let effect = operation.and_then(effect_of);
    Part {
        table: table_of(entry).or_else(|| table_of(inner)),
        effect: effect.unwrap_or(fallback),
        items: effect.map(|_| 1),
        unreadable: effect.is_none().then_some("an operation of a batch or transaction that is not known"),
    }
}

/// A condition check reads an item and leaves it as it is.
fn effect_of(operation: &str) -> Option<Effect> {
    let is = |names: &[&str]| names.iter().any(|name| operation.eq_ignore_ascii_case(name));
    if is(&["Put", "Update", "PutRequest"]) {
        Some(Effect::Write)
    } else if is(&["Delete", "DeleteRequest"]) {
        Some(Effect::Delete)
    } else if is(&["Get", "ConditionCheck"]) {
        Some(Effect::Read)
    } else {
        None
    }
}

/// PartiQL: `statement`, or a list of statements under one of three names. A statement that changes something changes
/// one item, since its key must be given in full.
pub(super) fn statements<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    if let Some(statement) = field(params, "statement").and_then(|statement| statement.as_str()) {
        return Some(vec![one_statement(statement)]);
    }
    let lists = ["requestItems", "statements", "transactStatements"];
    let list = lists.iter().find_map(|name| field(params, name)?.as_array())?;
    let parts = list.iter().map(|entry| match entry {
        Value::Str(statement) => one_statement(statement),
        entry => match field(entry, "statement").and_then(|statement| statement.as_str()) {
            Some(statement) => one_statement(statement),
            None => unknown_statement(),
        },
    });
    Some(parts.collect())
}

fn one_statement(statement: &str) -> Part<'_> {
    match partiql::parse(statement) {
        Some(partiql::Statement { effect, table }) => {
            Part { table: Some(table), effect, items: (effect != Effect::Read).then_some(1), unreadable: None }
        }
        None => unknown_statement(),
    }
}

fn unknown_statement<'a>() -> Part<'a> {
    Part {
        table: None,
        effect: Effect::Unknown,
        items: None,
        unreadable: Some("a PartiQL statement that cannot be read"),
    }
}
