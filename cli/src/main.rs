//! The command `tablewarden`: the audit engine on a laptop, without an AWS account and without a network.
//!
//! # Layout
//!
//! ```text
//! [args] ─► [inputs] ─► tablewarden_core::audit ─► [summary] ─► [render] ─► [exit]
//!           which       records to findings,       accesses     table,      0, 1 or 2
//!           files       [watch]ed as it goes       and counts   JSON
//! ```
//!
//! [`replay`] is the command that wires these. Standard output holds the result alone; everything about the run
//! ([`progress`], errors, rejected records) goes to standard error.

mod args;
mod exit;
mod inputs;
mod progress;
mod render;
mod replay;
mod summary;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let Args { command: Command::Replay(args) } = Args::parse();
    let exit = replay::replay(&args).unwrap_or_else(|error| {
        progress::complain(&error);
        Exit::BadInput
    });
    exit.into()
}
