//! What the same callers do again and again: judged once, and only counted when it is done again.
//!
//! A trail of data events is a few forms of calls, repeated by the million: the same role gets items of the same table from the
//! same network. What such a call leads to depends on its form alone, and not on its event's id, the session, the time and the
//! keys of its items. So the form of a call that led to nothing to tell is kept with what is to be counted of it, and another
//! record of exactly this form is counted without being parsed.
//!
//! # What makes it exact
//!
//! - The form is the record itself, byte for byte, with some values cut out. Each of them is a member of the record, a key of the
//!   request or a string in its statement by the walk that cut it out, and valid by it; anything unusual is for the parser.
//! - Where the walk cuts depends on the bytes ahead of the place alone. So a record with the same bytes around what is cut out
//!   would be cut at the same places, and needs no walk of its own.
//! - In place of an address stand the networks of the policy that it is in. Of an identity only what is new in each session is
//!   cut out, where the actor is the same without.
//! - A form is kept only where no detection had anything to say, and nothing that is said later can depend on more than is
//!   counted. Where the time may matter, because the table's lines have hours or an end, no form is kept.
//!
//! # Memory
//!
//! It is flat: so many forms and addresses are kept, and new ones take the place of others.

mod addresses;
mod cut;
mod forms;
mod identity;
mod outline;
mod paths;
mod recent;
mod request;
mod statement;
#[cfg(test)]
mod tests;

use std::ops::Range;

use addresses::Addresses;
use cut::Cuts;
pub(super) use forms::{Followed, Shared, Sketch};
use forms::{Form, Forms};
use jiff::Timestamp;
use outline::Outline;
use paths::Path;

use crate::access::{Access, Call, Outcome};
use crate::correlation::Trace;
use crate::finding::EventId;
use crate::operation::Effect;
use crate::policy::Policy;

/// How long a record may be of which the form is kept, in bytes.
const LONGEST: usize = 8192;

/// The forms that were met.
#[derive(Debug, Default)]
pub(super) struct Habits {
    addresses: Addresses,
    current: Forms,
    previous: Forms,
    /// Of the record that was learned last.
    cuts: Cuts,
    shared: Option<Shared>,
}

/// One of the accesses of a call that leads to nothing to tell.
#[derive(Debug)]
pub(super) struct Done {
    /// What the policy calls the table.
    pub(super) label: Option<Box<str>>,
    pub(super) effect: Effect,
    pub(super) items: Option<u64>,
    pub(super) outcome: Outcome,
    /// What it adds to windows, chains and meetings.
    pub(super) trace: Trace,
    /// By which the observer knows it.
    pub(super) number: usize,
}

/// A record of which the path is known.
#[derive(Debug)]
pub(super) struct Usual<'j> {
    pub(super) json: &'j [u8],
    pub(super) time: Timestamp,
    pub(super) address: &'j str,
    pub(super) agent: &'j str,
    pub(super) event: EventId,
    form: Form,
}

impl Habits {
    /// Looks at a record; `None` where its path is not known.
    pub(super) fn look<'j>(&mut self, json: &'j [u8], policy: Option<&Policy>) -> Option<Usual<'j>> {
        if let Some(usual) = self.look_ahead(json, policy) {
            return (usual.json.len() == json.len()).then_some(usual);
        }
        let (path, outline, _) = self.previous.paths.find(json)?;
        let form = self.usual(json, path, outline, policy)?.form;
        let done = self.previous.done.remove(&form)?;
        self.learn(json, policy, done)?;
        self.look_ahead(json, policy)
    }

    /// Looks at the record that begins here; `None` where its path is not known.
    pub(super) fn look_ahead<'j>(&mut self, bytes: &'j [u8], policy: Option<&Policy>) -> Option<Usual<'j>> {
        let (path, outline, len) = self.current.paths.find(bytes)?;
        self.usual(bytes.get(..len)?, path, outline, policy)
    }

    /// Looks at a record whose path was looked for; `None` where it is of another generation.
    pub(super) fn look_again<'j>(
        &mut self,
        json: &'j [u8],
        followed: &Followed,
        policy: Option<&Policy>,
    ) -> Option<Usual<'j>> {
        let Followed { path, generation, outline } = followed;
        if *generation != self.current.generation {
            return None;
        }
        self.usual(json, *path, outline.clone(), policy)
    }

    fn usual<'j>(
        &mut self,
        json: &'j [u8],
        path: Path,
        outline: Outline,
        policy: Option<&Policy>,
    ) -> Option<Usual<'j>> {
        let Outline { time, address, agent, event } = outline;
        let text = |at: Range<usize>| str::from_utf8(json.get(at)?).ok();
        let (address, agent) = (text(address)?, text(agent)?);
        let form = Form { path, networks: self.addresses.network(address, policy)? };
        Some(Usual { json, time, address, agent, event, form })
    }

    /// What is to be counted of a record, where its form is known.
    pub(super) fn of(&self, usual: &Usual<'_>) -> Option<&[Done]> {
        self.current.done.get(&usual.form).map(Vec::as_slice)
    }

    /// Learns that a record led to no more than this; `None` where it is not written as usual.
    pub(super) fn learn(&mut self, json: &[u8], policy: Option<&Policy>, done: Vec<Done>) -> Option<()> {
        if json.len() > LONGEST {
            return None;
        }
        let outline = self.cuts.of(json)?;
        if !identity::is_told(json, &self.cuts) {
            return None;
        }
        if self.current.is_full() {
            let next = self.current.next();
            self.previous = std::mem::replace(&mut self.current, next);
        }
        let path = self.current.paths.pave(json, &self.cuts.holes)?;
        let form = self.usual(json, path, outline, policy)?.form;
        self.current.done.insert(form, done);
        Some(())
    }

    /// A sketch of the paths, which is [drawn anew](Self::draw) from time to time.
    pub(super) fn share(&mut self) -> Shared {
        self.shared.get_or_insert_default().clone()
    }

    /// Draws the sketch anew, where one was asked for and there are many new paths.
    pub(super) fn draw(&self) {
        if let Some(shared) = &self.shared {
            Sketch::draw(&self.current, shared);
        }
    }
}

impl Done {
    /// What is to be counted of an access that no detection has anything to say about, when it is done again; `None` where
    /// there may be more to it.
    pub(super) fn of(call: &Call<'_>, access: &Access<'_>, label: Option<&str>, trace: Trace, number: usize) -> Self {
        let label = label.map(Into::into);
        let Access { effect, items, .. } = *access;
        Self { label, effect, items, outcome: call.outcome, trace, number }
    }
}
