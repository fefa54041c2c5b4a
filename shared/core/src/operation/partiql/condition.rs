//! Whether the condition behind `WHERE` constrains the key.
//!
//! The schema of the table is not known here. But CloudTrail leaves the values of key attributes in clear and redacts all
//! others, so an attribute that is held against a literal in clear is part of a key. Whether it is the partition key or
//! only the sort key is not told: it counts as constrained. What is held against a parameter (`?`) may be a key or not.
//! Source: "Understanding DynamoDB log file entries",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html>.

use std::borrow::Cow;

use super::literal::{Attribute, Literal, unescaped};
use super::tokens::{Token, Tokens};

/// Whether a statement names the items by their keys. Ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keyed {
    /// It does not.
    #[default]
    No,
    /// It holds attributes against parameters, and whether these are keys is not told.
    Unknown,
    /// It does.
    Yes,
}

/// What a condition says of the key.
#[derive(Debug, Default)]
pub(super) struct Condition<'a> {
    /// Whether it names the items by their keys: `pk = 'a'`, or `pk IN ['a', 'b']`, in each of its alternatives. What cannot
    /// be read does not.
    pub(super) keyed: Keyed,
    /// What must be equal to what, where there are no alternatives.
    pub(super) equal: Vec<Attribute<'a>>,
}

/// The longest condition that is looked into, in tokens, and the deepest. A statement has at most 8,192 characters:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html>.
const LONGEST: usize = 8192;
const DEEPEST: usize = 32;

/// Reads a condition, up to its end or the clause that follows it.
///
/// Source: "Select statements", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html>:
/// equality or `IN` on the partition key, and else the whole table is read.
pub(super) fn read(tokens: Tokens<'_>) -> Condition<'_> {
    let Some(condition) = condition(tokens) else { return Condition::default() };
    let equal = match split(&condition, "OR")[..] {
        [branch] => split(branch, "AND").into_iter().filter_map(equality).collect(),
        _ => Vec::new(),
    };
    Condition { keyed: any_of(&condition, 0), equal }
}

/// The tokens of the condition; `None` where it is broken or too long.
fn condition(mut tokens: Tokens<'_>) -> Option<Vec<Token<'_>>> {
    let mut condition = Vec::new();
    let mut depth = 0_usize;
    while !tokens.is_at_end() {
        let token = tokens.next()?;
        match token {
            Token::Mark('(' | '[') => depth += 1,
            // The end of `EXISTS(…)`.
            Token::Mark(')') if depth == 0 => break,
            Token::Mark(')' | ']') => depth = depth.checked_sub(1)?,
            Token::Mark(';') => break,
            token if depth == 0 && (token.is("RETURNING") || token.is("ORDER")) => break,
            _ => {}
        }
        condition.push(token);
        if condition.len() > LONGEST {
            return None;
        }
    }
    (depth == 0).then_some(condition)
}

/// Alternatives constrain the key as far as each of them does.
fn any_of(condition: &[Token<'_>], depth: usize) -> Keyed {
    if depth >= DEEPEST {
        return Keyed::No;
    }
    split(condition, "OR").into_iter().map(|branch| all_of(branch, depth)).min().unwrap_or_default()
}

/// Conditions that must all hold constrain the key as far as one of them does.
fn all_of(branch: &[Token<'_>], depth: usize) -> Keyed {
    let keyed = split(branch, "AND").into_iter().map(|conjunct| match conjunct {
        [Token::Mark('('), inner @ .., Token::Mark(')')] if closes_at_end(inner) => any_of(inner, depth + 1),
        [name, within, Token::Mark('['), values @ .., Token::Mark(']')]
        | [name, within, Token::Mark('('), values @ .., Token::Mark(')')] => {
            let values: Option<Vec<Literal<'_>>> =
                values.split(|token| *token == Token::Mark(',')).map(Literal::of).collect();
            match values.filter(|_| attribute(*name).is_some() && within.is("IN")) {
                Some(values) => values.iter().map(held_against).max().unwrap_or_default(),
                None => Keyed::No,
            }
        }
        conjunct => equality(conjunct).map_or(Keyed::No, |(_, value)| held_against(&value)),
    });
    keyed.max().unwrap_or_default()
}

/// What an attribute is, by what it is held against: CloudTrail shows literals of keys alone.
fn held_against(value: &Literal<'_>) -> Keyed {
    match value {
        Literal::Text(_) | Literal::Number(_) => Keyed::Yes,
        Literal::Parameter => Keyed::Unknown,
    }
}

/// An attribute that is equal to a literal in clear or a parameter, whichever stands first.
fn equality<'a>(conjunct: &[Token<'a>]) -> Option<Attribute<'a>> {
    let (name, value) = match conjunct {
        [name, Token::Mark('='), value @ ..] if attribute(*name).is_some() => (name, value),
        [value @ .., Token::Mark('='), name] => (name, value),
        _ => return None,
    };
    Some((attribute(*name)?, Literal::of(value)?))
}

/// The parts between keywords that stand outside of brackets. The `AND` of `BETWEEN … AND …` is none.
fn split<'t, 'a>(condition: &'t [Token<'a>], keyword: &str) -> Vec<&'t [Token<'a>]> {
    let (mut depth, mut is_between) = (0_usize, false);
    let separates = |token: &Token<'a>| {
        match token {
            Token::Mark('(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && token.is("BETWEEN") {
            is_between = true;
        }
        let found = depth == 0 && token.is(keyword);
        found && !(token.is("AND") && std::mem::take(&mut is_between))
    };
    condition.split(separates).collect()
}

