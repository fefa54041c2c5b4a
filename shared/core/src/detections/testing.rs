//! Tables of cases for the tests of detections.

use super::{Context, Hit, judge};
use crate::access::Call;
use crate::policy::Policy;
use crate::record::Record;

/// One call, and what the detection under test should say of it.
pub(super) struct Case {
    claim: String,
    event_name: String,
    params: String,
    user: String,
    error: Option<String>,
    severity: Option<&'static str>,
    reason: Option<String>,
}

impl Case {
    /// A call that succeeds and that the detection passes over.
    pub(super) fn new(claim: &str, event_name: &str, params: &str) -> Self {
        Self {
            claim: claim.into(),
            event_name: event_name.into(),
            params: params.into(),
            user: "alice".into(),
            error: None,
            severity: None,
            reason: None,
        }
    }

    pub(super) fn by(self, user: &str) -> Self {
        Self { user: user.into(), ..self }
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

    fn record(&self) -> String {
        let Self { event_name, params, user, .. } = self;
        let error = self.error.as_ref().map_or(String::new(), |code| format!(r#","errorCode":"{code}""#));
        format!(
            r#"{{"eventVersion":"1.11","eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",
                "eventName":"{event_name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{params},
                "userIdentity":{{"type":"IAMUser","accountId":"111122223333","userName":"{user}","arn":"arn:aws:iam::111122223333:user/{user}"}}{error}}}"#
        )
    }
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
        if let Some(reason) = &case.reason {
            assert_eq!(&hits[0].reason, reason, "{}", case.claim);
        }
    }
}

/// Holds the detection against its cases with no policy, and under one that says nothing about their tables.
pub(super) fn check_with_and_without_policy(detection: &str, cases: &[Case]) {
    for policy in ["", "version: 1\ntables:\n  - table: carts\n"] {
        check(detection, policy, cases);
    }
}
