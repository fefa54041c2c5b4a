//! Calls in, policies out.

mod lessons;
mod merging;
mod thresholds;

use std::sync::Arc;

use super::{Accept, Learned, Learner};
use crate::access::Call;
use crate::policy::Policy;
use crate::record::Record;

/// A call on a table.
#[derive(Clone)]
struct Sample {
    identity: String,
    name: &'static str,
    params: String,
    second: u64,
    error: &'static str,
    region: &'static str,
    endpoint: &'static str,
}

impl Sample {
    fn new(identity: String, name: &'static str, table: &str) -> Self {
        let params = format!(r#"{{"tableName":"{table}","key":{{"pk":"a"}}}}"#);
        Self { identity, name, params, second: 0, error: "", region: "eu-west-1", endpoint: "" }
    }

    fn params(self, params: &str) -> Self {
        Self { params: params.to_owned(), ..self }
    }

    fn error(self, error: &'static str) -> Self {
        Self { error, ..self }
    }

    fn region(self, region: &'static str) -> Self {
        Self { region, ..self }
    }

    fn endpoint(self, endpoint: &'static str) -> Self {
        Self { endpoint, ..self }
    }

    /// The same call so often, a second apart.
    fn times(self, times: u64) -> Vec<Self> {
        (0..times).map(|second| Self { second, ..self.clone() }).collect()
    }

    /// The record, with an event id of its own.
    fn json(&self, id: usize) -> String {
        let Self { identity, name, params, second, error, region, endpoint } = self;
        let (minute, second) = (second / 60, second % 60);
        let field = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!(r#","{name}":"{value}""#),
        };
        format!(
            r#"{{"eventVersion":"1.11","eventID":"event-{id}","eventTime":"2026-03-02T09:{minute:02}:{second:02}Z",
                "eventSource":"dynamodb.amazonaws.com","eventName":"{name}","awsRegion":"{region}",
                "recipientAccountId":"111122223333","requestParameters":{params},"userIdentity":{identity}{}{}}}"#,
            field("errorCode", error),
            field("vpcEndpointId", endpoint),
        )
    }
}

/// A session of a role, by its path and name.
fn role(path: &str, session: &str) -> String {
    role_of("111122223333", path, session)
}

fn role_of(account: &str, path: &str, session: &str) -> String {
    let name = path.rsplit('/').next().unwrap();
    format!(
        r#"{{"type":"AssumedRole","accountId":"{account}","arn":"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::{account}:role/{path}"}}}}}}"#
    )
}

/// A person in a permission set.
fn person(set: &str, person: &str) -> String {
    role(&format!("aws-reserved/sso.amazonaws.com/AWSReservedSSO_{set}_0123456789abcdef"), person)
}

fn user(name: &str) -> String {
    format!(
        r#"{{"type":"IAMUser","accountId":"111122223333","userName":"{name}","arn":"arn:aws:iam::111122223333:user/{name}"}}"#
    )
}

fn root() -> String {
    r#"{"type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#.to_owned()
}

fn learn(samples: &[Sample], accept: Accept, base: Option<&str>) -> Learned {
    let base = base.map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let mut learner = Learner::new(accept, base);
    for (id, sample) in samples.iter().enumerate() {
        let json = sample.json(id);
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        for access in call.accesses() {
            learner.add(&call, &access);
        }
    }
    learner.finish(&[])
}
