//! What is said beside a least-privilege policy.

use std::collections::BTreeMap;

use tablewarden_core::iam::{Comparison, Grant, MANAGED_POLICY_CHARACTERS, Suggestion, Unused, Usage, size};

/// The longest line, where its words are shorter.
const WIDTH: usize = 110;

/// What there is to know of the policy: where it comes from, what it lacks, how it could be narrower.
pub(crate) fn notes(principal: &str, usage: &Usage, json: &str) -> Vec<String> {
    let mut lines = vec![format!("principal: {principal}")];
    if usage.used().is_empty() {
        lines.push("it used nothing of DynamoDB that these logs show: the policy grants nothing".to_owned());
    }
    if !usage.denied().is_empty() {
        lines.push("asked for and denied, not granted:".to_owned());
        lines.extend(usage.denied().iter().map(|(grant, denied)| format!("  {grant}: {denied}")));
    }
    if !usage.unknown().is_empty() {
        lines.push("used, but not DynamoDB's or not known here, not granted:".to_owned());
        lines.extend(usage.unknown().iter().map(|(api, used)| format!("  {api}: {used}")));
    }
    let suggestions = usage.suggestions();
    if !suggestions.is_empty() {
        lines.push("conditions that all of this would have met, not in the policy:".to_owned());
        lines.extend(suggestions.iter().flat_map(suggestion));
    }
    let size = size(json);
    if size > MANAGED_POLICY_CHARACTERS {
        lines.push(format!(
            "the policy has {size} characters without white space, a managed policy may have {MANAGED_POLICY_CHARACTERS}: \
             split it by statements, or name tables by a common prefix and *"
        ));
    }
    lines
}

fn suggestion(suggestion: &Suggestion) -> Vec<String> {
    let Suggestion { key, table, condition, why } = suggestion;
    let place = table.as_deref().map_or("every statement".to_owned(), |table| format!("the statements of {table}"));
    let condition = format!("\"Condition\": {condition:#}");
    let condition = condition.lines().map(|line| format!("    {line}"));
    std::iter::once(format!("  {key}, in {place}: {why}")).chain(condition).collect()
}

/// How the present document compares.
pub(crate) fn comparison(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    if comparison.unused.is_empty() {
        lines.push("granted and never used: nothing".to_owned());
    }
    for Unused { statement, actions, resources } in &comparison.unused {
        lines.push(format!("granted and never used, {statement}:"));
        lines.extend(wrapped(actions.iter().map(|action| format!("dynamodb:{action}"))));
        lines.extend(resources.iter().map(|resource| format!("  anything on {resource}")));
    }
    lines.push(if comparison.missing.is_empty() {
        "used and not granted: nothing".to_owned()
    } else {
        "used and not granted by this document, so by another one, or no longer:".to_owned()
    });
    lines.extend(by_resource(&comparison.missing));
    if !comparison.conditional.is_empty() {
        let names = comparison.conditional.join(", ");
        lines.push(format!("conditions were not looked into: those of {names}, where they allow, were taken as met"));
    }
    lines
}

fn by_resource(grants: &[Grant]) -> Vec<String> {
    let mut actions_on: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for grant in grants {
        actions_on.entry(&grant.resource).or_default().push(format!("dynamodb:{}", grant.action));
    }
    let lines = actions_on.into_iter().map(|(resource, actions)| format!("  {} on {resource}", actions.join(", ")));
    lines.collect()
}

/// The words, as many on a line as fit.
fn wrapped(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() + 2 <= WIDTH => {
                line.push_str(", ");
                line.push_str(&word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}
