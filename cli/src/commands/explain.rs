//! `tablewarden explain`: all that was made of one event.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use jiff::Timestamp;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::detections::Context;
use tablewarden_core::explain::Explainer;
use tablewarden_core::log_file::Limits;
use tablewarden_core::ports::{Fate, Heard, Observer, RawRecord, Reject};

use crate::exit::Exit;
use crate::inputs;
use crate::progress::Progress;
use crate::reading;
use crate::render::{self, explain as text};
use crate::watch::Watch;

/// What `explain` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct ExplainArgs {
    /// The event, by its eventID
    #[arg(long, value_name = "ID")]
    pub(crate) event: String,

    /// Who is expected at which table (YAML)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Sigma rules for CloudTrail: a file or a folder; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Files, folders (with all below them), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// What is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// An array with one object; with more where several events share the id
    Json,
}

const HELP: &str = "\
All that the paths lead to is read, as `tablewarden replay` reads it, since what an event counts for depends on the others.

Exit status:
  0  the event was found
  2  it was not, wrong usage or policy, or some input could not be read or understood";

/// Tells everything of one event, or how much was read without finding it.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let policy = args.policy.as_deref().map(reading::policy).transpose()?.map(Arc::new);
    let found = inputs::find(&args.paths);
    let progress = Progress::new(found.bytes())?;
    let rules = reading::rules(&args.rules, &progress)?;
    let mut audit = Audit::new(policy, Timestamp::now(), Limits::default()).with_rules(rules);
    let mut both = Both { watch: Watch::new(&progress), explainer: Explainer::new(&args.event) };
    let files = reading::read_each(found, &mut audit, &mut both, &progress);

    let (tally, findings) = (audit.take_tally(), audit.into_findings());
    let explanations = both.explainer.into_explanations(&findings);
    drop(both.watch.into_accesses());
    if explanations.is_empty() {
        let (records, files) = (tally.records_read, files.read);
        anyhow::bail!("no event {} among the {records} records of {files} files", args.event);
    }
    match args.format {
        Format::Table => render::to_stdout(|out| text::table(&explanations, render::Screen::of_stdout(), out))?,
        Format::Json => render::to_stdout(|out| text::json(&explanations, out))?,
    }
    let complete = files.failed == 0 && tally.records_rejected.is_empty();
    Ok(if complete { Exit::NothingFound } else { Exit::BadInput })
}

/// Tells of rejected records, and looks out for the event.
struct Both<'a> {
    watch: Watch<'a>,
    explainer: Explainer,
}

impl Observer for Both<'_> {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.watch.rejected(reject);
        self.explainer.rejected(reject);
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) {
        self.explainer.accessed(call, access, context);
    }

    fn read(&mut self, record: &RawRecord<'_>, fate: Fate) {
        self.explainer.read(record, fate);
    }

    fn heard(&mut self, heard: &Heard<'_>) {
        self.explainer.heard(heard);
    }
}
