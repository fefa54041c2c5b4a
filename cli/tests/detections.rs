//! `tablewarden detections` as its users run it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::process::{Command, Output};

use serde_json::Value;
use tablewarden_core::detections::ALL;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tablewarden")).arg("detections").args(args).output().unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_list_names_each_detection_once_and_in_the_order_of_the_catalogue() {
    let list = stdout(&[]);
    let first_words = list.lines().filter_map(|line| line.split(' ').next());
    let ids: Vec<&str> = first_words.filter(|word| ALL.iter().any(|detection| detection.id == *word)).collect();
    assert_eq!(ids, ALL.map(|detection| detection.id));
    let json: Value = serde_json::from_str(&stdout(&["--format", "json"])).unwrap();
    let ids: Vec<&str> = json.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ALL.map(|detection| detection.id));
}

#[test]
fn of_one_detection_everything_is_said() {
    for detection in ALL {
        let text = stdout(&[detection.id]).split_whitespace().collect::<Vec<_>>().join(" ");
        let policy = detection.policy_lines();
        let said = [detection.id, detection.title, detection.fires_when, detection.severity, detection.why, &policy];
        for said in said.iter().chain(detection.first_steps).chain(detection.techniques) {
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&said), "{}: {said}", detection.id);
        }
        let json: Value = serde_json::from_str(&stdout(&["--format", "json", detection.id])).unwrap();
        assert_eq!(json["id"], detection.id);
        assert_eq!(json["first_steps"].as_array().unwrap().len(), detection.first_steps.len());
    }
}

#[test]
fn the_markdown_is_the_page_in_the_documentation() {
    assert_eq!(stdout(&["--format", "markdown"]), include_str!("../../docs/detections.md"));
}

#[test]
fn what_is_no_detection_or_no_page_is_an_error() {
    let cases = [
        (&["item-deletio"][..], "a similar value exists: 'item-deletion'"),
        (&["--format", "markdown", "item-deletion"], "leave out item-deletion"),
    ];
    for (args, want) in cases {
        let output = run(args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{args:?}");
        assert!(error.contains(want), "{error}");
    }
}
