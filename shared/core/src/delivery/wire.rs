//! The members that are read of each body, as AWS spells them. Everything else in a body is passed over.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The members that tell one body from another, unread. A body has few of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub(super) struct Outline<'a> {
    /// S3, SNS and SQS, as Lambda gets them.
    #[serde(borrow, rename = "Records")]
    pub(super) records: Option<&'a RawValue>,

    /// An SQS record: `eventSource`, `messageId`, `body`. An S3 record has an `eventSource` too, and so has a record of
    /// CloudTrail.
    #[serde(borrow)]
    pub(super) event_source: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) body: Option<&'a RawValue>,

    /// An SNS record.
    #[serde(borrow, rename = "Sns")]
    pub(super) sns: Option<&'a RawValue>,

    /// An S3 record.
    #[serde(borrow)]
    pub(super) s3: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event_name: Option<&'a RawValue>,

    /// S3's test event: `"Event": "s3:TestEvent"`.
    #[serde(borrow, rename = "Event")]
    pub(super) event: Option<&'a RawValue>,
    #[serde(borrow, rename = "Bucket")]
    pub(super) bucket: Option<&'a RawValue>,

    /// An SNS envelope, as a queue gets it.
    #[serde(borrow, rename = "Type")]
    pub(super) kind: Option<&'a RawValue>,
    #[serde(borrow, rename = "TopicArn")]
    pub(super) topic_arn: Option<&'a RawValue>,

    /// An EventBridge event.
    #[serde(borrow, rename = "detail-type")]
    pub(super) detail_type: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) source: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) detail: Option<&'a RawValue>,

    /// CloudTrail's own message.
    #[serde(borrow)]
    pub(super) s3_bucket: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) s3_object_key: Option<&'a RawValue>,

    /// A CloudWatch Logs subscription.
    #[serde(borrow)]
    pub(super) awslogs: Option<&'a RawValue>,

    /// A batch of a Distributed Map of Step Functions.
    #[serde(borrow, rename = "Items")]
    pub(super) items: Option<&'a RawValue>,
    #[serde(borrow, rename = "BatchInput")]
    pub(super) batch_input: Option<&'a RawValue>,
}

impl Outline<'_> {
    /// Whether this is a message of a queue, as Lambda (and a pipe) gets it.
    pub(super) fn is_sqs_record(&self) -> bool {
        self.event_source.is_some_and(|source| source.get() == r#""aws:sqs""#)
    }

    /// Whether this is S3's test event.
    pub(super) fn is_s3_test(&self) -> bool {
        self.event.is_some_and(|event| event.get() == r#""s3:TestEvent""#)
    }
}

/// An object, as S3's notifications (member `s3`) and its EventBridge events (member `detail`) both have it.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html> and
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>
#[derive(Deserialize)]
#[serde(expecting = "an object with bucket and object")]
pub(super) struct S3Entity {
    pub(super) bucket: S3Bucket,
    pub(super) object: S3Object,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with name")]
pub(super) struct S3Bucket {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with key")]
pub(super) struct S3Object {
    pub(super) key: String,
}

/// An object as `ListObjectsV2` lists it, from which a Distributed Map takes its items: with its plain key, and without its
/// bucket.
///
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html>
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object with Key")]
pub(super) struct Listed {
    pub(super) key: String,
}

/// What a Distributed Map says of all items of a batch, as its definition has it (`ItemBatcher`, `BatchInput`).
#[derive(Deserialize)]
#[serde(expecting = "an object with bucket")]
pub(super) struct BatchInput {
    pub(super) bucket: String,
}

/// An SNS message in its envelope.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an SNS message")]
pub(super) struct SnsEnvelope {
    #[serde(rename = "Type")]
    pub(super) kind: String,
    pub(super) topic_arn: String,
    pub(super) message: String,
}

/// What Lambda gets of a CloudWatch Logs subscription.
#[derive(Deserialize)]
#[serde(expecting = "an object with data")]
pub(super) struct AwsLogs {
    /// base64 of gzip of a [`LogsPayload`].
    pub(super) data: String,
}

/// What a subscription's data holds.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "log events")]
pub(super) struct LogsPayload {
    pub(super) message_type: String,
    pub(super) log_group: String,
    pub(super) log_events: Vec<LogEvent>,
}

#[derive(Deserialize)]
#[serde(expecting = "a log event")]
pub(super) struct LogEvent {
    pub(super) message: String,
}
