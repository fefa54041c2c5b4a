//! What is remembered between runs, in a table of DynamoDB.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use aws_types::SdkConfig;
use jiff::Timestamp;
use tablewarden_core::arn::Arn;
use tablewarden_core::ports::{Item, Key, Store, StoreError};
use tablewarden_core::table::TableId;

use crate::contract::{BOTH, Call};
use crate::settings::STATE_TABLE;
use crate::telemetry::with_sources;
use crate::time_left::{TimeLeft, before, is_over};

/// How many keys a `BatchGetItem` takes, and how many items a `BatchWriteItem`:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
const MOST_KEYS: usize = 100;
const MOST_WRITES: usize = 25;

/// How often what DynamoDB did not process of a batch is sent again.
const MOST_TURNS: u32 = 6;

/// The pauses before something is tried again: the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long another run is waited for, at most, in pauses: some twenty seconds.
const MOST_WAITS: u32 = 24;

/// The names of the attributes: partition key, sort key, value, version, and when DynamoDB may delete the item.
const PARTITION: &str = "partition";
const SORT: &str = "sort";
const VALUE: &str = "value";
const VERSION: &str = "version";
const EXPIRES: &str = "expires";

/// What it calls.
pub const CALLS: &[Call] = &[
    on_table("dynamodb:BatchGetItem"),
    on_table("dynamodb:BatchWriteItem"),
    on_table("dynamodb:PutItem"),
    on_table("dynamodb:Query"),
];

const fn on_table(action: &'static str) -> Call {
    Call { action, resource: "state table", functions: BOTH, when: Some(STATE_TABLE) }
}

/// A [`Store`] in a table whose partition key `partition` and sort key `sort` are strings, and whose TTL attribute is
/// `expires`. Needs `dynamodb:BatchGetItem`, `Query`, `PutItem` and `BatchWriteItem` on the table.
///
/// Once it has failed it fails at once for the rest of an invocation: what it is asked is worth no more waiting than that.
#[derive(Debug)]
pub struct DynamoDbStore {
    client: Client,
    table: String,
    time: TimeLeft,
    /// The invocation in which it failed last.
    down_in: AtomicU64,
}

impl DynamoDbStore {
    /// A store in a table, for functions with so much time.
    pub fn new(config: &SdkConfig, table: String, time: TimeLeft) -> Self {
        Self { client: Client::new(config), table, time, down_in: AtomicU64::new(u64::MAX) }
    }

    /// Does what a future does, unless the table has failed before, in half of the time that is left: what was found has to
    /// be told in the other half, whatever the table does.
    async fn ask<T>(&self, call: impl Future<Output = Result<T, String>>) -> Result<T, StoreError> {
        let failed = |problem: String| StoreError { store: format!("table {}", self.table), problem };
        let invocation = self.time.number();
        if self.down_in.load(Ordering::Relaxed) == invocation {
            return Err(failed("has failed before in this invocation".to_owned()));
        }
        let answer = before(self.time.half_of_telling(), call).await;
        let answer = answer.unwrap_or_else(|| Err("no time left".to_owned()));
        answer.map_err(|problem| {
            self.down_in.store(invocation, Ordering::Relaxed);
            failed(problem)
        })
    }

    async fn write(&self, writes: Vec<WriteRequest>) -> Result<(), String> {
        let mut turn = 0;
        let mut left = writes;
        while !left.is_empty() {
            let batch = left.split_off(left.len().saturating_sub(MOST_WRITES));
            let call = self.client.batch_write_item().request_items(&self.table, batch);
            let answer = call.send().await.map_err(|error| with_sources(&error))?;
            let unprocessed = answer.unprocessed_items.and_then(|mut tables| tables.remove(&self.table));
            if let Some(unprocessed) = unprocessed.filter(|unprocessed| !unprocessed.is_empty()) {
                left.extend(unprocessed);
                pause(&mut turn).await?;
            } else {
                turn = 0;
            }
        }
        Ok(())
    }
}

