//! A queue as Lambda sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, bail};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Map, Value, json};

use crate::{REGION, eventually};

/// A queue of the emulator.
#[derive(Clone, Debug)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
    arn: String,
}

/// A message as a subscriber reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The body, unchanged.
    pub body: String,
    /// Message attributes with a string value.
    pub attributes: BTreeMap<String, String>,
}

impl Queue {
    pub(crate) fn new(client: aws_sdk_sqs::Client, url: String, arn: String) -> Self {
        Self { client, url, arn }
    }

    /// The queue's ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Puts a message into the queue.
    pub async fn send(&self, body: &str) -> anyhow::Result<()> {
        let send = self.client.send_message().queue_url(&self.url).message_body(body);
        send.send().await.with_context(|| format!("sending to {}", self.arn))?;
        Ok(())
    }

    /// Waits until `count` messages have come, removes them and gives them; fails when more than those are there.
    pub async fn take(&self, count: usize) -> anyhow::Result<Vec<Received>> {
        let messages = self.wait_for(count).await?;
        for message in &messages {
            self.delete(message.receipt_handle().unwrap_or_default()).await?;
        }
        if let Some(extra) = self.poll(1).await?.first() {
            bail!("{} holds more than the {count} messages that are expected: {extra:?}", self.arn);
        }
        Ok(messages.iter().map(received).collect())
    }

    /// At most ten messages of those that are there, as the event that Lambda hands to a function; `None` where there are
    /// none. They stay in the queue, out of sight, until [`Queue::settle`].
    pub async fn some(&self, count: usize) -> anyhow::Result<Option<Value>> {
        let records: Vec<Value> = self.poll(count).await?.iter().map(|message| self.record(message)).collect();
        Ok((!records.is_empty()).then(|| json!({ "Records": records })))
    }

    /// Removes at most ten messages and gives their bodies; `None` where there are none.
    pub async fn drain(&self) -> anyhow::Result<Option<Vec<String>>> {
        let messages = self.poll(10).await?;
        for message in &messages {
            self.delete(message.receipt_handle().unwrap_or_default()).await?;
        }
        let bodies: Vec<String> = messages.iter().map(|message| received(message).body).collect();
        Ok((!bodies.is_empty()).then_some(bodies))
    }

    /// From now on a message that came so often goes to another queue.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>.
    pub async fn give_up_to(&self, dead: &Self, most_receives: u32) -> anyhow::Result<()> {
        let policy = json!({"deadLetterTargetArn": dead.arn, "maxReceiveCount": most_receives.to_string()}).to_string();
        let set = self.client.set_queue_attributes().queue_url(&self.url);
        set.attributes(QueueAttributeName::RedrivePolicy, policy).send().await.with_context(|| self.arn.clone())?;
        Ok(())
    }

    /// Brings the messages of a dead-letter queue back to another, as `StartMessageMoveTask` does, which the emulator does
    /// not have.
    pub async fn redrive(&self, to: &Self) -> anyhow::Result<()> {
        while let Some(bodies) = self.drain().await? {
            for body in bodies {
                to.send(&body).await?;
            }
        }
        Ok(())
    }

    /// Waits until `count` messages have come and gives them as the event that Lambda hands to a function. They stay in
    /// the queue, out of sight, until [`Queue::settle`].
    ///
    /// Shape: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
    pub async fn batch(&self, count: usize) -> anyhow::Result<Value> {
        let records: Vec<Value> = self.wait_for(count).await?.iter().map(|message| self.record(message)).collect();
        Ok(json!({ "Records": records }))
    }

