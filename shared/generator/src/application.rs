//! The application, from which days are drawn.

use jiff::civil::Date;

use crate::attack::{self, Attack};
use crate::day::Day;

/// A simulated application.
///
/// The seed decides what happens at random and which ids AWS has given. Principals, tables and habits are the same in
/// all.
#[derive(Debug, Clone, Copy)]
pub struct Application {
    seed: u64,
}

impl Application {
    /// The application of this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A day of it, in UTC: 200,000 records, nothing planted.
    pub fn day(&self, date: Date) -> Day {
        Day::new(self.seed, date)
    }

    /// Twelve attacks on that day, to be planted in it.
    pub fn attacks(&self, date: Date) -> Vec<Attack> {
        attack::all(self.seed, date)
    }
}