/// A name for a run that no other has: Lambda gives the retry of an asynchronous invocation the request id of the first.
///
/// Source: "Understanding retry behavior in Lambda",
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html>.
pub fn name_of_run(request_id: &str) -> String {
    format!("{request_id}#{:016x}", fastrand::u64(..))
}

/// A table in the account and region of a function; `None` where that has no ARN of Lambda's.
pub fn beside(function_arn: &str, table: &str) -> Option<TableId<'static>> {
    let Arn { partition, region, account, .. } = Arn::parse(function_arn)?;
    let table =
        TableId { partition: partition.into(), account: account.into(), region: region.into(), name: table.into() };
    Some(table.into_owned())
}

/// Waits before the next turn; an error where there were too many.
async fn pause(turn: &mut u32) -> Result<(), String> {
    *turn += 1;
    if *turn > MOST_TURNS {
        return Err("throttled: not all of a batch was processed".to_owned());
    }
    tokio::time::sleep(length(*turn)).await;
    Ok(())
}

/// The length of a pause: twice the one before, less up to a half, so that runs that met do not meet again.
fn length(turn: u32) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(1 << turn.min(10)).min(LONGEST_PAUSE);
    pause.mul_f64(1.0 - fastrand::f64() / 2.0)
}

impl Store for DynamoDbStore {
    async fn get(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        self.ask(async {
            let mut items = Vec::new();
            let mut left: Vec<_> = keys.iter().map(key_attributes).collect();
            let mut turn = 0;
            while !left.is_empty() {
                let batch = left.split_off(left.len().saturating_sub(MOST_KEYS));
                let asked = KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(true).build();
                let asked = asked.map_err(|error| error.to_string())?;
                let call = self.client.batch_get_item().request_items(&self.table, asked);
                let answer = call.send().await.map_err(|error| with_sources(&error))?;
                for found in answer.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default() {
                    items.push(item(&found)?);
                }
                let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
                if let Some(unprocessed) = unprocessed.filter(|unprocessed| !unprocessed.keys().is_empty()) {
                    left.extend(unprocessed.keys().to_vec());
                    pause(&mut turn).await?;
                } else {
                    turn = 0;
                }
            }
            Ok(items)
        })
        .await
    }

    async fn range(&self, partition: &str, from: &str, to: &str) -> Result<Vec<Item>, StoreError> {
        self.ask(async {
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("#p = :p AND #s BETWEEN :from AND :to")
                .expression_attribute_names("#p", PARTITION)
                .expression_attribute_names("#s", SORT)
                .expression_attribute_values(":p", AttributeValue::S(partition.to_owned()))
                .expression_attribute_values(":from", AttributeValue::S(from.to_owned()))
                .expression_attribute_values(":to", AttributeValue::S(to.to_owned()))
                .into_paginator()
                .items()
                .send();
            let mut items = Vec::new();
            while let Some(found) = pages.next().await {
                items.push(item(&found.map_err(|error| with_sources(&error))?)?);
            }
            Ok(items)
        })
        .await
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), StoreError> {
        if items.is_empty() {
            return Ok(());
        }
        self.ask(async {
            let write = |item: &Item| {
                let put = PutRequest::builder()
                    .set_item(Some(attributes(item)))
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok(WriteRequest::builder().put_request(put).build())
            };
            self.write(items.iter().map(write).collect::<Result<_, String>>()?).await
        })
        .await
    }

