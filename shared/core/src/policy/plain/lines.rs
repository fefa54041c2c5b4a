//! Lines, and the texts on them.

use memchr::memchr;

use super::Unusual;

/// How many texts and lists are read: `serde_saphyr` has limits against floods, and says so.
const MOST: usize = 50_000;

/// A quoted key that is longer is no key to YAML: it may have 1,024 characters.
const LONGEST_KEY: usize = 256;

/// Where reading has come to: a place in a line that holds more than a comment, or the end.
pub(super) struct Reader<'de> {
    /// Without its end; empty at the end of the file.
    line: &'de str,
    /// From 1.
    pub(super) number: usize,
    /// In bytes of the line, which are characters: what is not ASCII stands in comments.
    pub(super) at: usize,
    /// The lines behind it.
    rest: &'de str,
    /// How many texts and lists were read.
    count: usize,
    /// The length of what was read last, for messages: of a text, or of what opens a list or fields.
    pub(super) length: usize,
}

impl<'de> Reader<'de> {
    /// At the first line. What is not to be printed is unusual, in comments too.
    pub(super) fn new(yaml: &'de str) -> Result<Self, Unusual> {
        let is_usual = |byte: u8| byte >= b' ' && byte != 0x7f || byte == b'\n';
        if !yaml.bytes().fold(true, |all, byte| all & is_usual(byte)) {
            return Err(Unusual);
        }
        let mut reader = Self { line: "", number: 0, at: 0, rest: yaml, count: 0, length: 0 };
        reader.next_line()?;
        Ok(reader)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.line.is_empty()
    }

    /// What is left of the line.
    pub(super) fn ahead(&self) -> &'de str {
        self.line.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    /// Steps over a byte, if it is the one ahead.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_ahead = self.peek() == Some(byte);
        self.at += usize::from(is_ahead);
        is_ahead
    }

    /// Steps over spaces; whether there were any.
    pub(super) fn spaces(&mut self) -> bool {
        let from = self.at;
        while self.take(b' ') {}
        self.at > from
    }

    /// Steps over a space or more and the line's end, if there is no more than a comment, to the next line.
    pub(super) fn end_line(&mut self) -> Result<bool, Unusual> {
        let spaces = self.spaces();
        match self.peek() {
            None => {}
            Some(b'#') if spaces => check_comment(self.ahead())?,
            Some(_) => return Ok(false),
        }
        self.next_line()?;
        Ok(true)
    }

    /// To the first byte that is no space of the next line that holds more than a comment.
    fn next_line(&mut self) -> Result<(), Unusual> {
        loop {
            if self.rest.is_empty() {
                (self.line, self.at) = ("", 0);
                return Ok(());
            }
            let end = memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (line, rest) = self.rest.split_at_checked(end).ok_or(Unusual)?;
            self.rest = rest.get(1..).unwrap_or_default();
            self.number += 1;
            self.line = line;
            self.at = 0;
            self.spaces();
            match self.peek() {
                None => {}
                Some(b'#') => check_comment(self.ahead())?,
                Some(_) => return Ok(()),
            }
        }
    }

    /// One more text or list.
    pub(super) fn count(&mut self) -> Result<(), Unusual> {
        self.count += 1;
        if self.count > MOST { Err(Unusual) } else { Ok(()) }
    }

    /// A field's name, up to its colon.
    pub(super) fn key(&mut self) -> Result<&'de str, Unusual> {
        let is_quoted = matches!(self.peek(), Some(b'"' | b'\''));
        let key = if is_quoted { self.quoted()? } else { self.name()? };
        // `<<` is a key with a meaning.
        if key.len() > LONGEST_KEY || key == "<<" || self.peek() != Some(b':') {
            return Err(Unusual);
        }
        Ok(key)
    }

    fn name(&mut self) -> Result<&'de str, Unusual> {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_/.".contains(byte);
        let length = self.ahead().bytes().take_while(is_letter).count();
        let name = self.step(length)?;
        self.length = length;
        // Two numbers may be the same key in other letters.
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.eq_ignore_ascii_case("null") {
            return Err(Unusual);
        }
        Ok(name)
    }

    /// A text in quotes without escapes.
    pub(super) fn quoted(&mut self) -> Result<&'de str, Unusual> {
        self.count()?;
        let from = self.at;
        let quote = self.peek().ok_or(Unusual)?;
        self.at += 1;
        let length = memchr(quote, self.ahead().as_bytes()).ok_or(Unusual)?;
        let text = self.step(length)?;
        self.at += 1;
        // In a text of single quotes, two of them are one.
        if !text.is_ascii() || text.contains('\\') || self.peek() == Some(quote) {
            return Err(Unusual);
        }
        self.length = self.at - from;
        Ok(text)
    }

    /// A text without quotes; `in_brackets` it ends where the brackets go on.
    pub(super) fn plain(&mut self, in_brackets: bool) -> Result<&'de str, Unusual> {
        self.count()?;
        let ahead = self.ahead();
        let mut bytes = ahead.bytes().enumerate().peekable();
        let mut before = b' ';
        let mut end = ahead.len();
        while let Some((index, byte)) = bytes.next() {
            let next = bytes.peek().map(|(_, byte)| *byte);
            match byte {
                b',' | b']' | b'}' if in_brackets => {
                    end = index;
                    break;
                }
                b'#' if before == b' ' && !in_brackets && index > 0 => {
                    end = index;
                    break;
                }
                b'#' if before == b' ' => return Err(Unusual),
                b'[' | b'{' if in_brackets => return Err(Unusual),
                b':' if matches!(next, None | Some(b' ')) => return Err(Unusual),
                b':' if in_brackets && matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}')) => return Err(Unusual),
                b' '..=b'~' => before = byte,
                _ => return Err(Unusual),
            }
        }
        let text = ahead.get(..end).ok_or(Unusual)?.trim_end_matches(' ');
        let begins_usual = |c: char| c.is_ascii_alphanumeric() || "/._+$".contains(c);
        if !text.starts_with(begins_usual) || text.eq_ignore_ascii_case("null") {
            return Err(Unusual);
        }
        self.length = text.len();
        self.step(text.len())
    }

    fn step(&mut self, length: usize) -> Result<&'de str, Unusual> {
        let text = self.ahead().get(..length).ok_or(Unusual)?;
        self.at += length;
        Ok(text)
    }
}

/// Of what is beyond ASCII, YAML refuses some, and others end lines to some readers.
fn check_comment(comment: &str) -> Result<(), Unusual> {
    let is_usual = |c: char| c.is_ascii() || matches!(c, '\u{a0}'..='\u{2027}' | '\u{2030}'..='\u{d7ff}');
    if comment.is_ascii() || comment.chars().all(is_usual) { Ok(()) } else { Err(Unusual) }
}
