//! `tablewarden replay`: files in, findings and a summary out.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::policy::Policy;

use crate::args::ReplayArgs;
use crate::exit::Exit;
use crate::inputs::{self, Found, Input};
use crate::progress::Progress;
use crate::render;
use crate::summary::{Files, Summary};
use crate::watch::Watch;

/// Audits all that the paths lead to in one run, so that what stands in two files is told once.
///
/// A file that cannot be read is complained of, and the others go on.
pub(crate) fn replay(args: &ReplayArgs) -> anyhow::Result<Exit> {
    let policy = args.policy.as_deref().map(read_policy).transpose()?.map(Arc::new);
    let found = inputs::find(&args.paths);
    let progress = Progress::new(found.bytes())?;
    let Found { inputs, passed_over, errors } = found;
    let mut files = Files { passed_over, ..Files::default() };
    let mut failed = |error: &anyhow::Error| {
        files.failed += 1;
        progress.complain(error);
    };
    errors.iter().for_each(&mut failed);

    let mut audit = Audit::new(policy.clone(), Timestamp::now(), Limits::default());
    let mut watch = Watch::new(&progress);
    let mut read = 0;
    for input in &inputs {
        match read_one(input, &mut audit, &mut watch, &progress) {
            Ok(()) => read += 1,
            Err(error) => failed(&error),
        }
    }
    files.read = read;
    progress.finish();

    let (accesses, tally, findings) = (watch.into_accesses(), audit.take_tally(), audit.into_findings());
    let summary = Summary::new(tally, files, accesses, &findings);
    let report = render::Report { findings: &findings, summary: &summary, policy: policy.as_deref() };
    print(args, &report)?;

    Ok(if !summary.is_complete() {
        Exit::BadInput
    } else if findings.iter().any(|finding| finding.severity >= args.fail_on) {
        Exit::Findings
    } else {
        Exit::NothingFound
    })
}

fn read_policy(path: &Path) -> anyhow::Result<Policy> {
    let name = path.display().to_string();
    let yaml = fs::read_to_string(path).with_context(|| format!("cannot read the policy {name}"))?;
    Ok(Policy::parse(&name, &yaml)?)
}

fn read_one(input: &Input, audit: &mut Audit, watch: &mut Watch<'_>, progress: &Progress) -> anyhow::Result<()> {
    let place = input.place();
    let opened = input.open().with_context(|| format!("cannot open {place}"))?;
    let origin = Origin { place: &place, message: 0 };
    audit.any_file(progress.counted(opened), origin, watch).with_context(|| place.to_string())
}

/// Prints the report. Who closes the pipe early, as `head` does, has seen enough.
fn print(args: &ReplayArgs, report: &render::Report<'_>) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match render::render(args.format, report, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}
