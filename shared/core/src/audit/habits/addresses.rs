//! Which networks of the policy an address is in, by its text.

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::recent::Recent;
use crate::policy::{Networks, Policy};

/// How many addresses make a generation, and how many sets of networks are known.
const ADDRESSES: usize = 4096;
const MOST_SETS: usize = 4096;

/// The addresses that were met.
#[derive(Debug)]
pub(super) struct Addresses {
    known: Recent<u32>,
    sets: IndexSet<Networks, RandomState>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { known: Recent::new(ADDRESSES), sets: IndexSet::default() }
    }
}

impl Addresses {
    /// A number that stands for the networks that an address is in; `None` where there are too many.
    pub(super) fn network(&mut self, address: &str, policy: Option<&Policy>) -> Option<u32> {
        let index = self.known.find(address.as_bytes());
        if let Some(number) = index.and_then(|index| self.known.at(index)) {
            return Some(*number);
        }
        let networks = Networks::of(address, policy);
        let number = match self.sets.get_index_of(&networks) {
            Some(number) => number,
            None if self.sets.len() >= MOST_SETS => return None,
            None => self.sets.insert_full(networks).0,
        };
        let number = u32::try_from(number).ok()?;
        self.known.insert(address.as_bytes(), number);
        Some(number)
    }
}
