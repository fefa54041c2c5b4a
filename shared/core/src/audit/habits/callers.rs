//! Who stands behind a `userIdentity`, by its bytes.

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::recent::Recent;
use crate::actor::Actor;
use crate::record::UserIdentity;

/// How many identities make a generation, and how many actors are known: names cost nothing to make up.
const IDENTITIES: usize = 1024;
const MOST_ACTORS: usize = 4096;

/// How much of an identity finds it: the session stands in it.
const HEAD: usize = 128;

/// The longest that is usual, in bytes: no name in it can be longer than a record's may be.
const LONGEST: usize = 2048;

/// Callers that were met. Sessions of one actor are the same caller.
#[derive(Debug)]
pub(super) struct Callers {
    /// By how they begin.
    identities: Recent<(Box<[u8]>, u32)>,
    /// With the `sourceIdentity` of the session.
    actors: IndexSet<(Actor<'static>, Option<String>), RandomState>,
}

impl Default for Callers {
    fn default() -> Self {
        Self { identities: Recent::new(IDENTITIES), actors: IndexSet::default() }
    }
}

impl Callers {
    /// How long the identity at the beginning of these bytes is, and the number of its caller, where it is known.
    pub(super) fn known(&mut self, json: &[u8]) -> Option<(usize, u32)> {
        let index = self.identities.find(head(json))?;
        let (known, number) = self.identities.at(index)?;
        json.starts_with(known).then_some((known.len(), *number))
    }

    /// A number that stands for a caller that is not known yet; `None` where the identity is not written as usual.
    pub(super) fn learn(&mut self, json: &[u8]) -> Option<u32> {
        if json.len() > LONGEST {
            return None;
        }
        let number = self.actor(json)?;
        self.identities.insert(head(json), (json.into(), number));
        Some(number)
    }

    fn actor(&mut self, json: &[u8]) -> Option<u32> {
        let identity = UserIdentity::plain(str::from_utf8(json).ok()?)?;
        let actor = Actor::by_arn(&identity)?;
        let source = identity.session_context.present().and_then(|session| session.source_identity.text());
        let caller = (actor.into_owned(), source.map(str::to_owned));
        let number = match self.actors.get_index_of(&caller) {
            Some(number) => number,
            None if self.actors.len() >= MOST_ACTORS => return None,
            None => self.actors.insert_full(caller).0,
        };
        u32::try_from(number).ok()
    }
}

fn head(json: &[u8]) -> &[u8] {
    json.get(..HEAD).unwrap_or(json)
}
