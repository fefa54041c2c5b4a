//! Tests of an audit with rules of the user's.

use std::sync::Mutex;

use super::*;
use crate::access::{Access, Call};
use crate::detections::{Context, Detection, RuleText};
use crate::rules::{Asked, Match};
use crate::severity::Severity;

/// A rule about every record whose user agent is `curl`; it asks for all calls of IAM and for `Decrypt`.
#[derive(Debug)]
struct Curl {
    detection: &'static Detection,
    seen: Mutex<Vec<String>>,
}

impl Rules for Curl {
    fn asked(&self) -> Asked {
        let mut asked = Asked::default();
        asked.add("iam.amazonaws.com", None);
        asked.add("kms.amazonaws.com", Some(&["Decrypt".to_owned()].into()));
        asked
    }

    fn judge(&self, record: &str, call: &Call<'_>) -> Result<Vec<Match>, String> {
        self.seen.lock().unwrap().push(call.record.event_name().to_owned());
        if record.contains("too-deep") {
            return Err("nested too deep".into());
        }
        let hit = Match { detection: self.detection, severity: Severity::Medium, reason: "curl".into() };
        Ok(Vec::from_iter((call.record.user_agent.text() == Some("curl")).then_some(hit)))
    }
}

fn curl() -> Arc<Curl> {
    let detection = Detection::of_rule(RuleText {
        id: "sigma:curl".into(),
        title: "Curl".into(),
        fires_when: "curl is used".into(),
        severity: Severity::Medium,
        techniques: vec!["T1530".into()],
        why: "It is curl.".into(),
        first_steps: vec!["Look.".into()],
    });
    Arc::new(Curl { detection, seen: Mutex::default() })
}

#[derive(Default)]
struct Notes {
    rejects: Vec<String>,
    accesses: Vec<String>,
}

impl Observer for Notes {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejects.push(reject.detail.clone());
    }

    fn accessed(&mut self, call: &Call<'_>, _: &Access<'_>, _: &Context<'_>) {
        self.accesses.push(call.record.event_name().to_owned());
    }
}

/// A denied call of the user `alice`.
fn record(id: u8, service: &str, name: &str, agent: &str, params: &str) -> String {
    format!(
        r#"{{"eventID":"1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d{id:02x}","eventTime":"2026-03-02T09:15:00Z","eventName":"{name}",
            "eventSource":"{service}.amazonaws.com","awsRegion":"eu-west-1","recipientAccountId":"111122223333",
            "userAgent":"{agent}","errorCode":"AccessDenied","requestParameters":{params},
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/alice"}}}}"#
    )
}

/// The findings as `detection severity table-or-resource accesses`, the counts, and what was seen.
fn run(policy: Option<&str>, records: &[String]) -> (Vec<String>, Tally, Notes, Vec<String>) {
    let policy = policy.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let rules = curl();
    let mut audit = Audit::new(policy, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default())
        .with_rules(Some(Arc::clone(&rules) as Arc<dyn Rules>));
    let (place, mut notes) = (Place::File("test".into()), Notes::default());
    let file = format!("{{\"Records\":[{}]}}", records.join(","));
    audit.log_file(file.as_bytes(), Origin { place: &place, message: 0 }, &mut notes).unwrap();
    let tally = audit.take_tally();
    assert!(tally.reconciles(), "{tally:?}");
    let told = audit.into_findings().into_iter().map(|finding| {
        let subject = &finding.subject;
        let about = subject.table.as_ref().map(|table| table.name.as_ref()).or(subject.resource.as_deref());
        format!("{} {} {} {}", subject.detection.id, finding.severity, about.unwrap_or("-"), finding.accesses)
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    let seen = rules.seen.lock().unwrap().clone();
    (told, tally, notes, seen)
}

#[test]
fn what_only_rules_ask_for_is_judged_by_them_alone() {
    let records = [
        record(1, "iam", "CreateUser", "curl", "{}"),
        record(2, "iam", "CreateUser", "aws-cli", "{}"),
        record(3, "kms", "Decrypt", "curl", "{}"),
        record(4, "kms", "Encrypt", "curl", "{}"),
        record(5, "ec2", "RunInstances", "curl", "{}"),
        record(1, "iam", "CreateUser", "curl", "{}"),
    ];
    let (told, tally, notes, seen) = run(None, &records);
    // They are denied, and still no access-denied.
    assert_eq!(told, ["sigma:curl medium iam.amazonaws.com 1", "sigma:curl medium kms.amazonaws.com 1"]);
    assert_eq!(tally.records_relevant, 3);
    let skipped = [(Skip::OtherService, 1), (Skip::OtherCall, 1), (Skip::Duplicate, 1)];
    assert_eq!(tally.records_skipped, skipped.into());
    assert_eq!(seen, ["CreateUser", "CreateUser", "Decrypt"]);
    assert_eq!(notes.accesses, seen);
}

#[test]
fn on_an_audited_call_rules_speak_beside_the_detections_and_under_the_policy() {
    let scan = |id, table: &str| record(id, "dynamodb", "Scan", "curl", &format!(r#"{{"tableName":"{table}"}}"#));
    let policy = "\
version: 1
tables:
  - table: orders
    sensitivity: high
  - table: carts
    detections: {\"sigma:curl\": off}
  - table: vault
    detections: {\"sigma:curl\": {severity: critical}}
suppressions:
  - {detection: \"sigma:curl\", table: cache, until: 2026-12-31, reason: by night}
";
    let tables = ["orders", "carts", "vault", "cache"];
    let records: Vec<String> = (1..).zip(tables).map(|(id, table)| scan(id, table)).collect();
    let (told, tally, ..) = run(Some(policy), &records);
    let ours: Vec<&String> = told.iter().filter(|line| line.starts_with("sigma:")).collect();
    // An attempt that was denied weighs as the rule says; the table's sensitivity is weighed in.
    assert_eq!(ours, ["sigma:curl critical vault 1", "sigma:curl high orders 1"]);
    assert!(told.contains(&"access-denied medium orders 1".to_owned()), "{told:?}");
    assert_eq!(tally.hits_suppressed, 1);
}

#[test]
fn a_record_that_cannot_be_held_against_the_rules_is_loud() {
    let records = [
        record(1, "iam", "CreateUser", "curl", r#"{"a":"too-deep"}"#),
        record(2, "dynamodb", "Scan", "curl", r#"{"tableName":"orders","a":"too-deep"}"#),
    ];
    let (told, tally, notes, _) = run(None, &records);
    assert_eq!(notes.rejects, ["not to be held against the rules: nested too deep"]);
    assert_eq!((tally.records_relevant, tally.records_rejected), (1, [(RejectReason::Malformed, 1)].into()));
    assert!(told.contains(&"unreadable-request low orders 1".to_owned()), "{told:?}");
}
