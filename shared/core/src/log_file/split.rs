//! Splits a stream of JSON into the records it holds, without parsing them.

use memchr::{memchr, memchr2, memchr3};
use serde::de::IgnoredAny;

use super::key::Key;
use super::nesting::{Bracket, Nesting, Step, ends_scalar};
use super::state::{Expected, Fault, Role, Shape, State};
use super::window::Window;
use super::{Entry, Position, Visit};

/// A state machine over chunks: see [`super::read`] for what it gives.
pub(super) struct Splitter {
    window: Window,
    /// Bytes of one entry.
    limit: usize,
    state: State,
    /// Of the value of [`Shape::Nested`] that is being read.
    nesting: Nesting,
    /// Whether the next byte of the string that is being read is escaped.
    escaped: bool,
    key: Key,
    /// Offset of the entry that is being read.
    opened: u64,
    /// Whether the array that is being read, or was last read, is a member of an object.
    in_object: bool,
    /// Whether elements of the object that is being read were given, so that it is no entry itself.
    streamed: bool,
    entries: u64,
    arrays: u64,
}

const UTF8_BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl Splitter {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            window: Window::new(),
            limit,
            state: State::Start(0),
            nesting: Nesting::inside(Bracket::Object),
            escaped: false,
            key: Key::new(),
            opened: 0,
            in_object: false,
            streamed: false,
            entries: 0,
            arrays: 0,
        }
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    pub(super) fn arrays(&self) -> u64 {
        self.arrays
    }

    pub(super) fn position(&self, compressed: u64) -> Position {
        Position { compressed, decompressed: self.window.offset(), entries: self.entries }
    }

    /// Room for the next bytes of the file.
    pub(super) fn free(&mut self) -> &mut [u8] {
        self.window.free()
    }

    /// Splits the first `len` bytes of what was [`free`](Self::free).
    pub(super) fn take(&mut self, len: usize, visit: &mut impl Visit) -> Result<(), Fault> {
        self.window.take(len);
        while !self.window.rest().is_empty() {
            match self.state {
                State::Start(matched) => self.start(matched),
                State::Top => self.top(),
                State::Garbled => self.garbled(visit),
                State::Member(expected) => self.member(expected, visit),
                State::Array(expected) => self.array(expected, visit)?,
                State::In(Shape::Nested, role) => self.nested(role, visit)?,
                State::In(Shape::String, role) => self.string(role, visit),
                State::In(Shape::Scalar, role) => self.scalar(role, visit),
            }
        }
        if self.window.marked().is_some_and(|kept| kept.len() > self.limit) {
            self.window.unmark();
        }
        Ok(())
    }

    /// The file ends here.
    pub(super) fn finish(&mut self, visit: &mut impl Visit) -> Result<(), Fault> {
        if let State::In(Shape::Scalar, Role::Document) = self.state {
            self.end(Shape::Scalar, Role::Document, visit);
        }
        match self.state {
            State::Start(0) | State::Top => Ok(()),
            State::Start(_) | State::Garbled => {
                self.end_garbled(visit);
                Ok(())
            }
            State::Member(_) | State::Array(_) | State::In(..) => Err(Fault::Truncated),
        }
    }

    fn start(&mut self, matched: usize) {
        match (UTF8_BYTE_ORDER_MARK.get(matched), self.window.rest().first()) {
            (Some(mark), Some(byte)) if mark == byte => {
                self.window.pass(1);
                self.state = State::Start(matched + 1);
            }
            (Some(_), _) if matched > 0 => self.state = State::Garbled,
            _ => self.state = State::Top,
        }
    }

    fn top(&mut self) {
        let Some(byte) = self.window.next_significant() else { return };
        self.open();
        match byte {
            b'{' => self.expect(State::Member(Expected::FirstOrEnd)),
            b'[' => self.enter_array(false),
            _ if !self.begin(byte, Role::Document) => self.give_up(),
            _ => {}
        }
    }

    fn member(&mut self, expected: Expected, visit: &mut impl Visit) {
        let Some(byte) = self.window.next_significant() else { return };
        match (expected, byte) {
            (Expected::FirstOrEnd | Expected::Next, b'"') => {
                self.key.clear();
                self.begin(byte, Role::Key);
            }
            (Expected::FirstOrEnd | Expected::CommaOrEnd, b'}') => {
                self.window.pass(1);
                if self.streamed {
                    self.streamed = false;
                    self.state = State::Top;
                } else {
                    self.end(Shape::Nested, Role::Document, visit);
                }
            }
            (Expected::CommaOrEnd, b',') => self.expect(State::Member(Expected::Next)),
            (Expected::Colon, b':') => self.expect(State::Member(Expected::Value)),
            (Expected::Value, b'[') if self.key.names_array() => {
                self.streamed = true;
                self.enter_array(true);
            }
            (Expected::Value, _) if self.begin(byte, Role::Member) => {}
            // Broken, but it may still be told where it ends: its parser rejects it. What elements were given of it can't
            // be taken back.
            _ if self.streamed => self.give_up(),
            _ => {
                self.nesting = Nesting::inside(Bracket::Object);
                self.state = State::In(Shape::Nested, Role::Document);
            }
        }
    }

    fn array(&mut self, expected: Expected, visit: &mut impl Visit) -> Result<(), Fault> {
        let Some(byte) = self.window.next_significant() else { return Ok(()) };
        match (expected, byte) {
            (Expected::FirstOrEnd | Expected::CommaOrEnd, b']') => {
                self.expect(if self.in_object { State::Member(Expected::CommaOrEnd) } else { State::Top });
            }
            (Expected::CommaOrEnd, b',') => self.expect(State::Array(Expected::Next)),
            (Expected::CommaOrEnd, _) => return Err(Fault::Syntax("no comma between records")),
            (_, b'{') if self.pass_known(visit) => self.state = State::Array(Expected::CommaOrEnd),
            _ => {
                self.open();
                if !self.begin(byte, Role::Element) {
                    return Err(Fault::Syntax("no record where one should be"));
                }
            }
        }
        Ok(())
    }

    /// Passes over an element that needs no splitting; `false` where it does.
    fn pass_known(&mut self, visit: &mut impl Visit) -> bool {
        let rest = self.window.rest();
        let known = visit.ahead(self.entries, rest.get(..self.limit).unwrap_or(rest));
        if let Some(len) = known {
            self.window.pass(len);
            self.entries += 1;
        }
        known.is_some()
    }

    /// Passes over the byte that was expected.
    fn expect(&mut self, next: State) {
        self.window.pass(1);
        self.state = next;
    }

    fn enter_array(&mut self, in_object: bool) {
        self.window.unmark();
        self.in_object = in_object;
        self.arrays += 1;
        self.expect(State::Array(Expected::FirstOrEnd));
    }

    /// From here on bytes belong to an entry.
    fn open(&mut self) {
        self.opened = self.window.offset();
        self.window.mark();
    }

    /// Starts a value with this byte, if one can start so.
    fn begin(&mut self, byte: u8, role: Role) -> bool {
        let shape = match byte {
            b'{' | b'[' => {
                self.nesting = Nesting::inside(if byte == b'{' { Bracket::Object } else { Bracket::Array });
                Shape::Nested
            }
            b'"' => {
                self.escaped = false;
                Shape::String
            }
            _ if ends_scalar(byte) => return false,
            _ => Shape::Scalar,
        };
        if !matches!(shape, Shape::Scalar) {
            self.window.pass(1);
        }
        self.state = State::In(shape, role);
        true
    }

    fn nested(&mut self, role: Role, visit: &mut impl Visit) -> Result<(), Fault> {
        // A record that was cut within an array can't be told from one that goes on: its parser has to.
        let lines = (role != Role::Element).then(|| self.window.before());
        match self.nesting.advance(self.window.rest(), lines) {
            Step::More => self.window.pass(self.window.rest().len()),
            Step::Closed(end) => {
                self.window.pass(end);
                self.end(Shape::Nested, role, visit);
            }
            Step::Mismatch(at) => {
                self.window.pass(at);
                if role == Role::Element {
                    return Err(Fault::Syntax("brackets that do not match"));
                }
                self.give_up();
            }
            Step::Cut(at) => {
                self.window.pass(at);
                self.give_up();
            }
        }
        Ok(())
    }

    fn string(&mut self, role: Role, visit: &mut impl Visit) {
        let lines = role != Role::Element;
        while let Some(first) = self.window.rest().first() {
            if self.escaped {
                self.escaped = false;
                if !lines || *first != b'\n' {
                    self.pass_in_string(1, role);
                    continue;
                }
            }
            let rest = self.window.rest();
            let found = if lines { memchr3(b'"', b'\\', b'\n', rest) } else { memchr2(b'"', b'\\', rest) };
            let Some(at) = found else { return self.pass_in_string(rest.len(), role) };
            match rest.get(at) {
                Some(b'\n') => {
                    self.window.pass(at);
                    return self.give_up();
                }
                Some(b'"') => {
                    self.pass_in_string(at, role);
                    self.window.pass(1);
                    return self.end(Shape::String, role, visit);
                }
                _ => {
                    self.pass_in_string(at + 1, role);
                    self.escaped = true;
                }
            }
        }
    }

    fn pass_in_string(&mut self, len: usize, role: Role) {
        if role == Role::Key {
            self.key.push(self.window.rest().get(..len).unwrap_or_default());
        }
        self.window.pass(len);
    }

    fn scalar(&mut self, role: Role, visit: &mut impl Visit) {
        let rest = self.window.rest();
        match rest.iter().position(|byte| ends_scalar(*byte)) {
            None => self.window.pass(rest.len()),
            Some(end) => {
                self.window.pass(end);
                self.end(Shape::Scalar, role, visit);
            }
        }
    }

    /// The value ended before the next byte.
    fn end(&mut self, shape: Shape, role: Role, visit: &mut impl Visit) {
        match (role, shape) {
            (Role::Key, _) => self.state = State::Member(Expected::Colon),
            (Role::Member, _) => self.state = State::Member(Expected::CommaOrEnd),
            (Role::Element, _) => {
                self.give(visit, |index, json| Entry::Element { index, json });
                self.state = State::Array(Expected::CommaOrEnd);
            }
            // A word at the top level is a sign of a file that is no JSON at all, so it is worth a look.
            (Role::Document, Shape::Scalar)
                if self.window.marked().is_some_and(|word| serde_json::from_slice::<IgnoredAny>(word).is_err()) =>
            {
                self.give_up();
            }
            (Role::Document, _) => {
                self.give(visit, |index, json| Entry::Document { index, json });
                self.state = State::Top;
            }
        }
    }

    fn give(&mut self, visit: &mut impl Visit, entry: impl Fn(u64, &[u8]) -> Entry<'_>) {
        let (index, offset) = (self.entries, self.opened);
        let bytes = self.window.offset() - offset;
        self.entries += 1;
        match self.window.marked() {
            Some(json) if json.len() <= self.limit => visit.entry(entry(index, json)),
            _ => visit.entry(Entry::Oversized { index, offset, bytes }),
        }
        self.window.unmark();
    }

    /// What was opened at the top level is no JSON.
    fn give_up(&mut self) {
        if self.streamed {
            self.opened = self.window.offset();
            self.streamed = false;
        }
        self.window.unmark();
        self.state = State::Garbled;
    }

    /// Goes to the next line that starts as records do. Lines that start otherwise are not tried: they could be the inner
    /// lines of a value that was written over several.
    fn garbled(&mut self, visit: &mut impl Visit) {
        let starts_line = self.window.starts_line();
        let rest = self.window.rest();
        match rest.first() {
            Some(b'{' | b'[') if starts_line => self.end_garbled(visit),
            _ => self.window.pass(memchr(b'\n', rest).map_or(rest.len(), |line| line + 1)),
        }
    }

    fn end_garbled(&mut self, visit: &mut impl Visit) {
        let bytes = self.window.offset() - self.opened;
        visit.entry(Entry::Garbled { index: self.entries, offset: self.opened, bytes });
        self.entries += 1;
        self.state = State::Top;
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.window.capacity()
    }
}
