//! What is wrong with a policy file, where, and what was expected there.

use std::fmt;
use std::ops::Range;

use annotate_snippets::Level;
use serde_saphyr::{Error as YamlError, MessageFormatter, UserMessageFormatter};

use super::file::{NO_VALUE, Place};
use super::quote::{Quote, lines};

/// Everything found wrong with a policy file. Displays each problem with its line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    file: String,
    problems: Vec<Problem>,
    /// Problems beyond those kept.
    more: usize,
}

/// One thing wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    /// From 1.
    line: usize,
    /// What is wrong, one sentence without a full stop.
    message: String,
    /// What was expected there, to be read after "expected".
    expected: String,
    /// The line.
    text: String,
    /// In bytes of `text`.
    span: Range<usize>,
}

impl std::error::Error for PolicyError {}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { line, message, expected, text, span }) in self.problems.iter().enumerate() {
            let quote = Quote { file: &self.file, line: *line, text, span: span.clone() };
            let gap = if index == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{}", quote.render(Level::ERROR, message, &format!("expected {expected}")))?;
        }
        if self.more > 0 { write!(f, "\n\n{} more errors", self.more) } else { Ok(()) }
    }
}

/// A wrong value, before it is known where it stands.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) expected: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { message: message.into(), expected: expected.into() }
    }

    pub(super) fn account(text: &str) -> Self {
        Self::new(format!("`{text}` is not an account id"), "12 digits, leading zeros included")
    }

    fn too_complex() -> Self {
        Self::new("the policy is too large or too complex", "less in it, or fewer aliases")
    }

    pub(super) fn twice(key: &str) -> Self {
        Self::new(format!("`{key}` stands here twice"), "each key once")
    }

    /// `what` names the kind of word; the nearest of the known ones is proposed if it is near.
    pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> Self {
        if let [only] = known {
            return Self::new(format!("unknown {what} `{word}`"), format!("`{only}`"));
        }
        Self::unlisted(what, word, known, &format!("one of: {}", known.join(", ")))
    }

    /// The same of words that are too many to be listed; `expected` describes them.
    pub(super) fn unlisted(what: &str, word: &str, known: &[&str], expected: &str) -> Self {
        let near = |known: &&str| (strsim::jaro_winkler(word, known) * 1000.0).round();
        let nearest = known.iter().map(|known| (near(known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = match nearest {
            Some((likeness, known)) if likeness >= 800.0 => format!("; did you mean `{known}`?"),
            _ => String::new(),
        };
        Self::new(format!("unknown {what} `{word}`"), format!("{expected}{hint}"))
    }
}

/// The file under examination, and what was found so far.
pub(super) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
    more: usize,
}

/// A file that is wrong all over need not fill a log.
const MAX_PROBLEMS: usize = 20;

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new(), more: 0 }
    }

    pub(super) fn add(&mut self, at: Place, wrong: Wrong) {
        let Place { line, column, length } = at;
        if self.problems.len() == MAX_PROBLEMS {
            self.more += 1;
            return;
        }
        let text = lines(self.text).nth(line - 1).unwrap_or_default();
        let offset = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(offset, _)| offset);
        let span = offset(column - 1)..offset(column.saturating_add(length) - 1);
        let Wrong { message, expected } = wrong;
        let problem = Problem { line, message, expected, text: text.to_owned(), span };
        // A value behind an anchor is read at each alias; it is wrong once.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// What the YAML reader found, in our words where its own speak of its settings.
    pub(super) fn add_yaml(&mut self, error: &YamlError) {
        let error = error.without_snippet();
        let at = error.location().map_or(Place::FIRST_LINE, Place::from);
        let said = || UserMessageFormatter.format_message(error);
        let wrong = match error {
            YamlError::AliasError { error, .. } => return self.add_yaml(error),
            YamlError::SerdeUnknownField { field, expected, .. } => Wrong::unknown("field", field, expected),
            YamlError::SerdeMissingField { field, .. } => {
                Wrong::new(format!("field `{field}` is missing"), format!("a field `{field}` here"))
            }
            YamlError::Unexpected { expected, .. } => Wrong::new(
                "a value of another kind belongs here",
                match *expected {
                    "string scalar" => "a text",
                    "sequence start" => "a list",
                    "mapping start" => "fields with values, such as `name: value`",
                    other => other,
                },
            ),
            YamlError::NullIntoString { .. } => Wrong::new(NO_VALUE, "a text"),
            YamlError::Message { msg, .. } if msg == NO_VALUE => {
                Wrong::new(NO_VALUE, "a value, `[]` for an empty list, or no such field at all")
            }
            YamlError::DuplicateMappingKey { key: Some(key), .. } => Wrong::twice(key),
            // The parser's own words do not help who meant a wildcard.
            error if error.to_string().contains("while scanning an anchor or alias") => {
                Wrong::new("`*` and `&` have a meaning of their own in YAML", "quotes around it, such as `\"*\"`")
            }
            YamlError::MultipleDocuments { .. } => Wrong::new("a second YAML document begins here", "only one"),
            YamlError::Budget { .. } | YamlError::AliasReplayLimitExceeded { .. } => Wrong::too_complex(),
            // Its parser counts brackets by itself.
            error if error.to_string().contains("recursion limit exceeded") => Wrong::too_complex(),
            YamlError::ExternalMessage { .. } => {
                // The reader points to what stands before the tab.
                let lines = lines(self.text).enumerate().skip(at.line.saturating_sub(1));
                let indents = |line: &str| line.trim_start_matches(' ').starts_with('\t');
                if let Some((index, line)) = lines.into_iter().find(|(_, line)| indents(line)) {
                    let column = line.bytes().take_while(|b| *b == b' ').count() + 1;
                    let at = Place { line: index + 1, column, length: 1 };
                    return self.add(at, Wrong::new("a tab cannot indent YAML", "spaces"));
                }
                Wrong::new(said(), "valid YAML")
            }
            _ => Wrong::new(said(), "valid YAML"),
        };
        self.add(at, wrong);
    }

    /// Fails with the problems, if there are any.
    pub(super) fn finish(self) -> Result<(), PolicyError> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(PolicyError { file: self.file.to_owned(), problems: self.problems, more: self.more })
    }
}