    async fn swap(&self, item: Item) -> Result<bool, StoreError> {
        self.ask(async {
            let put = self.client.put_item().table_name(&self.table).set_item(Some(attributes(&item)));
            let put = match item.version {
                0 | 1 => put.condition_expression("attribute_not_exists(#s)").expression_attribute_names("#s", SORT),
                version => put
                    .condition_expression("#v = :before")
                    .expression_attribute_names("#v", VERSION)
                    .expression_attribute_values(":before", number(version - 1)),
            };
            match put.send().await {
                Ok(_) => Ok(true),
                Err(error)
                    if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) =>
                {
                    Ok(false)
                }
                Err(error) => Err(with_sources(&error)),
            }
        })
        .await
    }

    async fn remove(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        self.ask(async {
            let write = |key: &Key| {
                let delete = DeleteRequest::builder()
                    .set_key(Some(key_attributes(key)))
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok(WriteRequest::builder().delete_request(delete).build())
            };
            self.write(keys.iter().map(write).collect::<Result<_, String>>()?).await
        })
        .await
    }

    async fn wait(&self, turn: u32) -> bool {
        if turn >= MOST_WAITS {
            return false;
        }
        let _ = before(self.time.telling(), tokio::time::sleep(length(turn + 1))).await;
        !is_over(self.time.telling())
    }
}

fn key_attributes(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        (PARTITION.to_owned(), AttributeValue::S(key.partition.clone())),
        (SORT.to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

fn number(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn attributes(item: &Item) -> HashMap<String, AttributeValue> {
    let mut attributes = key_attributes(&item.key);
    attributes.insert(VALUE.to_owned(), AttributeValue::B(Blob::new(item.value.clone())));
    attributes.insert(VERSION.to_owned(), number(item.version));
    attributes.insert(EXPIRES.to_owned(), number(item.expires.as_second()));
    attributes
}

fn item(attributes: &HashMap<String, AttributeValue>) -> Result<Item, String> {
    let of = |name: &str| attributes.get(name).ok_or_else(|| format!("an item has no attribute {name}"));
    let wrong = |name: &str| format!("the attribute {name} of an item is of another type");
    let text = |name: &str| of(name)?.as_s().cloned().map_err(|_| wrong(name));
    let number =
        |name: &str| of(name)?.as_n().ok().and_then(|number| number.parse::<u64>().ok()).ok_or_else(|| wrong(name));
    let value = of(VALUE)?.as_b().map_err(|_| wrong(VALUE))?.clone().into_inner();
    let seconds = i64::try_from(number(EXPIRES)?).map_err(|_| wrong(EXPIRES))?;
    Ok(Item {
        key: Key { partition: text(PARTITION)?, sort: text(SORT)? },
        value,
        version: number(VERSION)?,
        expires: Timestamp::from_second(seconds).map_err(|_| wrong(EXPIRES))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_as_it_was_written() {
        let key = Key { partition: "alert.1#0f".into(), sort: "ledger".into() };
        let expires = "2026-03-02T10:00:00Z".parse().unwrap();
        let written = Item { key, value: vec![0, 255, 7], version: 3, expires };
        assert_eq!(item(&attributes(&written)), Ok(written.clone()));
        for name in [PARTITION, SORT, VALUE, VERSION, EXPIRES] {
            let mut broken = attributes(&written);
            broken.insert(name.to_owned(), AttributeValue::Bool(true));
            assert!(item(&broken).unwrap_err().contains(name));
            broken.remove(name);
            assert!(item(&broken).unwrap_err().contains(name));
        }
    }

    #[test]
    fn a_table_beside_a_function_is_in_its_account_and_region() {
        let table = beside("arn:aws-cn:lambda:cn-north-1:111122223333:function:trail-log:live", "tablewarden-state");
        let want = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/tablewarden-state";
        assert_eq!(table.map(|table| table.arn()).as_deref(), Some(want));
        assert_eq!(beside("", "tablewarden-state"), None);
    }

    #[test]
    fn pauses_grow_to_a_second_and_differ() {
        for turn in 0..40 {
            let pause = length(turn);
            assert!(pause <= LONGEST_PAUSE && pause >= FIRST_PAUSE / 2, "{turn}: {pause:?}");
        }
    }
}
