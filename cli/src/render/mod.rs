//! Findings and summary as people or machines read them.

mod json;
mod table;

use std::io::{self, Write};

use tablewarden_core::finding::Finding;
use tablewarden_core::policy::Policy;

use crate::commands::replay::Format;
use crate::summary::Summary;

/// What a run has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report<'a> {
    /// The gravest first.
    pub(crate) findings: &'a [Finding],
    pub(crate) summary: &'a Summary,
    /// Knows accounts by name.
    pub(crate) policy: Option<&'a Policy>,
}

/// Writes the report.
pub(crate) fn render(format: Format, report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Table => table::render(report, table::Screen::of_stdout(), out),
        Format::Json => json::object(report, out),
        Format::Ndjson => json::lines(report.findings, out),
    }
}
