//! What a principal does to a table out of habit.
//!
//! The forms of `requestParameters` are those of "Understanding DynamoDB log file entries", and for the batch calls, of
//! which AWS shows none, those that were seen:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html>.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::call::{Call, described};
use crate::table::Table;

/// One kind of call to a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Get,
    Query,
    /// A query of the table's index.
    QueryIndex,
    /// One page of a scan, in this many segments.
    Scan(u32),
    Put,
    /// A put on the condition that nothing is there, which fails this often in a hundred.
    PutOnce(u8),
    Update,
    Delete,
    BatchGet,
    BatchPut,
    /// 25 deletions.
    BatchDelete,
    /// A put together with an update of one item of each of these tables.
    Transact(&'static [&'static Table]),
    /// PartiQL: one partition is read.
    Select,
    /// PartiQL: one item is changed.
    SetField,
    /// PartiQL: one item is deleted.
    DeleteFrom,
    /// PartiQL: several items are read.
    SelectEach,
    /// The stream: a shard is opened.
    Iterator,
    /// The stream: records are read.
    Records,
    Describe,
    DescribeBackups,
    ListTables,
    /// Application Auto Scaling gives the table more capacity or less.
    Scale,
}

impl Deed {
    /// The call, which now and then comes to nothing.
    pub(crate) fn call(self, table: &Table, random: &mut Rng) -> Call {
        let call = self.attempt(table, random);
        let unlucky = random.u32(..10_000);
        match (self, unlucky) {
            (Self::PutOnce(failures), _) if random.u8(..100) < failures => condition_failed(call),
            (Self::Update | Self::Delete, 0..150) => condition_failed(call),
            (Self::Transact(others), 0..250) => {
                let reasons: Vec<&str> =
                    ["ConditionalCheckFailed"].into_iter().chain(others.iter().map(|_| "None")).collect();
                let message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
                call.failed("TransactionCanceledException", format!("{message} [{}]", reasons.join(", ")))
            }
            (_, 9_960..9_985) if call.data => call.failed(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded. Consider increasing your \
                 provisioning level with the UpdateTable API.",
            ),
            (_, 9_985..9_990) => call.failed("ThrottlingException", "Rate exceeded"),
            (Self::Query | Self::Get, 9_999) => {
                call.failed("ValidationException", "The provided key element does not match the schema")
            }
            _ => call,
        }
    }

    fn attempt(self, table: &Table, random: &mut Rng) -> Call {
        let name = table.name;
        let data = |api, read_only, params| Call::data(api, read_only, &[name], params);
        match self {
            Self::Get => {
                let consistent = random.u8(..4) == 0;
                data(
                    "GetItem",
                    true,
                    json!({"tableName": name, "key": table.key(random), "consistentRead": consistent}),
                )
            }
            Self::Query => {
                let condition = format!("{} = :key", table.partition.0);
                let limit = [20, 50, 100].get(random.usize(..3)).copied();
                data("Query", true, json!({"tableName": name, "keyConditionExpression": condition, "limit": limit}))
            }
            Self::QueryIndex => {
                let (index, key) = table.index.unwrap_or((name, table.partition.0));
                let condition = format!("{key} = :key");
                let params = json!({"tableName": name, "indexName": index, "keyConditionExpression": condition});
                data("Query", true, params)
            }
            Self::Scan(segments) => {
                let mut params = json!({"tableName": name, "limit": 1000});
                if let (Some(params), 2..) = (params.as_object_mut(), segments) {
                    params.insert("segment".into(), random.u32(..segments).into());
                    params.insert("totalSegments".into(), segments.into());
                    params.insert("exclusiveStartKey".into(), table.key(random));
                }
                data("Scan", true, params)
            }
            Self::Put => {
                let params = json!({"tableName": name, "key": table.key(random), "items": table.item()});
                data("PutItem", false, params)
            }
            Self::PutOnce(_) => {
                let condition = format!("attribute_not_exists({})", table.partition.0);
                let (key, items) = (table.key(random), table.item());
                let params = json!({"tableName": name, "key": key, "items": items, "conditionExpression": condition});
                data("PutItem", false, params)
            }
            Self::Update => {
                let expression = format!("SET {} = :value, #version = #version + :one", field(table));
                let names = json!({"#version": "version"});
                let params = json!({
                    "tableName": name, "key": table.key(random), "updateExpression": expression,
                    "conditionExpression": "#version = :seen", "expressionAttributeNames": names,
                    "returnValues": "ALL_NEW",
                });
                data("UpdateItem", false, params)
            }
            Self::Delete => {
                let params = json!({"tableName": name, "key": table.key(random), "returnValues": "NONE"});
                data("DeleteItem", false, params)
            }
            Self::BatchGet => {
                let keys: Vec<Value> = (0..random.usize(3..15)).map(|_| table.key(random)).collect();
                data("BatchGetItem", true, batch(name, json!({"keys": keys})))
            }
            Self::BatchPut => {
                let put = |random: &mut Rng| json!({"putRequest": {"key": table.key(random), "items": table.item()}});
                let puts: Vec<Value> = (0..8).map(|_| put(random)).collect();
                data("BatchWriteItem", false, batch(name, puts.into()))
            }
            Self::BatchDelete => {
                let deletes: Vec<Value> =
                    (0..25).map(|_| json!({"deleteRequest": {"key": table.key(random)}})).collect();
                data("BatchWriteItem", false, batch(name, deletes.into()))
            }
            Self::Transact(others) => transaction(table, others, random),
            Self::Iterator => {
                let params = json!({
                    "streamArn": table.stream_arn(), "shardId": shard(random), "shardIteratorType": "TRIM_HORIZON",
                });
                stream("GetShardIterator", table, params)
            }
            Self::Records => {
                let iterator =
                    format!("{}|1|AAAAAAAAAA{:016x}{:016x}", table.stream_arn(), random.u64(..), random.u64(..));
                stream("GetRecords", table, json!({"shardIterator": iterator, "limit": 1000}))
            }
            Self::Describe => Call::control("DescribeTable", true, name, json!({"tableName": name})),
            Self::DescribeBackups => Call::control("DescribeContinuousBackups", true, name, json!({"tableName": name})),
            Self::ListTables => {
                Call { read_only: true, ..Call::of(crate::call::DYNAMODB, "ListTables", json!({"limit": 100})) }
            }
            Self::Scale => {
                let (read, write) = (random.u32(20..400) * 5, random.u32(10..200) * 5);
                let units = json!({"readCapacityUnits": read, "writeCapacityUnits": write});
                let params = json!({"tableName": name, "provisionedThroughput": units});
                Call::control("UpdateTable", false, name, params).answered(described(name, "UPDATING"))
            }
            Self::Select | Self::SetField | Self::DeleteFrom | Self::SelectEach => self.statement(table, random),
        }
    }

