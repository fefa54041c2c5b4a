//! Through which VPC endpoints somebody calls.

use std::collections::BTreeMap;

use crate::access::Call;

/// The endpoints that accesses came through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Endpoints {
    accesses: u64,
    through: BTreeMap<String, u64>,
}

/// Of fewer accesses, it is no habit to come through the same endpoints.
const HABIT: u64 = 20;

/// Who comes through more endpoints than these may as well come through another one tomorrow.
const FEW: usize = 3;

impl Endpoints {
    pub(crate) fn add(&mut self, call: &Call<'_>) {
        self.accesses += 1;
        let Some(endpoint) = call.network.vpc_endpoint.filter(|id| is_endpoint(id)) else { return };
        match self.through.get_mut(endpoint) {
            Some(accesses) => *accesses += 1,
            None => {
                self.through.insert(endpoint.to_owned(), 1);
            }
        }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.accesses += other.accesses;
        for (endpoint, accesses) in other.through {
            *self.through.entry(endpoint).or_default() += accesses;
        }
    }

    /// How many accesses there were, through endpoints or not.
    pub(crate) fn accesses(&self) -> u64 {
        self.accesses
    }

    /// The endpoints, sorted, where every one of at least twenty accesses came through one of at most three.
    pub(crate) fn all_through(&self) -> Option<Vec<&str>> {
        let through: u64 = self.through.values().sum();
        let is_habit = through == self.accesses && self.accesses >= HABIT && self.through.len() <= FEW;
        is_habit.then(|| self.through.keys().map(String::as_str).collect())
    }
}

/// `vpce-` and hexadecimal digits.
fn is_endpoint(id: &str) -> bool {
    id.strip_prefix("vpce-").is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}
