//! The command `tablewarden replay` as a whole process.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// The first argument by which the benchmark is told to start a command and to measure it, and nothing else.
///
/// A process counts the memory of the one that started it for its own until it becomes another program. So it is started by
/// one that holds next to nothing, and not by one that holds a corpus.
pub const LAUNCH: &str = "launch";

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
    let launched = Command::new(std::env::current_exe()?)
        .args([LAUNCH, "taskset", "--cpu-list", &format!("0-{}", processors.saturating_sub(1))])
        .arg(command)
        .args(["replay", "--format", "ndjson", "--policy"])
        .args([policy, folder])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(launched.status.success(), "{} replay: see above", command.display());
    let said = String::from_utf8(launched.stdout)?;
    let (nanoseconds, peak) = said.trim().split_once(' ').context("what was measured")?;
    Ok(Run { time: Duration::from_nanos(nanoseconds.parse()?), peak: peak.parse()? })
}

/// Runs a command, and writes on standard output how many nanoseconds it took and how many bytes of memory.
#[expect(clippy::print_stdout, reason = "for the process that launched this one")]
pub fn launch(mut command: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let program = command.next().context("nothing to launch")?;
    let start = Instant::now();
    let child = Command::new(&program).args(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let end = child.with_context(|| program.display().to_string())?.wait4()?;
    let time = start.elapsed();
    // 1 says that something was found.
    ensure!(matches!(end.status.code(), Some(0 | 1)), "{} ended with {}", program.display(), end.status);
    println!("{} {}", time.as_nanos(), end.rusage.maxrss);
    Ok(ExitCode::SUCCESS)
}
