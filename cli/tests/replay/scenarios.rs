//! The scenarios in `events/`: the command finds in each what stands beside it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tablewarden_core::printable::printable;

use crate::sample::{Folder, findings, stdout};

#[test]
fn each_scenario_gives_the_findings_that_stand_beside_it() {
    let folder = Folder::new([]);
    let scenarios = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../events/scenarios"));
    let mut told = 0;
    for scenario in fs::read_dir(scenarios).unwrap() {
        let scenario = scenario.unwrap().path();
        let expected = fs::read_to_string(scenario.join("expected.ndjson")).unwrap();
        let expected: Vec<Value> = expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut command = folder.command(&["--format", "ndjson"]);
        with_policy_and_rules(&mut command, &scenario);
        let mut found = findings(&command.arg(&scenario).assert());
        for finding in &mut found {
            // Where the files stand depends on the machine.
            finding.as_object_mut().unwrap().remove("places");
        }
        assert_eq!(found, expected, "{}", scenario.display());
        told += found.len();
    }
    assert!(told > 0);
}

fn with_policy_and_rules(command: &mut Command, scenario: &Path) {
    for (option, name) in [("--policy", "policy.yaml"), ("--rules", "rules")] {
        if scenario.join(name).exists() {
            command.arg(option).arg(scenario.join(name));
        }
    }
}

#[test]
fn what_another_service_found_shows_no_effect_and_no_empty_line() {
    let folder = Folder::new([]);
    let scenario = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../events/scenarios/guardduty-speaks"));
    let mut command = folder.command(&[]);
    with_policy_and_rules(&mut command, scenario);
    let table = stdout(&command.arg(scenario).assert());
    let told: Vec<&str> = table.lines().filter(|line| line.contains("GuardDuty finding ")).collect();
    assert!(told.len() > 2 && !told.iter().any(|line| line.contains("unknown")), "{table}");
    assert!(!table.lines().any(|line| line.trim() == "how"), "{table}");
}

/// The forms that people and scripts get, `explain` among them.
#[test]
fn every_finding_says_why_in_every_form() {
    let folder = Folder::new([]);
    let scenarios = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../events/scenarios"));
    for scenario in fs::read_dir(scenarios).unwrap() {
        let scenario = scenario.unwrap().path();
        let run = |args: &[&str]| {
            let mut command = folder.run(args);
            with_policy_and_rules(&mut command, &scenario);
            stdout(&command.arg(&scenario).assert())
        };
        let table = without_space(&run(&["replay"]));
        let json: Value = serde_json::from_str(&run(&["replay", "--format", "json"])).unwrap();
        let findings = json["findings"].as_array().unwrap();
        let reason = |finding: &Value| without_space(&printable(finding["reason"].as_str().unwrap(), 600));
        for finding in findings {
            let reason = reason(finding);
            assert!(!reason.is_empty() && table.contains(&format!("why{reason}")), "{}: {finding}", scenario.display());
        }
        if let Some(finding) = findings.first() {
            let event = finding["event_ids"][0].as_str().unwrap();
            let explained = without_space(&run(&["explain", "--event", event]));
            assert!(explained.contains(&reason(finding)), "{}: {explained}", scenario.display());
        }
    }
}

/// Lines are wrapped to the width of the screen.
fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}
