use serde_json::{Value, json};
use tablewarden_core::state::InMemory;
use tablewarden_testkit::fakes::{Alerts, BrokenStore, Logs, Metrics, Objects};
use tablewarden_testkit::gzip;

use super::*;

/// An event id as CloudTrail makes them.
const ID: &str = "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e";

const BUCKET: &str = "example-trail-logs";

/// A log object's key.
fn key(n: u8) -> String {
    format!(
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T0915Z_{n:016}.json.gz"
    )
}

/// The record of a deletion from a table.
fn deletion(event_id: &str, table: &str) -> Value {
    json!({
        "eventID": event_id, "eventTime": "2026-03-02T09:15:00Z", "eventSource": "dynamodb.amazonaws.com",
        "eventName": "DeleteItem", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
        "requestParameters": {"tableName": table},
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:user/intern"},
    })
}

fn object(records: &[Value]) -> Vec<u8> {
    gzip(json!({ "Records": records }).to_string().as_bytes())
}

/// An SQS event of messages, each an id and a body.
fn sqs(messages: &[(&str, String)]) -> Vec<u8> {
    let records: Vec<Value> = messages
        .iter()
        .map(|(id, body)| json!({"messageId": id, "body": body, "eventSource": "aws:sqs", "receiptHandle": "h"}))
        .collect();
    json!({ "Records": records }).to_string().into_bytes()
}

/// S3's notification that an object was created.
fn created(key: &str) -> String {
    let s3 = json!({"bucket": {"name": BUCKET}, "object": {"key": key}});
    json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}).to_string()
}

fn run() -> Run {
    Run { name: "run".to_owned(), ends: Timestamp::MAX, own_table: None }
}

fn handler(logs: Logs) -> Handler<Logs, Alerts, Metrics, Objects, InMemory> {
    Handler {
        logs,
        alerts: Alerts::default(),
        metrics: Metrics::default(),
        archive: None,
        state: None,
        policy: InForce::fixed(None),
        rules: None,
        limits: Limits::default(),
        now: || "2026-03-02T09:30:00Z".parse().unwrap(),
    }
}

