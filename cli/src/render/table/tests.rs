use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;

use super::*;
use crate::progress::Progress;
use crate::summary::{Files, Summary};
use crate::watch::Watch;

const PATH: &str = "a/rather/long/path/to/a/file/that/somebody/called/monday.json";

/// The report on deletions of these tables, each by a user of the same name.
fn rendered(tables: &[String], screen: Screen) -> String {
    let progress = Progress::new(None).unwrap();
    let mut audit = Audit::new(None, Timestamp::UNIX_EPOCH, Limits::default());
    let mut watch = Watch::new(&progress);
    let place = Place::File(PATH.into());
    let records: Vec<String> = tables.iter().enumerate().map(|(id, name)| format!(
        r#"{{"eventID":"{id}","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"DeleteItem",
            "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"tableName":"{name}"}},
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/{name}"}}}}"#
    )).collect();
    let log = format!("{{\"Records\":[{}]}}", records.join(","));
    audit.any_file(log.as_bytes(), Origin { place: &place, message: 0 }, &mut watch).unwrap();
    let (tally, findings) = (audit.take_tally(), audit.into_findings());
    let summary = Summary::new(tally, Files::default(), watch.into_accesses(), &findings);
    let mut out = Vec::new();
    render(&Report { findings: &findings, summary: &summary, policy: None }, screen, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn no_line_but_that_of_a_long_path_is_wider_than_the_screen() {
    for (length, width) in [(6, 80), (60, 80), (200, 80), (200, 120), (20, 50)] {
        let text = rendered(&["x".repeat(length)], Screen { width, colour: false });
        for line in text.lines() {
            assert!(line.chars().count() <= width.into() || line.trim() == PATH, "{width}: {line}");
        }
        assert!(text.contains(PATH), "{width}: {text}");
    }
}

#[test]
fn words_stay_whole_where_there_is_room() {
    let name = "orders_exported";
    let text = rendered(&[name.into()], Screen { width: 80, colour: false });
    assert!(text.lines().any(|line| line.contains(&format!("user/{name}  {name}"))), "{text}");
}

#[test]
fn only_a_terminal_gets_colours() {
    let escapes = |colour| rendered(&["orders".into()], Screen { width: 100, colour }).contains('\u{1b}');
    assert!(escapes(true));
    assert!(!escapes(false));
}

#[test]
fn of_many_accesses_the_busiest_are_shown_and_the_others_counted() {
    let mut tables: Vec<String> = (0..60).map(|number| format!("table-{number:02}")).collect();
    tables.push("table-59".into());
    let text = rendered(&tables, Screen { width: 100, colour: false });
    let accesses: Vec<&str> = text.lines().skip_while(|line| !line.contains("ACCESSED BY")).collect();
    assert!(accesses[1].starts_with("table-00 ") && accesses[50].starts_with("table-59 "), "{text}");
    assert_eq!(accesses[51..54], ["", "And 10 more, which --format json has.", ""]);
}
