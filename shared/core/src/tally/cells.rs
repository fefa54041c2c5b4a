//! What was done to tables, minute by minute.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::Minute;
use crate::operation::Effect;

/// What was done, by event-time minute and table: there may be very many minutes, so each label is kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    labels: IndexSet<String, RandomState>,
    cells: HashMap<(Minute, usize), Cell, RandomState>,
}

/// What was done to one table in one minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) accesses: [u64; Effect::ALL.len()],
    pub(super) items_deleted: u64,
    pub(super) denials: u64,
}

impl Cell {
    pub(super) fn add(&mut self, other: Self) {
        for (count, more) in self.accesses.iter_mut().zip(other.accesses) {
            *count += more;
        }
        self.items_deleted = self.items_deleted.saturating_add(other.items_deleted);
        self.denials += other.denials;
    }
}

impl Cells {
    /// What was done to a table in a minute.
    pub(super) fn of(&mut self, minute: Minute, label: &str) -> &mut Cell {
        let table = match self.labels.get_index_of(label) {
            Some(table) => table,
            None => self.labels.insert_full(label.to_owned()).0,
        };
        self.cells.entry((minute, table)).or_default()
    }

    /// All of it, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Minute, &str, &Cell)> {
        let label = |table: usize| self.labels.get_index(table).map(String::as_str);
        self.cells.iter().filter_map(move |((minute, table), cell)| Some((*minute, label(*table)?, cell)))
    }

    /// All of it, by minute and then by table.
    pub(super) fn sorted(&self) -> Vec<(Minute, &str, &Cell)> {
        let mut cells: Vec<_> = self.iter().collect();
        cells.sort_by_key(|(minute, label, _)| (*minute, *label));
        cells
    }
}

// Labels are numbered in the order in which they came.
impl PartialEq for Cells {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}