    /// Does with the messages of `event` what Lambda does after the function answered `response`, and gives the bodies
    /// of those that failed: they are back in the queue at once, the others are gone.
    ///
    /// An answer that names a message the batch does not hold would make Lambda retry the whole batch; here it is an
    /// error. See <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
    pub async fn settle(&self, event: &Value, response: &Value) -> anyhow::Result<Vec<String>> {
        let failures = response.get("batchItemFailures").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut failed: BTreeSet<&str> = BTreeSet::new();
        for failure in failures {
            failed.insert(text(failure, "itemIdentifier")?);
        }
        let mut returned = Vec::new();
        for record in event.get("Records").and_then(Value::as_array).context("the event has no Records")? {
            let receipt = text(record, "receiptHandle")?;
            if failed.remove(text(record, "messageId")?) {
                self.release(receipt).await?;
                returned.push(text(record, "body")?.to_owned());
            } else {
                self.delete(receipt).await?;
            }
        }
        anyhow::ensure!(failed.is_empty(), "the function failed messages that are not in its batch: {failed:?}");
        Ok(returned)
    }

    /// Makes every message of `event` visible again, as after a crash and the visibility timeout.
    pub async fn release_all(&self, event: &Value) -> anyhow::Result<()> {
        for record in event.get("Records").and_then(Value::as_array).context("the event has no Records")? {
            self.release(text(record, "receiptHandle")?).await?;
        }
        Ok(())
    }

    /// How many messages are in the queue, seen or unseen.
    pub async fn len(&self) -> anyhow::Result<usize> {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let ask = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = ask.attribute_names(Visible).attribute_names(InFlight).send().await?;
        let numbers = answer.attributes().context("a queue without attributes")?.values();
        numbers.map(|number| Ok(number.parse::<usize>()?)).sum()
    }

    async fn wait_for(&self, count: usize) -> anyhow::Result<Vec<Message>> {
        let mut messages = Vec::new();
        let what = format!("{count} messages in {}", self.arn);
        eventually(&what, Duration::from_secs(20), async || {
            messages.append(&mut self.poll(count - messages.len()).await?);
            Ok((messages.len() >= count).then_some(()))
        })
        .await
        .with_context(|| format!("{} came", messages.len()))?;
        Ok(messages)
    }

    /// At most ten messages, and at most `count`, of those that are there.
    async fn poll(&self, count: usize) -> anyhow::Result<Vec<Message>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let receive = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(count.min(10))?)
            .visibility_timeout(300)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All");
        let answer = receive.send().await.with_context(|| format!("receiving from {}", self.arn))?;
        Ok(answer.messages.unwrap_or_default())
    }

    async fn delete(&self, receipt: &str) -> anyhow::Result<()> {
        self.client.delete_message().queue_url(&self.url).receipt_handle(receipt).send().await?;
        Ok(())
    }

    async fn release(&self, receipt: &str) -> anyhow::Result<()> {
        let change = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        change.visibility_timeout(0).send().await?;
        Ok(())
    }

    fn record(&self, message: &Message) -> Value {
        let system = message.attributes.iter().flatten();
        let system: Map<String, Value> = system.map(|(name, value)| (name.as_str().to_owned(), json!(value))).collect();
        let attributes = message.message_attributes.iter().flatten();
        let attributes: Map<String, Value> = attributes
            .map(|(name, value)| {
                let value = json!({
                    "dataType": value.data_type(), "stringValue": value.string_value(),
                    "stringListValues": [], "binaryListValues": [],
                });
                (name.clone(), value)
            })
            .collect();
        json!({
            "messageId": message.message_id(), "receiptHandle": message.receipt_handle(),
            "body": message.body(), "md5OfBody": message.md5_of_body(),
            "attributes": system, "messageAttributes": attributes,
            "eventSource": "aws:sqs", "eventSourceARN": self.arn, "awsRegion": REGION,
        })
    }
}

fn received(message: &Message) -> Received {
    let attributes = message.message_attributes.iter().flatten();
    let attributes = attributes.filter_map(|(name, value)| Some((name.clone(), value.string_value()?.to_owned())));
    Received { body: message.body().unwrap_or_default().to_owned(), attributes: attributes.collect() }
}

fn text<'a>(value: &'a Value, field: &str) -> anyhow::Result<&'a str> {
    value.get(field).and_then(Value::as_str).with_context(|| format!("no text in {field} of {value}"))
}
