//! The text for people: read on a phone, at night.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::{Alert, relayed};
use crate::access::Outcome;
use crate::console;
use crate::finding::{EventId, Evidence, Finding, SEVERAL, Sample};
use crate::operation::Plane;
use crate::place::Place;
use crate::policy::Sensitivity;
use crate::printable::printable;

/// The longest that a text somebody else wrote may be in a line, in characters.
pub(super) const LINE: usize = 200;

/// How many event ids are listed.
const EVENT_IDS: usize = 10;

impl Alert {
    /// What happened, who, from where, when, why it was flagged, where to look further, what would make it expected.
    pub fn text(&self) -> String {
        let mut text = self.subject();
        text.push_str("\n\n");
        // Writing to a string does not fail.
        let mut line = |head: &str, body: String| {
            let _ = writeln!(text, "{head:<6} {body}");
        };
        for what in self.findings.iter().flat_map(whats) {
            line("What", what);
        }
        line("Who", self.who());
        if self.tells_where_from() {
            line("From", self.from());
        }
        line("When", self.when());
        let keys = each(self, |finding| &finding.keys);
        if !keys.is_empty() {
            line("Keys", keys);
        }
        line("Where", self.place());
        let reasons: BTreeSet<String> = self.findings.iter().map(Finding::reason).collect();
        for reason in reasons {
            line("Why", printable(&reason, 4 * LINE));
        }
        if let Some(held) = &self.held_back {
            line("Since", held.words());
        }
        let _ = write!(text, "\nWhy it matters\n  {}\n\nFirst steps\n", self.detection.why);
        for (number, step) in self.first_steps().into_iter().enumerate() {
            let _ = writeln!(text, "  {}. {step}", number + 1);
        }
        let pages = self.pages();
        let further = if pages.is_empty() { self.look_further() } else { pages };
        let _ = write!(text, "\nLook further\n{further}");
        if let Some(remedy) = self.findings.iter().find_map(|finding| finding.remedy.as_deref()) {
            let _ = write!(text, "\nIf this is expected\n{}", indented(remedy));
        }
        let _ = writeln!(text, "\nEvent ids ({})", self.accesses());
        let ids = self.findings.iter().flat_map(|finding| finding.event_ids.iter()).take(EVENT_IDS);
        let mut left_out = self.accesses();
        for id in ids {
            let _ = writeln!(text, "  {}", printable(&id.to_string(), LINE));
            left_out = left_out.saturating_sub(1);
        }
        if left_out > 0 {
            let _ = writeln!(text, "  and {left_out} more");
        }
        let techniques = self.techniques().join(", ");
        let techniques = if techniques.is_empty() { String::new() } else { format!(" · ATT&CK {techniques}") };
        let _ = writeln!(text, "\nDetection {}{techniques}", self.detection.id);
        text
    }

    pub(super) fn who(&self) -> String {
        let several = each(self, |finding| &finding.actors);
        if !several.is_empty() {
            return format!("several actors: {several}");
        }
        if let Some(original) = self.relayed().next().filter(|_| self.names_nobody()) {
            return format!("{} names nobody", original.service);
        }
        let account = self.actor.account.as_deref().filter(|account| *account != self.account);
        let other = account.map_or(String::new(), |account| format!(", of account {}", printable(account, LINE)));
        let via = each(self, |finding| &finding.via);
        let via = if via.is_empty() { via } else { format!(", through {via}") };
        let said = each(self, |finding| &finding.source_identities);
        let said = if said.is_empty() { said } else { format!(", who gave the source identity {said}") };
        let (shown, name) = (printable(&self.actor.to_string(), LINE), printable(&self.actor.name, LINE));
        let full = if shown == name { String::new() } else { format!("\n       {name}") };
        format!("{shown}{other}{via}{said}{full}")
    }

    pub(super) fn from(&self) -> String {
        let sources = each(self, |finding| &finding.sources);
        let endpoints = each(self, |finding| &finding.vpc_endpoints);
        let agents = each(self, |finding| &finding.user_agents);
        let mut from = if sources.is_empty() { "unknown".to_owned() } else { sources };
        if !endpoints.is_empty() {
            let _ = write!(from, ", through {endpoints}");
        }
        if !agents.is_empty() {
            // A mail program makes a link of a URL, even of one that the caller wrote.
            let _ = write!(from, "\n       calling itself {}", agents.replace("://", "[://]"));
        }
        from
    }

    pub(super) fn when(&self) -> String {
        let first = self.findings.iter().map(|finding| finding.first.time).min();
        let last = self.findings.iter().map(|finding| finding.last_seen).max();
        match (first, last) {
            (Some(first), Some(last)) if first != last => format!("{} to {}", utc(first), utc(last)),
            (first, last) => {
                let time = first.or(last).map_or(String::new(), utc);
                match self.relayed().next() {
                    Some(told) => format!("{time}, when {} said it", told.service),
                    None => time,
                }
            }
        }
    }

