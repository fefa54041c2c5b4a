//! The scenarios in `events/`: the command finds in each what stands beside it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sample::{Folder, findings};

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
        if scenario.join("policy.yaml").exists() {
            command.arg("--policy").arg(scenario.join("policy.yaml"));
        }
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
