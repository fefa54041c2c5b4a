//! What was held back, so that one cause does not send message after message, and is told in the end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Alert, Attribute, Message};
use crate::printable::{ascii, printable, shortened};
use crate::severity::Severity;
use crate::table::TableId;

/// The longest that a text somebody else wrote may be in a line, in characters.
const LINE: usize = 200;

/// How much of one alert was not told, since its like was told shortly before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// How many alerts.
    pub alerts: u64,
    /// How many accesses they were about.
    pub accesses: u64,
    /// The event time of the first access.
    pub first: Timestamp,
    /// The event time of the last.
    pub last: Timestamp,
    /// The highest of them.
    pub severity: Severity,
}

/// What a message says that nothing but what was held back is told by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The detection's id.
    pub detection: String,
    /// What happened.
    pub title: String,
    /// Who, as people read it.
    pub who: String,
    /// Who, by the stable name.
    pub actor: String,
    /// The table, or what else the alerts are about.
    pub what: String,
    /// The table's ARN.
    pub table_arn: Option<String>,
    /// The table's name.
    pub table: Option<String>,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
}

impl HeldBack {
    /// An alert that is not told.
    pub(crate) fn of(alert: &Alert) -> Option<Self> {
        Some(Self {
            alerts: 1,
            accesses: alert.accesses(),
            first: alert.findings.iter().map(|finding| finding.first.time).min()?,
            last: alert.findings.iter().map(|finding| finding.last_seen).max()?,
            severity: alert.severity,
        })
    }

    /// Both together.
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self {
            alerts: self.alerts.saturating_add(other.alerts),
            accesses: self.accesses.saturating_add(other.accesses),
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            severity: self.severity.max(other.severity),
        }
    }

    /// `14 more alerts (230 calls) held back, from 2026-03-02 09:10:00 UTC to 2026-03-02 09:52:10 UTC`.
    pub(super) fn words(&self) -> String {
        let noun = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let (alerts, calls) = (noun(self.alerts, "more alert"), noun(self.accesses, "call"));
        let utc = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        format!("{alerts} ({calls}) held back, from {} to {}", utc(self.first), utc(self.last))
    }
}

impl Summary {
    /// Whom and what alerts like this one are about.
    pub(crate) fn of(alert: &Alert) -> Self {
        Self {
            detection: alert.detection.id.to_owned(),
            title: alert.detection.title.to_owned(),
            who: alert.actor.to_string(),
            actor: alert.actor.name.to_string(),
            what: alert.what().to_owned(),
            table_arn: alert.table.as_ref().map(TableId::arn),
            table: alert.table.as_ref().map(|table| table.name.to_string()),
            account: alert.account.clone(),
            region: alert.region.clone(),
        }
    }

    /// The message: that it went on, how often, and from when to when.
    pub fn message(&self, held: &HeldBack) -> Message {
        let severity = held.severity.as_str();
        let subject = format!(
            "[{}] {} went on: {} by {} ({} alerts held back)",
            severity.to_uppercase(),
            self.title,
            shortened(&self.what, 24),
            shortened(&self.who, 24),
            held.alerts,
        );
        let subject = shortened(&ascii(&printable(&subject, 512)), 99);
        let text = format!(
            "{subject}\n\nWhat   {}\nWho    {}\nWhere  {}, account {}, {}\nWhy    alerts of {} about the same actor and table were told before, and these came before the pause after them was over\n\nEach of them is in the archive of findings, where there is one, and in the log of the function.\n",
            held.words(),
            printable(&self.who, LINE),
            printable(&self.what, LINE),
            printable(&self.account, LINE),
            printable(&self.region, LINE),
            self.detection,
        );
        let machine = json!({
            "version": 1,
            "subject": subject,
            "detection": self.detection,
            "title": self.title,
            "severity": severity,
            "actor": self.actor,
            "account": self.account,
            "region": self.region,
            "table": self.table,
            "table_arn": self.table_arn,
            "held_back": held,
        });
        Message::of(subject.clone(), &machine, &text, &subject)
    }

    /// The attributes that an alert like it has.
    pub fn attributes(&self, held: &HeldBack) -> Vec<Attribute> {
        super::attributes(held.severity, &self.detection, &self.account, &self.region, self.table.as_deref())
    }
}
