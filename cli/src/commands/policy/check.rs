//! `tablewarden policy check`: errors, warnings and notes about a policy.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::log_file::Limits;
use tablewarden_core::policy::{Policy, Remark, RemarkKind, Usage};

use crate::exit::Exit;
use crate::inputs;
use crate::progress::Progress;
use crate::reading::{self, PolicyFile};
use crate::render;
use crate::watch::Feed;

/// What `policy check` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct CheckArgs {
    /// The policy (YAML)
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// Logs in which each entry and each principal of the policy is looked for: files, folders, or - for standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

const HELP: &str = "\
Warnings tell of what does nothing: grants and suppressions that are over, lines and entries that others leave nothing to
do, and with PATH the entries and principals that no access in these logs had to do with. Notes tell of what may be meant to
be so: detections that are switched off, and which entry speaks where several match.

Exit status:
  0  the policy is valid, and there are no warnings
  1  the policy is valid, and there are warnings
  2  the policy is not valid, or some of the logs could not be read or understood";

/// Checks a policy.
pub(super) fn check(args: &CheckArgs) -> anyhow::Result<Exit> {
    let PolicyFile { name, yaml, policy } = PolicyFile::read(&args.policy)?;
    let mut remarks = policy.review(Timestamp::now());
    let mut is_complete = true;
    if !args.paths.is_empty() {
        let unseen;
        (unseen, is_complete) = unseen_in(policy, &args.paths)?;
        remarks.extend(unseen);
        remarks.sort_by_key(|remark| remark.line);
    }
    let warnings = remarks.iter().filter(|remark| remark.kind == RemarkKind::Warning).count();
    render::to_stdout(|out| {
        for remark in &remarks {
            writeln!(out, "{}\n", remark.render(&name, &yaml))?;
        }
        let counts = [count(warnings, "warning"), count(remarks.len() - warnings, "note")];
        writeln!(out, "{name} is valid: {}", counts.join(", "))
    })?;
    Ok(match (is_complete, warnings) {
        (false, _) => Exit::BadInput,
        (true, 0) => Exit::NothingFound,
        (true, _) => Exit::Findings,
    })
}

/// What of the policy the logs do not show, and whether all of them could be read and understood.
fn unseen_in(policy: Policy, paths: &[PathBuf]) -> anyhow::Result<(Vec<Remark>, bool)> {
    let policy = Arc::new(policy);
    let found = inputs::find(paths);
    let progress = Progress::new(found.bytes())?;
    let mut audit = Audit::new(Some(Arc::clone(&policy)), Timestamp::now(), Limits::default());
    let mut usage = Usage::default();
    let mut feed = Feed::new(&progress, |call: &Call<'_>, access: &Access<'_>| usage.note(&policy, call, access));
    let files = reading::read_all(found, &mut audit, &mut feed, &progress);
    feed.finish();
    let is_complete = files.failed == 0 && audit.take_tally().records_rejected.is_empty();
    Ok((usage.unseen(&policy), is_complete))
}

/// `no warnings`, `1 warning`, `2 warnings`
fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
