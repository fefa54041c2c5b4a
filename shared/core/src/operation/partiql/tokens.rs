//! A statement ─► tokens, as many as can be told.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword, a bare name, a number, or anything else that stands between white space and marks.
    Word(&'a str),
    /// Between `"` (a name) or `'` (a string), as written: a doubled quote does not end it.
    Quoted { quote: char, text: &'a str },
    /// `***(Redacted)`, which CloudTrail writes in place of a literal.
    Redacted,
    /// Any other character.
    Mark(char),
}

/// The tokens of a statement that were not read yet.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    pub(super) rest: &'a str,
}

const REDACTED: &str = "***(Redacted)";

impl<'a> Token<'a> {
    /// Whether it is this keyword, in any case.
    pub(super) fn is(self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// The name that it is, of a table, an index or an attribute, bare or quoted.
    ///
    /// A doubled quote is allowed by the grammar, and by the rules of no table's or index's name.
    pub(super) fn name(self) -> Option<&'a str> {
        match self {
            Self::Word(name) => Some(name),
            Self::Quoted { quote: '"', text } if !text.is_empty() && !text.contains('"') => Some(text),
            Self::Quoted { .. } | Self::Redacted | Self::Mark(_) => None,
        }
    }
}

impl<'a> Tokens<'a> {
    /// The next token; `None` at the end, and where a comment, a quote or a literal of Ion begins that cannot be read.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        self.skip_comments()?;
        let first = self.rest.chars().next()?;
        match first {
            '"' | '\'' => self.quoted(first),
            // A literal of Ion could hold anything, and none is needed to tell a table or a key.
            '`' => None,
            '*' if self.rest.starts_with(REDACTED) => {
                self.rest = self.rest.get(REDACTED.len()..)?;
                Some(Token::Redacted)
            }
            _ if is_word(first) => {
                let (word, _) = self.rest.split_at(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()));
                // A comment may follow a word without a space between.
                let word = word.split_once("--").map_or(word, |(word, _)| word);
                self.rest = self.rest.get(word.len()..)?;
                Some(Token::Word(word))
            }
            _ => {
                self.rest = self.rest.get(first.len_utf8()..)?;
                Some(Token::Mark(first))
            }
        }
    }

    /// The next token if it is one that is asked for.
    pub(super) fn next_if(&mut self, wanted: impl FnOnce(Token<'a>) -> bool) -> Option<Token<'a>> {
        let mut ahead = *self;
        let token = ahead.next().filter(|token| wanted(*token))?;
        *self = ahead;
        Some(token)
    }

    /// Moves past a keyword, over everything before it.
    pub(super) fn skip_past(&mut self, keyword: &str) -> Option<()> {
        while !self.next()?.is(keyword) {}
        Some(())
    }

    /// Whether nothing but white space and comments is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_comments().is_some() && self.rest.is_empty()
    }

    /// Passes over white space and comments; `None` where one does not end.
    fn skip_comments(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start();
            self.rest = if let Some(comment) = self.rest.strip_prefix("--") {
                comment.split_once(['\n', '\r']).map_or("", |(_, rest)| rest)
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                comment.split_once("*/")?.1
            } else {
                return Some(());
            };
        }
    }

    /// The rest up to the closing quote; `None` where there is none.
    fn quoted(&mut self, quote: char) -> Option<Token<'a>> {
        let body = self.rest.get(1..)?;
        let mut marks = body.match_indices(quote).map(|(at, _)| at).peekable();
        while let Some(at) = marks.next() {
            if marks.next_if_eq(&(at + 1)).is_none() {
                let text = body.get(..at)?;
                self.rest = body.get(at + 1..)?;
                let is_redacted = quote == '\'' && text == REDACTED;
                return Some(if is_redacted { Token::Redacted } else { Token::Quoted { quote, text } });
            }
        }
        None
    }
}

/// DynamoDB's table names are of letters, digits, `_`, `-` and `.`; a bare `.` in PartiQL stands before an index, whose
/// name is quoted, so a dot ends the word there.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}
