//! How much a finding matters, in OCSF's words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A step on the scale from "for the record" to "get up now".
///
/// Words: `severity_id` of OCSF's Detection Finding, <https://schema.ocsf.io/1.5.0/classes/detection_finding>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// For the record.
    Informational,
    /// To be looked at some day.
    Low,
    /// To be looked at today.
    Medium,
    /// To be looked at now.
    High,
    /// To be stopped now.
    Critical,
}

impl Severity {
    /// All steps, the lowest first.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word people and machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// One step up, where there is one.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Informational => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }

    /// One step down, where there is one.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Informational => Self::Informational,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|severity| severity.as_str()).collect();
            format!("expected one of: {}", words.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_up_and_down_and_stop_at_the_ends() {
        for (low, high) in Severity::ALL.into_iter().zip(Severity::ALL.into_iter().skip(1)) {
            assert_eq!((low.raised(), high.lowered()), (high, low));
        }
        assert_eq!(Severity::Critical.raised(), Severity::Critical);
        assert_eq!(Severity::Informational.lowered(), Severity::Informational);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(severity));
        }
        assert_eq!(
            "HIGH".parse::<Severity>(),
            Err("expected one of: informational, low, medium, high, critical".into())
        );
    }
}
