//! `tablewarden policy`: what helps those who write one.

mod schema;

use clap::Subcommand;

use crate::exit::Exit;

/// What `policy` takes.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the JSON Schema of the format, for editors
    Schema,
}

/// Runs one of the commands.
pub(crate) fn policy(command: &PolicyCommand) -> anyhow::Result<Exit> {
    match command {
        PolicyCommand::Schema => schema::schema(),
    }
}
