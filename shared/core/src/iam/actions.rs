//! Which actions a call needs, on which ARNs.

use std::collections::BTreeSet;

use serde_json_borrow::Value;

use super::known::{On, granted_on};
use super::usage::Grant;
use crate::access::{Access, Call, TablePart, field};
use crate::operation::{Effect, Service, partiql};
use crate::table::{TableArn, TableId, partition_of_region};

/// What a restore needs on the table that it fills, beside its own action: "Using IAM with DynamoDB backup and restore",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html>.
const RESTORED: [&str; 7] = ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"];

/// What an access needs; empty where that is not known here, as for the calls of other services. What else AWS asks for when
/// a replica is added, or on the buckets and keys of exports and imports, is not told by the call, and not here.
///
/// Transactions and PartiQL have no actions of their own names: "Using IAM with DynamoDB transactions",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>, and "IAM security policies
/// with PartiQL for DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html>.
pub(super) fn needed(call: &Call<'_>, access: &Access<'_>) -> BTreeSet<Grant> {
    if !matches!(call.operation.service, Service::DynamoDb | Service::Streams) {
        return BTreeSet::new();
    }
    let name = call.record.event_name();
    let actions = match name {
        "TransactGetItems" => vec!["GetItem"],
        "TransactWriteItems" => of_transaction(call, access),
        "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => of_statements(call, access),
        name => vec![name],
    };
    let mut grants: BTreeSet<Grant> = actions
        .into_iter()
        .filter_map(|action| Some(Grant::new(action, arn(call, access, granted_on(action)?)?)))
        .collect();
    if matches!(name, "RestoreTableFromBackup" | "RestoreTableToPointInTime")
        && let Some(target) = target_table(call)
    {
        grants.extend(RESTORED.map(|action| Grant::new(action, target.arn())));
    }
    grants
}

/// The ARN that an access needs an action on.
fn arn(call: &Call<'_>, access: &Access<'_>, on: On) -> Option<String> {
    let table = || Some(access.table.as_ref()?.arn());
    let part = || Some(format!("{}/{}", table()?, access.part.as_ref()?.path()));
    let is_index = matches!(access.part, Some(TablePart::Index(_)));
    let is_stream = matches!(access.part, Some(TablePart::Stream(_)));
    match on {
        On::Nothing => Some("*".to_owned()),
        On::Index if is_index => part(),
        On::Stream | On::StreamOrTable if is_stream => part(),
        On::Stream => table().map(|table| format!("{table}/stream/*")),
        On::Table | On::Index | On::StreamOrTable => table(),
        On::Below(name, word) => {
            let named = call.params.text(&[name]);
            let named = named.filter(|arn| TableArn::parse(arn).is_some_and(|arn| arn.part.is_some()));
            named.map(str::to_owned).or_else(|| table().map(|table| format!("{table}/{word}/*")))
        }
        On::GlobalTable => {
            let TableId { partition, account, name, .. } = access.table.as_ref()?;
            Some(format!("arn:{partition}:dynamodb::{account}:global-table/{name}"))
        }
    }
}

/// The table that a restore makes: in the account and the region that were called.
fn target_table<'a>(call: &'a Call<'_>) -> Option<TableId<'a>> {
    let region = call.record.region();
    let account = call.record.recipient_account_id.text().or(call.actor.account.as_deref())?;
    let name = call.params.text(&["targetTableName"])?;
    let partition = partition_of_region(region);
    Some(TableId { partition: partition.into(), account: account.into(), region: region.into(), name: name.into() })
}

/// The actions behind the operations of a transaction on the access's table.
fn of_transaction(call: &Call<'_>, access: &Access<'_>) -> Vec<&'static str> {
    match access.effect {
        Effect::Read => vec!["ConditionCheckItem"],
        Effect::Delete => vec!["DeleteItem"],
        Effect::Write => {
            let lists = [call.params.list(&["requestItems"]), call.params.list(&["transactItems"])];
            let asks = |operation| lists.into_iter().flatten().any(|item| is_operation(item, operation, access));
            those_asked([("PutItem", asks("put")), ("UpdateItem", asks("update"))])
        }
        Effect::Admin | Effect::Unknown => Vec::new(),
    }
}

/// Whether an entry of a transaction is this operation on the access's table: `"operation": "Put"` or `"put": {…}`.
fn is_operation(entry: &Value<'_>, operation: &str, access: &Access<'_>) -> bool {
    let named = field(entry, "operation").and_then(Value::as_str);
    let (is_it, inner) = match named {
        Some(named) => (named.eq_ignore_ascii_case(operation), entry),
        None => field(entry, operation).map_or((false, entry), |inner| (true, inner)),
    };
    is_it && field(inner, "tableName").and_then(Value::as_str).is_some_and(|table| is_named(table, access))
}

/// The actions behind the statements on the access's table.
fn of_statements(call: &Call<'_>, access: &Access<'_>) -> Vec<&'static str> {
    match access.effect {
        Effect::Read => vec!["PartiQLSelect"],
        Effect::Delete => vec!["PartiQLDelete"],
        Effect::Write => {
            let begins = |verb: &str| {
                statements(call).any(|text| {
                    let head = text.trim_start().get(..verb.len());
                    head.is_some_and(|head| head.eq_ignore_ascii_case(verb))
                        && partiql::parse(text).is_some_and(|statement| is_named(statement.table, access))
                })
            };
            those_asked([("PartiQLInsert", begins("INSERT")), ("PartiQLUpdate", begins("UPDATE"))])
        }
        Effect::Admin | Effect::Unknown => Vec::new(),
    }
}

fn statements<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a str> {
    let lists = ["requestItems", "statements", "transactStatements"].map(|name| call.params.list(&[name]));
    let listed = lists.into_iter().flatten().filter_map(|entry| match entry {
        Value::Str(text) => Some(text.as_ref()),
        entry => field(entry, "statement").and_then(Value::as_str),
    });
    call.params.text(&["statement"]).into_iter().chain(listed)
}

/// Whether a name or an ARN in a request means the access's table.
fn is_named(name_or_arn: &str, access: &Access<'_>) -> bool {
    let Some(table) = &access.table else { return false };
    TableArn::parse(name_or_arn).map_or(table.name == name_or_arn, |arn| arn.table == *table)
}

/// Those of the actions that were asked for; all of them where the request does not tell.
fn those_asked<const N: usize>(actions: [(&'static str, bool); N]) -> Vec<&'static str> {
    let untold = !actions.iter().any(|(_, asked)| *asked);
    actions.into_iter().filter(|(_, asked)| *asked || untold).map(|(action, _)| action).collect()
}
