//! The forms in which requests say what they do to which tables.
//!
//! CloudTrail documents one sample each of `TransactWriteItems` and of the PartiQL calls, and none of the batch calls:
//! "Understanding DynamoDB log file entries",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html>. So each reader
//! takes every form that was seen or that follows the API, field names in any case.

use serde_json_borrow::Value;

use super::Reach;
use super::params::{Params, answered, field};
use crate::operation::Effect;
use crate::operation::partiql::{self, Attribute, Keyed};

/// What one part of a request does.
pub(super) struct Part<'a> {
    /// A name or an ARN, where the part tells one.
    pub(super) table: Option<&'a str>,
    pub(super) index: Option<&'a str>,
    pub(super) effect: Effect,
    pub(super) items: Option<u64>,
    pub(super) keys: Vec<&'a Value<'a>>,
    /// The key in a statement.
    pub(super) stated: Vec<Attribute<'a>>,
    pub(super) reach: Reach,
    pub(super) unreadable: Option<&'static str>,
}

impl<'a> Part<'a> {
    /// A part about items, of which nothing more is known.
    fn of_items(table: Option<&'a str>, effect: Effect) -> Self {
        Self {
            table,
            index: None,
            effect,
            items: None,
            keys: Vec::new(),
            stated: Vec::new(),
            reach: Reach::Items,
            unreadable: None,
        }
    }
}

/// Reads the parts of a request; `None` where it is of no known form.
pub(super) type Reader = for<'b, 'a> fn(&'b Value<'a>) -> Option<Vec<Part<'b>>>;

/// The table that a call names in a field of its own: a name, or an ARN of it or of something that is part of it.
pub(super) fn named_table<'b>(params: &'b Params<'_>, response: Option<&'b str>) -> Option<&'b str> {
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
    in_params().or_else(imported).or_else(|| iterated_stream(params)).or_else(|| described_table(response?))
}

/// The table that a call makes another one of: `RestoreTableToPointInTime`, `RestoreTableFromBackup`.
pub(super) fn source_table<'b>(params: &'b Params<'_>) -> Option<&'b str> {
    params.get("targetTableName")?;
    ["sourceTableArn", "sourceTableName", "backupArn"].iter().find_map(|name| params.get(name)?.as_str())
}

/// The stream in front of a shard iterator, `ARN|1|…`: an example in
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html>.
fn iterated_stream<'b>(params: &'b Params<'_>) -> Option<&'b str> {
    params.get("shardIterator")?.as_str()?.split('|').next().filter(|stream| stream.starts_with("arn:"))
}

/// `responseElements.tableDescription`, where `UpdateTable`'s record may name the table alone.
fn described_table(response: &str) -> Option<&str> {
    ["tableArn", "tableName"].iter().find_map(|name| answered(response, &["tableDescription", name]))
}

/// `BatchGetItem`: each entry asks for one item.
pub(super) fn batch_get<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    batch(field(params, "requestItems")?, Effect::Read, |asked| {
        let keys = field(asked, "keys").unwrap_or(asked).as_array();
        let items = keys.map(<[_]>::len);
        vec![Asked { effect: Effect::Read, items, keys: keys.unwrap_or_default().iter().collect() }]
    })
}

/// `BatchWriteItem`: each entry puts or deletes one item.
pub(super) fn batch_write<'b>(params: &'b Value<'_>) -> Option<Vec<Part<'b>>> {
    batch(field(params, "requestItems")?, Effect::Write, |asked| {
        let untold = || Asked { effect: Effect::Write, items: None, keys: Vec::new() };
        let Some(entries) = asked.as_array() else { return vec![untold()] };
        let requested = |name: &str, effect| {
            let requests = entries.iter().filter_map(|entry| field(entry, name));
            let keys = requests.clone().filter_map(|request| field(request, "key")).collect();
            Asked { effect, items: Some(requests.count()), keys }
        };
        let mut asked = vec![requested("putRequest", Effect::Write), requested("deleteRequest", Effect::Delete)];
        let told: usize = asked.iter().filter_map(|asked| asked.items).sum();
        asked.retain(|asked| asked.items != Some(0));
        if told < entries.len() || entries.is_empty() {
            asked.push(untold());
        }
        asked
    })
}

const UNTOLD: &str = "a batch whose items cannot be told";

/// What a batch asks of one table, in one way.
struct Asked<'b> {
    effect: Effect,
    items: Option<usize>,
    keys: Vec<&'b Value<'b>>,
}

/// The forms of `requestItems`: a map from table to what is asked of it, a list of operations as in a transaction, or a
/// bare list of table names.
fn batch<'b>(
    items: &'b Value<'_>,
    fallback: Effect,
    of_table: impl Fn(&'b Value<'b>) -> Vec<Asked<'b>>,
) -> Option<Vec<Part<'b>>> {
    let part = |table, Asked { effect, items, keys }, unreadable| Part {
        items: items.map(|items| items as u64),
        keys,
        unreadable,
        ..Part::of_items(Some(table), effect)
    };
    if let Value::Object(tables) = items {
        let of_table = |(table, asked)| {
            let told = of_table(asked).into_iter();
            told.map(move |asked| {
                let unreadable = asked.items.is_none().then_some(UNTOLD);
                part(table, asked, unreadable)
            })
        };
        return Some(tables.iter().flat_map(of_table).collect());
    }
    let parts = items.as_array()?.iter().map(|entry| match entry {
        Value::Str(table) => {
            let asked = Asked { effect: fallback, items: None, keys: Vec::new() };
            part(table, asked, (fallback != Effect::Read).then_some(UNTOLD))
        }
        entry if fallback == Effect::Read => one_read(entry),
        entry => one_operation(entry, fallback),
    });
    Some(parts.collect())
}

/// One entry that can only read: with its keys or its key beside the table, or a get as in a transaction.
fn one_read<'b>(entry: &'b Value<'_>) -> Part<'b> {
    let one = || field(entry, "key").map(|key| vec![key]);
    let keys = field(entry, "keys").and_then(Value::as_array).map(|keys| keys.iter().collect()).or_else(one);
    match (keys, field(entry, "operation")) {
        (Some(keys), None) => {
            let table = field(entry, "tableName").and_then(Value::as_str);
            Part { items: Some(keys.len() as u64), keys, ..Part::of_items(table, Effect::Read) }
        }
        _ => one_operation(entry, Effect::Read),
    }
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
        items: effect.map(|_| 1),
        keys: field(entry, "key").or_else(|| field(inner, "key")).into_iter().collect(),
        reach: if effect.is_some() { Reach::Items } else { Reach::Unknown },
        unreadable: effect.is_none().then_some("an operation of a batch or transaction that is not known"),
        ..Part::of_items(table_of(entry).or_else(|| table_of(inner)), effect.unwrap_or(fallback))
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
    let Some(partiql::Statement { effect, table, index, keyed, key }) = partiql::parse(statement) else {
        return unknown_statement();
    };
    let (items, reach) = match (effect, keyed) {
        (Effect::Read, Keyed::Yes) => (None, Reach::Partition),
        (Effect::Read, Keyed::Unknown) => (None, Reach::Unknown),
        (Effect::Read, Keyed::No) => (None, Reach::Whole),
        _ => (Some(1), Reach::Items),
    };
    Part { index, items, stated: key, reach, ..Part::of_items(Some(table), effect) }
}

fn unknown_statement<'a>() -> Part<'a> {
    let unreadable = Some("a PartiQL statement that cannot be read");
    Part { reach: Reach::Unknown, unreadable, ..Part::of_items(None, Effect::Unknown) }
}
