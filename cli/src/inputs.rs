//! Paths ─► what is to be read, in an order that does not depend on how it was found.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use tablewarden_core::delivery::{SkipReason, key};
use tablewarden_core::place::Place;
use walkdir::WalkDir;

/// One thing to read.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

/// What the paths led to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Each once, sorted.
    pub(crate) inputs: BTreeSet<Input>,
    /// How many files were seen and not taken, by reason.
    pub(crate) passed_over: BTreeMap<&'static str, u64>,
    /// Paths that lead nowhere.
    pub(crate) errors: Vec<anyhow::Error>,
}

/// What a file's name must end in for it to be taken from a folder.
const EXTENSIONS: [&str; 4] = ["json", "jsonl", "ndjson", "gz"];

/// What stands beside sample events to say what should come of them: the tool's own output is not its input.
const EXPECTATIONS: [&str; 2] = ["expected.ndjson", "expected-counts.json"];

/// Looks behind the paths; folders are walked to the bottom, symbolic links followed.
pub(crate) fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.inputs.insert(Input::Stdin);
            continue;
        }
        match fs::metadata(path).with_context(|| format!("cannot read {}", path.display())) {
            Ok(metadata) if metadata.is_dir() => found.walk(path),
            // What is named is read whatever its name, unless it is known to hold no log: a pattern of the shell may
            // have named it.
            Ok(_) => match sibling(path) {
                Some(reason) if reason != SkipReason::NotCloudTrail => found.pass_over(reason.as_str()),
                _ => {
                    found.inputs.insert(Input::File(path.clone()));
                }
            },
            Err(error) => found.errors.push(error),
        }
    }
    found
}

impl Found {
    /// The bytes of all inputs, where they are known.
    pub(crate) fn bytes(&self) -> Option<u64> {
        self.inputs.iter().map(Input::bytes).sum()
    }

    fn walk(&mut self, root: &Path) {
        let (mut taken, mut seen) = (0, 0);
        for entry in WalkDir::new(root).follow_links(true) {
            let entry = match entry {
                Ok(entry) if entry.file_type().is_dir() => continue,
                Ok(entry) => entry,
                Err(error) => {
                    self.errors.push(error.into());
                    continue;
                }
            };
            seen += 1;
            // Whoever opens a pipe waits until somebody writes to it.
            let verdict = if entry.file_type().is_file() { verdict(entry.path()) } else { Err("SpecialFile") };
            match verdict {
                Ok(()) => {
                    taken += 1;
                    self.inputs.insert(Input::File(entry.into_path()));
                }
                Err(reason) => self.pass_over(reason),
            }
        }
        if taken == 0 {
            self.errors.push(anyhow!("no log file among the {seen} files in {}", root.display()));
        }
    }

    fn pass_over(&mut self, reason: &'static str) {
        *self.passed_over.entry(reason).or_default() += 1;
    }
}

impl Input {
    /// Opens it for reading, once.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::Stdin => Box::new(io::stdin().lock()),
            Self::File(path) => Box::new(File::open(path)?),
        })
    }

    /// Where its records are said to stand.
    pub(crate) fn place(&self) -> Place {
        Place::File(match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.display().to_string(),
        })
    }

    fn bytes(&self) -> Option<u64> {
        match self {
            Self::Stdin => None,
            // Only a regular file tells its length; that one is gone is told when it is opened.
            Self::File(path) => fs::metadata(path).map_or(None, |data| data.is_file().then_some(data.len())),
        }
    }
}

/// Whether a file in a folder is taken, or why not.
fn verdict(path: &Path) -> Result<(), &'static str> {
    if path.file_name().and_then(OsStr::to_str).is_some_and(|name| EXPECTATIONS.contains(&name)) {
        return Err("Expectation");
    }
    if let Some(reason) = sibling(path) {
        return Err(reason.as_str());
    }
    let extension = path.extension().and_then(OsStr::to_str);
    if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) { Ok(()) } else { Err("OtherFile") }
}

/// Why a file in a copy of a trail's bucket is not a log; `None` for a log, and outside of such a copy.
fn sibling(path: &Path) -> Option<SkipReason> {
    // A path relative to somewhere inside of the copy shows only a part of the key.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let segments: Vec<_> = path.components().map(|segment| segment.as_os_str().to_string_lossy()).collect();
    if !segments.iter().any(|segment| segment == "AWSLogs") {
        return None;
    }
    key::parse(&segments.join("/")).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_folders_are_taken_by_name_and_place() {
        let cases = [
            ("logs/a.json", Ok(())),
            ("logs/a.json.gz", Ok(())),
            ("logs/a.gz", Ok(())),
            ("logs/a.ndjson", Ok(())),
            ("logs/a.jsonl", Ok(())),
            ("logs/policy.yaml", Err("OtherFile")),
            ("logs/README.md", Err("OtherFile")),
            ("logs/gz", Err("OtherFile")),
            ("scenario/expected.ndjson", Err("Expectation")),
            ("scenario/expected-counts.json", Err("Expectation")),
            ("b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", Ok(())),
            ("b/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/a.json.gz", Err("Digest")),
            ("b/AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/02/a.json.gz", Err("Insight")),
            ("b/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/02/a.log.gz", Err("NotCloudTrail")),
        ];
        for (path, want) in cases {
            assert_eq!(verdict(Path::new(path)), want, "{path}");
        }
    }
}
