//! The folders of `events/scenarios`: events in, expected findings beside them.
//!
//! `events/README.md` describes what a folder holds.
#![expect(clippy::panic, reason = "a test that cannot read its fixtures has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of scenarios, from this crate's.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/scenarios");

/// The expected findings, one a line.
const FINDINGS: &str = "expected.ndjson";

/// The expected counts of records.
const COUNTS: &str = "expected-counts.json";

/// One story: events, a policy or none, and what is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The name of its folder.
    pub name: String,
    /// The first line of its README.
    pub title: String,
    /// Where it stands.
    pub folder: PathBuf,
    /// Its `policy.yaml`; the story of one scenario is that there is none.
    pub policy: Option<String>,
    /// The folder of its Sigma rules, where it has any.
    pub rules: Option<PathBuf>,
    /// Its event files, by name: the order in which they are to be replayed.
    pub events: Vec<PathBuf>,
}

/// All scenarios, by name.
///
/// # Panics
///
/// Where a folder cannot be read, or has no title or no events.
pub fn scenarios() -> Vec<Scenario> {
    let folders: Vec<PathBuf> = entries(Path::new(FOLDER)).into_iter().filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty(), "{FOLDER}: no scenarios");
    folders.into_iter().map(Scenario::load).collect()
}

impl Scenario {
    fn load(folder: PathBuf) -> Self {
        let files = entries(&folder);
        let readme = read(&folder.join("README.md"));
        let Some(title) = readme.lines().next().and_then(|line| line.strip_prefix("# ")) else {
            panic!("{}: README.md starts with no `# title`", folder.display())
        };
        let policy = folder.join("policy.yaml");
        let policy = files.contains(&policy).then(|| read(&policy));
        let rules = folder.join("rules");
        let rules = files.contains(&rules).then_some(rules);
        let name = file_name(&folder).to_owned();
        let events: Vec<PathBuf> = files.into_iter().filter(|file| is_event_file(file)).collect();
        assert!(!events.is_empty(), "{}: no events", folder.display());
        Self { name, title: title.to_owned(), policy, rules, events, folder }
    }

    /// The findings to be told, the gravest first: each as the engine writes it, but without `places`, which depend on where
    /// the events were read.
    ///
    /// # Panics
    ///
    /// Where there is no `expected.ndjson`, or a line of it is no JSON. One that expects nothing is an empty file.
    pub fn expected(&self) -> Vec<Value> {
        let path = self.folder.join(FINDINGS);
        read(&path).lines().map(|line| parse(&path, line)).collect()
    }

    /// How many records are read, relevant, skipped and rejected, by these words.
    ///
    /// # Panics
    ///
    /// Where there is no `expected-counts.json`, or it is no JSON.
    pub fn expected_counts(&self) -> Value {
        let path = self.folder.join(COUNTS);
        parse(&path, &read(&path))
    }

    /// What differs between the findings that were told, in any order, and those that are expected; empty where nothing does.
    ///
    /// # Panics
    ///
    /// As [`Scenario::expected`] does.
    pub fn difference(&self, told: &[Value]) -> String {
        difference(&self.expected(), told)
    }

    /// Makes what was told what is expected. Only after someone has read it and found it right.
    ///
    /// # Panics
    ///
    /// Where a file cannot be written.
    pub fn bless(&self, told: &[Value], counts: &Value) {
        let lines: String = told.iter().map(|finding| ascii(&without_places(finding)) + "\n").collect();
        write(&self.folder.join(FINDINGS), &lines);
        write(&self.folder.join(COUNTS), &format!("{counts:#}\n"));
    }
}

fn difference(expected: &[Value], told: &[Value]) -> String {
    let mut expected = by_id(expected);
    let mut lines = Vec::new();
    for (id, told) in by_id(told) {
        match expected.remove(&id) {
            None => lines.push(format!("+ {told}")),
            Some(expected) if expected != told => lines.extend([format!("- {expected}"), format!("+ {told}")]),
            Some(_) => {}
        }
    }
    lines.extend(expected.into_values().map(|missing| format!("- {missing}")));
    lines.join("\n")
}

/// By `id`, and by their position among those of one id: a finding told twice is a difference.
fn by_id(findings: &[Value]) -> BTreeMap<(String, usize), Value> {
    let mut sorted = BTreeMap::new();
    for finding in findings {
        let id = finding.get("id").map(Value::to_string).unwrap_or_default();
        let before = sorted.range((id.clone(), 0)..=(id.clone(), usize::MAX)).count();
        sorted.insert((id, before), without_places(finding));
    }
    sorted
}

fn without_places(finding: &Value) -> Value {
    let mut finding = finding.clone();
    if let Some(object) = finding.as_object_mut() {
        object.shift_remove("places");
    }
    finding
}

/// JSON with every character beyond ASCII escaped: marks that reorder text have no place in a file that people review.
fn ascii(json: &Value) -> String {
    let mut escaped = String::new();
    for c in json.to_string().chars() {
        if c.is_ascii() {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

fn is_event_file(path: &Path) -> bool {
    let name = file_name(path);
    let json = name.strip_suffix(".gz").unwrap_or(name);
    Path::new(json).extension().is_some_and(|extension| extension == "json") && name != COUNTS
}

fn file_name(path: &Path) -> &str {
    match path.file_name().and_then(|name| name.to_str()) {
        Some(name) => name,
        None => panic!("{}: the name is no text", path.display()),
    }
}

/// What stands in a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>());
    let mut paths = listed.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn parse(path: &Path, json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_where_the_findings_were_read_and_their_order_make_no_difference() {
        let (a, b) = (json!({"id": "a", "items": 1}), json!({"id": "b", "items": 2}));
        let elsewhere = json!({"id": "a", "items": 1, "places": ["somewhere"]});
        let changed = json!({"id": "a", "items": 3});
        let cases = [
            (vec![&a, &b], vec![&b, &elsewhere], String::new()),
            (vec![], vec![], String::new()),
            (vec![&a, &b], vec![&a], format!("- {b}")),
            (vec![&a], vec![&a, &b], format!("+ {b}")),
            (vec![&a], vec![&a, &a], format!("+ {a}")),
            (vec![&a], vec![&changed], format!("- {a}\n+ {changed}")),
            (vec![], vec![&elsewhere], format!("+ {a}")),
        ];
        for (expected, told, want) in cases {
            let own = |values: Vec<&Value>| values.into_iter().cloned().collect::<Vec<_>>();
            assert_eq!(difference(&own(expected), &own(told)), want);
        }
    }

    #[test]
    fn blessed_lines_are_ascii_and_say_the_same() {
        let value = json!({"name": "a\u{202e}b \u{1f980} \u{1b}"});
        let line = ascii(&value);
        assert_eq!(line, r#"{"name":"a\u202eb \ud83e\udd80 \u001b"}"#);
        assert_eq!(parse(Path::new("line"), &line), value);
    }

    #[test]
    fn expectations_are_no_events() {
        for (name, want) in [
            ("monday.json", true),
            ("monday.json.gz", true),
            (COUNTS, false),
            (FINDINGS, false),
            ("policy.yaml", false),
            ("README.md", false),
        ] {
            assert_eq!(is_event_file(Path::new(name)), want, "{name}");
        }
    }
}
