//! The message as SNS takes it: one body for people and one for machines.
//!
//! With `MessageStructure` `json` each protocol gets the body under its name, and those without one get `default`:
//! "Publish", <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>. So `email` is the text, `sms` the subject and the
//! reason, and everything else (queues, functions, HTTP, Firehose) the JSON. All of it together may have 256 KiB.

use serde_json::{Value, json};

use super::Alert;
use crate::actor::Actor;
use crate::printable::{ascii, printable, printable_json};
use crate::table::TableId;

/// The most that SNS takes, in bytes, less what the attributes and the subject may need.
const LARGEST: usize = 250 * 1024;

/// How many event ids the JSON lists of each finding.
const EVENT_IDS: usize = 200;

/// What is left of a string, and of the text, where the message would be too large, in bytes.
const LONGEST_STRING: usize = 200;
const LONGEST_TEXT: usize = 32 * 1024;

/// How much of the reason a text message holds, in characters: with the subject, two messages of a telephone.
const LONGEST_SMS_REASON: usize = 200;

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// At most 99 printable ASCII characters.
    pub subject: String,
    /// The bodies by protocol, as a JSON object.
    pub body: String,
}

impl Alert {
    /// The alert as a message within SNS's limits.
    pub fn message(&self) -> Message {
        let subject = self.subject();
        let mut text = self.text();
        let reason = printable(&self.reason(), LONGEST_SMS_REASON).replace('…', "...");
        let sms = format!("{subject}\n{}", ascii(&reason));
        let mut body = bodies(&self.to_json(EVENT_IDS), &text, &sms);
        if body.len() > LARGEST {
            // Quotes stand for four bytes each in JSON within JSON: callers who fill what they may write with them must not
            // cost the reader more than that.
            body = bodies(&shortened(self.to_json(0)), &text, &sms);
        }
        if body.len() > LARGEST {
            let mut short = shortened(self.to_json(0));
            if let Some(object) = short.as_object_mut() {
                object.remove("findings");
            }
            text.truncate(text.floor_char_boundary(LONGEST_TEXT));
            body = bodies(&short, &text, &sms);
        }
        Message { subject, body }
    }

    /// The alert as machines read it; each finding with at most so many of its event ids.
    pub fn to_json(&self, event_ids: usize) -> Value {
        let Actor { kind, name, account, permission_set, person, .. } = &self.actor;
        let findings: Vec<Value> = self.findings.iter().map(|finding| finding.to_json(event_ids)).collect();
        let mut alert = json!({
            "version": 1,
            "subject": self.subject(),
            "detection": self.detection.id,
            "title": self.detection.title,
            "severity": self.severity.as_str(),
            "techniques": self.techniques(),
            "reason": self.reason(),
            "why": self.detection.why,
            "first_steps": self.first_steps(),
            "actor": name,
            "actor_type": kind.as_str(),
            "actor_account": account,
            "permission_set": permission_set,
            "person": person,
            "account": self.account,
            "account_name": self.account_name,
            "region": self.region,
            "table": self.table.as_ref().map(|table| &table.name),
            "table_arn": self.table.as_ref().map(TableId::arn),
            "resource": self.resource,
            "owner": self.owner,
            "first_seen": self.findings.iter().map(|finding| finding.first.time).min().map(|time| time.to_string()),
            "last_seen": self.findings.iter().map(|finding| finding.last_seen).max().map(|time| time.to_string()),
            "accesses": self.accesses(),
            "findings": findings,
        });
        if let (Some(object), Some(held)) = (alert.as_object_mut(), &self.held_back) {
            object.insert("held_back".into(), json!(held));
        }
        alert
    }
}

impl Message {
    /// The message with these bodies: for machines, for people, and in short.
    pub(super) fn of(subject: String, machine: &Value, person: &str, sms: &str) -> Self {
        Self { subject, body: bodies(machine, person, sms) }
    }
}

fn bodies(machine: &Value, person: &str, sms: &str) -> String {
    // Some subscribers read it with their own eyes. U+FFFE and U+FFFF are no characters of XML 1.0, so SQS refuses them.
    let machine = printable_json(&machine.to_string());
    json!({ "default": machine, "email": person, "sms": sms }).to_string()
}

/// The value with each of its strings cut, and marked as such.
fn shortened(mut alert: Value) -> Value {
    cut_strings(&mut alert);
    if let Some(object) = alert.as_object_mut() {
        object.insert("truncated".into(), true.into());
    }
    alert
}

fn cut_strings(value: &mut Value) {
    match value {
        Value::String(text) => text.truncate(text.floor_char_boundary(LONGEST_STRING)),
        Value::Array(values) => values.iter_mut().for_each(cut_strings),
        Value::Object(members) => members.values_mut().for_each(cut_strings),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
