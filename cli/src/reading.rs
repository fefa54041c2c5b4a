//! What every command reads: a policy, and all records that paths lead to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use anyhow::Context as _;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::policy::{KeySecret, Policy};
use tablewarden_core::ports::Observer;
use tablewarden_core::rules::Rules;
use tablewarden_sigma::SigmaRules;

use crate::inputs::{Found, Input};
use crate::progress::Progress;
use crate::sifting;
use crate::summary::Files;

/// The variable that holds the secret behind the hashes of item keys.
const KEY_SECRET: &str = "TABLEWARDEN_KEY_SECRET";

/// A policy with the text that it was read from.
pub(crate) struct PolicyFile {
    /// What messages call the file.
    pub(crate) name: String,
    pub(crate) yaml: String,
    pub(crate) policy: Policy,
}

impl PolicyFile {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let yaml = fs::read_to_string(path).with_context(|| format!("cannot read the policy {name}"))?;
        let policy = Policy::parse(&name, &yaml)?;
        Ok(Self { name, yaml, policy })
    }
}

/// The policy in a file, with the secret that it may need from the environment.
pub(crate) fn policy(path: &Path) -> anyhow::Result<Policy> {
    let PolicyFile { policy, .. } = PolicyFile::read(path)?;
    if !policy.needs_key_secret() {
        return Ok(policy);
    }
    let secret = match env::var_os(KEY_SECRET) {
        Some(secret) => Some(KeySecret::new(secret.into_encoded_bytes()).context(KEY_SECRET)?),
        None => None,
    };
    policy.with_key_secret(secret).context(KEY_SECRET)
}

/// The Sigma rules behind the paths; how many there are is said, since some may be for other logs.
pub(crate) fn rules(paths: &[PathBuf], progress: &Progress) -> anyhow::Result<Option<Arc<dyn Rules>>> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(tablewarden_sigma::read(path)?);
    }
    let rules = tablewarden_sigma::load(&files)?;
    if let Some(rules) = &rules {
        progress.say(&rules.count().to_string());
    }
    Ok(rules.map(SigmaRules::into_port))
}

/// Audits all that was found in one run, so that what stands in two files is told once. The observer is not told of records
/// that are passed over.
///
/// A file that cannot be read is complained of, and the others go on.
pub(crate) fn read_all(found: Found, audit: &mut Audit, observer: &mut impl Observer, progress: &Progress) -> Files {
    match sifting::threads() {
        1 => read_each(found, audit, observer, progress),
        threads => read(found, progress, |inputs, failed| {
            sifting::audit(inputs, threads, audit, observer, progress, failed);
        }),
    }
}

/// The same for an observer that has to be told of every record.
pub(crate) fn read_each(found: Found, audit: &mut Audit, observer: &mut impl Observer, progress: &Progress) -> Files {
    read(found, progress, |inputs, failed| {
        for input in inputs {
            if let Err(error) = read_one(input, audit, observer, progress) {
                failed(&error);
            }
        }
    })
}

fn read(
    found: Found,
    progress: &Progress,
    each: impl FnOnce(&BTreeSet<Input>, &mut dyn FnMut(&anyhow::Error)),
) -> Files {
    let Found { inputs, passed_over, errors } = found;
    let mut files = Files { passed_over, ..Files::default() };
    let mut failed = |error: &anyhow::Error| {
        files.failed += 1;
        progress.complain(error);
    };
    errors.iter().for_each(&mut failed);
    let mut unread = 0;
    each(&inputs, &mut |error| {
        unread += 1;
        failed(error);
    });
    files.read = (inputs.len() as u64).saturating_sub(unread);
    progress.finish();
    files
}

fn read_one(input: &Input, audit: &mut Audit, observer: &mut impl Observer, progress: &Progress) -> anyhow::Result<()> {
    let place = input.place();
    let opened = input.open().with_context(|| format!("cannot open {place}"))?;
    let origin = Origin { place: &place, message: 0 };
    audit.any_file(progress.counted(opened), origin, observer).with_context(|| place.to_string())
}
