//! Whom a resource-based policy lets in from outside.
//!
//! Elements: "IAM JSON policy elements reference",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>. The keys of conditions are those that
//! DynamoDB's own check for public policies takes for narrowing, whoever is behind what they name: "Blocking public access
//! with resource-based policies in DynamoDB",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html>.

use std::collections::BTreeSet;
use std::fmt;

use serde_json_borrow::Value;

use crate::access::field;
use crate::printable::printable;

/// Somebody from outside whom a statement allows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Outsider {
    /// Who it is.
    pub(crate) who: Who,
    /// What the conditions of the statement hold it to besides, where nobody can tell from the policy whose that is: in words
    /// such as `organisation o-a1b2c3d4e5`.
    pub(crate) only: Vec<String>,
}

/// Who an outsider is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
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

/// The outsiders whom a policy document lets in, in JSON. A principal is none where its account is one of `ours`, or where it
/// is not named by its account and a condition holds the statement to accounts of ours.
///
/// A condition that names an organisation, a network or the like narrows nothing here: whoever wrote the policy may have named
/// their own.
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
        let Limits { accounts, only } = limits(statement, ours);
        for who in admitted(statement, ours)? {
            let foreign = match (who, &accounts) {
                // An account of others that is named stays one, whatever it is held to besides.
                (Who::Account(account), _) => vec![Who::Account(account)],
                (_, Some(accounts)) => accounts.iter().filter(|one| !ours(one)).cloned().map(Who::Account).collect(),
                (who, None) => vec![who],
            };
            outsiders.extend(foreign.into_iter().map(|who| Outsider { who, only: only.clone() }));
        }
    }
    Ok(outsiders)
}

/// The outsiders whom a statement names.
fn admitted(statement: &Value<'_>, ours: &dyn Fn(&str) -> bool) -> Result<BTreeSet<Who>, UnreadablePolicy> {
    if field(statement, "NotPrincipal").is_some() {
        return Ok(BTreeSet::from([Who::EveryoneBut]));
    }
    let kinds = match field(statement, "Principal") {
        Some(Value::Str(principal)) if principal == "*" => return Ok(BTreeSet::from([Who::Everyone])),
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
                _ if principal == "*" => outsiders.insert(Who::Everyone),
                Some(account) if ours(account) => false,
                Some(account) => outsiders.insert(Who::Account(account.to_owned())),
                None => outsiders.insert(Who::Principal(principal.to_owned())),
            };
        }
    }
    Ok(outsiders)
}

/// What the conditions of a statement hold it to.
#[derive(Debug, Default)]
struct Limits {
    /// Accounts, where one of them says so.
    accounts: Option<BTreeSet<String>>,
    /// What cannot be checked against anything, in words.
    only: Vec<String>,
}

