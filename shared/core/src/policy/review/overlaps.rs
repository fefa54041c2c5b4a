//! Where several entries match a table: which one speaks, and why.

use super::super::table_spec::Rank;
use super::super::{Policy, TablePolicy};
use super::Remark;

/// How many of the entries that come before another are named.
const NAMED: usize = 3;

impl Policy {
    /// A note for each entry that gives way to others for some tables.
    pub(super) fn overlaps(&self) -> Vec<Remark> {
        let exact = self.by_name.values().flat_map(|indexes| {
            let entries = || indexes.iter().filter_map(|index| self.tables.get(*index));
            entries().filter_map(move |entry| gives_way(entry, entries()))
        });
        let patterns = self.patterns.iter().filter_map(|index| self.tables.get(*index));
        exact.chain(patterns.filter_map(|entry| gives_way(entry, self.tables.iter()))).collect()
    }
}

/// The note about an entry, where some of the others come before it.
fn gives_way<'p>(entry: &TablePolicy, others: impl Iterator<Item = &'p TablePolicy>) -> Option<Remark> {
    let rank = entry.spec.rank();
    let winners = others.filter(|other| other.spec.rank() > rank && other.spec.overlaps(&entry.spec));
    let (mut named, mut more) = (Vec::new(), 0);
    for winner in winners {
        if named.len() < NAMED {
            let why = why(winner.spec.rank(), rank);
            named.push(format!("`{}` in line {}, {why}", winner.label, winner.line));
        } else {
            more += 1;
        }
    }
    if named.is_empty() {
        return None;
    }
    let others = if more > 0 { format!("; and {more} more") } else { String::new() };
    let message = format!("other entries come before `{}` where they match too", entry.label);
    Some(Remark::note(entry.line, message, format!("{}{others}", named.join("; "))))
}

/// Why the first comes before the second.
fn why(first: Rank, second: Rank) -> &'static str {
    if first.exact_name != second.exact_name {
        "an exact name before a pattern"
    } else if first.name_literals != second.name_literals {
        "which gives more of the name"
    } else if first.scope_literals != second.scope_literals {
        "which gives more of the ARN"
    } else {
        "which has fewer wildcards"
    }
}
