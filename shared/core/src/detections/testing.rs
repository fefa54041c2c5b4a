//! Tables of cases for the tests of detections.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Context, Hit, Opinion, Unit, judge};
use crate::access::{Access, Call};
use crate::audit::Audit;
use crate::finding::{Finding, Origin};
use crate::log_file::Limits;
use crate::operation::Service;
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::{Observer, Reject};
use crate::record::Record;
use crate::relayed::{Relayed, Reporter};
use crate::severity::Severity;
use crate::tally::Skip;

/// What is told of the event of another service: a severity for each actor and table, unless the policy keeps it quiet.
pub(super) fn hear(reporter: Reporter, detail: &str, policy: Option<&str>) -> Result<Vec<Severity>, Skip> {
    let policy = policy.map(|policy| Policy::parse("policy.yaml", policy).unwrap());
    let relayed = Relayed::read(reporter, detail).unwrap();
    let mut told = Vec::new();
    for (actor, table) in relayed.subjects() {
        let context = Context::of_relayed(policy.as_ref(), table.as_ref());
        if let Opinion::Hit(Hit { severity, suppressed: None, .. }) =
            super::hear(&relayed, &actor, table.as_ref(), &context)?.1
        {
            told.push(severity);
        }
    }
    Ok(told)
}

/// One call, and what the detection under test should say of it.
pub(super) struct Case {
    claim: String,
    event_name: String,
    source: &'static str,
    params: String,
    response: Option<String>,
    identity: String,
    address: String,
    error: Option<String>,
    severity: Option<&'static str>,
    reason: Option<String>,
    suppressed: Option<usize>,
}

impl Case {
    /// A call that succeeds and that the detection passes over.
    pub(super) fn new(claim: &str, event_name: &str, params: &str) -> Self {
        Self {
            claim: claim.into(),
            event_name: event_name.into(),
            source: Service::DynamoDb.source(),
            params: params.into(),
            response: None,
            identity: user("alice"),
            address: "198.51.100.1".into(),
            error: None,
            severity: None,
            reason: None,
            suppressed: None,
        }
    }

    /// By an IAM user of the tables' account.
    pub(super) fn by(self, name: &str) -> Self {
        Self { identity: user(name), ..self }
    }

