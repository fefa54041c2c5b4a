//! Prints how fast each stage is, as a ratio to decompression alone in the same run: these figures travel between machines,
//! seconds do not.
//!
//! `tablewarden-bench COMMAND FOLDER [ROUNDS]`: the command `tablewarden` and where the corpus is kept. See `make bench`.
#![expect(clippy::print_stdout, reason = "to be read")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use tablewarden_bench::corpus::{self, File, Kind};
use tablewarden_bench::replay::{LAUNCH, launch, replay};
use tablewarden_bench::stage::{self, Reference};
use tablewarden_core::log_file::INFLATER;

const ROUNDS: usize = 9;

/// What was measured of a stage: a time and a ratio a round, and the most memory.
#[derive(Debug, Default)]
struct Measured {
    times: Vec<Duration>,
    ratios: Vec<f64>,
    peak: u64,
}

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.next_if(|first| first == LAUNCH).is_some() {
        return launch(arguments);
    }
    let usage = "usage: tablewarden-bench COMMAND FOLDER [ROUNDS]";
    let command = PathBuf::from(arguments.next().context(usage)?);
    let folder = PathBuf::from(arguments.next().context(usage)?);
    let rounds = match arguments.next() {
        Some(rounds) => rounds.to_str().and_then(|rounds| rounds.parse().ok()).context(usage)?,
        None => ROUNDS,
    };
    ensure!(rounds > 0, usage);
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["corpus", "stage", "of inflating alone", "MB/s", "records/s", "peak MiB"]);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for kind in Kind::ALL {
        measure(kind, &command, &folder, rounds, &mut table)?;
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

/// Runs each stage once a round, and so near to the reference in time, whatever else the machine does.
fn measure(kind: Kind, command: &Path, folder: &Path, rounds: usize, table: &mut Table) -> Result<()> {
    let yaml = corpus::policy(folder)?;
    let policy = corpus::compiled(&yaml)?;
    let files = corpus::files(kind, folder)?;
    let (of_kind, policy_file) = (folder.join(kind.name().to_lowercase()), folder.join("policy.yaml"));
    let mut reference = Reference::default();
    let ours = format!("inflate ({INFLATER})");
    let names =
        ["inflate (libdeflate)", ours.as_str(), "inflate, split", "whole audit", "replay, 1 core", "replay, 2 cores"];
    let mut measured: [Measured; 6] = Default::default();
    for _ in 0..rounds {
        let inflated = timed(|| each(&files, |file| reference.inflate(file)))?;
        let by_ours = timed(|| each(&files, stage::inflate))?;
        let split = timed(|| each(&files, stage::split))?;
        let audited = timed(|| stage::audit(&files, &policy))?;
        let one = replay(command, &of_kind, &policy_file, 1)?;
        let two = replay(command, &of_kind, &policy_file, 2)?;
        let times = [(inflated, 0), (by_ours, 0), (split, 0), (audited, 0), (one.time, one.peak), (two.time, two.peak)];
        for (measured, (time, peak)) in measured.iter_mut().zip(times) {
            measured.times.push(time);
            measured.ratios.push(time.as_secs_f64() / inflated.as_secs_f64());
            measured.peak = measured.peak.max(peak);
        }
    }
    let bytes: usize = files.iter().map(|file| file.bytes).sum();
    let records: usize = files.iter().map(|file| file.records).sum();
    for (name, Measured { mut times, mut ratios, peak }) in names.into_iter().zip(measured) {
        times.sort();
        ratios.sort_by(f64::total_cmp);
        let (Some(time), Some(ratio)) = (times.get(rounds / 2), ratios.get(rounds / 2)) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "of some millions")]
        let a_second = |amount: usize| amount as f64 / time.as_secs_f64();
        table.add_row([
            kind.name().to_owned(),
            name.to_owned(),
            format!("{ratio:.2}"),
            format!("{:.0}", a_second(bytes) / 1e6),
            format!("{:.0}", a_second(records)),
            if peak == 0 { String::new() } else { format!("{}", peak >> 20) },
        ]);
    }
    Ok(())
}

fn each(files: &[File], mut stage: impl FnMut(&File) -> Result<usize>) -> Result<usize> {
    files.iter().try_fold(0, |sum, file| Ok(sum + stage(file)?))
}

/// How long something takes that has a result.
fn timed(stage: impl FnOnce() -> Result<usize>) -> Result<Duration> {
    let start = Instant::now();
    let result = std::hint::black_box(stage()?);
    ensure!(result > 0, "nothing was done");
    Ok(start.elapsed())
}
