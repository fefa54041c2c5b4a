//! The catalogue as a page of Markdown: `docs/detections.md`.

use std::fmt::Write as _;

use super::{Detection, Section};

const HEAD: &str = "\
<!-- Written by `tablewarden detections --format markdown`; do not edit. -->

# Detections

A detection is a reason to speak up. `tablewarden detections ID` says the same of one of them in the terminal.

The severity is the one before a table's `sensitivity` moves it a step down or up, and before an attempt that was denied or
failed moves it a step down. One that the policy sets is final for the detection's usual cases; one that is graver than those,
such as an export to a bucket that is not approved, keeps its own where that is graver. The `detections:` of a policy change a
detection for all tables, those of a table's entry for that table:

```yaml
version: 1
detections:
  table-updated: off
tables:
  - table: orders
    detections:
      item-deletion: {severity: medium}
```

`off`, or a line of `suppressions`, does more than keep a detection from being told: what it would have found is no step of a chain
any more, and what it counts is not counted. To have less noise and keep the chains, set `severity: informational` instead.

";

/// The page of these detections; of all with [`super::ALL`].
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for section in Section::ALL {
        // Writing to a string does not fail.
        let _ = writeln!(page, "## {}\n\n{}\n", section.title(), section.about());
        if section.detections().is_empty() {
            continue;
        }
        page.push_str("| id | fires when | severity | ATT&CK |\n|---|---|---|---|\n");
        for detection in section.detections() {
            let Detection { id, fires_when, severity, .. } = detection;
            let _ = writeln!(page, "| [`{id}`](#{id}) | {fires_when} | {severity} | {} |", techniques(detection));
        }
        page.push('\n');
        section.detections().iter().for_each(|detection| entry(detection, &mut page));
    }
    // Files end with one line break.
    page.truncate(page.trim_end().len() + 1);
    page
}

fn entry(detection: &Detection, page: &mut String) {
    let Detection { id, title, fires_when, severity, why, first_steps, .. } = detection;
    let _ = writeln!(page, "### {id}\n\n**{title}**: fires when {fires_when}.\n\n{why}\n");
    let _ = writeln!(page, "- Severity: {severity}");
    if let Some(window) = detection.window() {
        let _ = writeln!(page, "- Counts: {}", window.thresholds());
    }
    if let Some(chain) = detection.chain() {
        let _ = writeln!(page, "- Sequence: {}", chain.sequence());
    }
    let _ = writeln!(page, "- ATT&CK: {}", techniques(detection));
    page.push_str("\nFirst steps:\n\n");
    for (number, step) in first_steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {step}", number + 1);
    }
    page.push('\n');
    if detection.window().is_some() {
        let _ = writeln!(page, "```yaml\n{}```\n", detection.policy_lines());
    }
}

/// Each with its page.
fn techniques(detection: &Detection) -> String {
    let link = |id: &&str| format!("[{id}](https://attack.mitre.org/techniques/{}/)", id.replace('.', "/"));
    let links: Vec<String> = detection.techniques.iter().map(link).collect();
    if links.is_empty() { "–".to_owned() } else { links.join(", ") }
}
