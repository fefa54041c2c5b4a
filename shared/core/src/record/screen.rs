//! Tells whether a record is of a call we care for, without parsing it.

use std::borrow::Cow;

use memchr::memchr;
use memchr::memmem::Finder;

use super::cursor::Cursor;
use super::walk::Rest;
use crate::log_file::nesting::{Bracket, Nesting, Step};
use crate::operation::{Calls, Service};
use crate::rules::Asked;

/// What a record is, by its own `eventSource` and `eventCategory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screened {
    /// An event of one of the services.
    Relevant,
    /// An event of another service.
    OtherService,
    /// A notification, such as S3 and SQS send: `eventSource` begins with `aws:`. It is no record, but may carry some.
    Notification,
    /// A call of one of the services, and none of those that are looked at.
    OtherCall,
    /// One of these three, but rules ask for it.
    Asked,
    /// A CloudTrail Insights event, which is about many calls and names no single one.
    Insight,
    /// A CloudTrail aggregated event, a summary of five minutes.
    Aggregated,
    /// None of these, for this reason. What it would have said is not known.
    Malformed(&'static str),
}

/// The calls we care for, by `eventSource` and, where a service does much else, by `eventName`.
///
/// The answer is exact for any valid JSON, however keys and values are escaped, ordered or nested. Broken JSON gets some
/// answer; if it is [`Screened::Relevant`], its parser will reject it.
#[derive(Debug, Clone)]
pub struct Screen {
    watched: Vec<(&'static str, Calls)>,
    asked: Option<Asked>,
    source_key: Finder<'static>,
    name_key: Finder<'static>,
}

/// What is known of a record from the members that were walked.
#[derive(Debug, Default)]
struct Walked<'a> {
    /// What the first `eventSource` says.
    by_source: Option<Screened>,
    by_category: Option<Screened>,
    /// A bit for each watched service that an `eventSource` names.
    sources: u64,
    /// A bit for each watched service of which an `eventName` is an audited call.
    calls: u64,
    /// Whether there was an `eventName`.
    named: bool,
    /// The values of each `eventSource` and `eventName`, as they are written, where rules may ask for them.
    said: [Vec<&'a [u8]>; 2],
}

impl Screen {
    /// Watches these services; at most 64.
    pub fn new(services: &[Service]) -> Self {
        Self {
            watched: services.iter().map(|service| (service.source(), service.calls())).collect(),
            asked: None,
            source_key: Finder::new("eventSource"),
            name_key: Finder::new("eventName"),
        }
    }

    /// The same, with the calls that rules ask for.
    #[must_use]
    pub fn with(self, asked: Asked) -> Self {
        Self { asked: Some(asked), ..self }
    }

    /// Decides about one record.
    ///
    /// Where `eventSource` or `eventName` is repeated, the first ones decide unless any are relevant: what is relevant and
    /// ambiguous is for the parser to reject, not to be skipped.
    pub fn screen(&self, json: &[u8]) -> Screened {
        if let Some(screened) = self.screen_usual(json) {
            return screened;
        }
        let mut rest = Rest(json);
        if rest.next() != Some(b'{') {
            return Screened::Malformed("not a JSON object");
        }
        rest.pass(1);
        let mut walked = Walked::default();
        if rest.next() == Some(b'}') {
            return Screened::Malformed("no eventSource");
        }
        loop {
            let Some((key, value)) = rest.member() else { return Screened::Malformed("broken JSON") };
            let decisive = self.note(key, value, &mut walked);
            if walked.sources & walked.calls != 0 {
                return Screened::Relevant;
            }
            // The walk is over early for most records: only a repeated key could still make them relevant.
            if decisive
                && let Some(decided) = walked.by_source
                && (walked.named || (decided != Screened::OtherCall && self.asked.is_none()))
                && !self.may_repeat(rest.0)
            {
                return self.unless_asked(decided, &walked);
            }
            match rest.next() {
                Some(b',') => {
                    rest.pass(1);
                }
                Some(b'}') => {
                    let decided = walked.by_source.or(walked.by_category);
                    return self.unless_asked(decided.unwrap_or(Screened::Malformed("no eventSource")), &walked);
                }
                _ => return Screened::Malformed("broken JSON"),
            }
        }
    }

    /// Decides about the record that begins here, where it is to be passed over, and tells how long it is, in bytes: it needs no
    /// splitting. `None` where it has to be looked at as a whole.
    ///
    /// Its brackets match; it may be broken otherwise.
    pub(crate) fn pass(&self, bytes: &[u8]) -> Option<(Screened, usize)> {
        let mut cursor = Cursor::new(bytes);
        let decided = self.decide(&mut cursor).filter(|decided| *decided != Screened::Relevant)?;
        match Nesting::inside(Bracket::Object).advance(cursor.rest(), None) {
            Step::Closed(len) if self.is_settled(decided, cursor.rest().get(..len)?) => {
                Some((decided, cursor.at() + len))
            }
            _ => None,
        }
    }

    /// The same for a record as CloudTrail writes it, with `eventSource` the first that decides; `None` for another.
    fn screen_usual(&self, json: &[u8]) -> Option<Screened> {
        let mut cursor = Cursor::new(json);
        let decided = self.decide(&mut cursor)?;
        (decided == Screened::Relevant || self.is_settled(decided, cursor.rest())).then_some(decided)
    }