async fn failures(handler: &Handler<Logs, Alerts, Metrics, Objects, InMemory>, payload: &[u8]) -> Vec<String> {
    let response = handler.handle(payload, run()).await.unwrap();
    response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

#[tokio::test]
async fn each_message_fails_alone_and_the_others_are_told() {
    let truncated = object(&[deletion("c1", "carts"), deletion("c2", "carts")]);
    let truncated = truncated[..truncated.len() - 6].to_vec();
    let logs = Logs::default().with(&key(1), object(&[deletion("a", "orders")])).with(&key(3), truncated);
    let handler = handler(logs);
    let payload = sqs(&[
        ("good", created(&key(1))),
        ("garbage", "not a delivery".into()),
        ("missing", created(&key(2))),
        ("truncated", created(&key(3))),
        ("foreign", created("some/other/object.txt")),
    ]);
    assert_eq!(failures(&handler, &payload).await, ["garbage", "missing", "truncated"]);
    // What stood before the damage is told.
    assert_eq!(handler.alerts.sent(), ["item-deletion carts 2", "item-deletion orders 1"]);
    let sums = |metric| handler.metrics.sum(metric, &[]);
    assert_eq!((sums("ObjectsDone"), sums("ObjectsFailed"), sums("AlertsSent")), (1, 3, 2));
    assert_eq!((sums("RecordsRead"), sums("RecordsRelevant"), sums("ItemsDeleted")), (3, 3, 3));
    assert_eq!(handler.metrics.sum("DeliveriesSkipped", &[("Reason", "NotCloudTrail")]), 1);
}

#[tokio::test]
async fn a_message_comes_again_until_its_alerts_are_out() {
    let logs = Logs::default()
        .with(&key(1), object(&[deletion("a", "orders")]))
        .with(&key(2), object(&[deletion("b", "carts")]))
        .with(&key(3), object(&[]));
    let mut handler = handler(logs);
    handler.alerts.refused_table = Some("orders");
    let payload = sqs(&[("orders", created(&key(1))), ("carts", created(&key(2))), ("empty", created(&key(3)))]);
    assert_eq!(failures(&handler, &payload).await, ["orders"]);
    assert_eq!(handler.alerts.sent(), ["item-deletion carts 1"]);
    let sums = |handler: &Handler<_, _, Metrics, _, InMemory>| {
        ["AlertsFailed", "ItemsDeleted", "RecordsRead"].map(|m| handler.metrics.sum(m, &[]))
    };
    assert_eq!(sums(&handler), [1, 1, 1]);

    handler.alerts.refused_table = None;
    assert_eq!(failures(&handler, &sqs(&[("orders", created(&key(1)))])).await, [""; 0]);
    assert_eq!(handler.alerts.sent(), ["item-deletion carts 1", "item-deletion orders 1"]);
    // Over both attempts each deletion counts once.
    assert_eq!(sums(&handler), [1, 2, 2]);
}

#[tokio::test]
async fn an_alert_that_two_messages_share_brings_both_back() {
    let logs = Logs::default()
        .with(&key(1), object(&[deletion("a", "orders")]))
        .with(&key(2), object(&[deletion("b", "orders")]));
    let mut handler = handler(logs);
    handler.alerts.refused_table = Some("orders");
    let payload = sqs(&[("one", created(&key(1))), ("two", created(&key(2)))]);
    assert_eq!(failures(&handler, &payload).await, ["one", "two"]);
}

#[tokio::test]
async fn metrics_that_fail_bring_nothing_back() {
    let mut handler = handler(Logs::default().with(&key(1), object(&[deletion("a", "orders")])));
    handler.metrics.down = true;
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
}

#[tokio::test]
async fn what_is_told_is_archived_and_a_redelivery_writes_the_same_object() {
    let logs = Logs::default().with(&key(1), object(&[deletion("a", "orders"), deletion("b", "carts")]));
    let mut handler = handler(logs);
    handler.archive = Some(Objects::default());
    let payload = sqs(&[("one", created(&key(1)))]);
    assert_eq!(failures(&handler, &payload).await, [""; 0]);
    let objects = |handler: &Handler<_, _, _, Objects, InMemory>| handler.archive.as_ref().unwrap().all();
    let first = objects(&handler);
    assert_eq!(first.len(), 1);
    assert!(first.keys().all(|name| name.starts_with("date=2026-03-02/account=111122223333/")), "{:?}", first.keys());
    failures(&handler, &payload).await;
    assert_eq!(objects(&handler), first);
}

#[tokio::test]
async fn only_the_messages_whose_findings_are_not_archived_come_again() {
    let mut elsewhere = deletion("b", "arn:aws:dynamodb:eu-west-1:444455556666:table/orders");
    elsewhere["recipientAccountId"] = "444455556666".into();
    let logs = Logs::default().with(&key(1), object(&[deletion("a", "orders")])).with(&key(2), object(&[elsewhere]));
    let mut handler = handler(logs);
    handler.archive = Some(Objects::refusing("account=444455556666"));
    let payload = sqs(&[("one", created(&key(1))), ("two", created(&key(2)))]);
    assert_eq!(failures(&handler, &payload).await, ["two"]);
    // It was told, and is counted when it comes again.
    assert!(handler.alerts.sent().len() > 1);
    assert_eq!(handler.metrics.sum("RecordsRead", &[]), 1);
}

#[tokio::test]
async fn what_is_not_told_is_not_archived_yet() {
    let mut handler = handler(Logs::default().with(&key(1), object(&[deletion("a", "orders")])));
    handler.archive = Some(Objects::default());
    handler.alerts.refused_table = Some("orders");
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, ["one"]);
    assert!(handler.archive.as_ref().unwrap().all().is_empty());
}

#[tokio::test]
async fn a_batch_of_step_functions_is_archived_in_silence_and_what_is_wrong_with_it_fails_it() {
    let logs = Logs::default().with(&key(1), object(&[deletion("a", "orders")]));
    let mut handler = handler(logs);
    handler.alerts.is_silent = true;
    handler.archive = Some(Objects::default());
    let batch = |keys: &[&str]| {
        let items: Vec<Value> = keys.iter().map(|key| json!({"Key": key, "Etag": "e", "Size": 1})).collect();
        json!({"Items": items, "BatchInput": {"bucket": BUCKET}}).to_string().into_bytes()
    };
    assert_eq!(failures(&handler, &batch(&["AWSLogs/", &key(1)])).await, [""; 0]);
    let archived = handler.archive.as_ref().unwrap().all();
    assert_eq!((archived.len(), handler.alerts.sent().len()), (1, 0));
    let sums = |metric| handler.metrics.sum(metric, &[]);
    assert_eq!((sums("AlertsHeldBack"), sums("AlertsSent"), sums("ObjectsDone")), (1, 0, 1));

    // What can be read of it is archived first, over the same object.
    let error = handler.handle(&batch(&[&key(2), &key(1), &key(3)]), run()).await.unwrap_err().to_string();
    assert!(error.contains(&key(2)) && error.contains(&key(3)) && !error.contains(&key(1)), "{error}");
    assert_eq!(handler.archive.as_ref().unwrap().all(), archived);
}

#[tokio::test]
async fn the_same_object_announced_twice_is_told_once() {
    let handler = handler(Logs::default().with(&key(1), object(&[deletion("a", "orders")])));
    let payload = sqs(&[("one", created(&key(1))), ("again", created(&key(1)))]);
    assert_eq!(failures(&handler, &payload).await, [""; 0]);
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
    assert_eq!(handler.metrics.sum("ItemsDeleted", &[]), 1);
}

