//! What the same callers do again and again: judged once, and only counted when it is done again.
//!
//! A trail of data events is a few forms of calls, repeated by the million: the same role gets items of the same table from the
//! same network. What such a call leads to depends on its form alone, and not on its event's id, the session, the time and the
//! keys of its items. So the form of a call that led to nothing to tell is kept with what is to be counted of it, and another
//! record of exactly this form is counted without being parsed.
//!
//! # What makes it exact
//!
//! - The form is the record itself, byte for byte, with some values cut out. Each of them is a member of the record, or a key
//!   of the request, by the walk that cuts it out, and valid by it; anything unusual is for the parser.
//! - In place of what is cut out stands what judging makes of it: the actor for the identity, the networks of the policy that
//!   an address is in for the address.
//! - A form is kept only where no detection had anything to say, and nothing that is said later can depend on more than is
//!   counted. Where the time may matter, because the table's lines have hours or an end, no form is kept.
//!
//! # Memory
//!
//! It is flat: so many forms, identities and endings of records are kept, and new ones take the place of others.

mod addresses;
mod callers;
mod outline;
mod recent;
mod request;
#[cfg(test)]
mod tests;

use std::ops::Range;

use addresses::Addresses;
use callers::Callers;
use jiff::Timestamp;
pub(super) use outline::Outline;
use recent::Recent;

use crate::access::{Access, Call, Outcome};
use crate::correlation::Trace;
use crate::finding::EventId;
use crate::operation::Effect;
use crate::policy::Policy;

/// How many forms make a generation, and how many endings of records; two are kept.
const FORMS: usize = 2048;
const TAILS: usize = 512;

/// How long a form or an ending may be, in bytes.
const LONGEST: usize = 4096;

/// The forms that were met.
#[derive(Debug)]
pub(super) struct Habits {
    callers: Callers,
    addresses: Addresses,
    tails: Recent<u64>,
    next_tail: u64,
    forms: Recent<Vec<Done>>,
    /// The form of the record that is being read.
    form: Vec<u8>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            callers: Callers::default(),
            addresses: Addresses::default(),
            tails: Recent::new(TAILS),
            next_tail: 0,
            forms: Recent::new(FORMS),
            form: Vec::new(),
        }
    }
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

/// A record that is written as usual.
#[derive(Debug)]
pub(super) struct Usual<'j> {
    pub(super) time: Timestamp,
    pub(super) address: &'j str,
    pub(super) agent: &'j str,
    pub(super) event: EventId,
    tail: &'j [u8],
    /// Whether its ending is known, so that its form is whole.
    is_whole: bool,
}

impl Habits {
    /// Looks at a record; `None` where it is not written as usual.
    pub(super) fn look<'j>(&mut self, json: &'j [u8], policy: Option<&Policy>) -> Option<Usual<'j>> {
        let Self { callers, form, .. } = self;
        form.clear();
        let outline = Outline::of(json, form, |bytes| callers.known(bytes))?;
        self.usual(json, &outline, policy)
    }

    /// Looks at a record of which the outline and the form are known.
    pub(super) fn look_again<'j>(
        &mut self,
        json: &'j [u8],
        (outline, form): (&Outline, &[u8]),
        policy: Option<&Policy>,
    ) -> Option<Usual<'j>> {
        self.form.clear();
        self.form.extend_from_slice(form);
        self.usual(json, outline, policy)
    }

    fn usual<'j>(&mut self, json: &'j [u8], outline: &Outline, policy: Option<&Policy>) -> Option<Usual<'j>> {
        let Outline { identity, caller, time, address, agent, event, tail } = outline;
        let text = |at: &Range<usize>| str::from_utf8(json.get(at.clone())?).ok();
        let (identity, address, agent, tail) =
            (json.get(identity.clone())?, text(address)?, text(agent)?, json.get(*tail..)?);
        let known = caller.or_else(|| self.callers.known(identity).map(|(_, caller)| caller));
        let caller = known.or_else(|| self.callers.learn(identity))?;
        let network = self.addresses.network(address, policy)?;
        self.form.extend_from_slice(&caller.to_le_bytes());
        self.form.extend_from_slice(&network.to_le_bytes());
        let ending = self.tails.find(tail).and_then(|index| self.tails.at(index));
        if let Some(ending) = ending {
            self.form.extend_from_slice(&ending.to_le_bytes());
        }
        Some(Usual { time: *time, address, agent, event: event.clone(), tail, is_whole: ending.is_some() })
    }

    /// What is to be counted of the record that was looked at last, where its form is known.
    pub(super) fn of(&mut self, usual: &Usual<'_>) -> Option<&[Done]> {
        let index = usual.is_whole.then(|| self.forms.find(&self.form))??;
        self.forms.at(index).map(Vec::as_slice)
    }

    /// Learns that the record which was looked at last led to no more than this.
    pub(super) fn learn(&mut self, usual: &Usual<'_>, accesses: Vec<Done>) {
        if self.form.len() > LONGEST || usual.tail.len() > LONGEST {
            return;
        }
        if !usual.is_whole {
            // Numbers are never used twice, so that no form stands for records with another ending.
            self.tails.insert(usual.tail, self.next_tail);
            self.form.extend_from_slice(&self.next_tail.to_le_bytes());
            self.next_tail += 1;
        }
        self.forms.insert(&self.form, accesses);
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
