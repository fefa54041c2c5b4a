//! What was made of one event, for people and machines.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell};
use tablewarden_core::explain::{
    AboutStory, AccessStory, ActorStory, DetectionStory, EntryStory, EventStory, Explanation, PlaceStory, PolicyStory,
    RelayedStory,
};
use tablewarden_core::printable::{printable, printable_json};

use super::screen::{Screen, write_table};

/// The longest that a text somebody else wrote may be, in characters.
const LINE: usize = 600;

/// A head, and the text beside it.
type Line = (&'static str, String);

/// The explanations as machines read them.
pub(crate) fn json(explanations: &[Explanation], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", printable_json(&serde_json::to_string_pretty(explanations)?))
}

/// The explanations as people read them.
pub(crate) fn table(explanations: &[Explanation], screen: Screen, out: &mut impl Write) -> io::Result<()> {
    for (number, explanation) in explanations.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write_lines(&head(explanation), screen, out)?;
        let accesses = &explanation.accesses;
        for (number, access) in accesses.iter().enumerate() {
            let of = if accesses.len() > 1 { format!(" {} of {}", number + 1, accesses.len()) } else { String::new() };
            writeln!(out, "\n━━━ Access{of}: {} ━━━\n", what(access))?;
            write_lines(&of_access(access), screen, out)?;
        }
        for AboutStory { actor, table, detections } in explanation.relayed.iter().flat_map(|relayed| &relayed.about) {
            let table = table.as_deref().unwrap_or("no table");
            writeln!(out, "\n━━━ {} and {} ━━━\n", printable(actor, LINE), printable(table, LINE))?;
            write_lines(&detections.iter().flat_map(of_detection).collect::<Vec<_>>(), screen, out)?;
        }
        if !explanation.findings.is_empty() {
            writeln!(out, "\n━━━ Findings of all that was read, with this event in them ━━━\n")?;
            let lines = explanation.findings.iter().map(|finding| {
                let calls =
                    if finding.accesses == 1 { "1 call".to_owned() } else { format!("{} calls", finding.accesses) };
                let reason = printable(&finding.reason, LINE);
                (finding.severity, format!("{} ({calls}): {reason}\n{}", finding.detection, finding.id))
            });
            write_lines(&lines.collect::<Vec<_>>(), screen, out)?;
        }
    }
    Ok(())
}

fn write_lines(lines: &[Line], screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let mut table = screen.table();
    let mut above = "";
    for (head, text) in lines {
        // A head that stands above already is not repeated.
        let shown = if *head == above { String::new() } else { head.to_uppercase() };
        table.add_row([Cell::new(shown).add_attribute(Attribute::Bold), Cell::new(text)]);
        above = head;
    }
    let widths = screen.fit(&table);
    write_table(&mut table, &widths, out)
}

fn head(explanation: &Explanation) -> Vec<Line> {
    let mut lines = vec![("event", printable(&explanation.event_id, LINE))];
    lines.extend(explanation.places.iter().map(|place| ("stands in", of_place(place))));
    if explanation.more_places > 0 {
        lines.push(("stands in", format!("and in {} more places", explanation.more_places)));
    }
    if let Some(event) = &explanation.event {
        lines.extend(of_event(event));
    }
    if let Some(relayed) = &explanation.relayed {
        lines.extend(of_relayed(relayed));
    }
    lines
}

fn of_relayed(relayed: &RelayedStory) -> Vec<Line> {
    let RelayedStory { original, time, account, region, about: _ } = relayed;
    let text = |text: &str| printable(text, LINE);
    let id = original.id.as_deref().map_or(String::new(), |id| format!(" {}", text(id)));
    let mut lines = vec![
        ("told by", format!("{}, account {}, {}", original.service, text(account), text(region))),
        ("at", time.clone()),
        ("found", format!("{}{id}", text(&original.kind))),
        ("says", text(&original.title)),
    ];
    lines.extend(original.description.as_deref().map(|description| ("says", text(description))));
    lines.extend(original.url.iter().map(|url| ("see", url.clone())));
    lines
}

/// `logs/monday.json, record 3: skipped: …`.
fn of_place(place: &PlaceStory) -> String {
    let PlaceStory { place, index, fate, why } = place;
    let why = why.as_ref().map_or(String::new(), |why| format!(": {}", printable(why, LINE)));
    format!("{}, record {index}: {fate}{why}", printable(place, LINE))
}