#[tokio::test]
async fn what_no_queue_keeps_fails_as_a_whole() {
    let handler = handler(Logs::default());
    let error = handler.handle(created(&key(1)).as_bytes(), run()).await.unwrap_err().to_string();
    assert!(error.contains("NoSuchKey") && error.contains(&key(1)), "{error}");
    let error = handler.handle(b"{\"who\":\"knows\"}", run()).await.unwrap_err().to_string();
    assert!(error.contains("expected a notification"), "{error}");
}

#[tokio::test]
async fn rejects_are_counted_and_the_counts_reconcile() {
    let records =
        [deletion("a", "orders"), json!("no record"), json!({"eventID": "b", "eventSource": "s3.amazonaws.com"})];
    let handler = handler(Logs::default().with(&key(1), object(&records)));
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    let [read, relevant, skipped, rejected] = ["RecordsRead", "RecordsRelevant", "RecordsSkipped", "RecordsRejected"]
        .map(|metric| handler.metrics.sum(metric, &[]));
    assert_eq!((read, relevant, skipped, rejected), (3, 1, 1, 1));
    assert_eq!(read, relevant + skipped + rejected);
    // Each relevant record has its accesses, each access its cell, and the total is the sum of the tables.
    assert_eq!(handler.metrics.sum("Accesses", &[("Table", "other"), ("Effect", "delete")]), 1);
    assert_eq!(handler.metrics.sum("ItemsDeleted", &[]), handler.metrics.sum("ItemsDeleted", &[("Table", "other")]));
    assert_eq!(handler.metrics.sum("Findings", &[("Severity", "low")]), handler.metrics.sum("AlertsSent", &[]));
}

/// A handler that remembers what was told, in a store that outlives it.
fn remembering(logs: Logs) -> Handler<Logs, Alerts, Metrics, Objects, InMemory> {
    Handler { state: Some((InMemory::default(), SignedDuration::from_hours(1))), ..handler(logs) }
}

#[tokio::test]
async fn an_object_that_is_delivered_again_tells_nothing_and_counts_nothing() {
    let handler = remembering(Logs::default().with(&key(1), object(&[deletion(ID, "orders")])));
    for _ in 0..2 {
        assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    }
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
    let sums = |metric| handler.metrics.sum(metric, &[]);
    assert_eq!((sums("RecordsRead"), sums("ItemsDeleted"), sums("ObjectsDone")), (1, 1, 1));
    assert_eq!(handler.metrics.sum("DeliveriesSkipped", &[("Reason", "Repeated")]), 1);
}

#[tokio::test]
async fn an_event_in_two_objects_is_told_once() {
    let logs = Logs::default()
        .with(&key(1), object(&[deletion(ID, "orders")]))
        .with(&key(2), object(&[deletion(ID, "orders")]));
    let handler = remembering(logs);
    for n in [1, 2] {
        assert_eq!(failures(&handler, &sqs(&[("one", created(&key(n)))])).await, [""; 0]);
    }
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
    assert_eq!(handler.metrics.sum("AlertsRepeated", &[]), 1);
}

#[tokio::test]
async fn a_damaged_object_is_counted_once_however_often_it_comes() {
    let whole = object(&[deletion(ID, "orders")]);
    let handler = remembering(Logs::default().with(&key(1), whole[..whole.len() - 6].to_vec()));
    for _ in 0..3 {
        assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, ["one"]);
    }
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
    let sums = |metric| handler.metrics.sum(metric, &[]);
    assert_eq!((sums("RecordsRead"), sums("ItemsDeleted"), sums("ObjectsFailed")), (1, 1, 3));
}

