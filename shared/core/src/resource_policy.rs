//! Whom a resource-based policy lets in from outside.
//!
//! Elements: "IAM JSON policy elements reference",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>. What narrows a statement is what
//! DynamoDB's own check for public policies trusts: "Blocking public access with resource-based policies in DynamoDB",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html>.

use std::collections::BTreeSet;
use std::fmt;

use serde_json_borrow::Value;

use crate::access::field;

/// Somebody from outside whom a statement allows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outsider {
    /// All principals but those that the statement names: `NotPrincipal`.
    EveryoneBut,
    /// All principals: `*`.
    Everyone,
    /// Principals of this account.
    Account(String),
    /// A principal of which the account cannot be told, as it is written.
    Principal(String),
}

/// What of a policy document cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnreadablePolicy(pub(crate) &'static str);

/// The outsiders whom a policy document lets in, in JSON. A principal is none where its account is one of `ours`, or where a
/// condition holds the statement to what is ours, or to an organisation, a network or the like that the document names.
pub(crate) fn outsiders(document: &str, ours: &dyn Fn(&str) -> bool) -> Result<BTreeSet<Outsider>, UnreadablePolicy> {
    let document: Value<'_> = serde_json::from_str(document).map_err(|_| UnreadablePolicy("is no JSON"))?;
    let statements = field(&document, "Statement").ok_or(UnreadablePolicy("has no statements"))?;
    let mut outsiders = BTreeSet::new();
    for statement in one_or_many(statements) {
        match field(statement, "Effect").and_then(Value::as_str) {
            Some("Deny") => continue,
            Some("Allow") => {}
            _ => return Err(UnreadablePolicy("has a statement that neither allows nor denies")),
        }
        let narrowing = narrowing(statement, ours);
        for outsider in admitted(statement, ours)? {
            let narrowed = match outsider {
                Outsider::EveryoneBut | Outsider::Everyone => narrowing.is_some(),
                // A network says nothing about whose principal comes through it: the outsider may have named their own.
                Outsider::Account(_) | Outsider::Principal(_) => narrowing == Some(Narrowing::Whose),
            };
            if !narrowed {
                outsiders.insert(outsider);
            }
        }
    }
    Ok(outsiders)
}

/// The outsiders whom a statement names.
fn admitted(statement: &Value<'_>, ours: &dyn Fn(&str) -> bool) -> Result<BTreeSet<Outsider>, UnreadablePolicy> {
    if field(statement, "NotPrincipal").is_some() {
        return Ok(BTreeSet::from([Outsider::EveryoneBut]));
    }
    let kinds = match field(statement, "Principal") {
        Some(Value::Str(principal)) if principal == "*" => return Ok(BTreeSet::from([Outsider::Everyone])),
        Some(Value::Object(kinds)) => kinds,
        _ => return Err(UnreadablePolicy("has a statement whose principal cannot be read")),
    };
    let mut outsiders = BTreeSet::new();
    for (kind, principals) in kinds.iter() {
        // A service acts for AWS or for an account that its own conditions name, and is no outsider.
        if kind.eq_ignore_ascii_case("Service") {
            continue;
        }
        for principal in one_or_many(principals) {
            let principal = principal.as_str().ok_or(UnreadablePolicy("has a principal that is no text"))?;
            match account_of(principal) {
                _ if principal == "*" => outsiders.insert(Outsider::Everyone),
                Some(account) if ours(account) => false,
                Some(account) => outsiders.insert(Outsider::Account(account.to_owned())),
                None => outsiders.insert(Outsider::Principal(principal.to_owned())),
            };
        }
    }
    Ok(outsiders)
}

/// What a condition holds a statement to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Narrowing {
    /// A network.
    Whence,
    /// Whose the principal is.
    Whose,
}

/// How a value of a condition has to look to narrow anything.
enum Values {
    /// An account of ours.
    Account,
    /// An ARN with an account of ours, or with none, such as a bucket's.
    Arn,
    /// Any text without a wildcard in what stands before the first of these separators.
    Until(char),
    /// Yes.
    True,
}

