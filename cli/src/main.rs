//! The command `tablewarden`: the audit engine on a laptop, without an AWS account and without a network.
//!
//! # Layout
//!
//! ```text
//! [args] ─► [inputs] ─► [reading] ─► tablewarden_core::audit ─► [summary] ─► [render] ─► [exit]
//!           which       each file    records to findings,       accesses     table,      0, 1 or 2
//!           files       in turn      [watch]ed as it goes       and counts   JSON
//! ```
//!
//! Each of the [`commands`] wires these in its own way. Standard output holds the result alone; everything about the run
//! ([`progress`], errors, rejected records) goes to standard error.

mod args;
mod commands;
mod exit;
mod inputs;
mod progress;
mod reading;
mod render;
mod sifting;
mod summary;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Replay(args) => commands::replay::replay(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Learn(args) => commands::learn::learn(&args),
        Command::Iam(args) => commands::iam::iam(&args),
        Command::Detections(args) => commands::detections::detections(&args),
        Command::Policy(command) => commands::policy::policy(&command),
    };
    let exit = result.unwrap_or_else(|error| {
        progress::complain(&error);
        Exit::BadInput
    });
    exit.into()
}
