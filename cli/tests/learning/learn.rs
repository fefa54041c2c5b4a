use std::collections::BTreeSet;

use crate::sample::{Shop, stderr, stdout};

#[test]
fn the_policy_goes_to_standard_output_and_what_was_left_out_to_standard_error_too() {
    let run = Shop::new().run(&["learn", "log.json"]).code(0);
    insta::assert_snapshot!(format!("{}---\n{}", stdout(&run), stderr(&run)));
}

#[test]
fn the_log_is_quiet_under_the_policy_but_for_what_was_left_out() {
    let shop = Shop::new();
    let learned = shop.run(&["learn", "log.json", "--accept", "other-accounts"]).code(0);
    shop.write("policy.yaml", &stdout(&learned));
    let run = shop.run(&["replay", "--policy", "policy.yaml", "--format", "ndjson", "log.json"]).code(1);
    let told = stdout(&run);
    let told: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events = told.iter().flat_map(|finding| finding["event_ids"].as_array().unwrap());
    let events: BTreeSet<&str> = events.map(|event| event.as_str().unwrap()).collect();
    let left_out = stderr(&learned);
    assert!(!events.is_empty() && events.iter().all(|event| left_out.contains(event)), "{told:#?}");
}

#[test]
fn merging_keeps_the_policy_and_adds_what_is_new() {
    let shop = Shop::new();
    let policy = "version: 1\ntables:\n  - table: orders  # the shop's\n    expected:\n      - role: app/*  # all of it\n# end\n";
    shop.write("policy.yaml", policy);
    let run = shop.run(&["learn", "--merge", "policy.yaml", "log.json"]).code(0);
    insta::assert_snapshot!(format!("{}---\n{}", stdout(&run), stderr(&run)));
    shop.write("merged.yaml", &stdout(&run));
    let again = shop.run(&["learn", "--merge", "merged.yaml", "log.json"]).code(0);
    assert_eq!(stdout(&again), stdout(&run));
}

#[test]
fn a_policy_that_is_wrong_is_not_merged_into() {
    let shop = Shop::new();
    shop.write("policy.yaml", "version: 1\ntabels: []\n");
    let run = shop.run(&["learn", "--merge", "policy.yaml", "log.json"]).code(2);
    assert_eq!(stdout(&run), "");
    assert!(stderr(&run).contains("policy.yaml:2:1"), "{}", stderr(&run));
}

#[test]
fn what_could_not_be_read_is_told_by_the_exit_status() {
    let shop = Shop::new();
    shop.write("broken.json", "{\"Records\":[{]");
    let run = shop.run(&["learn", "log.json", "broken.json"]).code(2);
    assert!(stdout(&run).contains("- role: app/orders-api"), "{}", stdout(&run));
}

#[test]
fn nothing_is_learned_from_nothing() {
    let run = Shop::new().run(&["learn", "gone.json"]).code(2);
    assert_eq!(stdout(&run), "");
    assert!(stderr(&run).ends_with("error: nothing could be read to learn from\n"), "{}", stderr(&run));
}
