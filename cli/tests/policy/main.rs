//! `tablewarden policy` as its users run it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod check;
mod schema;
mod test;

use std::path::Path;
use std::process::Command;

/// How a run ended, and what it printed on standard output and standard error.
struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

/// `tablewarden policy`, run in a folder.
fn run(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_tablewarden"))
        .current_dir(folder)
        .arg("policy")
        .args(args)
        .env_remove("TABLEWARDEN_KEY_SECRET")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder with these files, gone after the test.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}
