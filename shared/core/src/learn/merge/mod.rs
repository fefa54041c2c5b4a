//! What was learned into a policy that is there already: lines and entries are added, everything else stays as it is, to the
//! byte.

mod edit;
mod tree;

use super::finish::{Change, Learned, LearnedTable};
use crate::policy::{Policy, PolicyError, scalar};
use edit::{Addition, Edits};
use tree::{Node, Value};

/// A policy with what was learned in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The policy.
    pub yaml: String,
    /// How many entries were added.
    pub entries: usize,
    /// How many lines were added to entries that were there.
    pub lines: usize,
    /// What somebody has to look at, one line each.
    pub notes: Vec<String>,
}

/// Why nothing could be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Something is not in a form that can be added to, such as an alias.
    #[error("line {line}: nothing can be added to `{what}` here; write it as a list or a map of its own")]
    Form {
        /// The line, from 1.
        line: usize,
        /// The field.
        what: &'static str,
    },
    /// What came of it is no policy: a defect, unless the policy was of a form that nobody writes.
    #[error("what was learned does not fit into this policy; learn without merging, and merge by hand\n{0}")]
    Unfit(#[source] PolicyError),
}

/// Adds what is new. `yaml` has to be the policy that was given to the learner.
pub fn merge(name: &str, yaml: &str, learned: &Learned) -> Result<Merged, MergeError> {
    let text = yaml.strip_prefix('\u{feff}').unwrap_or(yaml);
    let mut edits = Edits::new(text);
    let mut merged = Merged { yaml: String::new(), entries: 0, lines: 0, notes: Vec::new() };
    let root = tree::parse(text);
    let tables = root.as_ref().and_then(|root| root.get("tables"));
    let mut fresh = Vec::new();
    for table in learned.tables.iter().filter(|table| table.has_entry()) {
        let Some(line) = table.existing else {
            fresh.push(table);
            continue;
        };
        let is_it = |entry: &&Node| entry.get("table").is_some_and(|table| table.line == line);
        let entry = tables.map(Node::items).unwrap_or_default().iter().find(is_it);
        let entry = entry.ok_or(MergeError::Form { line, what: "tables" })?;
        add_to(entry, table, &mut edits, &mut merged)?;
    }
    if let Some(root) = &root {
        merged.entries = fresh.len();
        let entries = Addition {
            block: &|column| fresh.iter().flat_map(|table| table.entry(column)).collect(),
            flow: &|| fresh.iter().map(|table| table.flow()).collect(),
        };
        add_section(root, "tables", fresh.is_empty(), &entries, &mut edits)?;
        let accepted: Vec<&LearnedTable> = learned.tables.iter().filter(|table| table.root.is_some()).collect();
        let suppressions = Addition {
            block: &|column| accepted.iter().filter_map(|table| table.suppression(column)).flatten().collect(),
            flow: &|| {
                accepted
                    .iter()
                    .filter_map(|table| table.suppression_fields())
                    .map(|fields| format!("{{{}}}", fields.join(", ")))
                    .collect()
            },
        };
        add_section(root, "suppressions", accepted.is_empty(), &suppressions, &mut edits)?;
    }
    let mark = if text.len() < yaml.len() { "\u{feff}" } else { "" };
    merged.yaml = format!("{mark}{}", edits.apply());
    Policy::parse(name, &merged.yaml).map_err(MergeError::Unfit)?;
    Ok(merged)
}

/// Adds to a list at the top of the policy, or the whole of it where it is not there.
fn add_section(
    root: &Node,
    name: &'static str,
    is_empty: bool,
    addition: &Addition<'_>,
    edits: &mut Edits<'_>,
) -> Result<(), MergeError> {
    if is_empty {
        return Ok(());
    }
    let whole = Addition {
        block: &|_| std::iter::once(format!("{name}:")).chain((addition.block)(2)).collect(),
        flow: &|| vec![format!("{name}: [{}]", (addition.flow)().join(", "))],
    };
    let list = root.get(name);
    let is_added = match list {
        Some(list) => edits.add(list, nested_in(root), addition),
        None => edits.add(root, None, &whole),
    };
    let line = list.map_or(root.line, |list| list.line);
    is_added.then_some(()).ok_or(MergeError::Form { line, what: name })
}

