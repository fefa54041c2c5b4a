//! The least-privilege document.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Effect, OneOrMany, Statement};
use super::usage::Usage;
use crate::table::TableArn;

/// The most characters that a customer managed policy may have, white space not counted; the inline policies of a role may
/// have 10,240 together.
///
/// "IAM and AWS STS quotas", <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const MANAGED_POLICY_CHARACTERS: usize = 6144;

/// The document that grants what was used and nothing else: ARNs that need the same actions share a statement. Without a
/// statement where nothing was used.
pub fn least_privilege(usage: &Usage) -> Document {
    let mut actions_on: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for grant in usage.used.keys() {
        actions_on.entry(&grant.resource).or_default().insert(&grant.action);
    }
    let mut resources_for: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for (resource, actions) in actions_on {
        resources_for.entry(actions).or_default().push(resource);
    }
    let mut sets: Vec<(Vec<&str>, BTreeSet<&str>)> =
        resources_for.into_iter().map(|(actions, resources)| (resources, actions)).collect();
    sets.sort();
    let mut sids = BTreeSet::new();
    let statements = sets.into_iter().map(|(resources, actions)| Statement {
        sid: Some(unique(sid(&resources), &mut sids)),
        effect: Effect::Allow,
        action: Some(OneOrMany::Many(actions.into_iter().map(|action| format!("dynamodb:{action}")).collect())),
        not_action: None,
        resource: Some(OneOrMany::Many(resources.into_iter().map(str::to_owned).collect())),
        not_resource: None,
        condition: None,
    });
    Document { version: Some("2012-10-17".to_owned()), id: None, statement: OneOrMany::Many(statements.collect()) }
}

/// How many characters of a document in JSON IAM counts: all but white space.
pub fn size(json: &str) -> usize {
    json.chars().filter(|c| !c.is_whitespace()).count()
}

/// The name of a statement, of letters and digits: `OrdersIndexByDate`, `CartsAnd2More`, `NoResource`.
fn sid(resources: &[&str]) -> String {
    let first = resources.first().copied().unwrap_or_default();
    let name = match TableArn::parse(first) {
        Some(TableArn { table, part }) => format!("{}{}", camel(&table.name), camel(part.unwrap_or_default())),
        None if first == "*" => "NoResource".to_owned(),
        None => camel(first.rsplit([':', '/']).next().unwrap_or_default()),
    };
    match resources.len() {
        0 | 1 => name,
        count => format!("{name}And{}More", count - 1),
    }
}

/// `by-date_2` ─► `ByDate2`: what is no letter or digit of ASCII is left out.
fn camel(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.flat_map(|word| word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1))).collect()
}

/// The name, or with a number where it is taken.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}No{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(free.clone());
    free
}
