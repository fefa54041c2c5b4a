use serde_json::json;
use tablewarden_core::state::InMemory;
use tablewarden_core::table::TableId;
use tablewarden_testkit::fakes::{Alerts, BrokenStore, Metrics, Objects};

use super::*;

const API_CALL: &str = include_str!("../../../../events/deliveries/eventbridge-api-call.json");
const GUARDDUTY: &str = include_str!("../../../../events/deliveries/eventbridge-guardduty.json");
const CONFIG: &str = include_str!("../../../../events/deliveries/eventbridge-config.json");
const LOG_OBJECT: &str = include_str!("../../../../events/deliveries/s3-eventbridge.json");

fn run() -> Run {
    Run { name: "run".to_owned(), ends: Timestamp::MAX, own_table: None }
}

fn handler() -> Handler<Alerts, Metrics, Objects, InMemory> {
    Handler {
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

#[tokio::test]
async fn a_dropped_table_is_told_at_once() {
    let handler = handler();
    handler.handle(API_CALL.as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), ["table-deleted orders-archive 1"]);
    let sums =
        ["RecordsRead", "RecordsRelevant", "ObjectsDone", "AlertsSent"].map(|metric| handler.metrics.sum(metric, &[]));
    assert_eq!(sums, [1; 4]);
    assert_eq!(handler.metrics.sum("Findings", &[("Severity", "high")]), 1);
}

#[tokio::test]
async fn an_event_whose_alert_is_not_out_fails_and_is_counted_when_it_comes_again() {
    let mut handler = handler();
    handler.alerts.refused_table = Some("orders-archive");
    assert!(handler.handle(API_CALL.as_bytes(), run()).await.is_err());
    handler.alerts.refused_table = None;
    handler.handle(API_CALL.as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), ["table-deleted orders-archive 1"]);
    let sums = ["RecordsRead", "AlertsFailed", "AlertsSent"].map(|metric| handler.metrics.sum(metric, &[]));
    assert_eq!(sums, [1; 3]);
}

#[tokio::test]
async fn an_event_whose_finding_is_not_archived_comes_again() {
    let mut handler = handler();
    handler.archive = Some(Objects::refusing("account="));
    let error = handler.handle(API_CALL.as_bytes(), run()).await.unwrap_err().to_string();
    assert_eq!(error, "a finding is not in the archive");
    handler.archive = Some(Objects::default());
    handler.handle(API_CALL.as_bytes(), run()).await.unwrap();
    assert_eq!(handler.archive.as_ref().unwrap().all().len(), 1);
}

#[tokio::test]
async fn metrics_that_fail_do_not_fail_the_event() {
    let mut handler = handler();
    handler.metrics.down = true;
    handler.handle(API_CALL.as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), ["table-deleted orders-archive 1"]);
}

/// Where data events come through EventBridge, each would start the next.
#[tokio::test]
async fn its_own_call_to_the_state_table_makes_no_further_one() {
    let Handler { alerts, metrics, archive, policy, rules, limits, now, .. } = handler();
    let state = Some((BrokenStore, SignedDuration::from_hours(1)));
    let handler = Handler { alerts, metrics, archive, state, policy, rules, limits, now };
    let own_table = TableId {
        partition: "aws".into(),
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        name: "tablewarden-state".into(),
    };
    let run = || Run { own_table: Some(own_table.clone()), ..run() };
    let query = |table: &str| {
        let role = "arn:aws:iam::111122223333:role/tablewarden-ddl-event";
        let issuer =
            json!({"type": "Role", "arn": role, "accountId": "111122223333", "userName": "tablewarden-ddl-event"});
        let identity = json!({
            "type": "AssumedRole", "accountId": "111122223333", "sessionContext": {"sessionIssuer": issuer},
            "arn": "arn:aws:sts::111122223333:assumed-role/tablewarden-ddl-event/tablewarden-ddl-event",
        });
        json!({"source": "aws.dynamodb", "detail-type": "AWS API Call via CloudTrail", "detail": {
            "eventID": "9d1f0c4a-7b52-4b8e-9d55-0a6f3c2b1d4e", "eventTime": "2026-03-02T09:15:00Z", "eventName": "Query",
            "eventSource": "dynamodb.amazonaws.com", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
            "eventCategory": "Data", "requestParameters": {"tableName": table}, "userIdentity": identity,
        }})
    };
    handler.handle(query("tablewarden-state").to_string().as_bytes(), run()).await.unwrap();
    assert_eq!((handler.metrics.sum("RecordsRead", &[]), handler.metrics.sum("StateFailures", &[])), (1, 0));
    handler.handle(query("orders").to_string().as_bytes(), run()).await.unwrap();
    assert!(handler.metrics.sum("StateFailures", &[]) > 0, "of any other table it asks what is told");
}

