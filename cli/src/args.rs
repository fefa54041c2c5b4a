//! The command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use tablewarden_core::severity::Severity;

/// Tells who touched the data in your DynamoDB tables, and who was not expected to.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit CloudTrail logs on this machine, without an AWS account or a network
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// Who is expected at which table (YAML); without it, every deletion of items is told and nobody is unexpected
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

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

const REPLAY_HELP: &str = "\
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