    /// PartiQL. CloudTrail writes the values of other attributes than the key as `***(Redacted)`.
    fn statement(self, table: &Table, random: &mut Rng) -> Call {
        let name = table.name;
        let select = |random: &mut Rng| format!("SELECT * FROM \"{name}\" WHERE {}", whose_key_is(table, random));
        match self {
            Self::SelectEach => {
                let statements: Vec<Value> = (0..6).map(|_| json!({"statement": select(random)})).collect();
                Call::data("BatchExecuteStatement", true, &[name], json!({"requestItems": statements}))
            }
            Self::SetField => {
                let statement = format!(
                    "UPDATE \"{name}\" SET {} = ***(Redacted) WHERE {}",
                    field(table),
                    whose_key_is(table, random)
                );
                Call::data("ExecuteStatement", false, &[name], json!({"statement": statement}))
            }
            Self::DeleteFrom => {
                let statement = format!("DELETE FROM \"{name}\" WHERE {}", whose_key_is(table, random));
                Call::data("ExecuteStatement", false, &[name], json!({"statement": statement}))
            }
            // CloudTrail calls every statement a write.
            _ => Call::data("ExecuteStatement", false, &[name], json!({"statement": select(random), "limit": 50})),
        }
    }
}

fn whose_key_is(table: &Table, random: &mut Rng) -> String {
    let partition = format!("\"{}\" = '{}'", table.partition.0, table.partition_value(random));
    match table.sort {
        Some(sort) => format!("{partition} AND \"{sort}\" = '{:08}'", random.u32(..100_000_000)),
        None => partition,
    }
}

fn field(table: &Table) -> &'static str {
    table.attributes.last().copied().unwrap_or("version")
}

fn batch(table: &str, asked: Value) -> Value {
    let mut items = Map::new();
    items.insert(table.into(), asked);
    json!({"requestItems": items, "returnConsumedCapacity": "TOTAL"})
}

fn transaction(table: &Table, others: &[&Table], random: &mut Rng) -> Call {
    let put = json!({"operation": "Put", "tableName": table.name, "key": table.key(random), "items": table.item()});
    let updates = others.iter().map(|other| {
        let expression = format!("SET {} = :value", field(other));
        let key = other.key(random);
        json!({"operation": "Update", "tableName": other.name, "key": key, "updateExpression": expression})
    });
    let items: Vec<Value> = [put].into_iter().chain(updates).collect();
    let names: Vec<&str> = [table].into_iter().chain(others.iter().copied()).map(|table| table.name).collect();
    let params = json!({"requestItems": items, "returnConsumedCapacity": "TOTAL"});
    Call::data("TransactWriteItems", false, &names, params)
}

fn stream(api: &'static str, table: &Table, params: Value) -> Call {
    let mut call = Call::data(api, true, &[table.name], params);
    for resource in &mut call.resources {
        resource.kind = "AWS::DynamoDB::Stream";
        resource.arn = table.stream_arn();
    }
    call
}

fn shard(random: &mut Rng) -> String {
    format!("shardId-{:020}-{:08x}", 1_762_244_000_000_u64 + random.u64(..100_000), random.u32(..))
}

fn condition_failed(call: Call) -> Call {
    call.failed("ConditionalCheckFailedException", "The conditional request failed")
}