#[tokio::test]
async fn what_is_no_call_is_refused_or_skipped_with_a_reason() {
    let handler = handler();
    let error = handler.handle(LOG_OBJECT.as_bytes(), run()).await.unwrap_err().to_string();
    assert!(error.contains("that is for the function trail-log"), "{error}");
    assert!(handler.handle(b"[1]", run()).await.is_err());
    let event = json!({
        "version": "0", "id": "x", "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "detail": {},
    });
    handler.handle(event.to_string().as_bytes(), run()).await.unwrap();
    assert_eq!(handler.metrics.sum("DeliveriesSkipped", &[("Reason", "OtherEvent")]), 1);
    assert_eq!(handler.alerts.sent(), [""; 0]);
}

#[tokio::test]
async fn an_event_beside_a_log_object_is_refused_whole_and_tells_nothing() {
    let handler = handler();
    let error = handler.handle(format!("[{API_CALL},{LOG_OBJECT}]").as_bytes(), run()).await.unwrap_err().to_string();
    assert!(error.contains("that is for the function trail-log"), "{error}");
    assert_eq!(handler.alerts.sent(), [""; 0]);
    assert_eq!(handler.metrics.sum("RecordsRead", &[]), 0);

    // It is the log object that was refused.
    handler.handle(format!("[{API_CALL}]").as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), ["table-deleted orders-archive 1"]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_rejected_and_does_not_come_again() {
    let handler = handler();
    let mut event: serde_json::Value = serde_json::from_str(API_CALL).unwrap();
    event["detail"]["eventTime"] = "yesterday".into();
    handler.handle(event.to_string().as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), [""; 0]);
    let sums = ["RecordsRead", "RecordsRejected", "RecordsRelevant"].map(|metric| handler.metrics.sum(metric, &[]));
    assert_eq!(sums, [1, 1, 0]);
}

#[tokio::test]
async fn what_guardduty_and_config_found_is_told() {
    let handler = handler();
    handler.handle(GUARDDUTY.as_bytes(), run()).await.unwrap();
    handler.handle(CONFIG.as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), ["config-noncompliant orders 1", "guardduty-finding orders 1"]);
    let findings = ["high", "medium"].map(|severity| handler.metrics.sum("Findings", &[("Severity", severity)]));
    assert_eq!(findings, [1; 2]);
    let sums =
        ["RecordsRead", "RecordsRelevant", "ObjectsDone", "AlertsSent"].map(|metric| handler.metrics.sum(metric, &[]));
    assert_eq!(sums, [2; 4]);
}

/// GuardDuty's finding with another time of update, count and severity.
fn updated(at: &str, count: u64, severity: f64) -> String {
    let mut event: serde_json::Value = serde_json::from_str(GUARDDUTY).unwrap();
    event["detail"]["updatedAt"] = at.into();
    event["detail"]["service"]["count"] = count.into();
    event["detail"]["severity"] = severity.into();
    event.to_string()
}

#[tokio::test]
async fn a_finding_that_guardduty_publishes_again_is_held_back_unless_it_is_graver() {
    let mut handler = handler();
    handler.state = Some((InMemory::default(), SignedDuration::from_hours(1)));
    let sums = |handler: &Handler<Alerts, Metrics, Objects, InMemory>| {
        ["AlertsSent", "AlertsRepeated", "AlertsHeldBack"].map(|metric| handler.metrics.sum(metric, &[]))
    };
    let steps = [
        // First, delivered twice, 15 minutes later, and graver.
        (GUARDDUTY.to_owned(), [1, 0, 0]),
        (GUARDDUTY.to_owned(), [1, 1, 0]),
        (updated("2026-03-02T09:07:11Z", 12, 8.0), [1, 1, 1]),
        (updated("2026-03-02T09:22:11Z", 40, 9.0), [2, 1, 1]),
    ];
    for (event, want) in steps {
        handler.handle(event.as_bytes(), run()).await.unwrap();
        assert_eq!(sums(&handler), want, "{event}");
    }
}

#[tokio::test]
async fn what_is_none_of_ours_is_skipped_and_what_cannot_be_read_comes_again() {
    let handler = handler();
    let elsewhere = GUARDDUTY
        .replace("dynamodb.amazonaws.com", "s3.amazonaws.com")
        .replace("AWS::DynamoDB::Table", "AWS::S3::Bucket");
    handler.handle(elsewhere.as_bytes(), run()).await.unwrap();
    handler.handle(CONFIG.replace("NON_COMPLIANT", "COMPLIANT").as_bytes(), run()).await.unwrap();
    assert_eq!(handler.alerts.sent(), [""; 0]);
    assert_eq!(handler.metrics.sum("RecordsSkipped", &[]), 2);

    let garbled = GUARDDUTY.replace("\"severity\"", "\"gravity\"");
    let error = handler.handle(garbled.as_bytes(), run()).await.unwrap_err().to_string();
    assert!(error.contains("detail: ") && error.contains("missing field `severity`"), "{error}");
}
