//! The command `tablewarden replay` as a whole process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// How long a run took, and the most memory that it had, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// From its start to its end.
    pub time: Duration,
    /// Resident.
    pub peak: u64,
}

/// Replays a folder under a policy, on so many processors from the first on.
pub fn replay(command: &Path, folder: &Path, policy: &Path, processors: usize) -> Result<Run> {
    let start = Instant::now();
    let child = Command::new("taskset")
        .args(["--cpu-list", &format!("0-{}", processors.saturating_sub(1))])
        .arg(command)
        .args(["replay", "--format", "ndjson", "--policy"])
        .args([policy, folder])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("taskset, of util-linux, pins the command to processors")?;
    let end = child.wait4()?;
    let time = start.elapsed();
    // 1 says that something was found.
    ensure!(matches!(end.status.code(), Some(0 | 1)), "{} replay ended with {}", command.display(), end.status);
    Ok(Run { time, peak: end.rusage.maxrss })
}
