//! Which values of a field a rule can match: what a record must have for the rule to be worth asking.

use std::collections::BTreeSet;

use rsigma_parser::ast::{ConditionExpr, Detection, DetectionItem, Modifier, Quantifier, SigmaRule};
use rsigma_parser::value::SigmaValue;

/// Values of a field, in lower case since Sigma compares without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    /// Any, or none at all.
    Any,
    /// These and no others.
    Of(BTreeSet<String>),
}

/// The values of a field with which a rule can match; a few too many rather than one too few.
pub(crate) fn values(rule: &SigmaRule, field: &str) -> Values {
    let conditions = rule.detection.conditions.iter().map(|condition| of_condition(rule, condition, field));
    conditions.reduce(Values::or).unwrap_or(Values::Any)
}

impl Values {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, values) | (values, Self::Any) => values,
            (Self::Of(one), Self::Of(two)) => Self::Of(one.intersection(&two).cloned().collect()),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::Of(one), Self::Of(two)) => Self::Of(one.union(&two).cloned().collect()),
        }
    }
}

fn all(values: impl Iterator<Item = Values>) -> Values {
    values.fold(Values::Any, Values::and)
}

/// Of no alternatives, nothing is known.
fn any(values: impl Iterator<Item = Values>) -> Values {
    values.reduce(Values::or).unwrap_or(Values::Any)
}

fn of_condition(rule: &SigmaRule, condition: &ConditionExpr, field: &str) -> Values {
    let named = &rule.detection.named;
    match condition {
        ConditionExpr::And(parts) => all(parts.iter().map(|part| of_condition(rule, part, field))),
        ConditionExpr::Or(parts) => any(parts.iter().map(|part| of_condition(rule, part, field))),
        ConditionExpr::Identifier(name) => {
            named.get(name).map_or(Values::Any, |detection| of_detection(detection, field))
        }
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen = named.iter().filter(|(name, _)| pattern.matches_detection_name(name));
            let chosen = chosen.map(|(_, detection)| of_detection(detection, field));
            match quantifier {
                Quantifier::All => all(chosen),
                Quantifier::Count(0) => Values::Any,
                Quantifier::Any | Quantifier::Count(_) => any(chosen),
            }
        }
        ConditionExpr::Not(_) => Values::Any,
    }
}

fn of_detection(detection: &Detection, field: &str) -> Values {
    match detection {
        Detection::AllOf(items) => all(items.iter().map(|item| of_item(item, field))),
        Detection::And(parts) => all(parts.iter().map(|part| of_detection(part, field))),
        Detection::AnyOf(parts) => any(parts.iter().map(|part| of_detection(part, field))),
        Detection::Keywords(_) | Detection::ArrayMatch { .. } | Detection::Conditional { .. } => Values::Any,
    }
}

fn of_item(item: &DetectionItem, field: &str) -> Values {
    let is_equality = item.field.modifiers.iter().all(|modifier| *modifier == Modifier::Cased);
    if item.field.name.as_deref() != Some(field) || !is_equality || item.values.is_empty() {
        return Values::Any;
    }
    let plain = |value: &SigmaValue| match value {
        SigmaValue::String(text) => text.as_plain().map(|text| text.to_lowercase()),
        _ => None,
    };
    item.values.iter().map(plain).collect::<Option<_>>().map_or(Values::Any, Values::Of)
}

#[cfg(test)]
mod tests {
    use rsigma_parser::parse_sigma_yaml;

    use super::*;

    /// The sources that a rule of this detection can match.
    fn sources(detection: &str) -> Values {
        let yaml = format!("title: t\nlogsource: {{product: aws, service: cloudtrail}}\ndetection: {detection}\n");
        let collection = parse_sigma_yaml(&yaml).unwrap();
        assert!(collection.errors.is_empty(), "{:?}", collection.errors);
        values(&collection.rules[0], "eventSource")
    }

    #[test]
    fn sources_are_told_where_a_rule_can_match_no_others() {
        let of = |names: &[&str]| Values::Of(names.iter().map(|name| (*name).to_owned()).collect());
        let cases = [
            ("{s: {eventSource: IAM.amazonaws.com}, condition: s}", of(&["iam.amazonaws.com"])),
            ("{s: {eventSource: [a, b]}, condition: s}", of(&["a", "b"])),
            ("{s: {eventSource|cased: a}, condition: s}", of(&["a"])),
            ("{s: [{eventSource: a}, {eventSource: b, eventName: x}], condition: s}", of(&["a", "b"])),
            ("{s: {eventSource: a}, f: {userAgent: x}, condition: s and not f}", of(&["a"])),
            ("{s1: {eventSource: a}, s2: {eventSource: b}, condition: s1 or s2}", of(&["a", "b"])),
            ("{s1: {eventSource: [a, b]}, s2: {eventSource: b}, condition: s1 and s2}", of(&["b"])),
            ("{s_a: {eventSource: a}, s_b: {eventSource: b}, condition: 1 of s_*}", of(&["a", "b"])),
            ("{s_a: {eventSource: a}, s_b: {eventName: x}, condition: all of them}", of(&["a"])),
            ("{s: {eventSource: a}, t: {eventSource: b}, condition: [s, t]}", of(&["a", "b"])),
            ("{s_a: {eventSource: a}, s_b: {eventName: x}, condition: 1 of s_*}", Values::Any),
            ("{s: {eventName: x}, condition: s}", Values::Any),
            ("{s: {eventSource: 'a*'}, condition: s}", Values::Any),
            ("{s: {eventSource|endswith: .com}, condition: s}", Values::Any),
            ("{s: {eventSource: null}, condition: s}", Values::Any),
            ("{s: [{eventSource: a}, {eventName: x}], condition: s}", Values::Any),
            ("{s: {eventSource: a}, condition: not s}", Values::Any),
            ("{s: [word], condition: s}", Values::Any),
            ("{s: {other.eventSource: a}, condition: s}", Values::Any),
        ];
        for (detection, want) in cases {
            assert_eq!(sources(detection), want, "{detection}");
        }
    }
}