#[tokio::test]
async fn an_object_beside_a_damaged_one_in_the_same_message_is_counted() {
    let id = |n: usize| format!("1f0c4a3e-7b52-4b8e-9d55-{n:012x}");
    let whole = object(&[deletion(&id(1), "orders")]);
    let damaged = whole[..whole.len() - 6].to_vec();
    let mut handler = remembering(Logs::default().with(&key(1), damaged.clone()));
    let both = sqs(&[("one", format!(r#"{{"s3Bucket":"logs","s3ObjectKey":["{}","{}"]}}"#, key(1), key(2)))]);
    assert_eq!(failures(&handler, &both).await, ["one"]);
    // The second comes up when what can be read of the first is counted.
    handler.logs = Logs::default().with(&key(1), damaged).with(&key(2), object(&[deletion(&id(2), "orders")]));
    assert_eq!(failures(&handler, &both).await, ["one"]);
    let sums = |metric| handler.metrics.sum(metric, &[]);
    assert_eq!((sums("RecordsRead"), sums("ItemsDeleted")), (2, 2));
}

#[tokio::test]
async fn what_is_not_finished_in_time_is_handed_back_and_counted_when_it_comes_again() {
    let whole = object(&[deletion(ID, "orders")]);
    let cut = whole[..whole.len() - 6].to_vec();
    let mut handler = remembering(Logs::default().with(&key(1), cut));
    handler.logs.is_out_of_time = true;
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, ["one"]);
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"], "what was found so far is told");
    assert_eq!(handler.metrics.sum("RecordsRead", &[]), 0);
    handler.logs = Logs::default().with(&key(1), whole);
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
    assert_eq!(handler.metrics.sum("RecordsRead", &[]), 1);
}

#[tokio::test]
async fn a_burst_over_several_invocations_is_told_as_one() {
    let id = |n: usize| format!("1f0c4a3e-7b52-4b8e-9d55-{n:012x}");
    let part = |n: usize| object(&(n * 40..(n + 1) * 40).map(|n| deletion(&id(n), "orders")).collect::<Vec<_>>());
    let logs = Logs::default().with(&key(0), part(0)).with(&key(1), part(1)).with(&key(2), part(2));
    let handler = remembering(logs);
    for n in 0..3 {
        assert_eq!(failures(&handler, &sqs(&[("one", created(&key(n)))])).await, [""; 0]);
    }
    // The deletions of the first file are told by themselves, those of the next are like them.
    assert_eq!(handler.alerts.sent(), ["bulk-deletion orders 40", "item-deletion orders 40"]);
    assert_eq!(handler.metrics.sum("AlertsHeldBack", &[]), 2);
}

#[tokio::test]
async fn without_its_memory_a_function_tells_what_it_finds_and_says_so() {
    let logs = Logs::default().with(&key(1), object(&[deletion(ID, "orders")]));
    let handler = handler(logs);
    let handler = Handler {
        state: Some((BrokenStore, SignedDuration::from_hours(1))),
        logs: handler.logs,
        alerts: handler.alerts,
        metrics: handler.metrics,
        archive: handler.archive,
        policy: InForce::fixed(None),
        rules: None,
        limits: handler.limits,
        now: handler.now,
    };
    for _ in 0..2 {
        let response = handler.handle(&sqs(&[("one", created(&key(1)))]), run()).await.unwrap();
        assert_eq!(response.batch_item_failures, []);
    }
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1", "item-deletion orders 1"]);
    assert!(handler.metrics.sum("StateFailures", &[]) >= 2);
}

#[tokio::test]
async fn an_object_that_could_not_be_opened_is_counted_when_it_can() {
    let mut handler = remembering(Logs::default());
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, ["one"]);
    handler.logs = Logs::default().with(&key(1), object(&[deletion(ID, "orders")]));
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    assert_eq!((handler.metrics.sum("RecordsRead", &[]), handler.metrics.sum("ItemsDeleted", &[])), (1, 1));
}

#[tokio::test]
async fn what_is_held_back_beside_an_alert_that_is_not_out_is_archived_in_full() {
    let id = |n: usize| format!("1f0c4a3e-7b52-4b8e-9d55-{n:012x}");
    let logs = Logs::default()
        .with(&key(0), object(&[deletion(&id(0), "orders")]))
        // The first of these messages comes again for what it says of carts; what both say of orders is held back.
        .with(&key(1), object(&[deletion(&id(1), "orders"), deletion(&id(2), "carts")]))
        .with(&key(2), object(&[deletion(&id(3), "orders")]));
    let mut handler = remembering(logs);
    handler.archive = Some(Objects::default());
    assert_eq!(failures(&handler, &sqs(&[("zero", created(&key(0)))])).await, [""; 0]);
    handler.alerts.refused_table = Some("carts");
    let both = sqs(&[("one", created(&key(1))), ("two", created(&key(2)))]);
    assert_eq!(failures(&handler, &both).await, ["one"]);
    handler.alerts.refused_table = None;
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    let mut archived = String::new();
    for object in handler.archive.as_ref().unwrap().all().into_values() {
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(object.as_slice()), &mut archived).unwrap();
    }
    for n in 0..4 {
        assert!(archived.contains(&id(n)), "{n}");
    }
}

#[tokio::test]
async fn an_object_that_two_messages_announce_is_not_done_while_one_of_them_comes_again() {
    let mut handler = remembering(Logs::default().with(&key(1), object(&[deletion(ID, "orders")])));
    handler.alerts.refused_table = Some("orders");
    let both = sqs(&[("one", created(&key(1))), ("again", created(&key(1)))]);
    assert_eq!(failures(&handler, &both).await, ["one"]);
    handler.alerts.refused_table = None;
    assert_eq!(failures(&handler, &sqs(&[("one", created(&key(1)))])).await, [""; 0]);
    assert_eq!(handler.alerts.sent(), ["item-deletion orders 1"]);
}
