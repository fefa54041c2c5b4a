//! What another service says, in its own words, for people and machines to read.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A service whose findings are relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reporter {
    /// Amazon GuardDuty.
    GuardDuty,
    /// AWS Config.
    Config,
}

/// What another service says. Its texts may hold names that an attacker chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Original {
    /// Whose words they are.
    pub service: Reporter,
    /// What kind of thing it found: GuardDuty's finding type, Config's rule.
    #[serde(rename = "type")]
    pub kind: String,
    /// The service's own id of it, where it has one.
    pub id: Option<String>,
    /// In a line.
    pub title: String,
    /// At length.
    pub description: Option<String>,
    /// GuardDuty's severity, a number from 1 to 10.
    pub severity: Option<String>,
    /// How often it was seen so far.
    pub count: Option<u64>,
    /// When it was seen first.
    pub first_seen: Option<Timestamp>,
    /// When it was seen last.
    pub last_seen: Option<Timestamp>,
    /// What it is about where that is no table: an access key, a bucket, an instance.
    pub resources: Vec<String>,
    /// The techniques of MITRE ATT&CK that the service itself names.
    pub techniques: Vec<String>,
    /// What to do before anything else, where the kind tells.
    pub first_step: Option<String>,
    /// The page of the console.
    pub url: Option<String>,
}

impl Reporter {
    /// Its name, for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GuardDuty => "GuardDuty",
            Self::Config => "Config",
        }
    }

    /// Its name as a principal.
    pub fn principal(self) -> &'static str {
        match self {
            Self::GuardDuty => "guardduty.amazonaws.com",
            Self::Config => "config.amazonaws.com",
        }
    }
}

impl fmt::Display for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Reporter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
