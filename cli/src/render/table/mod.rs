//! The report for people: findings first, then who touched what, then what the run was about.

mod accesses;
mod findings;
mod totals;

use std::env;
use std::io::{self, IsTerminal as _, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use tablewarden_core::access::Outcome;
use tablewarden_core::actor::Actor;
use tablewarden_core::operation::Effect;
use tablewarden_core::policy::Policy;
use tablewarden_core::printable::printable;
use tablewarden_core::table::TableId;

use super::Report;
use crate::summary::Sum;

/// What is written on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// In columns.
    width: u16,
    colour: bool,
}

/// Lines of text are no easier to read for being longer.
const WIDEST: u16 = 120;

/// Where there is no terminal to ask, so that what CI shows does not depend on where it runs.
const WIDTH_WITHOUT_TERMINAL: u16 = 100;

/// Names are shown to this length, in characters. They may be an attacker's to choose.
const NAME: usize = 160;

/// Between two columns of a table.
const GAP: u16 = 2;

/// Writes the report.
pub(super) fn render(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    findings::write(report, screen, out)?;
    accesses::write(report, screen, out)?;
    totals::write(report.summary, screen, out)
}

impl Screen {
    /// The terminal as it is; `NO_COLOR` is respected, <https://no-color.org>.
    pub(super) fn of_stdout() -> Self {
        let width = Table::new().width().unwrap_or(WIDTH_WITHOUT_TERMINAL).min(WIDEST);
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { width, colour: io::stdout().is_terminal() && !no_colour }
    }

    /// An empty table without lines.
    fn table(self) -> Table {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        table.force_no_tty();
        if self.colour {
            table.enforce_styling();
        }
        table
    }

    /// The widths of the table's columns on this screen, gaps included: as wide as their content, the widest cut until all
    /// fit. Words are broken only where they have to be.
    fn fit(self, table: &Table) -> Vec<u16> {
        let longest_word = |column| {
            let words = table.column_cells_iter(column).flatten().filter_map(|cell| longest_word(&cell.content()));
            words.max().unwrap_or(u16::MAX)
        };
        let mut columns: Vec<(u16, u16)> =
            table.column_max_content_widths().into_iter().zip((0..).map(longest_word)).collect();
        let room = (self.width + GAP).saturating_sub(GAP * u16::try_from(columns.len()).unwrap_or(u16::MAX));
        let total = |columns: &[(u16, u16)]| columns.iter().map(|(width, _)| u32::from(*width)).sum::<u32>();
        while total(&columns) > room.into() {
            let widest = columns.iter_mut().max_by_key(|(width, word)| (width > word, *width));
            let Some((width, _)) = widest.filter(|(width, _)| *width > 1) else { break };
            *width -= 1;
        }
        columns.into_iter().map(|(width, _)| width + GAP).collect()
    }
}

/// In characters; `None` where there is no word.
fn longest_word(text: &str) -> Option<u16> {
    let longest = text.split_whitespace().map(|word| word.chars().count()).max()?;
    Some(u16::try_from(longest).unwrap_or(u16::MAX))
}

/// Writes a table with its columns of these widths, gaps included.
fn write_table(table: &mut Table, widths: &[u16], out: &mut impl Write) -> io::Result<()> {
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, GAP)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width)));
    }
    writeln!(out, "{}", table.trim_fmt())
}

/// `role/app/orders-api`, with the account where that is not the table's own.
fn who(actor: &Actor<'_>, account: &str, policy: Option<&Policy>) -> String {
    let name = printable(&actor.to_string(), NAME);
    match actor.account.as_deref() {
        // A principal of which only the account is known says so by itself.
        Some(other) if other != account && !name.contains(other) => {
            format!("{name} of {}", account_name(other, policy))
        }
        _ => name,
    }
}

/// The table's name.
fn which(table: Option<&TableId<'_>>) -> String {
    table.map_or("-".to_owned(), |table| printable(&table.name, NAME))
}

/// The account by name where the policy gives it one, and the region.
fn place(account: &str, region: &str, policy: Option<&Policy>) -> String {
    format!("{} {}", account_name(account, policy), printable(region, NAME))
}

fn account_name(account: &str, policy: Option<&Policy>) -> String {
    printable(policy.and_then(|policy| policy.account_name(account)).unwrap_or(account), NAME)
}

/// `delete`, `delete denied`.
fn did(effect: Effect, outcome: Outcome) -> String {
    match outcome {
        Outcome::Succeeded => effect.as_str().to_owned(),
        Outcome::Denied | Outcome::Failed => format!("{} {}", effect.as_str(), outcome.as_str()),
        Outcome::Unknown => format!("{}, outcome unknown", effect.as_str()),
    }
}

/// `7`; `7+` where some calls may have touched more, `?` where none says how many, `(7)` where they asked in vain.
fn items(effect: Effect, outcome: Outcome, sum: Sum) -> String {
    let items = match (effect, sum.known_items(), sum.of_unknown_size) {
        (Effect::Admin, ..) => return "-".to_owned(),
        (_, None, _) => "?".to_owned(),
        (_, Some(items), 0) => items.to_string(),
        (_, Some(items), _) => format!("{items}+"),
    };
    if matches!(outcome, Outcome::Denied | Outcome::Failed) { format!("({items})") } else { items }
}

#[cfg(test)]
mod tests;
