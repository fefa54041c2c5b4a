//! Rules that users bring, beside the [detections](crate::detections): a port, which Sigma's are behind.
//!
//! A rule looks at a whole record. On a call that is audited anyway, what it says counts for each access of it. It may ask for
//! calls of other services too, or for other calls of the audited ones: those records are parsed for the rules alone, and no
//! detection looks at them.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::access::Call;
use crate::detections::{Detection, Verdict};
use crate::severity::Severity;

/// What stands before the id of a rule wherever the id of a detection is meant.
pub const RULE_PREFIX: &str = "sigma:";

/// Rules, ready to be asked once a record.
pub trait Rules: fmt::Debug + Send + Sync {
    /// Which calls they ask for.
    fn asked(&self) -> Asked;

    /// What they say of a record, which is this text; the reason where it cannot be held against them.
    fn judge(&self, record: &str, call: &Call<'_>) -> Result<Vec<Match>, String>;
}

/// What a rule says of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The rule, as a detection.
    pub detection: &'static Detection,
    /// How much it matters, before the table's sensitivity is weighed in.
    pub severity: Severity,
    /// Why, in words that go on from "because".
    pub reason: String,
}

/// Calls by `eventSource` and `eventName`, which rules compare without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// In lower case; all calls of a source where there are no names.
    sources: HashMap<String, Option<BTreeSet<String>>>,
}

impl Match {
    pub(crate) fn verdict(&self) -> Verdict {
        let Self { detection, severity, reason } = self;
        let remedy =
            format!("Add a line on `{}` to `suppressions:` of the policy, or a filter to the rule.", detection.id);
        // Whether an attempt matters less is for the rule to say: it sees the outcome.
        Verdict { remedy: Some(remedy), attempts_weigh_less: false, ..Verdict::new(*severity, reason.clone()) }
    }
}

impl Asked {
    /// Adds calls of a source: those of these names, or all.
    pub fn add(&mut self, source: &str, names: Option<&BTreeSet<String>>) {
        let asked = self.sources.entry(source.to_ascii_lowercase()).or_insert_with(|| Some(BTreeSet::new()));
        match (asked.as_mut(), names) {
            (Some(asked), Some(names)) => asked.extend(names.iter().map(|name| name.to_ascii_lowercase())),
            (Some(_), None) => *asked = None,
            (None, _) => {}
        }
    }

    /// Whether a call is asked for.
    pub fn wants(&self, source: &str, name: &str) -> bool {
        match self.sources.get(&source.to_ascii_lowercase()) {
            Some(Some(names)) => names.contains(&name.to_ascii_lowercase()),
            Some(None) => true,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_asked_for_by_source_and_name_in_any_case() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let mut asked = Asked::default();
        asked.add("IAM.amazonaws.com", Some(&names(&["CreateUser"])));
        asked.add("iam.amazonaws.com", Some(&names(&["deleteuser"])));
        asked.add("sts.amazonaws.com", Some(&names(&["AssumeRole"])));
        asked.add("sts.amazonaws.com", None);
        asked.add("sts.amazonaws.com", Some(&names(&["GetCallerIdentity"])));
        let cases = [
            ("iam.amazonaws.com", "createuser", true),
            ("iam.amazonaws.com", "DeleteUser", true),
            ("iam.amazonaws.com", "ListUsers", false),
            ("sts.amazonaws.com", "AnyThing", true),
            ("ec2.amazonaws.com", "CreateUser", false),
        ];
        for (source, name, want) in cases {
            assert_eq!(asked.wants(source, name), want, "{source} {name}");
        }
    }
}
