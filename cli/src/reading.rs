//! What every command reads: a policy, and all records that paths lead to.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::Observer;

use crate::inputs::{Found, Input};
use crate::progress::Progress;
use crate::summary::Files;

/// The policy in a file.
pub(crate) fn policy(path: &Path) -> anyhow::Result<Policy> {
    let name = path.display().to_string();
    let yaml = fs::read_to_string(path).with_context(|| format!("cannot read the policy {name}"))?;
    Ok(Policy::parse(&name, &yaml)?)
}

/// Audits all that was found in one run, so that what stands in two files is told once.
///
/// A file that cannot be read is complained of, and the others go on.
pub(crate) fn read_all(found: Found, audit: &mut Audit, observer: &mut impl Observer, progress: &Progress) -> Files {
    let Found { inputs, passed_over, errors } = found;
    let mut files = Files { passed_over, ..Files::default() };
    let mut failed = |error: &anyhow::Error| {
        files.failed += 1;
        progress.complain(error);
    };
    errors.iter().for_each(&mut failed);
    let mut read = 0;
    for input in &inputs {
        match read_one(input, audit, observer, progress) {
            Ok(()) => read += 1,
            Err(error) => failed(&error),
        }
    }
    files.read = read;
    progress.finish();
    files
}

fn read_one(input: &Input, audit: &mut Audit, observer: &mut impl Observer, progress: &Progress) -> anyhow::Result<()> {
    let place = input.place();
    let opened = input.open().with_context(|| format!("cannot open {place}"))?;
    let origin = Origin { place: &place, message: 0 };
    audit.any_file(progress.counted(opened), origin, observer).with_context(|| place.to_string())
}
