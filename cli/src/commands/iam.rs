//! `tablewarden iam`: files in, the least-privilege IAM policy of one principal out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::iam::{self, Document, Usage};
use tablewarden_core::log_file::Limits;

use crate::exit::Exit;
use crate::inputs;
use crate::progress::Progress;
use crate::reading;
use crate::render::{self, iam as text};
use crate::watch::Feed;

/// What `iam` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct IamArgs {
    /// Whose calls: role/PATH/NAME, user/PATH/NAME, a bare name, a permission set, or an ARN
    #[arg(long, value_name = "ROLE")]
    pub(crate) principal: String,

    /// The policy document that it has now (JSON): say what this grants and was never used, and what it does not grant
    #[arg(long, value_name = "FILE")]
    pub(crate) current: Option<PathBuf>,

    /// Files, folders (with all below them), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

const HELP: &str = "\
The policy goes to standard output, as JSON: the actions that succeeded, on the tables, indexes and streams that they were
used on. All else is told on standard error: what was denied, conditions that would narrow the policy further (which JSON
has no comments for), and how the present policy compares. A present policy comes from
`aws iam get-role-policy --query PolicyDocument` or `aws iam get-policy-version --query PolicyVersion.Document`.

Only DynamoDB is spoken of. What the logs do not show is not granted: read months of them, and all regions, before you
take a grant away. Trails log the calls that touch items only where they are told to.

Exit status:
  0  everything was read
  2  wrong usage, a principal that is not in the logs, or some input could not be read or understood";

/// Adds up what the principal did in all that the paths lead to.
pub(crate) fn iam(args: &IamArgs) -> anyhow::Result<Exit> {
    let current = args.current.as_deref().map(document).transpose()?;
    let found = inputs::find(&args.paths);
    let progress = Progress::new(found.bytes())?;
    let mut audit = Audit::new(None, Timestamp::now(), Limits::default());
    let mut usage = Usage::of(&args.principal);
    let mut feed = Feed::new(&progress, |call: &_, access: &_| usage.add(call, access));
    let files = reading::read_all(found, &mut audit, &mut feed, &progress);
    feed.finish();

    let principal = usage.principal()?;
    let json = serde_json::to_string_pretty(&iam::least_privilege(&usage))?;
    for line in text::notes(principal, &usage, &json) {
        progress.say(&line);
    }
    if let Some(current) = current {
        for line in text::comparison(&iam::compare(&current, &usage)) {
            progress.say(&line);
        }
    }
    render::to_stdout(|out| writeln!(out, "{json}"))?;
    let is_complete = files.failed == 0 && audit.take_tally().records_rejected.is_empty();
    Ok(if is_complete { Exit::NothingFound } else { Exit::BadInput })
}

/// The policy document in a file.
fn document(path: &Path) -> anyhow::Result<Document> {
    let name = path.display();
    let json = fs::read_to_string(path).with_context(|| format!("cannot read the policy document {name}"))?;
    Document::parse(&json).with_context(|| format!("{name} is no policy document of IAM"))
}
