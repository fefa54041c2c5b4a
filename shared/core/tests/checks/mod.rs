//! What must hold of any input, whatever is in it.
//!
//! One function for each reader of what others write. The fuzz targets of `fuzz/` call them, and so do the tests of
//! `corpus.rs`. All of them panic where something does not hold.
#![expect(clippy::panic, reason = "what does not hold is told by panicking")]

pub mod audited;
pub mod delivery;
pub mod log_file;
pub mod partiql;
pub mod policy;
pub mod record;
