//! That a new version of the policy is not taken, and which one stays in force.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::json;

use super::{Attribute, Message, attributes};
use crate::printable::{ascii, printable, shortened};
use crate::severity::Severity;

/// What stands in place of a detection's id and title.
pub(super) const ID: &str = "policy-refused";
pub(super) const TITLE: &str = "Policy refused";

/// Whoever can write the policy can also do this on purpose, to have a grant taken back or a table named not come through.
pub(super) const SEVERITY: Severity = Severity::High;

const WHY: &str =
    "Calls are judged by the old version, and a function that starts anew does not start until the file is mended.";

pub(super) const FIRST_STEPS: &[&str] = &[
    "Read what is wrong, mend the file, and run `tablewarden policy check` on it.",
    "Upload it again: it is in force a minute later, without a deployment.",
    "If nobody meant to change it, find out who wrote or deleted the object: that is a way to blind the audit.",
];

/// The longest that the name of an object is, in characters: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.
const LONGEST_SOURCE: usize = 1024 + 63 + 6;

/// How long a line may be, in characters, and how many lines are shown of what is wrong.
const LINE: usize = 200;
const LINES: usize = 40;

/// A version of the policy that is no use, while an earlier one stays in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRefused {
    /// Where the policy is: `s3://BUCKET/KEY`.
    pub source: String,
    /// The version's `ETag`; `None` where the object cannot be read or is gone.
    pub version: Option<String>,
    /// What is wrong; with file, line and column where that is something in the file.
    pub problem: String,
    /// The `ETag` of the version that stays in force.
    pub in_force: Option<String>,
    /// Since when that is in force here.
    pub since: Timestamp,
    /// The account of the functions.
    pub account: String,
    /// The region of the functions.
    pub region: String,
}

impl PolicyRefused {
    /// The message: what is wrong, what stays in force, and what to do.
    pub fn message(&self) -> Message {
        let subject = format!(
            "[{}] {TITLE}: {}, the last good version stays in force",
            SEVERITY.as_str().to_uppercase(),
            shortened(&self.source, 36)
        );
        let subject = shortened(&ascii(&subject), 99);
        let mut text = format!(
            "{subject}\n\nWhat   {}\nStays  {}\nWhere  account {}, {}\n\nWhat is wrong\n",
            self.what(),
            self.stays(),
            printable(&self.account, LINE),
            printable(&self.region, LINE),
        );
        for line in self.problem_lines() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {line}");
        }
        let _ = write!(text, "\nWhy it matters\n  {WHY}\n\nFirst steps\n");
        for (number, step) in FIRST_STEPS.iter().enumerate() {
            let _ = writeln!(text, "  {}. {step}", number + 1);
        }
        let reason = self.problem_lines().into_iter().next().unwrap_or_default();
        let machine = json!({
            "version": 1,
            "subject": subject,
            "detection": ID,
            "title": TITLE,
            "severity": SEVERITY.as_str(),
            "reason": reason,
            "problem": self.problem_lines().join("\n"),
            "why": WHY,
            "first_steps": FIRST_STEPS,
            "account": self.account,
            "region": self.region,
            "resource": printable(&self.source, LONGEST_SOURCE),
            "refused_version": self.version.as_deref().map(|etag| printable(etag, LINE)),
            "version_in_force": self.in_force,
            "in_force_since": self.since.to_string(),
        });
        let sms = format!("{subject}\n{}", ascii(&reason));
        Message::of(subject, &machine, &text, &sms)
    }

    /// The attributes of an alert of high severity, so that filters that let such through let this through.
    pub fn attributes(&self) -> Vec<Attribute> {
        attributes(SEVERITY, ID, &self.account, &self.region, None)
    }

    pub(super) fn what(&self) -> String {
        let source = printable(&self.source, LINE);
        match &self.version {
            Some(version) => format!("version {} of {source} is not taken", printable(version, LINE)),
            None => format!("{source} cannot be read"),
        }
    }

    pub(super) fn stays(&self) -> String {
        let version = self.in_force.as_deref().map_or_else(String::new, |etag| format!(" {}", printable(etag, LINE)));
        format!("version{version}, in force since {}", self.since.strftime("%Y-%m-%d %H:%M:%S UTC"))
    }

    /// What is wrong, as lines that nothing breaks.
    pub(super) fn problem_lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.problem.lines().take(LINES).map(|line| printable(line, LINE)).collect();
        if self.problem.lines().nth(LINES).is_some() {
            lines.push("…".to_owned());
        }
        lines
    }
}
