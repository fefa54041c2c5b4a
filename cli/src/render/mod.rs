//! Findings and summary as people or machines read them.

pub(crate) mod detections;
pub(crate) mod explain;
pub(crate) mod iam;
mod json;
mod screen;
mod table;

use std::io::{self, BufWriter, StdoutLock, Write};

use anyhow::Context as _;
use tablewarden_core::finding::Finding;
use tablewarden_core::policy::Policy;

pub(crate) use screen::Screen;

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
        Format::Table => table::render(report, Screen::of_stdout(), out),
        Format::Json => json::object(report, out),
        Format::Ndjson => json::lines(report.findings, out),
    }
}

/// Writes to standard output. Who closes the pipe early, as `head` does, has seen enough.
pub(crate) fn to_stdout(write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}
