//! Who touched which table, findings or not.

use std::cmp::Reverse;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment};

use super::{did, items, place, which, who, write_table, Screen};
use crate::render::Report;
use crate::summary::{Group, Sum};

/// How many lines there may be before the ones of the fewest calls are left out.
const LINES: usize = 50;

const HEADER: [&str; 6] = ["TABLE", "IN", "ACCESSED BY", "EFFECT", "ITEMS", "CALLS"];

pub(super) fn write(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let all = &report.summary.accesses;
    if all.is_empty() {
        return Ok(());
    }
    let shown = busiest(all);
    let mut table = screen.table();
    table.add_row(HEADER.map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    let mut above = Default::default();
    for (group, sum) in &shown {
        let names = [which(group.table.as_ref()), place(&group.account, &group.region, report.policy)];
        // The same table is named once.
        let [table_name, place] = if names == above { Default::default() } else { names.clone() };
        let did = did(group.effect, group.outcome);
        let items = items(group.effect, group.outcome, *sum);
        table.add_row([
            table_name,
            place,
            who(&group.actor, &group.account, report.policy),
            did,
            items,
            sum.accesses.to_string(),
        ]);
        above = names;
    }
    for column in table.column_iter_mut().skip(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let widths = screen.fit(&table);
    write_table(&mut table, &widths, out)?;
    if all.len() > shown.len() {
        writeln!(out, "and {} more, which --format json has", all.len() - shown.len())?;
    }
    writeln!(out)
}

/// The groups of the most calls, in their order.
fn busiest<'a>(all: &'a [(Group<'static>, Sum)]) -> Vec<&'a (Group<'static>, Sum)> {
    let mut shown: Vec<_> = all.iter().enumerate().collect();
    shown.sort_by_key(|(_, (_, sum))| Reverse(sum.accesses));
    shown.truncate(LINES);
    shown.sort_by_key(|(position, _)| *position);
    shown.into_iter().map(|(_, group)| group).collect()
}
