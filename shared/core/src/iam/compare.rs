//! A present policy document beside what was used.

use std::collections::BTreeSet;

use super::document::{Document, Effect, OneOrMany, Statement};
use super::glob::{covers_action, covers_arn};
use super::known::ACTIONS;
use super::usage::{Grant, Usage};

/// How a document compares with what was used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What it grants on DynamoDB and was never used, by statement.
    pub unused: Vec<Unused>,
    /// What was used and no statement of it allows, or one denies: granted elsewhere, or no longer.
    pub missing: Vec<Grant>,
    /// The statements with conditions, which are taken as met where they allow, and as not met where they deny.
    pub conditional: Vec<String>,
}

/// What a statement grants that was never used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Its `Sid`, or its number from 1.
    pub statement: String,
    /// Actions, without `dynamodb:`, that were not used on anything that it is about; all known ones where it holds `*`.
    pub actions: Vec<&'static str>,
    /// Its resources, as written, on which none of its actions was used.
    pub resources: Vec<String>,
}

/// Compares. Only identity-based grants are known here: a table's own policy, boundaries and those of the organization are
/// not looked at.
pub fn compare(current: &Document, usage: &Usage) -> Comparison {
    let statements = current.statement.as_slice();
    let named: Vec<(String, &Statement)> = (1..).map(|n: usize| n.to_string()).zip(statements).map(named).collect();
    let mut comparison = Comparison::default();
    for (name, statement) in &named {
        if statement.condition.is_some() && granted(statement).next().is_some() {
            comparison.conditional.push(name.clone());
        }
        if statement.effect == Effect::Allow {
            comparison.unused.extend(unused(name, statement, statements, usage));
        }
    }
    let allowed = |grant: &Grant| {
        let covers = |statement: &&Statement| speaks_of(statement, grant);
        let mut of_grant = statements.iter().filter(covers);
        of_grant.clone().any(|statement| statement.effect == Effect::Allow) && !of_grant.any(denies)
    };
    comparison.missing = usage.used.keys().filter(|grant| !allowed(grant)).cloned().collect();
    comparison
}

fn named((number, statement): (String, &Statement)) -> (String, &Statement) {
    (statement.sid.clone().unwrap_or(format!("statement {number}")), statement)
}

fn denies(statement: &Statement) -> bool {
    statement.effect == Effect::Deny && statement.condition.is_none()
}

fn speaks_of(statement: &Statement, grant: &Grant) -> bool {
    statement.covers_action(&format!("dynamodb:{}", grant.action)) && covers(statement, &grant.resource)
}

/// Whether a statement is about an ARN of the usage.
fn covers(statement: &Statement, arn: &str) -> bool {
    let mut patterns = statement.resource.iter().flat_map(OneOrMany::as_slice);
    statement.covers_arn(arn) || patterns.any(|pattern| touches(pattern, arn))
}

/// Whether a resource of a statement is what an ARN of the usage means. One that ends in `*` stands for something below it
/// that the call did not tell.
fn touches(pattern: &str, arn: &str) -> bool {
    let above = arn.strip_suffix('*').filter(|above| !above.is_empty());
    covers_arn(pattern, arn) || above.is_some_and(|above| pattern.starts_with(above))
}

/// The actions of DynamoDB that a statement speaks of.
fn granted(statement: &Statement) -> impl Iterator<Item = &'static str> + '_ {
    let names = ACTIONS.iter().map(|(name, _)| *name);
    names.filter(|name| statement.covers_action(&format!("dynamodb:{name}")))
}

fn unused(name: &str, statement: &Statement, all: &[Statement], usage: &Usage) -> Option<Unused> {
    let used: BTreeSet<&Grant> = usage.used.keys().filter(|grant| speaks_of(statement, grant)).collect();
    let is_used = |action: &str| used.iter().any(|grant| grant.action == action);
    let is_denied = |action: &str| {
        let action = format!("dynamodb:{action}");
        all.iter().any(|other| denies(other) && other.covers_action(&action) && other.covers_arn("*"))
    };
    let actions: Vec<&str> = granted(statement).filter(|action| !is_used(action) && !is_denied(action)).collect();
    let is_touched = |pattern: &String| used.iter().any(|grant| touches(pattern, &grant.resource));
    let patterns = statement.resource.iter().flat_map(OneOrMany::as_slice);
    let grants = granted(statement).next().is_some();
    let of_dynamodb = |pattern: &&String| {
        let service = if pattern.as_str() == "*" { Some("*") } else { pattern.split(':').nth(2) };
        grants && service.is_some_and(|service| covers_action(service, "dynamodb"))
    };
    let resources: Vec<String> = patterns.filter(of_dynamodb).filter(|pattern| !is_touched(pattern)).cloned().collect();
    let anything = !actions.is_empty() || !resources.is_empty();
    anything.then(|| Unused { statement: name.to_owned(), actions, resources })
}
