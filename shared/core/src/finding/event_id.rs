//! Event ids, kept small: a run holds many of them.

use std::collections::HashSet;
use std::fmt;

use foldhash::fast::RandomState;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An `eventID`: a GUID in 16 bytes, or any other text as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventId {
    /// A GUID in its usual form.
    Guid(Uuid),
    /// Anything else.
    Other(Box<str>),
}

impl EventId {
    /// The id behind a text; it is written again as it was read.
    pub fn new(text: &str) -> Self {
        let mut written = [0; uuid::fmt::Hyphenated::LENGTH];
        match Uuid::try_parse(text) {
            Ok(guid) if guid.as_hyphenated().encode_lower(&mut written) == text => Self::Guid(guid),
            _ => Self::Other(text.into()),
        }
    }

    /// What a record is known again by: its id, where CloudTrail gave it one. An id of another form, such as an empty one or
    /// what someone wrote in place of all ids, tells no two events apart, so there only the same bytes are the same event.
    pub fn of_record(id: &str, json: &[u8]) -> Self {
        match Self::new(id) {
            id @ Self::Guid(_) => id,
            Self::Other(_) => Self::digest([json]),
        }
    }

    /// Eight bytes that stand for it where nobody is harmed if two in 10^19 are taken for one.
    pub fn short(&self) -> u64 {
        let (high, low) = self.guid().as_u64_pair();
        high ^ low
    }

    /// The id itself, or a digest of one that is no GUID.
    fn guid(&self) -> Uuid {
        match self {
            Self::Guid(guid) => *guid,
            Self::Other(text) => guid_of([text.as_bytes()]),
        }
    }

    /// An id in place of these parts together.
    pub fn digest<const N: usize>(parts: [&[u8]; N]) -> Self {
        Self::Guid(guid_of(parts))
    }
}

fn guid_of<const N: usize>(parts: [&[u8]; N]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        // The length before each part, so that no two lists of parts run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut id = [0; 16];
    id.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    Uuid::from_bytes(id)
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(guid) => guid.as_hyphenated().fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The ids seen lately, in bounded memory: once [`Seen::GENERATION`] ids have come, those before the last as many are
/// forgotten. A duplicate of a forgotten event is told twice rather than never.
#[derive(Debug, Default)]
pub struct Seen {
    current: HashSet<Uuid, RandomState>,
    previous: HashSet<Uuid, RandomState>,
}

impl Seen {
    /// How many ids make a generation; two are kept, some 20 bytes an id.
    pub const GENERATION: usize = 200_000;

    /// Notes an id; `false` where it was seen before.
    pub fn insert(&mut self, id: &EventId) -> bool {
        let id = id.guid();
        if self.previous.contains(&id) || !self.current.insert(id) {
            return false;
        }
        if self.current.len() >= Self::GENERATION {
            self.previous = std::mem::take(&mut self.current);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_they_were_read() {
        for text in [
            "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e",
            "1F0C4A3E-7B52-4B8E-9D55-0A6F3C2B1D4E",
            "1f0c4a3e7b524b8e9d550a6f3c2b1d4e",
            "",
            "no guid",
        ] {
            assert_eq!(EventId::new(text).to_string(), text);
        }
        assert!(matches!(EventId::new("1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e"), EventId::Guid(_)));
    }

    #[test]
    fn an_id_is_new_once_until_two_generations_have_passed() {
        let id = |n: usize| EventId::Guid(Uuid::from_u128(n as u128));
        let mut seen = Seen::default();
        assert!(seen.insert(&id(0)));
        assert!(!seen.insert(&id(0)));
        assert!((1..=Seen::GENERATION).all(|n| seen.insert(&id(n))));
        assert!(!seen.insert(&id(0)));
        assert!((1..=Seen::GENERATION).all(|n| seen.insert(&id(Seen::GENERATION + n))));
        assert!(seen.insert(&id(0)));
        assert!(seen.current.len() + seen.previous.len() <= 2 * Seen::GENERATION);
    }
}