/// The column of a block below a field of a map; `None` between brackets, where no block can stand.
fn nested_in(map: &Node) -> Option<usize> {
    matches!(map.value, Value::Map { is_flow: false, .. }).then_some(map.column + 2)
}

/// Adds to an entry that is there.
fn add_to(entry: &Node, table: &LearnedTable, edits: &mut Edits<'_>, merged: &mut Merged) -> Result<(), MergeError> {
    let nested = nested_in(entry);
    if !table.lines.is_empty() {
        merged.lines += table.lines.len();
        if table.label.contains('*') {
            let line = table.existing.unwrap_or_default();
            merged.notes.push(format!(
                "line {line} speaks for all tables called {}: what was added there is expected of each of them",
                table.label
            ));
        }
        let addition = Addition {
            block: &|column| table.lines.iter().flat_map(|line| line.block(column)).collect(),
            flow: &|| table.lines.iter().map(super::Line::flow).collect(),
        };
        // Without a list, nobody is judged, and nothing was learned.
        let expected = entry.get("expected").filter(|expected| edits.add(expected, nested, &addition));
        expected.ok_or(MergeError::Form { line: entry.line, what: "expected" })?;
    }
    if table.changes.is_empty() {
        return Ok(());
    }
    let Some(detections) = entry.get("detections") else {
        let addition = Addition {
            block: &|column| {
                let changes = table.changes.iter().map(|change| change.line(column + 2));
                std::iter::once(format!("{}detections:", " ".repeat(column))).chain(changes).collect()
            },
            flow: &|| {
                let changes: Vec<String> = table.changes.iter().map(Change::flow).collect();
                vec![format!("detections: {{{}}}", changes.join(", "))]
            },
        };
        // In a block it reads best behind the table's name.
        match (nested, entry.get("table")) {
            (Some(_), Some(name)) => edits.add_lines(name.end, &(addition.block)(entry.column)),
            _ if edits.add(entry, None, &addition) => {}
            _ => return Err(MergeError::Form { line: entry.line, what: "table" }),
        }
        return Ok(());
    };
    table.changes.iter().try_for_each(|change| add_change(detections, nested, change, edits, merged))
}

/// Adds a change to `detections`, unless something is said of the detection already.
fn add_change(
    detections: &Node,
    column: Option<usize>,
    change: &Change,
    edits: &mut Edits<'_>,
    merged: &mut Merged,
) -> Result<(), MergeError> {
    let form = MergeError::Form { line: detections.line, what: "detections" };
    let Some(said) = detections.get(change.detection) else {
        let addition = Addition { block: &|column| vec![change.line(column)], flow: &|| vec![change.flow()] };
        return if edits.add(detections, column, &addition) { Ok(()) } else { Err(form) };
    };
    for (&unit, threshold) in &change.thresholds {
        let name = unit.as_str();
        if let Some(said) = said.get(name) {
            merged.notes.push(format!(
                "line {}: {} fires on what was seen, {}; `{name}: {threshold}` would keep it quiet",
                said.line, change.detection, change.why
            ));
            continue;
        }
        let pair = format!("{name}: {threshold}");
        let addition =
            Addition { block: &|column| vec![format!("{}{pair}", " ".repeat(column))], flow: &|| vec![pair.clone()] };
        if !edits.add(said, None, &addition) {
            return Err(form);
        }
    }
    Ok(())
}

impl LearnedTable {
    /// An entry of its own between brackets.
    fn flow(&self) -> String {
        let changes: Vec<String> = self.changes.iter().map(Change::flow).collect();
        let changes =
            if changes.is_empty() { String::new() } else { format!(", detections: {{{}}}", changes.join(", ")) };
        let lines: Vec<String> = self.lines.iter().map(super::Line::flow).collect();
        format!("{{table: {}{changes}, expected: [{}]}}", scalar(&self.label), lines.join(", "))
    }
}

impl Change {
    /// One pair between brackets.
    fn flow(&self) -> String {
        format!("{}: {}", self.detection, self.value())
    }
}
