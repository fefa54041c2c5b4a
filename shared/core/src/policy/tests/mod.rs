mod approvals;
mod condition_errors;
mod expectations;
mod lookup;
mod review;
mod setting_errors;
mod shape_errors;
mod standing;
mod value_errors;

use super::*;
use crate::operation::Effect;

fn policy(yaml: &str) -> Policy {
    Policy::parse("policy.yaml", yaml).unwrap_or_else(|error| panic!("{error}"))
}

/// What people read about each of the files.
fn errors(files: &[&str]) -> String {
    let messages = files.iter().map(|yaml| Policy::parse("policy.yaml", yaml).unwrap_err().to_string());
    messages.collect::<Vec<_>>().join("\n\n")
}

/// A table in account 111122223333 and region eu-west-1.
fn table(name: &str) -> TableId<'_> {
    TableId { partition: "aws".into(), account: "111122223333".into(), region: "eu-west-1".into(), name: name.into() }
}
