//! The exit statuses, for scripts and CI.
//!
//! 0 and 1 are statements about all of the input, so anything that was not understood is 2, whatever was found beside it.
//! clap ends with 2 too where the command line itself is wrong.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was read, and nothing was found, or nothing as grave as `--fail-on`.
    NothingFound = 0,
    /// Everything was read, and there are findings as grave as `--fail-on` or graver; of a policy, warnings or failed cases.
    Findings = 1,
    /// Some of the input could not be read or understood, the policy is wrong, or the command line is.
    BadInput = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