    /// What the first members of a record as CloudTrail writes it say.
    fn decide(&self, cursor: &mut Cursor<'_>) -> Option<Screened> {
        cursor.expect(b'{')?;
        let source = loop {
            let key = cursor.string()?;
            cursor.expect(b':')?;
            match key {
                b"eventSource" => break cursor.string()?,
                b"eventName" | b"eventCategory" => return None,
                _ => match cursor.peek()? {
                    b'{' => cursor.object().map(|_| ())?,
                    b'"' => cursor.string().map(|_| ())?,
                    _ => return None,
                },
            }
            cursor.expect(b',')?;
        };
        match self.watched.iter().find(|(watched, _)| watched.as_bytes() == source) {
            Some((_, Calls::All)) => Some(Screened::Relevant),
            Some((_, Calls::Only(names))) => {
                cursor.expect(b',')?;
                if cursor.string()? != b"eventName" {
                    return None;
                }
                cursor.expect(b':')?;
                let name = cursor.string()?;
                let is_watched = names.iter().any(|watched| watched.as_bytes() == name);
                Some(if is_watched { Screened::Relevant } else { Screened::OtherCall })
            }
            None if source.starts_with(b"aws:") => None,
            None => Some(Screened::OtherService),
        }
    }

    /// Whether the rest of a record to be passed over cannot make it relevant: only a repeated key could, and rules that ask
    /// for it.
    fn is_settled(&self, decided: Screened, rest: &[u8]) -> bool {
        let may_repeat = self.source_key.find(rest).is_some()
            || (decided == Screened::OtherCall && self.name_key.find(rest).is_some())
            || memchr(b'\\', rest).is_some();
        !may_repeat && self.asked.is_none()
    }

    /// What was decided of a record that is passed over, unless rules ask for it.
    fn unless_asked(&self, decided: Screened, walked: &Walked<'_>) -> Screened {
        let passed_over = matches!(decided, Screened::OtherService | Screened::Notification | Screened::OtherCall);
        let Some(asked) = self.asked.as_ref().filter(|_| passed_over) else { return decided };
        let [sources, names] =
            walked.said.each_ref().map(|values| values.iter().filter_map(|value| spelt(value)).collect::<Vec<_>>());
        let wanted = sources.iter().any(|source| names.iter().any(|name| asked.wants(source, name)));
        if wanted { Screened::Asked } else { decided }
    }

    /// Takes a member in; whether it is one that decides.
    fn note<'a>(&self, key: &[u8], value: &'a [u8], walked: &mut Walked<'a>) -> bool {
        let [said_sources, said_names] = &mut walked.said;
        if spells(key, "eventSource") {
            said_sources.extend(self.asked.as_ref().map(|_| value));
            let named = self.watched.iter().position(|(source, _)| spells(value, source));
            if let Some(index) = named {
                walked.sources |= 1 << index;
                if self.watched.get(index).is_some_and(|(_, calls)| *calls == Calls::All) {
                    walked.calls |= 1 << index;
                }
            }
            walked.by_source.get_or_insert(match named {
                Some(_) => Screened::OtherCall,
                None if begins(value, "aws:") => Screened::Notification,
                None if value.starts_with(b"\"") => Screened::OtherService,
                None => Screened::Malformed("eventSource is not a string"),
            });
            return true;
        }
        if spells(key, "eventName") {
            said_names.extend(self.asked.as_ref().map(|_| value));
            walked.named = true;
            for (index, (_, calls)) in self.watched.iter().enumerate() {
                if matches!(calls, Calls::Only(names) if names.iter().any(|name| spells(value, name))) {
                    walked.calls |= 1 << index;
                }
            }
            return true;
        }
        if spells(key, "eventCategory") {
            if spells(value, "Insight") {
                walked.by_category = Some(Screened::Insight);
            } else if spells(value, "Aggregated") {
                walked.by_category = Some(Screened::Aggregated);
            }
        }
        false
    }

    /// False only if neither key can stand in these bytes, neither plainly nor with escapes.
    fn may_repeat(&self, json: &[u8]) -> bool {
        self.source_key.find(json).is_some() || self.name_key.find(json).is_some() || memchr(b'\\', json).is_some()
    }
}

/// Whether a JSON value is this string.
fn spells(value: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    let Some(inner) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else { return false };
    // An escaped string is longer than what it spells, so most are told apart without decoding them.
    match inner.len() {
        len if len < text.len() => false,
        len if len == text.len() => inner == text,
        _ => {
            memchr(b'\\', inner).is_some()
                && serde_json::from_slice::<String>(value).is_ok_and(|decoded| decoded.as_bytes() == text)
        }
    }
}

/// Whether a JSON value is a string that begins so.
fn begins(value: &[u8], text: &str) -> bool {
    let plain = value.strip_prefix(b"\"").is_some_and(|inner| inner.starts_with(text.as_bytes()));
    plain || (memchr(b'\\', value).is_some() && spelt(value).is_some_and(|value| value.starts_with(text)))
}

/// The string that a JSON value is; `None` for a value of another type.
fn spelt(value: &[u8]) -> Option<Cow<'_, str>> {
    let inner = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr(b'\\', inner).is_some() {
        return serde_json::from_slice(value).map_or(None, |decoded: String| Some(decoded.into()));
    }
    Some(String::from_utf8_lossy(inner))
}

#[cfg(test)]
mod tests;
