//! `tablewarden replay` as its users run it: files in, standard output, standard error and exit status out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod exit;
mod failures;
mod forms;
mod rules;
mod sample;
mod scenarios;
mod snapshots;
mod told;
