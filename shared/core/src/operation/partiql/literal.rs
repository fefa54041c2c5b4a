//! The literals that a key may be held against, and an item's attributes among them.

use std::borrow::Cow;

use super::LONGEST_KEY;
use super::tokens::{Token, Tokens};

/// A name, a colon and a number of four tokens: `'sk': +7.5`.
const LONGEST_PAIR: usize = 6;

/// A literal in clear that the value of a key may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal<'a> {
    /// A string, as it is meant.
    Text(Cow<'a, str>),
    /// A number, as it is written.
    Number(Cow<'a, str>),
    /// `?`, whose value is not in the statement.
    Parameter,
}

/// An attribute and what it is or is held against.
pub type Attribute<'a> = (Cow<'a, str>, Literal<'a>);

impl<'a> Literal<'a> {
    /// The literal that these tokens are, one and no more.
    pub(super) fn of(tokens: &[Token<'a>]) -> Option<Self> {
        match tokens {
            [Token::Quoted { quote: '\'', text }] => Some(Self::Text(unescaped(text, '\''))),
            [Token::Mark('?')] => Some(Self::Parameter),
            [Token::Mark('+'), number @ ..] | number => match number {
                [Token::Word(whole)] if is_number(whole) => Some(Self::Number((*whole).into())),
                [Token::Word(whole), Token::Mark('.'), Token::Word(rest)] if is_number(whole) && is_number(rest) => {
                    Some(Self::Number(format!("{whole}.{rest}").into()))
                }
                _ => None,
            },
        }
    }
}

/// The attributes in clear of what is inserted, `VALUE {'pk': 'a', …}`; none where there are more than a key has.
pub(super) fn inserted(mut tokens: Tokens<'_>) -> Vec<Attribute<'_>> {
    let mut attributes = Vec::new();
    let mut pair = Vec::new();
    let mut depth = 0_usize;
    let begins = tokens.next_if(|token| token.is("VALUE")).is_some() && tokens.next() == Some(Token::Mark('{'));
    while begins && let Some(token) = tokens.next() {
        match token {
            Token::Mark(',' | '}') if depth == 0 => {
                if let [Token::Quoted { quote, text }, Token::Mark(':'), value @ ..] = &pair[..]
                    && let Some(literal) = Literal::of(value)
                {
                    attributes.push((unescaped(text, *quote), literal));
                }
                pair.clear();
                match token {
                    Token::Mark('}') => return attributes,
                    _ if attributes.len() > LONGEST_KEY => return Vec::new(),
                    _ => continue,
                }
            }
            Token::Mark('{' | '[' | '<' | '(') => depth += 1,
            Token::Mark('}' | ']' | '>' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        // No more is looked at than tells a literal from what is none.
        if pair.len() <= LONGEST_PAIR {
            pair.push(token);
        }
    }
    // What does not end cannot be read.
    Vec::new()
}

/// What stands between quotes, a doubled one of them being one.
pub(super) fn unescaped(text: &str, quote: char) -> Cow<'_, str> {
    if text.contains(quote) { text.replace(&format!("{quote}{quote}"), &quote.to_string()).into() } else { text.into() }
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'e' | b'E' | b'-'))
}
