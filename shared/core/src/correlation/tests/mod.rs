//! Windows and chains as an audit finds them.

mod across_runs;
mod chains;
mod memory;
mod properties;
mod windows;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::audit::Audit;
use crate::finding::{Finding, Origin};
use crate::log_file::Limits;
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::{Counts, History, Observer, Reject};

/// The first second of the tests' day.
const MORNING: &str = "2026-03-02T09:00:00Z";

const HOUR: i64 = 3600;

struct NoRejects;

impl Observer for NoRejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        panic!("{reject:?}");
    }
}

/// One call in the tests' account.
#[derive(Debug, Clone)]
struct Call {
    /// In seconds from the morning.
    second: i64,
    name: &'static str,
    user: String,
    params: String,
    error: &'static str,
}

fn call(second: i64, name: &'static str, user: &str, table: &str) -> Call {
    let params = format!(r#"{{"tableName":"{table}"}}"#);
    Call { second, name, user: user.to_owned(), params, error: "" }
}

fn denied(second: i64, name: &'static str, user: &str, table: &str) -> Call {
    Call { error: "AccessDenied", ..call(second, name, user, table) }
}

/// So many deletions, each some seconds after the one before.
fn deletions(count: i64, from: i64, every: i64, user: &str, table: &str) -> Vec<Call> {
    (0..count).map(|n| call(from + n * every, "DeleteItem", user, table)).collect()
}

/// The records of calls, with ids by their position.
fn records(calls: &[Call]) -> Vec<String> {
    let morning: Timestamp = MORNING.parse().unwrap();
    let record = |(n, Call { second, name, user, params, error }): (usize, &Call)| {
        let time = morning + SignedDuration::from_secs(*second);
        let error = if error.is_empty() { String::new() } else { format!(r#","errorCode":"{error}""#) };
        format!(
            r#"{{"eventID":"1f0c4a3e-7b52-4b8e-9d55-{n:012x}","eventTime":"{time}","eventSource":"dynamodb.amazonaws.com",
                "eventName":"{name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{params},
                "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/{user}"}}{error}}}"#
        )
    };
    calls.iter().enumerate().map(record).collect()
}

/// A run over records, not ended yet.
fn audit(records: &[String], policy: &str) -> Audit {
    let policy = (!policy.is_empty()).then(|| Arc::new(Policy::parse("policy.yaml", policy).unwrap()));
    let mut audit = Audit::new(policy, "2026-03-31T00:00:00Z".parse().unwrap(), Limits::default()).among_others();
    let place = Place::File("test".into());
    let file = format!("[{}]", records.join(","));
    audit.any_file(file.as_bytes(), Origin { place: &place, message: 0 }, &mut NoRejects).unwrap();
    audit
}

/// The findings of a run that goes on from others.
fn settle(records: &[String], policy: &str, history: &mut impl History) -> Vec<Finding> {
    audit(records, policy).settle(history).now_or_never().unwrap().0
}

/// What one detection finds in calls, in whichever order they come.
fn found(detection: &str, calls: &[Call]) -> Vec<Finding> {
    found_under("", detection, calls)
}

fn found_under(policy: &str, detection: &str, calls: &[Call]) -> Vec<Finding> {
    let ours = |records: &[String]| -> Vec<Finding> {
        let findings = audit(records, policy).into_findings();
        findings.into_iter().filter(|finding| finding.subject.detection.id == detection).collect()
    };
    let mut records = records(calls);
    let findings = ours(&records);
    let json = |findings: &[Finding]| findings.iter().map(|finding| finding.to_json(usize::MAX)).collect::<Vec<_>>();
    records.reverse();
    assert_eq!(json(&ours(&records)), json(&findings), "the order of records does not show");
    findings
}

/// A finding's severity, whom and what it is about, and why.
fn told(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let table = finding.subject.table.as_ref().map_or("-", |table| table.name.as_ref());
        format!("{} {table} by {}: {}", finding.severity, finding.subject.actor, finding.reason())
    };
    findings.iter().map(line).collect()
}
