//! `tablewarden policy` as its users run it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod schema;

use std::process::{Command, Output};

/// What the command says and how it ends.
fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tablewarden")).arg("policy").args(args).output().unwrap()
}
