//! What is told of what another service found, where an alert is else about calls.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Alert;
use super::text::{LINE, utc};
use crate::finding::Finding;
use crate::printable::{printable, shortened};
use crate::relayed::{Original, Reporter};

/// How much of a kind of finding, or of a rule's name, stands in a subject, in characters.
const LONGEST_KIND: usize = 32;

impl Alert {
    /// What another service says, where the alert is about that: of what it said several times, the last.
    pub(super) fn relayed(&self) -> impl Iterator<Item = &Original> {
        self.findings.iter().flat_map(latest)
    }

    /// What happened, in the fewest words: the detection's title, or whose finding it is and of what kind.
    pub(super) fn headline(&self) -> String {
        let kinds: BTreeSet<_> = self.relayed().map(|original| (original.service, &original.kind)).collect();
        match kinds.first() {
            Some((service, kind)) if kinds.len() == 1 => format!("{service} {}", shortened(kind, LONGEST_KIND)),
            _ => self.detection.title.to_owned(),
        }
    }

    /// Whether nobody is named for it.
    pub(super) fn names_nobody(&self) -> bool {
        self.findings.iter().any(Finding::names_nobody)
    }

    /// Whether there is anything to say on where it came from: of calls, also that it is not known.
    pub(super) fn tells_where_from(&self) -> bool {
        self.relayed().next().is_none() || self.findings.iter().any(|finding| !finding.sources.is_empty())
    }

    /// What a responder does first.
    pub(super) fn first_steps(&self) -> Vec<&str> {
        let special: BTreeSet<&str> = self.relayed().filter_map(|original| original.first_step.as_deref()).collect();
        special.into_iter().chain(self.detection.first_steps.iter().copied()).collect()
    }

    /// The techniques of ATT&CK that it is a sign of.
    pub(super) fn techniques(&self) -> Vec<&str> {
        let mut all = Vec::new();
        for technique in self.findings.iter().flat_map(Finding::techniques) {
            if !all.contains(&technique) {
                all.push(technique);
            }
        }
        all
    }

    /// The pages of the other service, or where to look for them.
    pub(super) fn pages(&self) -> String {
        let pages: BTreeSet<String> = self
            .relayed()
            .map(|Original { service, url, .. }| match url {
                Some(url) => format!("  {url}\n"),
                None => format!("  The console of {service} in this account and region.\n"),
            })
            .collect();
        pages.into_iter().collect()
    }
}

/// What another service says in a finding: of what it said several times, the last.
pub(super) fn latest(finding: &Finding) -> impl Iterator<Item = &Original> {
    let is_older = |one: &Original, other: &Original| {
        one.id.is_some() && (one.service, &one.id) == (other.service, &other.id) && one.count < other.count
    };
    finding.relayed.iter().filter(move |one| !finding.relayed.iter().any(|other| is_older(one, other)))
}

/// `GuardDuty finding Exfiltration:IAMUser/AnomalousBehavior, severity 8, seen 7 times, from … to …`, and what it says at length.
pub(super) fn what(original: &Original) -> String {
    let Original { service, kind, severity, count, first_seen, last_seen, description, resources, .. } = original;
    let noun = match service {
        Reporter::GuardDuty => "finding",
        Reporter::Config => "rule",
    };
    let mut what = format!("{service} {noun} {}", printable(kind, LINE));
    // Writing to a string does not fail.
    if let Some(severity) = severity {
        let _ = write!(what, ", severity {severity}");
    }
    match count {
        Some(1) => what.push_str(", seen once"),
        Some(count) => {
            let _ = write!(what, ", seen {count} times");
        }
        None => {}
    }
    match (first_seen, last_seen) {
        (Some(first), Some(last)) if first != last => {
            let _ = write!(what, ", from {} to {}", utc(*first), utc(*last));
        }
        (Some(time), _) | (_, Some(time)) => {
            let _ = write!(what, ", at {}", utc(*time));
        }
        (None, None) => {}
    }
    if !resources.is_empty() {
        let resources: Vec<String> = resources.iter().map(|resource| printable(resource, LINE)).collect();
        let _ = write!(what, "\n       about {}", resources.join(", "));
    }
    if let Some(description) = description {
        // A mail program makes a link of a URL, even of one that is part of an attacker's name.
        let _ = write!(what, "\n       {}", printable(&description.replace("://", "[://]"), 4 * LINE));
    }
    what
}
