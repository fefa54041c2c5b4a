//! The cases that a policy is held against, as their file has them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde::Deserialize;
use serde_json::Value;
use tablewarden_core::detections::ALL;
use tablewarden_core::severity::Severity;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cases: Vec<Case>,
}

/// An event, and the findings that are expected of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// What it shows, one line.
    pub(super) name: String,
    pub(super) event: Event,
    /// All of them, and no other.
    pub(super) expect: Vec<Expected>,
}

/// One record, or a file of them.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the path of a file, or the fields of a record")]
pub(super) enum Event {
    /// A path from the cases' own folder on, to a file of any form that `replay` takes.
    File(PathBuf),
    /// A record of CloudTrail.
    Record(serde_json::Map<String, Value>),
}

/// A finding that is expected.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the id of a detection, or fields `detection` and `severity`")]
pub(super) enum Expected {
    /// Of this detection, of any severity.
    Of(String),
    /// Of this detection and severity.
    Graded(Graded),
}

/// A detection with the severity that is expected of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Graded {
    detection: String,
    severity: String,
}

/// The cases of a file, whose words are known.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Case>> {
    let name = path.display();
    let yaml = fs::read_to_string(path).with_context(|| format!("cannot read the cases {name}"))?;
    let parsed = serde_saphyr::from_str(&yaml);
    let File { cases } = parsed.map_err(|error| anyhow!("the cases {name}: {}", error.without_snippet()))?;
    for case in &cases {
        for expected in &case.expect {
            expected.check().with_context(|| format!("the cases {name}: case `{}`", case.name))?;
        }
    }
    Ok(cases)
}

impl Expected {
    /// The detection.
    pub(super) fn detection(&self) -> &str {
        match self {
            Self::Of(detection) | Self::Graded(Graded { detection, .. }) => detection,
        }
    }

    /// Whether a finding of this severity is the one.
    pub(super) fn is_graded(&self, severity: Severity) -> bool {
        match self {
            Self::Of(_) => true,
            Self::Graded(graded) => graded.severity == severity.as_str(),
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        let id = self.detection();
        anyhow::ensure!(ALL.iter().any(|detection| detection.id == id), "`{id}` is no detection");
        if let Self::Graded(Graded { severity, .. }) = self {
            let known = severity.parse::<Severity>();
            known.map_err(|expected| anyhow!("`{severity}` is no severity, {expected}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Expected {
    /// `item-deletion (low)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(detection) => f.write_str(detection),
            Self::Graded(Graded { detection, severity }) => write!(f, "{detection} ({severity})"),
        }
    }
}
