//! What people read of a rule.

use std::collections::BTreeSet;

use rsigma_parser::ast::{Level, SigmaRule};
use tablewarden_core::detections::RuleText;
use tablewarden_core::printable::printable;
use tablewarden_core::rules::RULE_PREFIX;
use tablewarden_core::severity::Severity;

use crate::Rule;

/// The longest that a text of a rule may be, in characters.
const LONGEST: usize = 400;

/// The texts of a detection that stands for a rule of this id.
pub(crate) fn text(rule: &SigmaRule, id: &str) -> RuleText {
    let title = line(&rule.title);
    let why = rule.description.as_deref().map(line).filter(|text| !text.is_empty());
    let mut first_steps = Vec::new();
    let harmless = false_positives(rule);
    if !harmless.is_empty() {
        first_steps
            .push(sentence(format!("Rule out what the rule's author knows to be harmless: {}", harmless.join("; "))));
    }
    first_steps.push("Fetch the record, and ask whether the call was planned.".to_owned());
    first_steps.push("If nobody planned it, list what else the actor did.".to_owned());
    let references: Vec<String> = rule.references.iter().map(|url| line(url)).collect();
    if !references.is_empty() {
        first_steps.push(format!("Read on at {}", references.join(", ")));
    }
    RuleText {
        id: format!("{RULE_PREFIX}{id}"),
        fires_when: format!("the Sigma rule \"{title}\" matches a record"),
        severity: severity(rule),
        techniques: rule.tags.iter().filter_map(|tag| technique(tag)).collect(),
        why: sentence(why.unwrap_or_else(|| title.clone())),
        title,
        first_steps,
    }
}

/// The level; a rule without one is taken for something.
pub(crate) fn severity(rule: &SigmaRule) -> Severity {
    match rule.level {
        Some(Level::Informational) => Severity::Informational,
        Some(Level::Low) => Severity::Low,
        Some(Level::Medium) | None => Severity::Medium,
        Some(Level::High) => Severity::High,
        Some(Level::Critical) => Severity::Critical,
    }
}

/// What the author says to be harmless; many say only that they do not know.
pub(crate) fn false_positives(rule: &SigmaRule) -> Vec<String> {
    let known = |text: &String| !matches!(text.to_lowercase().as_str(), "" | "unknown" | "none" | "unlikely");
    let lines = rule.falsepositives.iter().map(|text| line(text));
    lines.filter(known).map(|text| text.trim_end_matches('.').to_owned()).collect()
}

/// Why a rule matched, by these fields.
pub(crate) fn reason(rule: &Rule, fields: &BTreeSet<&str>) -> String {
    let fields: Vec<&str> = fields.iter().copied().collect();
    let by = if fields.is_empty() { String::new() } else { format!(" by {}", fields.join(", ")) };
    let harmless = rule.false_positives.join("; ");
    let harmless = if harmless.is_empty() { harmless } else { format!(" (known false positives: {harmless})") };
    format!("the Sigma rule \"{}\" matches{by}{harmless}", rule.detection.title)
}

/// `attack.t1562.008` ─► `T1562.008`; `None` for tactics, groups and other taxonomies.
fn technique(tag: &str) -> Option<String> {
    let id = tag.to_ascii_lowercase().strip_prefix("attack.t")?.to_owned();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = id.split_once('.').map_or_else(|| digits(&id), |(one, two)| digits(one) && digits(two));
    is_id.then(|| format!("T{id}"))
}

/// The text as one line.
fn line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST)
}

fn sentence(text: String) -> String {
    if text.ends_with(['.', '!', '?', '…']) { text } else { text + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_techniques_are_told_from_other_tags() {
        let cases = [
            ("attack.t1530", Some("T1530")),
            ("attack.T1562.008", Some("T1562.008")),
            ("attack.defense-evasion", None),
            ("attack.t", None),
            ("attack.s0154", None),
            ("cve.2021-44228", None),
        ];
        for (tag, want) in cases {
            assert_eq!(technique(tag).as_deref(), want, "{tag}");
        }
    }
}