fn of_event(event: &EventStory) -> Vec<Line> {
    let text = |text: &str| printable(text, LINE);
    let opt = |value: &Option<String>| value.as_deref().map(text);
    let plane = event.plane.map_or(String::new(), |plane| format!(", {plane} plane"));
    let called = format!("{} of {} in {}{plane}", text(&event.name), text(&event.source), text(&event.region));
    let mut lines = vec![("called", called)];
    lines.extend(opt(&event.time).map(|time| ("at", time)));
    lines.extend(of_actor(&event.actor));
    let account = opt(&event.vpc_endpoint_account).map_or(String::new(), |account| format!(" of account {account}"));
    let endpoint = opt(&event.vpc_endpoint).map_or(String::new(), |endpoint| format!(", through {endpoint}{account}"));
    let agent = opt(&event.user_agent).map_or(String::new(), |agent| format!("\ncalling itself {agent}"));
    let source = opt(&event.source_ip).unwrap_or_else(|| "unknown".to_owned());
    lines.push(("from", format!("{source}{endpoint}{agent}")));
    let code = opt(&event.error_code).map_or(String::new(), |code| format!(": {code}"));
    let withheld = event.error_message_withheld.map(|why| format!("its message is withheld: {why}"));
    let message = opt(&event.error_message).or(withheld).map_or(String::new(), |message| format!("\n{message}"));
    lines.push(("outcome", format!("{}{code}{message}", event.outcome)));
    lines
}

fn of_actor(actor: &ActorStory) -> Vec<Line> {
    let text = |text: &str| printable(text, LINE);
    let part = |word: &str, value: &Option<String>| {
        value.as_deref().map_or(String::new(), |value| format!("{word}{}", text(value)))
    };
    let who = match actor.is_person {
        Some(true) => ", a person",
        Some(false) => ", a machine",
        None => "",
    };
    vec![
        ("who", format!("{}{who}", text(&actor.shown))),
        (
            "who",
            format!(
                "{}: {}{}{}{}",
                actor.kind,
                text(&actor.name),
                part(" of account ", &actor.account),
                part(", through ", &actor.via),
                part(", who gave the source identity ", &actor.source_identity)
            ),
        ),
        ("who", format!("named by {}", actor.named_by)),
    ]
}

/// `read of orders (111122223333, eu-west-1), index/by-date`.
fn what(access: &AccessStory) -> String {
    let of = access.table.as_deref().or(access.resource.as_deref()).unwrap_or("no table");
    let part = access.part.as_deref().map_or(String::new(), |part| format!(", {}", printable(part, LINE)));
    format!("{} of {}{part}", access.effect, printable(of, LINE))
}

fn of_access(access: &AccessStory) -> Vec<Line> {
    let items = match access.items {
        Some(items) => Some(items.to_string()),
        // A call on the table itself is about no items.
        None => (access.effect != "admin").then(|| "not told".to_owned()),
    };
    let reach = match access.reach {
        "items" => Some("items by their keys"),
        "partition" => Some("the items of a partition"),
        "whole" => Some("all of the table"),
        _ => None,
    };
    let mut lines = Vec::new();
    lines.extend(items.map(|items| ("items", items)));
    lines.extend(reach.map(|reach| ("reach", reach.to_owned())));
    let mut keys: Vec<String> = access.keys.iter().map(|key| printable(key, LINE)).collect();
    if access.keys_withheld > 0 {
        keys.push(format!("{} that the policy does not show", access.keys_withheld));
    }
    if !keys.is_empty() {
        lines.push(("keys", keys.join("\n")));
    }
    lines.extend(access.unreadable.map(|why| ("unreadable", why.to_owned())));
    lines.extend(of_policy(&access.policy));
    lines.extend(access.detections.iter().flat_map(of_detection));
    lines.push(("silent", access.silent.join(", ")));
    lines
}

fn of_policy(policy: &PolicyStory) -> Vec<Line> {
    let entry = |entry: &EntryStory| format!("line {}, {} ({})", entry.line, entry.table, entry.specificity);
    let mut lines = Vec::new();
    lines.extend(policy.entry.iter().map(|speaks| ("policy", entry(speaks))));
    lines.extend(
        policy.less_specific.iter().map(|other| ("policy", format!("and not {}: less specific", entry(other)))),
    );
    for trial in &policy.tried {
        let sign = if trial.matches { "✓" } else { "✗" };
        let result = printable(&trial.result, LINE);
        lines.push(("tried", format!("{sign} line {}, {}: {result}", trial.line, printable(&trial.expects, LINE))));
    }
    lines.push(("standing", printable(&policy.standing, LINE)));
    lines
}

fn of_detection(detection: &DetectionStory) -> Vec<Line> {
    let by = detection.suppressed_by.map_or(String::new(), |line| format!(" by line {line}"));
    let mut lines = vec![(detection.said, format!("{}{by}: {}", detection.id, printable(&detection.reason, LINE)))];
    if let Some(severity) = &detection.severity {
        let moved: String =
            severity.moved.iter().fold(severity.own.to_owned(), |path, (why, to)| format!("{path} → {to} ({why})"));
        lines.push((detection.said, format!("severity {moved}")));
    }
    lines
}
