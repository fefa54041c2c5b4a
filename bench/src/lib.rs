//! What benchmarks measure, and on what.
//!
//! [`corpus`] makes log files and a policy from a seed, once; [`stage`] is what is done to a file: nothing but to
//! decompress it (the reference), to split it into records, to audit it. The program `tablewarden-bench` runs them in turns and
//! prints a table of ratios, `cargo bench -p tablewarden-bench` follows single stages with criterion.

pub mod corpus;
pub mod replay;
pub mod stage;
