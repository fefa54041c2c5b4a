//! `tablewarden learn`: files in, a policy out.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;
use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::learn::{self, Accept, Learned, Learner};
use tablewarden_core::log_file::Limits;
use tablewarden_core::policy::Policy;

use crate::exit::Exit;
use crate::inputs;
use crate::progress::Progress;
use crate::reading;
use crate::render;
use crate::watch::Feed;

/// What `learn` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct LearnArgs {
    /// Add what is new to this policy, and keep the rest of it as it is
    #[arg(long, value_name = "FILE")]
    pub(crate) merge: Option<PathBuf>,

    /// Learn this too, which is left out else; may be given more than once
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) accept: Vec<Accepted>,

    /// Files, folders (with all below them), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// What is learned only where it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accepted {
    /// What the root user did: root-access is suppressed for the tables that it touched, for 90 days
    Root,
    /// Calls from other accounts than the table's
    OtherAccounts,
    /// Deletions in bulk by people
    BulkDeletions,
}

const HELP: &str = "\
The policy goes to standard output: for each table who may call what, the thresholds that normal machine traffic needs, and
how often and when last in comments. Roles and permission sets stand for their sessions and people. VPC endpoints are
required of a machine whose every access, of at least twenty, came through the same three or fewer.

Left out, and told on standard error and at the end of the policy: what was denied or failed each time, the root user,
other accounts, people's deletions in bulk and changes of tables, and whatever a grave detection is there to tell of.
Replaying the same logs under the policy tells of these, and of nothing else.

With --merge, lines and entries are added only for what the policy does not expect yet. Accounts are not added to it: the
accounts that a policy names count as approved.

Exit status:
  0  everything was read
  2  wrong usage or policy, or some input could not be read or understood; what the rest shows is printed all the same";

/// Learns from all that the paths lead to.
pub(crate) fn learn(args: &LearnArgs) -> anyhow::Result<Exit> {
    let accepts = |what| args.accept.contains(&what);
    let accept = Accept {
        root: accepts(Accepted::Root),
        other_accounts: accepts(Accepted::OtherAccounts),
        bulk_deletions: accepts(Accepted::BulkDeletions),
    };
    let base = args.merge.as_ref().map(Base::read).transpose()?;
    let policy = base.as_ref().map(|base| Arc::clone(&base.policy));

    let found = inputs::find(&args.paths);
    let progress = Progress::new(found.bytes())?;
    let mut audit = Audit::new(policy.clone(), Timestamp::now(), Limits::default());
    let mut lesson = Learner::new(accept, policy);
    let mut feed = Feed::new(&progress, |call: &_, access: &_| lesson.add(call, access));
    let files = reading::read_all(found, &mut audit, &mut feed, &progress);
    feed.finish();
    // A policy that was learned from nothing would be valid, and expect nothing of anybody.
    anyhow::ensure!(files.read > 0, "nothing could be read to learn from");

    let tally = audit.take_tally();
    let learned = lesson.finish(&audit.into_findings());
    let yaml = match &base {
        Some(base) => base.merged(&learned, &progress)?,
        None => learned.to_yaml(),
    };
    for left_out in &learned.left_out {
        progress.say(&format!("left out: {left_out}"));
    }
    render::to_stdout(|out| out.write_all(yaml.as_bytes()))?;
    let is_complete = files.failed == 0 && tally.records_rejected.is_empty();
    Ok(if is_complete { Exit::NothingFound } else { Exit::BadInput })
}

/// The policy that is merged into.
struct Base {
    name: String,
    yaml: String,
    policy: Arc<Policy>,
}

impl Base {
    fn read(path: &PathBuf) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let yaml = fs::read_to_string(path).with_context(|| format!("cannot read the policy {name}"))?;
        let policy = Arc::new(Policy::parse(&name, &yaml)?);
        Ok(Self { name, yaml, policy })
    }

    fn merged(&self, learned: &Learned, progress: &Progress) -> anyhow::Result<String> {
        let merged = learn::merge(&self.name, &self.yaml, learned)?;
        for note in &merged.notes {
            progress.say(&format!("note: {note}"));
        }
        progress.say(&format!("added: {} entries, {} lines to others", merged.entries, merged.lines));
        Ok(merged.yaml)
    }
}
