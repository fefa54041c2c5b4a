//! Sigma rules beside the detections.

use crate::sample::{Folder, deletion, findings, log, quiet, stderr, stdout};

const RULE: &str = "\
title: A read
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventSource: dynamodb.amazonaws.com, eventName: GetItem}, condition: s}
level: high
";

fn folder() -> Folder {
    Folder::new([
        ("a.json", log(&[quiet(1), deletion(2)]).as_slice()),
        ("rules/reads.yml", RULE.as_bytes()),
        ("rules/deep/other.yaml", b"title: Other\nlogsource: {product: windows}\n"),
        ("rules/README.md", b"# no rule"),
        ("more.yml", RULE.replace("GetItem", "DeleteItem").as_bytes()),
        ("broken/one.yml", RULE.replace("condition: s", "condition: t").as_bytes()),
        ("broken/two.yml", RULE.replace("eventName:", "eventName|sounds:").as_bytes()),
        ("empty/README.md", b"# no rule"),
    ])
}

#[test]
fn rules_of_all_paths_speak_and_how_many_there_are_is_said() {
    let run = folder().replay(&["--rules", "rules", "--rules", "more.yml", "--format", "ndjson", "a.json"]).code(1);
    let mut ids: Vec<String> =
        findings(&run).iter().map(|finding| finding["detection"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    assert_eq!(ids, ["item-deletion", "sigma:more", "sigma:reads"]);
    assert_eq!(stderr(&run), "2 Sigma rules; 1 passed over, not for CloudTrail\n");
}

#[test]
fn a_broken_rule_ends_the_run_before_it_begins_and_each_is_named() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["broken"], &["error: broken/one.yml: unknown detection identifier: t", "broken/two.yml: Unknown modifier"]),
        (&["rules", "broken/one.yml"], &["broken/one.yml: "]),
        (&["empty"], &["error: empty: no *.yml"]),
        (&["gone"], &["error: gone: No such file"]),
        (&["rules", "rules/reads.yml"], &["another rule of the id reads"]),
    ];
    for (paths, want) in cases {
        let mut args: Vec<&str> = paths.iter().flat_map(|path| ["--rules", path]).collect();
        args.push("a.json");
        let run = folder().replay(&args).code(2).stdout("");
        for words in *want {
            assert!(stderr(&run).contains(words), "{words}: {}", stderr(&run));
        }
    }
}

#[test]
fn an_explanation_holds_what_rules_say() {
    let event = quiet(1)["eventID"].as_str().unwrap().to_owned();
    let run = folder().run(&["explain", "--rules", "rules", "--event", &event, "a.json"]).assert().code(0);
    let text = stdout(&run);
    assert!(
        text.contains("FIRED     sigma:reads: the Sigma rule \"A read\" matches by eventName, eventSource\n"),
        "{text}"
    );
    assert!(text.contains("severity high"), "{text}");
}
