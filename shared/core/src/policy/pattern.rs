//! Text in which `*` stands for any run of characters, the empty one included.

use std::fmt;

/// One value of the policy: literal text or a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    pub(super) fn wildcards(&self) -> usize {
        self.0.matches('*').count()
    }

    /// How many bytes of the pattern must stand in a value as they are.
    pub(super) fn literals(&self) -> usize {
        self.0.len() - self.wildcards()
    }

    /// Whether the pattern covers the whole value. Each piece between two wildcards is taken where it first occurs, which
    /// is right because a later wildcard can always cover the rest; so the time is linear and nothing is tried twice.
    pub(super) fn matches(&self, value: &str) -> bool {
        let Some((prefix, rest)) = self.0.split_once('*') else { return self.0 == value };
        let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
        let Some(mut left) = value.strip_prefix(prefix).and_then(|left| left.strip_suffix(suffix)) else {
            return false;
        };
        for piece in middle.split('*') {
            match left.split_once(piece) {
                Some((_, after)) => left = after,
                None => return false,
            }
        }
        true
    }

    /// Whether some value is covered by both patterns.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let (Some((start, end)), Some((other_start, other_end))) = (self.ends(), other.ends()) else {
            return if self.is_exact() { other.matches(&self.0) } else { self.matches(&other.0) };
        };
        // Whatever stands between the ends, a value that has it one after the other is covered by both.
        (start.starts_with(other_start) || other_start.starts_with(start))
            && (end.ends_with(other_end) || other_end.ends_with(end))
    }

    /// Whether every value that the other covers is covered by this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        // The other's wildcards stand for anything, so only wildcards take them; as literal text they are taken by nothing else.
        self.matches(&other.0)
    }

    /// What stands before the first wildcard and behind the last, if there is one.
    fn ends(&self) -> Option<(&str, &str)> {
        let (start, _) = self.0.split_once('*')?;
        let (_, end) = self.0.rsplit_once('*')?;
        Some((start, end))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_covers_any_run_and_nothing_else_is_special() {
        let cases = [
            ("orders", "orders", true),
            ("orders", "orders-eu", false),
            ("orders", "Orders", false),
            ("*", "", true),
            ("*", "any/thing", true),
            ("orders*", "orders", true),
            ("orders-*", "orders", false),
            ("*-prod", "orders-prod", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "a-c-b-c", true),
            ("a*b*c", "a-c-c", false),
            ("**", "x", true),
            ("?", "x", false),
            ("[a]", "a", false),
        ];
        for (pattern, value, want) in cases {
            assert_eq!(Pattern::new(pattern).matches(value), want, "{pattern} on {value}");
        }
    }

    #[test]
    fn hostile_values_do_not_make_matching_slow() {
        let pattern = Pattern::new(&"a*".repeat(500));
        let value = "a".repeat(499) + &"b".repeat(1_000_000);
        assert!(!pattern.matches(&value));
    }

    /// The definition, by trying every split.
    fn by_definition(pattern: &str, value: &str) -> bool {
        match pattern.split_at_checked(1) {
            None => value.is_empty(),
            Some(("*", rest)) => (0..=value.len()).any(|skip| by_definition(rest, &value[skip..])),
            Some((literal, rest)) => value.strip_prefix(literal).is_some_and(|value| by_definition(rest, value)),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in "[ab*]{0,6}", value in "[ab]{0,8}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&value), by_definition(&pattern, &value));
        }

        #[test]
        fn one_covers_another_where_it_covers_every_value_of_it(one in "[ab*]{0,4}", two in "[ab*]{0,4}") {
            let values = (0..=8_u32).flat_map(|len| (0..1_u32 << len).map(move |bits| {
                (0..len).map(|i| if bits >> i & 1 == 0 { 'a' } else { 'b' }).collect::<String>()
            }));
            let (one, two) = (Pattern::new(&one), Pattern::new(&two));
            // Of more than two letters, one stands for all that neither pattern asks for.
            let other = two.as_str().replace('*', "c");
            let all = values.filter(|value| two.matches(value)).all(|value| one.matches(&value)) && one.matches(&other);
            prop_assert_eq!(one.covers(&two), all);
        }

        #[test]
        fn overlap_agrees_with_trying_every_value(one in "[ab*]{0,4}", two in "[ab*]{0,4}") {
            // A shortest common value needs no character that neither pattern asks for.
            let values = (0..=8_u32).flat_map(|len| (0..1_u32 << len).map(move |bits| {
                (0..len).map(|i| if bits >> i & 1 == 0 { 'a' } else { 'b' }).collect::<String>()
            }));
            let (one, two) = (Pattern::new(&one), Pattern::new(&two));
            let common = values.into_iter().any(|value| one.matches(&value) && two.matches(&value));
            prop_assert_eq!(one.overlaps(&two), common);
        }
    }
}