/// What a key of a condition asks for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    /// An account.
    Account,
    /// An ARN: it has an account, unless it is one of a bucket or the like.
    Arn,
    /// A text without a wildcard in what stands before the first of these separators, which is something of this kind.
    Text(char, &'static str),
    /// Yes, which says this.
    Yes(&'static str),
}

/// The keys that narrow a statement, in lower case.
const KEYS: [(&str, Asks); 16] = [
    ("aws:principalaccount", Asks::Account),
    ("aws:principalarn", Asks::Arn),
    ("aws:principalorgid", Asks::Text('/', "organisation")),
    ("aws:principalorgpaths", Asks::Text('/', "organisation path")),
    ("aws:principalservicename", Asks::Text('/', "service")),
    ("aws:principalservicenameslist", Asks::Text('/', "service")),
    ("aws:principalisawsservice", Asks::Yes("services of AWS")),
    ("aws:userid", Asks::Text(':', "user id")),
    ("aws:sourceaccount", Asks::Account),
    ("aws:sourceowner", Asks::Account),
    ("aws:sourcearn", Asks::Arn),
    ("aws:sourceorgid", Asks::Text('/', "organisation")),
    ("aws:sourceorgpaths", Asks::Text('/', "organisation path")),
    ("aws:sourcevpc", Asks::Text('/', "VPC")),
    ("aws:sourcevpce", Asks::Text('/', "VPC endpoint")),
    ("aws:ec2instancesourcevpc", Asks::Text('/', "VPC")),
];

/// The operators that ask for a value. `…IfExists` and `ForAllValues:…` are met by a request without the key, and those with
/// `Not` by all values but one.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const OPERATORS: [&str; 6] = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "Bool"];

fn limits(statement: &Value<'_>, ours: &dyn Fn(&str) -> bool) -> Limits {
    let mut limits = Limits::default();
    let Some(Value::Object(operators)) = field(statement, "Condition") else { return limits };
    for (operator, keys) in operators.iter() {
        let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
        let (true, Value::Object(keys)) = (OPERATORS.iter().any(|one| one.eq_ignore_ascii_case(operator)), keys) else {
            continue;
        };
        for (key, values) in keys.iter() {
            let known = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
            let Some((_, asks)) = known else { continue };
            match asks.limit(one_or_many(values)) {
                // All conditions have to hold: one that asks for ours alone is enough.
                Some(Limit::Accounts(accounts))
                    if limits.accounts.is_none() || accounts.iter().all(|one| ours(one)) =>
                {
                    limits.accounts = Some(accounts);
                }
                Some(Limit::Only(what)) => limits.only.push(what),
                Some(Limit::Accounts(_)) | None => {}
            }
        }
    }
    limits.only.sort_unstable();
    limits
}

/// What one key of a condition holds a statement to.
enum Limit {
    Accounts(BTreeSet<String>),
    Only(String),
}

impl Asks {
    /// What these values come to, one of which is enough for a request to pass; `None` where they are met by whoever likes.
    fn limit(self, values: &[Value<'_>]) -> Option<Limit> {
        let text = |value: &Value<'_>| match value {
            Value::Str(text) => Some(text.to_string()),
            Value::Bool(true) => Some("true".to_owned()),
            _ => None,
        };
        let values = values.iter().map(text).collect::<Option<Vec<String>>>().filter(|values| !values.is_empty())?;
        let only = |kind: &str| Limit::Only(format!("{kind} {}", values.join(" or ")));
        let are_fixed = |separator: char| {
            values
                .iter()
                .all(|value| value.split(separator).next().is_some_and(|start| !start.is_empty() && is_fixed(start)))
        };
        match self {
            Self::Account | Self::Arn => {
                let account = |value: &String| match self {
                    Self::Account => account_of(value).filter(|account| account == value).map(str::to_owned),
                    _ => account_in_pattern(value).map(str::to_owned),
                };
                let accounts = values.iter().map(account).collect::<Option<BTreeSet<String>>>();
                let accounts = accounts.map(Limit::Accounts);
                accounts.or_else(|| (matches!(self, Self::Arn) && are_fixed('/')).then(|| only("ARN")))
            }
            Self::Text(separator, kind) => are_fixed(separator).then(|| only(kind)),
            Self::Yes(words) => {
                values.iter().all(|value| value.eq_ignore_ascii_case("true")).then(|| Limit::Only(words.to_owned()))
            }
        }
    }
}

/// Whether a text means one thing: a variable such as `${aws:PrincipalAccount}` is whatever the request makes of it.
fn is_fixed(text: &str) -> bool {
    !text.contains(['*', '?', '$'])
}

/// The account of an ARN that may have wildcards behind it. One before it could stand for any fields and for another account.
fn account_in_pattern(arn: &str) -> Option<&str> {
    let account = account_of(arn)?;
    let mut before = arn.split(':').take(4);
    before.all(is_fixed).then_some(account)
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

/// How many characters are told of what a policy writes, which may be refused for its length.
const LONGEST: usize = 120;

impl fmt::Display for Outsider {
    /// As it follows "lets in".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Who::EveryoneBut => f.write_str("everyone but those whom it names (NotPrincipal)")?,
            Who::Everyone => f.write_str("everyone (*)")?,
            Who::Account(account) => write!(f, "account {account}")?,
            Who::Principal(principal) => {
                write!(f, "{}, whose account cannot be told", printable(principal, LONGEST))?;
            }
        }
        if self.only.is_empty() {
            return Ok(());
        }
        write!(f, ", only from {}, which cannot be checked", printable(&self.only.join(" and "), LONGEST))
    }
}

#[cfg(test)]
mod tests;
