//! `tablewarden replay`: files in, findings and a summary out.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::log_file::Limits;
use tablewarden_core::severity::Severity;

use crate::exit::Exit;
use crate::inputs;
use crate::progress::Progress;
use crate::reading;
use crate::render;
use crate::summary::Summary;
use crate::watch::Watch;

/// What `replay` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct ReplayArgs {
    /// Who is expected at which table (YAML); without it, every deletion of items is told and nobody is unexpected
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Sigma rules for CloudTrail: a file or a folder; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// End with status 1 only for findings of this severity or graver
    #[arg(long, value_name = "SEVERITY", default_value = Severity::Informational.as_str(), value_parser = severities())]
    pub(crate) fail_on: Severity,

    /// Files, folders (with all below them), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// What is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Findings and a summary for people
    Table,
    /// One object with the findings and the summary
    Json,
    /// One finding a line, nothing else
    Ndjson,
}

const HELP: &str = "\
A file holds one of these, gzip or plain:
  a CloudTrail log file, records as a JSON array or as NDJSON, the output of `aws cloudtrail lookup-events`,
  an EventBridge event, or the body of any delivery that carries records.

Of a folder, files named *.json, *.jsonl, *.ndjson and *.gz are read, in the order of their paths. Left out are digests
and the other siblings of logs in a trail's bucket, and `expected.ndjson` and `expected-counts.json`, which say what
should come of sample events.

ITEMS in the table: 7+ is 7 or more, since some calls do not say how many; ? is an unknown number; (7) were asked for in
vain; - is a call that is about no items.

Exit status:
  0  nothing found, or nothing as grave as --fail-on
  1  findings as grave as --fail-on, or graver
  2  wrong usage or policy, or some input could not be read or understood; what the rest holds is printed all the same";

fn severities() -> impl clap::builder::TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::as_str)).try_map(|word| word.parse::<Severity>())
}

/// Audits all that the paths lead to in one run, so that what stands in two files is told once.
///
/// A file that cannot be read is complained of, and the others go on.
pub(crate) fn replay(args: &ReplayArgs) -> anyhow::Result<Exit> {
    let policy = args.policy.as_deref().map(reading::policy).transpose()?.map(Arc::new);
    let found = inputs::find(&args.paths);
    let progress = Progress::new(found.bytes())?;
    let rules = reading::rules(&args.rules, &progress)?;
    let mut audit = Audit::new(policy.clone(), Timestamp::now(), Limits::default()).with_rules(rules);
    let mut watch = Watch::new(&progress);
    let files = reading::read_all(found, &mut audit, &mut watch, &progress);

    let (accesses, (findings, tally)) = (watch.into_accesses(), audit.settle_alone());
    let summary = Summary::new(tally, files, accesses, &findings);
    let report = render::Report { findings: &findings, summary: &summary, policy: policy.as_deref() };
    render::to_stdout(|out| render::render(args.format, &report, out))?;

    Ok(if !summary.is_complete() {
        Exit::BadInput
    } else if findings.iter().any(|finding| finding.severity >= args.fail_on) {
        Exit::Findings
    } else {
        Exit::NothingFound
    })
}
