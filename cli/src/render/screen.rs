//! What tables of text are written on, and how they are made to fit.

use std::env;
use std::io::{self, IsTerminal as _, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

/// What is written on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// In columns.
    pub(super) width: u16,
    pub(super) colour: bool,
}

/// Lines of text are no easier to read for being longer.
const WIDEST: u16 = 120;

/// Where there is no terminal to ask, so that what CI shows does not depend on where it runs.
const WIDTH_WITHOUT_TERMINAL: u16 = 100;

/// Between two columns of a table.
pub(super) const GAP: u16 = 2;

impl Screen {
    /// The terminal as it is; `NO_COLOR` is respected, <https://no-color.org>.
    pub(crate) fn of_stdout() -> Self {
        let width = Table::new().width().unwrap_or(WIDTH_WITHOUT_TERMINAL).min(WIDEST);
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { width, colour: io::stdout().is_terminal() && !no_colour }
    }

    /// An empty table without lines.
    pub(super) fn table(self) -> Table {
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
    pub(super) fn fit(self, table: &Table) -> Vec<u16> {
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
pub(super) fn longest_word(text: &str) -> Option<u16> {
    let longest = text.split_whitespace().map(|word| word.chars().count()).max()?;
    Some(u16::try_from(longest).unwrap_or(u16::MAX))
}

/// Writes a table with its columns of these widths, gaps included.
pub(super) fn write_table(table: &mut Table, widths: &[u16], out: &mut impl Write) -> io::Result<()> {
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, GAP)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width)));
    }
    writeln!(out, "{}", table.trim_fmt())
}
