//! Notices as Amazon Q Developer in chat applications takes them, for channels of Slack, Microsoft Teams and Amazon Chime.
//!
//! A message that is none of its events or custom notifications it drops, so a topic of chat has messages of its own: "Custom
//! notifications", <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>. What it shows is the channel's own
//! markdown. There is no escape in it that all channels know, so what others wrote stands in code, where nothing is markup and
//! nobody is mentioned, and is free of what ends code.

use serde_json::{Value, json};

use super::policy_refused::{self, PolicyRefused};
use super::{Alert, Attribute, HeldBack, Notice, Summary, text};
use crate::finding::{Finding, digest};
use crate::printable::printable;
use crate::table::TableId;

/// The most characters of a value, and of all lines together: Slack shows 3,000 in a section.
const LONGEST_VALUE: usize = 300;
const LONGEST: usize = 2800;

/// How many findings, and how many steps, are shown.
const FINDINGS: usize = 5;
const STEPS: usize = 5;

/// The most characters of a step, of a summary and of a related resource.
const LONGEST_STEP: usize = 300;
const LONGEST_SUMMARY: usize = 200;

/// What one notification shows.
struct Shown<'a> {
    title: String,
    lines: Vec<String>,
    steps: Vec<&'a str>,
    summary: String,
    resource: Option<String>,
    /// What is alike in all notifications of a thread.
    thread: [&'a str; 5],
}

impl Notice<'_> {
    /// The notice as a custom notification, in JSON.
    pub fn chat(self) -> String {
        match self {
            Self::Alert(alert) => of_alert(alert),
            Self::WentOn(summary, held) => of_summary(summary, held),
            Self::PolicyRefused(refused) => of_policy(refused),
        }
    }
}

fn of_alert(alert: &Alert) -> String {
    let mut lines: Vec<String> = Vec::new();
    for finding in alert.findings.iter().take(FINDINGS) {
        lines.extend(text::whats(finding).iter().map(|what| line("What", what)));
    }
    if let Some(more) = alert.findings.len().checked_sub(FINDINGS).filter(|more| *more > 0) {
        lines.push(line("What", &format!("and {more} more")));
    }
    let heads = [("Who", alert.who()), ("From", alert.from()), ("When", alert.when()), ("Where", alert.place())];
    let told = heads.iter().filter(|(head, _)| *head != "From" || alert.tells_where_from());
    lines.extend(told.map(|(head, value)| line(head, value)));
    lines.push(line("Why", &alert.reason()));
    if let Some(held) = &alert.held_back {
        lines.push(line("Since", &held.words()));
    }
    // Where to read on: the whole of it is in the e-mail, the archive and the log, by this id.
    lines.extend(alert.findings.first().map(Finding::id).map(|id| line("Finding", &id)));
    let table = alert.table.as_ref().map(TableId::arn);
    Shown {
        title: format!("[{}] {}", alert.severity.as_str().to_uppercase(), alert.detection.title),
        lines,
        steps: alert.first_steps(),
        summary: alert.subject(),
        thread: thread(
            alert.detection.id,
            &alert.actor.name,
            table.as_deref().unwrap_or(alert.what()),
            &alert.account,
            &alert.region,
        ),
        resource: table.clone(),
    }
    .notification(&alert.attributes())
}

fn of_summary(summary: &Summary, held: &HeldBack) -> String {
    let place = format!("{}, account {}, {}", summary.what, summary.account, summary.region);
    let about = summary.table_arn.as_deref().unwrap_or(&summary.what);
    Shown {
        title: format!("[{}] {} went on", held.severity.as_str().to_uppercase(), summary.title),
        lines: vec![line("What", &held.words()), line("Who", &summary.who), line("Where", &place)],
        steps: Vec::new(),
        summary: summary.message(held).subject,
        thread: thread(&summary.detection, &summary.actor, about, &summary.account, &summary.region),
        resource: summary.table_arn.clone(),
    }
    .notification(&summary.attributes(held))
}

fn of_policy(refused: &PolicyRefused) -> String {
    let mut lines = vec![line("What", &refused.what()), line("Stays", &refused.stays())];
    lines.extend(refused.problem_lines().iter().map(|problem| code(problem, LONGEST_VALUE)));
    Shown {
        title: format!("[{}] {}", policy_refused::SEVERITY.as_str().to_uppercase(), policy_refused::TITLE),
        lines,
        steps: policy_refused::FIRST_STEPS.to_vec(),
        summary: refused.message().subject,
        thread: thread(policy_refused::ID, "", &refused.source, &refused.account, &refused.region),
        resource: None,
    }
    .notification(&refused.attributes())
}

/// What is alike in a storm: what was detected, who, and where.
fn thread<'a>(detection: &'a str, actor: &'a str, about: &'a str, account: &'a str, region: &'a str) -> [&'a str; 5] {
    [detection, actor, about, account, region]
}

impl Shown<'_> {
    fn notification(self, attributes: &[Attribute]) -> String {
        let mut description = String::new();
        for line in self.lines {
            if description.chars().count() + line.chars().count() > LONGEST {
                description.push_str("\n… and more: see the e-mail or the log");
                break;
            }
            if !description.is_empty() {
                description.push('\n');
            }
            description.push_str(&line);
        }
        let steps = self.steps.into_iter().take(STEPS).map(|step| ours(step, LONGEST_STEP));
        let known = |wanted: &str| attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let [severity, detection, account, region] = ["severity", "detection", "account", "region"].map(known);
        let mut said = json!({
            "version": "1.0",
            "source": "custom",
            "content": {
                "textType": "client-markdown",
                "title": ours(&self.title, LONGEST_SUMMARY),
                "description": description,
                "keywords": [severity, detection],
            },
            "metadata": {
                "threadId": digest(self.thread),
                "summary": code(&self.summary, LONGEST_SUMMARY),
                "eventType": detection,
                "additionalContext": { "severity": severity, "detection": detection, "account": account, "region": region },
            },
        });
        let mut add = |part: &str, name: &str, list: Vec<String>| {
            if let Some(part) = said.get_mut(part).and_then(Value::as_object_mut)
                && !list.is_empty()
            {
                part.insert(name.to_owned(), list.into());
            }
        };
        add("content", "nextSteps", steps.collect());
        add("metadata", "relatedResources", self.resource.iter().map(|arn| code(arn, LONGEST_VALUE)).collect());
        said.to_string()
    }
}

/// A head and, in code, what others wrote. Lines of it are one: the texts that are made for e-mail indent what follows.
fn line(head: &str, value: &str) -> String {
    let value: Vec<&str> = value.lines().map(str::trim).collect();
    format!("*{head}* {}", code(&value.join(", "), LONGEST_VALUE))
}

/// Text as code. Slack reads `&`, `<` and `>` in code too, where `<!channel>` calls everyone.
fn code(text: &str, longest: usize) -> String {
    format!("`{}`", entities(&printable(text, longest).replace('`', "'")))
}

/// Text of ours, or of who wrote the Sigma rules.
fn ours(text: &str, longest: usize) -> String {
    entities(&printable(text, longest))
}

/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping>
fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