    /// By a role, with its path, of an account.
    pub(super) fn by_role(self, path_and_name: &str, account: &str) -> Self {
        let name = path_and_name.rsplit('/').next().unwrap();
        let identity = format!(
            r#"{{"type":"AssumedRole","accountId":"{account}","arn":"arn:aws:sts::{account}:assumed-role/{name}/session",
                "sessionContext":{{"sessionIssuer":{{"arn":"arn:aws:iam::{account}:role/{path_and_name}"}}}}}}"#
        );
        Self { identity, ..self }
    }

    /// By whomever `userIdentity` tells.
    pub(super) fn by_identity(self, json: &str) -> Self {
        Self { identity: json.into(), ..self }
    }

    /// From an address.
    pub(super) fn from(self, address: &str) -> Self {
        Self { address: address.into(), ..self }
    }

    /// To another service than DynamoDB.
    pub(super) fn to(self, service: Service) -> Self {
        Self { source: service.source(), ..self }
    }

    /// Answered with these `responseElements`.
    pub(super) fn response(self, json: &str) -> Self {
        Self { response: Some(json.into()), ..self }
    }

    pub(super) fn error(self, code: &str) -> Self {
        Self { error: Some(code.into()), ..self }
    }

    pub(super) fn fires(self, severity: &'static str) -> Self {
        Self { severity: Some(severity), ..self }
    }

    pub(super) fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    /// Not told, for this line of the policy suppresses it.
    pub(super) fn suppressed_by(self, line: usize) -> Self {
        Self { suppressed: Some(line), ..self }
    }

    fn record(&self) -> String {
        let Self { event_name, source, params, identity, address, .. } = self;
        let response = self.response.as_ref().map_or(String::new(), |json| format!(r#","responseElements":{json}"#));
        let error = self.error.as_ref().map_or(String::new(), |code| format!(r#","errorCode":"{code}""#));
        format!(
            r#"{{"eventVersion":"1.11","eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"{source}",
                "eventName":"{event_name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333","sourceIPAddress":"{address}","requestParameters":{params},
                "userIdentity":{identity}{response}{error}}}"#
        )
    }
}

fn user(name: &str) -> String {
    format!(
        r#"{{"type":"IAMUser","accountId":"111122223333","userName":"{name}","arn":"arn:aws:iam::111122223333:user/{name}"}}"#
    )
}

/// Holds the detection against its cases, under a policy or, where that is empty, none.
pub(super) fn check(detection: &str, policy: &str, cases: &[Case]) {
    let policy = (!policy.is_empty()).then(|| Policy::parse("policy.yaml", policy).unwrap());
    for case in cases {
        let json = case.record();
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        let mut hits: Vec<Hit> = Vec::new();
        for access in call.accesses() {
            let context = Context::of(policy.as_ref(), &call, &access);
            hits.extend(judge(&call, &access, &context).filter(|hit| hit.detection.id == detection));
        }
        let severities: Vec<&str> = hits.iter().map(|hit| hit.severity.as_str()).collect();
        assert_eq!(severities, Vec::from_iter(case.severity), "{}: {}", case.claim, case.event_name);
        let suppressed: Vec<usize> = hits.iter().filter_map(|hit| Some(hit.suppressed.as_ref()?.0)).collect();
        assert_eq!(suppressed, Vec::from_iter(case.suppressed), "{}", case.claim);
        if let Some(reason) = &case.reason {
            assert_eq!(&hits[0].reason, reason, "{}", case.claim);
        }
    }
}

/// What a window's measure gives for each access of a call.
type Measure = fn(&Call<'_>, &Access<'_>, &Context<'_>) -> Option<(Unit, u64)>;

/// Holds what a window measures against cases, under a policy or, where that is empty, none.
pub(super) fn check_measure(measure: Measure, policy: &str, cases: &[(Case, &[(Unit, u64)])]) {
    let policy = (!policy.is_empty()).then(|| Policy::parse("policy.yaml", policy).unwrap());
    for (case, want) in cases {
        let json = case.record();
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        let accesses = call.accesses();
        let measured =
            accesses.iter().filter_map(|access| measure(&call, access, &Context::of(policy.as_ref(), &call, access)));
        assert_eq!(&measured.collect::<Vec<_>>(), want, "{}: {}", case.claim, case.event_name);
    }
}

/// Holds the detection against its cases with no policy, and under one that says nothing about their tables.
pub(super) fn check_with_and_without_policy(detection: &str, cases: &[Case]) {
    for policy in ["", "version: 1\ntables:\n  - table: carts\n"] {
        check(detection, policy, cases);
    }
}

/// A call: the day, the API, the user and the table.
pub(super) type OnDay = (i64, &'static str, &'static str, &'static str);

/// What a detection finds in calls on several days: `user table`.
pub(super) fn audit_of_days(detection: &str, policy: &str, calls: &[OnDay]) -> Vec<String> {
    let policy = Arc::new(Policy::parse("policy.yaml", policy).unwrap());
    let mut audit = Audit::new(Some(policy), "2026-03-31T00:00:00Z".parse().unwrap(), Limits::default());
    let place = Place::File("test".into());
    for (n, (day, api, name, table)) in calls.iter().enumerate() {
        let time = "2026-03-02T09:15:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day);
        let case = Case::new("", api, &format!(r#"{{"tableName":"{table}"}}"#)).by(name);
        let record = case.record().replace("2026-03-02T09:15:00Z", &time.to_string());
        let record = record.replace(r#""eventID":"e""#, &format!(r#""eventID":"1f0c4a3e-7b52-4b8e-9d55-{n:012x}""#));
        audit.event(record.as_bytes(), Origin { place: &place, message: 0 }, &mut NoRejects);
    }
    let told = |finding: &Finding| {
        let table = finding.subject.table.as_ref().map_or("-", |table| table.name.as_ref());
        format!("{} {table}", finding.subject.actor.name.rsplit('/').next().unwrap())
    };
    audit.into_findings().iter().filter(|finding| finding.subject.detection.id == detection).map(told).collect()
}

struct NoRejects;

impl Observer for NoRejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        panic!("{reject:?}");
    }
}