/// Whether a bracket that was opened before these tokens is still open at their end, so that they are all inside.
fn closes_at_end(inner: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    inner.iter().all(|token| {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') if depth == 0 => return false,
            Token::Mark(')') => depth -= 1,
            _ => {}
        }
        true
    })
}

/// The bare attribute of an item that this is: an element of a list or a map is part of no key.
fn attribute(token: Token<'_>) -> Option<Cow<'_, str>> {
    match token {
        Token::Word(word) => {
            let is_value = ["TRUE", "FALSE", "NULL", "MISSING"].iter().any(|value| token.is(value));
            let is_name = !is_value && word.starts_with(|first: char| first.is_alphabetic() || first == '_');
            is_name.then(|| word.into())
        }
        Token::Quoted { quote: '"', text } if !text.is_empty() => Some(unescaped(text, '"')),
        Token::Quoted { .. } | Token::Redacted | Token::Mark(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// A condition, and whether it names keys by the definition.
    #[derive(Debug, Clone)]
    enum Tree {
        Leaf(&'static str, Keyed),
        All(Vec<Tree>),
        Any(Vec<Tree>),
        Not(Box<Tree>),
    }

    impl Tree {
        fn keyed(&self) -> Keyed {
            match self {
                Self::Leaf(_, keyed) => *keyed,
                Self::All(conditions) => conditions.iter().map(Self::keyed).max().unwrap(),
                Self::Any(conditions) => conditions.iter().map(Self::keyed).min().unwrap(),
                Self::Not(_) => Keyed::No,
            }
        }

        fn write(&self, and: &str, or: &str) -> String {
            let join = |conditions: &[Self], word: &str| {
                let written: Vec<String> = conditions.iter().map(|condition| condition.write(and, or)).collect();
                written.join(word)
            };
            match self {
                Self::Leaf(text, _) => (*text).to_owned(),
                // Without brackets an `OR` would reach further than its own alternatives.
                Self::Any(conditions) => format!("({})", join(conditions, or)),
                Self::All(conditions) => join(conditions, and),
                Self::Not(condition) => format!("NOT ({})", condition.write(and, or)),
            }
        }
    }

    fn condition() -> impl Strategy<Value = Tree> {
        let leaf = select(vec![
            ("pk = 'a'", Keyed::Yes),
            ("'a AND (' = \"p k\"", Keyed::Yes),
            ("pk IN [1, 'OR', ?]", Keyed::Yes),
            ("pk IN [?, ?]", Keyed::Unknown),
            ("x = ?", Keyed::Unknown),
            ("(sk='b')", Keyed::Yes),
            ("total = ***(Redacted)", Keyed::No),
            ("sk BETWEEN 'a' AND 'b'", Keyed::No),
            ("begins_with(sk, 'a')", Keyed::No),
            ("contains(\"OR\", ?)", Keyed::No),
            ("pk <> 'a'", Keyed::No),
        ]);
        leaf.prop_map(|(text, keyed)| Tree::Leaf(text, keyed)).prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..4).prop_map(Tree::All),
                vec(inner.clone(), 1..4).prop_map(Tree::Any),
                inner.prop_map(|condition| Tree::Not(Box::new(condition))),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            condition in condition(),
            and in select(&[" AND ", "\tand\n", "/* OR */and--OR\n"]),
            or in select(&[" OR ", " oR/**/"]),
            end in select(&["", ";", " ORDER BY sk", ")", " RETURNING ALL OLD *", " -- OR x = ?"]),
        ) {
            let text = condition.write(and, or) + end;
            prop_assert_eq!(read(Tokens { rest: &text }).keyed, condition.keyed(), "{}", text);
        }
    }
}