/// The keys that narrow a statement, in lower case.
const KEYS: [(&str, Narrowing, Values); 16] = [
    ("aws:principalaccount", Narrowing::Whose, Values::Account),
    ("aws:principalarn", Narrowing::Whose, Values::Arn),
    ("aws:principalorgid", Narrowing::Whose, Values::Until('/')),
    ("aws:principalorgpaths", Narrowing::Whose, Values::Until('/')),
    ("aws:principalservicename", Narrowing::Whose, Values::Until('/')),
    ("aws:principalservicenameslist", Narrowing::Whose, Values::Until('/')),
    ("aws:principalisawsservice", Narrowing::Whose, Values::True),
    ("aws:userid", Narrowing::Whose, Values::Until(':')),
    ("aws:sourceaccount", Narrowing::Whose, Values::Account),
    ("aws:sourceowner", Narrowing::Whose, Values::Account),
    ("aws:sourcearn", Narrowing::Whose, Values::Arn),
    ("aws:sourceorgid", Narrowing::Whose, Values::Until('/')),
    ("aws:sourceorgpaths", Narrowing::Whose, Values::Until('/')),
    ("aws:sourcevpc", Narrowing::Whence, Values::Until('/')),
    ("aws:sourcevpce", Narrowing::Whence, Values::Until('/')),
    ("aws:ec2instancesourcevpc", Narrowing::Whence, Values::Until('/')),
];

/// The operators that ask for a value. `…IfExists` and `ForAllValues:…` are met by a request without the key, and those with
/// `Not` by all values but one.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const OPERATORS: [&str; 6] = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "Bool"];

/// The most that the conditions of a statement hold it to.
fn narrowing(statement: &Value<'_>, ours: &dyn Fn(&str) -> bool) -> Option<Narrowing> {
    let Some(Value::Object(operators)) = field(statement, "Condition") else { return None };
    let mut most = None;
    for (operator, keys) in operators.iter() {
        let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
        let (true, Value::Object(keys)) = (OPERATORS.iter().any(|one| one.eq_ignore_ascii_case(operator)), keys) else {
            continue;
        };
        for (key, values) in keys.iter() {
            let known = KEYS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(key));
            let Some((_, narrowing, form)) = known else { continue };
            let values = one_or_many(values);
            // One of the values is enough for a request to pass.
            if !values.is_empty() && values.iter().all(|value| form.holds(value, ours)) {
                most = most.max(Some(*narrowing));
            }
        }
    }
    most
}

impl Values {
    fn holds(&self, value: &Value<'_>, ours: &dyn Fn(&str) -> bool) -> bool {
        let text = match value {
            Value::Str(text) => text.as_ref(),
            Value::Bool(true) => "true",
            _ => return false,
        };
        // A variable such as `${aws:PrincipalAccount}` is whatever the request makes of it.
        let is_fixed = |text: &str| !text.is_empty() && !text.contains(['*', '?', '$']);
        match self {
            Self::Account => ours(text),
            Self::Arn => match text.split(':').nth(4) {
                Some("") => is_fixed(text),
                Some(account) => ours(account),
                None => false,
            },
            Self::Until(separator) => text.split(*separator).next().is_some_and(is_fixed),
            Self::True => text.eq_ignore_ascii_case("true"),
        }
    }
}

/// The account of a principal: 12 digits by themselves, or those of an ARN.
fn account_of(principal: &str) -> Option<&str> {
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(principal).filter(is_account).or_else(|| principal.split(':').nth(4).filter(is_account))
}

/// A list, or a value that stands for a list of one.
fn one_or_many<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    match value {
        Value::Array(values) => values,
        value => std::slice::from_ref(value),
    }
}

impl fmt::Display for Outsider {
    /// As it follows "lets in".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EveryoneBut => f.write_str("everyone but those whom it names (NotPrincipal)"),
            Self::Everyone => f.write_str("everyone (*)"),
            Self::Account(account) => write!(f, "account {account}"),
            Self::Principal(principal) => write!(f, "{principal}, whose account cannot be told"),
        }
    }
}

#[cfg(test)]
mod tests;
