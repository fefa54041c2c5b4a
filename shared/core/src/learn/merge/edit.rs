//! Insertions into a text that leave every other byte as it is.

use std::ops::Range;

use super::tree::{Node, Value};

/// Insertions, and removals of empty brackets.
#[derive(Debug)]
pub(super) struct Edits<'a> {
    text: &'a str,
    /// What is put in place of a range.
    edits: Vec<(Range<usize>, String)>,
}

/// What is added to a list or a map, in both forms.
pub(super) struct Addition<'b> {
    /// As the lines of a block at a column.
    pub(super) block: &'b dyn Fn(usize) -> Vec<String>,
    /// As values between brackets, without commas.
    pub(super) flow: &'b dyn Fn() -> Vec<String>,
}

impl<'a> Edits<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, edits: Vec::new() }
    }

    /// Adds to the end of a list or a map. `column` is where a block goes that takes the place of empty brackets; `None` where
    /// no block can stand there. False where it is neither list nor map.
    pub(super) fn add(&mut self, to: &Node, column: Option<usize>, addition: &Addition<'_>) -> bool {
        let (is_flow, last) = match &to.value {
            Value::List { is_flow, items } => (*is_flow, items.last()),
            Value::Map { is_flow, pairs } => (*is_flow, pairs.last().map(|(_, value)| value)),
            Value::Scalar(_) | Value::Alias => return false,
        };
        match (is_flow, last, column) {
            (false, ..) => self.add_lines(to.end, &(addition.block)(to.column)),
            (true, Some(last), _) => {
                self.edits.push((last.end..last.end, format!(", {}", (addition.flow)().join(", "))));
            }
            (true, None, Some(column)) => {
                let before = self.text.get(..to.start).unwrap_or_default();
                self.edits.push((before.trim_end_matches(' ').len()..to.end, String::new()));
                self.add_lines(to.end, &(addition.block)(column));
            }
            (true, None, None) => self.edits.push((to.start + 1..to.start + 1, (addition.flow)().join(", "))),
        }
        true
    }

    /// Adds lines behind the line in which something ends.
    pub(super) fn add_lines(&mut self, end: usize, lines: &[String]) {
        let (before, after) = self.text.split_at_checked(end).unwrap_or((self.text, ""));
        let at = match after.find('\n') {
            // A block of text ends with its last line break.
            _ if before.ends_with('\n') || before.is_empty() => end,
            Some(line_break) => end + line_break + 1,
            None => self.text.len(),
        };
        let line_break = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let is_behind_line = self.text.get(..at).is_none_or(|before| before.is_empty() || before.ends_with('\n'));
        let start = if is_behind_line { "" } else { line_break };
        self.edits.push((at..at, format!("{start}{}{line_break}", lines.join(line_break))));
    }

    /// The text with all of it.
    pub(super) fn apply(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        for (range, new) in self.edits {
            text.push_str(self.text.get(done..range.start).unwrap_or_default());
            text.push_str(&new);
            done = range.end;
        }
        text.push_str(self.text.get(done..).unwrap_or_default());
        text
    }
}
