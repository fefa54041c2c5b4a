//! Findings ─► alerts: one message for each (detection, actor, table or other resource).

mod chat;
mod message;
mod policy_refused;
mod relayed;
mod subject;
mod summary;
mod text;

use std::collections::BTreeSet;

use indexmap::IndexMap;

pub use message::Message;
pub use policy_refused::PolicyRefused;
pub use summary::{HeldBack, Summary};

use crate::actor::Actor;
use crate::detections::Detection;
use crate::finding::{Finding, SEVERAL, Subject};
use crate::operation::Plane;
use crate::policy::{Policy, Sensitivity};
use crate::printable::printable;
use crate::severity::Severity;
use crate::table::TableId;

/// Findings folded into one message.
#[derive(Debug, Clone)]
pub struct Alert {
    /// What was detected.
    pub detection: &'static Detection,
    /// Who.
    pub actor: Actor<'static>,
    /// Where; `None` for calls that name no table.
    pub table: Option<TableId<'static>>,
    /// What the calls are about where that is no table.
    pub resource: Option<String>,
    /// The table's account, or the one that the record was delivered to.
    pub account: String,
    /// The table's region, or the one that was called.
    pub region: String,
    /// The highest of the findings.
    pub severity: Severity,
    /// One for each effect and outcome, the gravest first; never empty.
    pub findings: Vec<Finding>,
    /// What was held back since the last alert like it.
    pub held_back: Option<HeldBack>,
    /// What the policy calls the account.
    account_name: Option<String>,
    /// Whom the policy names for the table.
    owner: Option<String>,
    sensitivity: Option<Sensitivity>,
}

/// An attribute of an SNS message, for filter policies: name and value.
pub type Attribute = (&'static str, String);

/// What is published: an alert, what was held back of some, or that a new version of the policy is no use.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    /// An alert.
    Alert(&'a Alert),
    /// That alerts like one that was told went on.
    WentOn(&'a Summary, &'a HeldBack),
    /// That a new version of the policy is not taken.
    PolicyRefused(&'a PolicyRefused),
}

impl Notice<'_> {
    /// The message within SNS's limits.
    pub fn message(self) -> Message {
        match self {
            Self::Alert(alert) => alert.message(),
            Self::WentOn(summary, held) => summary.message(held),
            Self::PolicyRefused(refused) => refused.message(),
        }
    }

    /// The message attributes, for filter policies.
    pub fn attributes(self) -> Vec<Attribute> {
        match self {
            Self::Alert(alert) => alert.attributes(),
            Self::WentOn(summary, held) => summary.attributes(held),
            Self::PolicyRefused(refused) => refused.attributes(),
        }
    }
}

/// Folds sorted findings into alerts, the gravest first.
pub fn fold(findings: Vec<Finding>, policy: Option<&Policy>) -> Vec<Alert> {
    let mut alerts: IndexMap<_, Alert> = IndexMap::new();
    for finding in findings {
        let Subject { detection, actor, table, resource, account, region, .. } = &finding.subject;
        let key = (detection.id, actor.clone(), table.clone(), resource.clone(), account.clone(), region.clone());
        let alert = alerts.entry(key).or_insert_with(|| {
            let of_table = table.as_ref().and_then(|table| policy?.table(table));
            Alert {
                detection,
                actor: actor.clone(),
                table: table.clone(),
                resource: resource.clone(),
                account: account.clone(),
                region: region.clone(),
                severity: finding.severity,
                findings: Vec::new(),
                held_back: None,
                account_name: policy.and_then(|policy| policy.account_name(account)).map(ToOwned::to_owned),
                owner: of_table.and_then(|table| table.owner.clone()),
                sensitivity: of_table.map(|table| table.sensitivity),
            }
        });
        alert.severity = alert.severity.max(finding.severity);
        alert.findings.push(finding);
    }
    alerts.into_values().collect()
}

impl Alert {
    /// The message attributes: severity, detection, account, region and, where there is one, table.
    ///
    /// SNS refuses a message for an attribute that is empty or holds control characters, so what a caller could have
    /// written is escaped: an alert must not be held back by what it tells of.
    pub fn attributes(&self) -> Vec<Attribute> {
        let table = self.table.as_ref().map(|table| table.name.as_ref());
        attributes(self.severity, self.detection.id, &self.account, &self.region, table)
    }

    /// Why, in a line: the reasons of its findings, each once.
    pub fn reason(&self) -> String {
        let reasons: BTreeSet<String> = self.findings.iter().map(Finding::reason).collect();
        reasons.into_iter().collect::<Vec<_>>().join("; ")
    }

    /// Whether accesses of several actors are folded into it.
    pub(crate) fn is_of_several_actors(&self) -> bool {
        self.findings.iter().any(|finding| finding.subject.is_of_several_actors())
    }

    /// The messages of the batch that its records came with.
    pub fn origins(&self) -> impl Iterator<Item = usize> {
        self.findings.iter().flat_map(|finding| finding.origins.iter().copied())
    }

    /// The account as people know it: `production (111122223333)`.
    fn account_label(&self) -> String {
        match &self.account_name {
            Some(name) => format!("{name} ({})", self.account),
            None => self.account.clone(),
        }
    }

    /// The table's name, or what else the alert is about.
    fn what(&self) -> &str {
        let table = self.table.as_ref().map(|table| table.name.as_ref());
        let resource = match self.relayed().next() {
            Some(original) => original.resources.first().map(String::as_str),
            None => self.resource.as_deref(),
        };
        match table.or(resource) {
            Some(SEVERAL) => "several tables",
            Some(name) => name,
            None => "no table",
        }
    }

    fn accesses(&self) -> u64 {
        self.findings.iter().map(|finding| finding.accesses).sum()
    }

    /// The items of accesses that succeeded and of which the number is known.
    fn items(&self) -> u64 {
        let succeeded = |finding: &&Finding| finding.subject.outcome == crate::access::Outcome::Succeeded;
        self.findings.iter().filter(succeeded).map(|finding| finding.items).sum()
    }

    fn plane(&self) -> Plane {
        self.findings.iter().map(|finding| finding.plane).min().unwrap_or(Plane::Data)
    }
}

fn attributes(severity: Severity, detection: &str, account: &str, region: &str, table: Option<&str>) -> Vec<Attribute> {
    let value = |text: &str| if text.is_empty() { "unknown".to_owned() } else { printable(text, 256) };
    let mut attributes = vec![
        ("severity", severity.as_str().to_owned()),
        ("detection", detection.to_owned()),
        ("account", value(account)),
        ("region", value(region)),
    ];
    attributes.extend(table.map(|table| ("table", value(table))));
    attributes
}

#[cfg(test)]
mod tests;
