//! `tablewarden learn` and `tablewarden iam` as their users run them: files in, standard output and standard error out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod iam;
mod learn;
mod sample;
