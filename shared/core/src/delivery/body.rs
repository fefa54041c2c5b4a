//! Opens the wrappings of a body, one after another.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::{DeliveryError, Problem, Spot, Step, excerpt, excerpt_of};
use super::wire::{AwsLogs, BatchInput, Listed, Outline, S3Entity, SnsEnvelope};
use super::{Message, Parcel, Route, SkipReason, Skipped, key, logs_subscription};
use crate::place::ObjectRef;
use crate::relayed::{Relayed, Reporter};

/// The text that CloudTrail publishes when it is given a topic: the one message that is not JSON.
const CLOUDTRAIL_PROBE: &str = "CloudTrail validation message.";

/// How much of an object's or an event's name a [`Skipped`] repeats, in characters: a bucket and the longest key.
const WHAT: usize = 1200;

/// Decodes an invocation's payload, or the body of a notification.
///
/// A batch of SQS messages yields one [`Message`] for each, and each has its own result. Anything else succeeds or fails
/// as a whole: it yields one message without an id, or this function's error.
pub fn decode(body: &[u8]) -> Result<Vec<Message>, DeliveryError> {
    let payload = Spot::top(Step::Payload);
    let text = std::str::from_utf8(body).map_err(|error| payload.fails(Problem::NotUtf8(error.valid_up_to())))?;
    let batch = sqs_batch(text, &payload)?;
    if batch.is_empty() {
        let parcels = open(text, &payload)?;
        return Ok(vec![Message { id: None, parcels: Ok(parcels) }]);
    }
    Ok(batch
        .into_iter()
        .map(|(id, record)| {
            let parcels = open_sqs_record(&record, &Spot::top(Step::SqsMessage(&id)));
            Message { id: Some(id), parcels }
        })
        .collect())
}

/// Decodes one element of a top-level `Records` list: a record of SQS, SNS or S3. `None` where it is none of them; then
/// it may be a record of CloudTrail.
pub fn decode_element(json: &[u8]) -> Option<Result<Vec<Parcel>, DeliveryError>> {
    let spot = Spot::top(Step::Record);
    // What is no JSON object is no delivery either; the reader of records will say what is wrong with it.
    let Ok(text) = std::str::from_utf8(json) else { return None };
    let Ok(outline) = outline_of(text, &spot) else { return None };
    open_record(&outline, &spot)
}

/// The messages of an SQS batch with their ids, or nothing where the payload is no such batch. Lambda's event source
/// mapping has them under `Records`, a pipe sends the bare list.
fn sqs_batch<'a>(text: &'a str, payload: &Spot<'_>) -> Result<Vec<(String, Outline<'a>)>, DeliveryError> {
    let (list, name) = if is_list(text) {
        (text, "")
    } else {
        match outline_of(text, payload) {
            Ok(Outline { records: Some(records), .. }) => (records.get(), "Records"),
            // No batch, or no delivery: opening it will tell.
            Ok(_) | Err(_) => return Ok(Vec::new()),
        }
    };
    let outlines: Vec<_> = parse::<Vec<&RawValue>>(list, payload)?
        .into_iter()
        .enumerate()
        .map(|(index, element)| (index, outline_of(element.get(), &payload.enter(Step::Element(name, index)))))
        .collect();
    if !outlines.iter().any(|(_, outline)| outline.as_ref().is_ok_and(Outline::is_sqs_record)) {
        return Ok(Vec::new());
    }
    // From here on each message fails alone, so each needs an id to fail by.
    outlines
        .into_iter()
        .map(|(index, outline)| {
            let outline = outline?;
            let spot = payload.enter(Step::Element(name, index));
            Ok((text_of(outline.message_id, "messageId", &spot)?, outline))
        })
        .collect()
}

/// Opens a body at any depth: what Lambda gets, what a queue holds, what a topic was told.
fn open(text: &str, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    spot.check_depth()?;
    if text.trim() == CLOUDTRAIL_PROBE {
        return Ok(vec![skipped(CLOUDTRAIL_PROBE, SkipReason::TestEvent)]);
    }
    // A pipe sends what it read as a bare list.
    if is_list(text) {
        return open_each(text, "", spot, open);
    }
    let outline = outline_of(text, spot)?;
    if let Some(records) = outline.records {
        open_each(records.get(), "Records", spot, |record, spot| {
            let outline = outline_of(record, spot)?;
            open_record(&outline, spot).unwrap_or_else(|| Err(spot.fails(Problem::unrecognised(record))))
        })
    } else if let Some(awslogs) = outline.awslogs {
        let spot = spot.enter(Step::Member("awslogs"));
        logs_subscription::open(&parse::<AwsLogs>(awslogs.get(), &spot)?, &spot)
    } else if outline.detail_type.is_some() {
        open_eventbridge(&outline, spot).map(|parcel| vec![parcel])
    } else if outline.kind.is_some() && outline.topic_arn.is_some() {
        open_sns(&parse(text, spot)?, spot)
    } else if outline.s3_object_key.is_some() {
        open_cloudtrail(&outline, spot)
    } else if let Some(items) = outline.items {
        open_map(items, outline.batch_input, spot)
    } else if outline.is_s3_test() {
        let bucket = text_of(outline.bucket, "Bucket", spot)?;
        Ok(vec![skipped(&format!("s3:TestEvent of bucket {bucket}"), SkipReason::TestEvent)])
    } else {
        // A pipe's list has records that Lambda has under `Records`.
        open_record(&outline, spot).unwrap_or_else(|| Err(spot.fails(Problem::unrecognised(text))))
    }
}

