//! What is broken is told with its place, and costs nothing beside itself.

use serde_json::Value;

use crate::sample::{Folder, deletion, findings, gzip, log, record, stderr, stdout};

#[test]
fn a_broken_file_fails_alone_and_gives_what_it_held() {
    let many: Vec<Value> = (1..=400).map(deletion).collect();
    let whole = gzip(&log(&many));
    let folder = Folder::new([
        ("a.json", log(&[deletion(900)]).as_slice()),
        ("b.json.gz", &whole[..whole.len() / 2]),
        ("c.json", &log(&[deletion(901)])),
    ]);
    let run = folder.replay(&["--format", "ndjson", "."]).code(2);
    assert!(stderr(&run).starts_with("error: ./b.json.gz: "), "{}", stderr(&run));
    assert_eq!(stderr(&run).lines().count(), 1);
    let items = findings(&run)[0]["items"].as_u64().unwrap();
    assert!((3..402).contains(&items), "both good files, and a part of the broken one: {items}");
}

#[test]
fn rejected_records_are_told_with_their_place_and_after_twenty_counted() {
    let lines = "{\"eventID\":7}\n".repeat(25);
    let folder = Folder::new([("odd.ndjson", format!("{}\n{lines}", deletion(1)).as_bytes())]);
    let run = folder.replay(&["--format", "json", "odd.ndjson"]).code(2);
    let told = stderr(&run);
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(told.len(), 21);
    assert!(told[0].starts_with("rejected: odd.ndjson: record 1: "), "{}", told[0]);
    assert_eq!(told[20], "rejected: and 5 more records");
    let report: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(report["summary"]["records"]["rejected"]["Malformed"], 25);
    assert_eq!(report["findings"][0]["items"], 1);
}

#[test]
fn what_an_attacker_writes_never_reaches_the_terminal_as_it_is() {
    let name = "\u{1b}[2J\r\n\u{202e}x";
    let mut deleted = record(1, "DeleteItem", name, name);
    for field in ["sourceIPAddress", "eventID", "awsRegion", "userAgent"] {
        deleted[field] = name.into();
    }
    let mut denied = record(2, "DeleteTable", name, name);
    denied["errorCode"] = format!("AccessDenied{name}").into();
    let mut broken = deletion(3);
    broken["eventTime"] = name.into();
    // What a file is called can be an attacker's to write too: archives are unpacked.
    let file = "\u{1b}[2J.json";
    let folder = Folder::new([(file, log(&[deleted, denied, broken]).as_slice())]);
    let run = folder.replay(&[file]).code(2);
    for text in [stdout(&run), stderr(&run)] {
        assert!(text.contains("\\u{1b}[2J"), "{text}");
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn json_on_a_terminal_is_as_harmless_as_the_table() {
    let name = "\u{9b}2J\u{202e}\u{2028}x";
    let folder = Folder::new([("a.json", log(&[record(1, "DeleteItem", name, name)]).as_slice())]);
    for format in ["json", "ndjson"] {
        let run = folder.replay(&["--format", format, "a.json"]).code(1);
        assert!(!stdout(&run).contains(['\u{9b}', '\u{202e}', '\u{2028}']), "{:?}", stdout(&run));
        let json: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let finding = if format == "json" { &json["findings"][0] } else { &json };
        assert_eq!(finding["table"], name);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_passed_over_and_nobody_waits_for_it() {
    let folder = Folder::new([("a.json", log(&[deletion(1)]).as_slice())]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("b.json")).status().unwrap();
    assert!(made.success());
    let run = folder.command(&["."]).timeout(std::time::Duration::from_secs(20)).assert().code(1);
    assert!(stdout(&run).contains("1 passed over (1 special file)"), "{}", stdout(&run));
}
