//! Which events a finding is about, and what each adds to it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::EventId;

/// How many events a finding tells apart.
const MOST: usize = 100_000;

/// The events of a finding; of a flood, those with the smallest ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    kept: BTreeMap<EventId, Share>,
    more: bool,
}

/// What one event adds to a finding. It is kept small: a run holds very many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// In seconds since the epoch: CloudTrail writes no less.
    second: i64,
    items: u32,
    accesses: u16,
    of_unknown_size: u16,
}

impl Share {
    /// Of one access, at a time, of so many items; `None` where their number is not known.
    pub fn of(time: Timestamp, items: Option<u64>) -> Self {
        Self {
            second: time.as_second(),
            items: items.map_or(0, |items| u32::try_from(items).unwrap_or(u32::MAX)),
            accesses: 1,
            of_unknown_size: u16::from(items.is_none()),
        }
    }

    /// How many accesses.
    pub(crate) fn accesses(self) -> u64 {
        self.accesses.into()
    }

    /// How many of them are of unknown size.
    pub(crate) fn of_unknown_size(self) -> u64 {
        self.of_unknown_size.into()
    }

    /// How many items the others are of.
    pub(crate) fn items(self) -> u64 {
        self.items.into()
    }

    fn time(self) -> Timestamp {
        // It is a timestamp's second.
        Timestamp::from_second(self.second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn grow(&mut self, more: Self) {
        self.second = self.second.min(more.second);
        self.items = self.items.saturating_add(more.items);
        self.accesses = self.accesses.saturating_add(more.accesses);
        self.of_unknown_size = self.of_unknown_size.saturating_add(more.of_unknown_size);
    }
}

impl Events {
    /// Adds an access of an event.
    pub fn add(&mut self, id: &EventId, share: Share) {
        match self.kept.get_mut(id) {
            Some(known) => known.grow(share),
            None => self.insert(id.clone(), share),
        }
    }

    fn insert(&mut self, id: EventId, share: Share) {
        self.kept.insert(id, share);
        if self.kept.len() > MOST {
            self.kept.pop_last();
            self.more = true;
        }
    }

    /// Adds the events of another finding.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.more |= other.more;
        for (id, share) in &other.kept {
            self.add(id, *share);
        }
    }

    /// Takes out the events that are known elsewhere, and returns what they added.
    pub(crate) fn take(&mut self, is_known: impl Fn(&EventId) -> bool) -> Vec<Share> {
        let mut taken = Vec::new();
        self.kept.retain(|id, share| {
            let is_known = is_known(id);
            if is_known {
                taken.push(*share);
            }
            !is_known
        });
        taken
    }

    /// Whether an event is among them.
    pub fn contains(&self, id: &EventId) -> bool {
        self.kept.contains_key(id)
    }

    /// Their ids, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = &EventId> {
        self.kept.keys()
    }

    /// Their times and ids.
    pub(crate) fn with_times(&self) -> impl Iterator<Item = (Timestamp, &EventId)> {
        self.kept.iter().map(|(id, share)| (share.time(), id))
    }

    /// The smallest id.
    pub fn first(&self) -> Option<&EventId> {
        self.kept.first_key_value().map(|(id, _)| id)
    }

    /// The earliest, and when it was.
    pub(crate) fn earliest(&self) -> Option<(Timestamp, &EventId)> {
        self.with_times().min()
    }

    /// Whether there were more than are told apart.
    pub fn has_more(&self) -> bool {
        self.more
    }
}
