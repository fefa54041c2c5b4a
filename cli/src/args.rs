//! The command line: which command. What a command takes stands with it.

use std::sync::LazyLock;

use clap::{Parser, Subcommand};
use tablewarden_core::log_file::INFLATER;

use crate::commands::detections::DetectionsArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::iam::IamArgs;
use crate::commands::learn::LearnArgs;
use crate::commands::policy::PolicyCommand;
use crate::commands::replay::ReplayArgs;

/// Tells who touched the data in your DynamoDB tables, and who was not expected to.
#[derive(Debug, Parser)]
#[command(version, long_version = long_version())]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `--version` says: also what this build inflates log files with, which decides how fast it is.
fn long_version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| format!("{}\ninflates log files by {INFLATER}", env!("CARGO_PKG_VERSION")));
    &TEXT
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit CloudTrail logs on this machine, without an AWS account or a network
    Replay(ReplayArgs),
    /// Tell all that was made of one event: actor, accesses, what the policy says, each detection with its reason
    Explain(ExplainArgs),
    /// Write a policy from what logs show, or add to one what is new
    Learn(LearnArgs),
    /// Write the least-privilege IAM policy that a principal's calls need
    Iam(IamArgs),
    /// List what can be found: severity, when it fires, ATT&CK; of one, all that is known
    Detections(DetectionsArgs),
    /// Help with writing a policy
    #[command(subcommand)]
    Policy(PolicyCommand),
}
