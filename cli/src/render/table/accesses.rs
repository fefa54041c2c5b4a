//! Who touched which table, findings or not.

use std::cmp::Reverse;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment};

use super::{did, items, place, which, who};
use crate::render::Report;
use crate::render::screen::{Screen, write_table};
use crate::summary::{Group, Sum};

/// How many lines there may be before the ones of the fewest calls are left out.
const LINES: usize = 50;

const HEADER: [&str; 5] = ["TABLE", "ACCESSED BY", "EFFECT", "ITEMS", "CALLS"];

pub(super) fn write(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let all = &report.summary.accesses;
    let shown = busiest(all);
    for of_place in shown.chunk_by(|(a, _), (b, _)| a.account == b.account && a.region == b.region) {
        if let Some((first, _)) = of_place.first() {
            writeln!(out, "Accesses in {}:", place(&first.account, &first.region, report.policy))?;
        }
        let mut table = screen.table();
        table.add_row(HEADER.map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
        let mut above = None;
        for (group, sum) in of_place {
            // The same table is named once.
            let name = which(group.table.as_ref());
            let same = above.replace(&group.table) == Some(&group.table);
            table.add_row([
                if same { String::new() } else { name },
                who(&group.actor, &group.account, report.policy),
                did(Some(group.effect), group.outcome),
                items(Some(group.effect), group.outcome, *sum),
                sum.accesses.to_string(),
            ]);
        }
        for column in table.column_iter_mut().skip(HEADER.len() - 2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let widths = screen.fit(&table);
        write_table(&mut table, &widths, out)?;
        writeln!(out)?;
    }
    if all.len() > shown.len() {
        writeln!(out, "And {} more, which --format json has.\n", all.len() - shown.len())?;
    }
    Ok(())
}

/// The groups of the most calls, in their order.
fn busiest<'a>(all: &'a [(Group<'static>, Sum)]) -> Vec<&'a (Group<'static>, Sum)> {
    let mut shown: Vec<_> = all.iter().enumerate().collect();
    shown.sort_by_key(|(_, (_, sum))| Reverse(sum.accesses));
    shown.truncate(LINES);
    shown.sort_by_key(|(position, _)| *position);
    shown.into_iter().map(|(_, group)| group).collect()
}