    pub(super) fn place(&self) -> String {
        let parts = each(self, |finding| &finding.parts);
        let parts = if parts.is_empty() { parts } else { format!(" ({parts})") };
        let several = each(self, |finding| &finding.tables);
        let table = match &self.table {
            Some(_) if !several.is_empty() => format!("several tables: {several}"),
            Some(table) => format!("table {}{parts}", printable(&table.name, LINE)),
            None => printable(self.what(), LINE),
        };
        let mut place = table;
        if self.account != SEVERAL {
            let _ = write!(place, ", account {}", printable(&self.account_label(), LINE));
        }
        if self.region != SEVERAL {
            let _ = write!(place, ", {}", printable(&self.region, LINE));
        }
        if self.sensitivity == Some(Sensitivity::High) {
            place.push_str(", of high sensitivity");
        }
        if let Some(owner) = &self.owner {
            let _ = write!(place, "\n       owner {}", printable(owner, LINE));
        }
        place
    }

    /// The console's page of the event where there is one, and the line that gets the record out of its log object, which
    /// S3 may have unpacked (`gzip -dcf` passes on what is plain).
    fn look_further(&self) -> String {
        let mut lines = String::new();
        let Some(Evidence { event_id, place, .. }) = self.findings.iter().map(|finding| &finding.first).min() else {
            return lines;
        };
        let id = match event_id {
            EventId::Guid(_) => Some(event_id.to_string()),
            EventId::Other(_) => None,
        };
        // Event history shows management events only.
        if let (Plane::Control, Some(id), Some(console)) = (self.plane(), &id, console::host(&self.region)) {
            let _ = writeln!(lines, "  https://{console}/cloudtrailv2/home?region={}#/events/{id}", self.region);
        }
        let filter = id.map_or("select(.eventID)".to_owned(), |id| format!("select(.eventID == \"{id}\")"));
        let _ = match place {
            Place::Object(object) => {
                let url = quoted(&object.to_string());
                writeln!(lines, "  aws s3 cp {url} - | gzip -dcf | jq '.Records[] | {filter}'")
            }
            // A file of any form: the record may stand at any depth, or in a string, as `lookup-events` writes it.
            Place::File(path) => {
                writeln!(
                    lines,
                    "  gzip -dcf <{} | jq '.. | ., (strings | fromjson? | ..) | objects | {filter}'",
                    quoted(path)
                )
            }
            Place::Event(route) => {
                writeln!(lines, "  Told by {route}; the log object with the same event id follows in 5 to 15 minutes.")
            }
        };
        lines
    }
}

/// What was done, or what another service says: a line for each thing.
pub(super) fn whats(finding: &Finding) -> Vec<String> {
    if finding.relayed.is_empty() {
        return vec![what(finding)];
    }
    relayed::latest(finding).map(relayed::what).collect()
}

/// `4 calls of DeleteItem, BatchWriteItem: delete, 7 items, succeeded`.
fn what(finding: &Finding) -> String {
    let calls = match finding.accesses {
        1 => "1 call".to_owned(),
        accesses => format!("{accesses} calls"),
    };
    let items = match (finding.known_items(), finding.accesses_of_unknown_size) {
        (None, _) => None,
        (Some(1), 0) => Some("1 item".to_owned()),
        (Some(items), 0) => Some(format!("{items} items")),
        (Some(1), _) => Some("at least 1 item".to_owned()),
        (Some(items), _) => Some(format!("at least {items} items")),
    };
    let errors = joined(&finding.error_codes);
    let subject = &finding.subject;
    let errors = match subject.outcome {
        _ if errors.is_empty() => errors,
        // Of a chain, some of the steps may be about calls in vain.
        Outcome::Succeeded => format!(", some ended with {errors}"),
        Outcome::Denied | Outcome::Failed | Outcome::Unknown => format!(" ({errors})"),
    };
    // Several effects are told by the operations.
    let effect = subject.effect.map(|effect| effect.as_str().to_owned());
    let outcome = subject.outcome.as_str().to_owned();
    let parts: Vec<String> = [effect, items, Some(outcome)].into_iter().flatten().collect();
    format!("{calls} of {}: {}{errors}", joined(&finding.operations), parts.join(", "))
}

/// The values of a sample of all findings.
fn each(alert: &Alert, sample: impl Fn(&Finding) -> &Sample<String>) -> String {
    let mut all = Sample::default();
    for finding in &alert.findings {
        all.merge(sample(finding));
    }
    joined(&all)
}

fn joined(sample: &Sample<String>) -> String {
    let values: Vec<String> = sample.iter().map(|value| printable(value, LINE)).collect();
    values.join(", ") + if sample.has_more() { " and more" } else { "" }
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut lines, line| {
        let _ = writeln!(lines, "  {}", printable(line, 2 * LINE));
        lines
    })
}

pub(super) fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A word for a POSIX shell. What cannot stand in one is escaped first, so that the line stays a line.
fn quoted(word: &str) -> String {
    let word = printable(word, 2048);
    shlex::try_quote(&word).map_or_else(|_| "''".to_owned(), std::borrow::Cow::into_owned)
}
