//! `tablewarden policy`: what helps those who write one.

mod cases;
mod check;
mod schema;
mod test;

use clap::Subcommand;

use crate::exit::Exit;

/// What `policy` takes.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say what is wrong with a policy, and what in it does nothing
    Check(check::CheckArgs),
    /// Hold a policy against cases: an event in, the findings that are expected of it out
    Test(test::TestArgs),
    /// Print the JSON Schema of the format, for editors
    Schema,
}

/// Runs one of the commands.
pub(crate) fn policy(command: &PolicyCommand) -> anyhow::Result<Exit> {
    match command {
        PolicyCommand::Check(args) => check::check(args),
        PolicyCommand::Test(args) => test::test(args),
        PolicyCommand::Schema => schema::schema(),
    }
}