/// Opens each element of a list and joins what they hold. The first that fails, fails the list.
fn open_each(
    list: &str,
    name: &'static str,
    spot: &Spot<'_>,
    open: impl Fn(&str, &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError>,
) -> Result<Vec<Parcel>, DeliveryError> {
    let mut parcels = Vec::new();
    for (index, element) in parse::<Vec<&RawValue>>(list, spot)?.into_iter().enumerate() {
        parcels.extend(open(element.get(), &spot.enter(Step::Element(name, index)))?);
    }
    Ok(parcels)
}

/// Opens a record as Lambda gets it, or is `None` where it is of none of the services.
fn open_record(outline: &Outline<'_>, spot: &Spot<'_>) -> Option<Result<Vec<Parcel>, DeliveryError>> {
    if outline.is_sqs_record() {
        let opened = text_of(outline.message_id, "messageId", spot)
            .and_then(|id| open_sqs_record(outline, &spot.enter(Step::SqsMessage(&id))));
        Some(opened)
    } else if let Some(sns) = outline.sns {
        let spot = spot.enter(Step::Member("Sns"));
        Some(parse(sns.get(), &spot).and_then(|envelope| open_sns(&envelope, &spot)))
    } else {
        outline.s3.map(|s3| open_s3_record(s3, outline.event_name, spot).map(|parcel| vec![parcel]))
    }
}

fn open_sqs_record(outline: &Outline<'_>, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    let body = text_of(outline.body, "body", spot)?;
    open(&body, &spot.enter(Step::Member("body")))
}

fn open_sns(envelope: &SnsEnvelope, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    match envelope.kind.as_str() {
        "Notification" => open(&envelope.message, &spot.enter(Step::Member("Message"))),
        kind @ ("SubscriptionConfirmation" | "UnsubscribeConfirmation") => {
            Ok(vec![skipped(&format!("{kind} of {}", envelope.topic_arn), SkipReason::OtherEvent)])
        }
        other => {
            let found = format!("an SNS message of type {}", excerpt(other));
            Err(spot.fails(Problem::Unrecognised(found)))
        }
    }
}

/// S3's notification of an event, in whatever it came wrapped.
fn open_s3_record(s3: &RawValue, event_name: Option<&RawValue>, spot: &Spot<'_>) -> Result<Parcel, DeliveryError> {
    let event = text_of(event_name, "eventName", spot)?;
    let spot = spot.enter(Step::Member("s3"));
    let S3Entity { bucket, object } = parse(s3.get(), &spot)?;
    // Configurations write `s3:ObjectCreated:Put`, notifications leave the `s3:` out.
    let event = event.strip_prefix("s3:").unwrap_or(&event);
    match event.split(':').next() {
        Some("ObjectCreated") => {
            let key = key::decode_form(&object.key)
                .map_err(|fault| spot.fails(Problem::Key { key: excerpt(&object.key), fault }))?;
            Ok(announced(ObjectRef { bucket: bucket.name, key }))
        }
        Some("ObjectRemoved" | "LifecycleExpiration") => {
            Ok(skipped(&format!("{event} of s3://{}/{}", bucket.name, object.key), SkipReason::ObjectRemoved))
        }
        _ => Ok(skipped(&format!("{event} of s3://{}/{}", bucket.name, object.key), SkipReason::OtherEvent)),
    }
}

fn open_eventbridge(outline: &Outline<'_>, spot: &Spot<'_>) -> Result<Parcel, DeliveryError> {
    let kind = text_of(outline.detail_type, "detail-type", spot)?;
    let source = text_of(outline.source, "source", spot)?;
    let detail = outline.detail.ok_or_else(|| spot.fails(Problem::Missing("detail")))?;
    let spot = spot.enter(Step::Member("detail"));
    // Anyone who may put events can choose the detail-type, but not a source that begins with `aws.`: PutEvents answers
    // NotAuthorizedForSourceException.
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
    match (source.as_str(), kind.as_str()) {
        ("aws.s3", "Object Created" | "Object Deleted") => {
            let S3Entity { bucket, object } = parse(detail.get(), &spot)?;
            let object = ObjectRef { bucket: bucket.name, key: object.key };
            if kind == "Object Created" {
                Ok(announced(object))
            } else {
                Ok(skipped(&format!("{kind} of {object}"), SkipReason::ObjectRemoved))
            }
        }
        (_, "AWS Insight via CloudTrail") => Ok(skipped(&kind, SkipReason::Insight)),
        (_, "AWS Network Activity Event via CloudTrail") => Ok(skipped(&kind, SkipReason::NetworkActivity)),
        // API Call, Console Signin, Console Action, Service Event: each detail is a record.
        // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
        _ if source.starts_with("aws.") && kind.ends_with(" via CloudTrail") => {
            Ok(Parcel::Record { json: detail.get().into(), route: Route::EventBridge })
        }
        // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-guardduty.html
        ("aws.guardduty", "GuardDuty Finding") => relayed(Reporter::GuardDuty, detail, &spot),
        // https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
        ("aws.config", "Config Rules Compliance Change") => relayed(Reporter::Config, detail, &spot),
        _ => Ok(skipped(&format!("{kind} of {source}"), SkipReason::OtherEvent)),
    }
}

/// What another service found. It is read here, so that one that cannot be read fails the event, which is kept for whoever
/// looks into it: no log file has it too, as one has a call that EventBridge told of.
fn relayed(reporter: Reporter, detail: &RawValue, spot: &Spot<'_>) -> Result<Parcel, DeliveryError> {
    let relayed = Relayed::read(reporter, detail.get()).map_err(|error| spot.fails(Problem::json(&error)))?;
    Ok(Parcel::Relayed(Box::new(relayed)))
}

/// CloudTrail's own message to the topic of a trail.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html>
fn open_cloudtrail(outline: &Outline<'_>, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    let bucket = text_of(outline.s3_bucket, "s3Bucket", spot)?;
    let keys = outline.s3_object_key.ok_or_else(|| spot.fails(Problem::Missing("s3ObjectKey")))?;
    let spot = spot.enter(Step::Member("s3ObjectKey"));
    let keys: Vec<String> =
        if is_list(keys.get()) { parse(keys.get(), &spot)? } else { vec![parse(keys.get(), &spot)?] };
    Ok(keys.into_iter().map(|key| announced(ObjectRef { bucket: bucket.clone(), key })).collect())
}

/// A batch of objects that Step Functions listed in a bucket, to be read once more or for the first time.
///
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html>
fn open_map(items: &RawValue, input: Option<&RawValue>, spot: &Spot<'_>) -> Result<Vec<Parcel>, DeliveryError> {
    let input = input.ok_or_else(|| spot.fails(Problem::Missing("BatchInput")))?;
    let BatchInput { bucket } = parse(input.get(), &spot.enter(Step::Member("BatchInput")))?;
    open_each(items.get(), "Items", spot, |item, spot| {
        let Listed { key } = parse(item, spot)?;
        Ok(vec![announced(ObjectRef { bucket: bucket.clone(), key })])
    })
}

/// An object was created: is it for us?
fn announced(object: ObjectRef) -> Parcel {
    match key::parse(&object.key) {
        Ok(()) => Parcel::Log(object),
        Err(reason) => skipped(&object.to_string(), reason),
    }
}

fn skipped(what: &str, reason: SkipReason) -> Parcel {
    Parcel::Skipped(Skipped { what: excerpt_of(what, WHAT), reason })
}

fn outline_of<'a>(json: &'a str, spot: &Spot<'_>) -> Result<Outline<'a>, DeliveryError> {
    // serde would take a list for the members in the order of their declaration.
    if is_list(json) { Err(spot.fails(Problem::Unrecognised("a list".to_owned()))) } else { parse(json, spot) }
}

fn is_list(json: &str) -> bool {
    json.trim_start().starts_with('[')
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str, spot: &Spot<'_>) -> Result<T, DeliveryError> {
    serde_json::from_str(json).map_err(|error| spot.fails(Problem::json(&error)))
}

fn text_of(member: Option<&RawValue>, name: &'static str, spot: &Spot<'_>) -> Result<String, DeliveryError> {
    let member = member.ok_or_else(|| spot.fails(Problem::Missing(name)))?;
    parse(member.get(), &spot.enter(Step::Member(name)))
}
