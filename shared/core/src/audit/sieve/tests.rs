//! What comes through a sieve is audited as the file would be.

use std::sync::Arc;

use super::*;
use crate::access::{Access, Call};
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::Reject;

#[derive(Default)]
struct Rejects(Vec<String>);

impl Observer for Rejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.0.push(format!("{} {:?} {}", reject.index, reject.reason, reject.detail));
    }

    fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
        Some(0)
    }

    fn repeated(&mut self, _: usize, items: Option<u64>) {
        self.0.push(format!("again {items:?}"));
    }
}

fn record(number: usize, source: &str, name: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app/s","accountId":"111122223333"}},"eventTime":"2026-03-02T09:15:00Z","eventSource":"{source}","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{{"tableName":"orders","key":{{"id":"{number}"}}}},"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-{number:012}","recipientAccountId":"111122223333"}}"#
    )
}

/// Records of every fate, many of each.
fn file(limit: usize) -> String {
    let mut lines = Vec::new();
    for number in 0..4000 {
        lines.push(match number % 9 {
            0 => record(number, "s3.amazonaws.com", "GetObject"),
            1 if number % 2 == 0 => record(number, "ec2.amazonaws.com", "RunInstances"),
            1 => record(number, "dynamodb.amazonaws.com", "GetItem"),
            2 => record(number - 1, "dynamodb.amazonaws.com", "DeleteTable"),
            3 => record(number, "dynamodb.amazonaws.com", "DeleteItem"),
            4 => r#"{"eventSource":"dynamodb.amazonaws.com"}"#.to_owned(),
            5 => "no JSON".to_owned(),
            6 => format!(r#"{{"Records":[{}]}}"#, record(number, "dynamodb.amazonaws.com", "Scan")),
            7 => r#"{"eventCategory":"Insight","eventID":"x"}"#.to_owned(),
            _ if number < 500 => format!(r#"{{"x":"{}"}}"#, "x".repeat(limit)),
            _ => r#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#.to_owned(),
        });
    }
    lines.join("\n")
}

#[test]
fn what_comes_through_is_audited_as_the_file_would_be() {
    let policy = Arc::new(Policy::parse("policy.yaml", "version: 1\ntables: [{table: orders}]\n").unwrap());
    let limits = Limits { entry: 4096, ..Limits::default() };
    let new = || Audit::new(Some(policy.clone()), "2026-03-02T10:00:00Z".parse().unwrap(), limits);
    let place = Place::File("test".to_owned());
    let origin = Origin { place: &place, message: 0 };
    let whole = file(limits.entry);
    let records = |numbers: Range<usize>| {
        let name = |number| if number % 7 == 0 { "DeleteItem" } else { "GetItem" };
        let records: Vec<_> = numbers.map(|number| record(number, "dynamodb.amazonaws.com", name(number))).collect();
        format!(r#"{{"Records":[{}]}}"#, records.join(","))
    };
    // Some records come again.
    let listed = format!("{}\n{}", records(0..3000), records(2500..4000));
    for text in [whole.as_str(), &whole[..whole.len() / 2], listed.as_str(), "", "{\"Records\":[{]}"] {
        let (mut once, mut once_rejects) = (new(), Rejects::default());
        let once_result = once.any_file(text.as_bytes(), origin, &mut once_rejects);
        let (once_tally, once_told) = (once.take_tally(), format!("{:#?}", once.into_findings()));

        // Each part at once, so that the next one is read with what was learned, or all of them late.
        for is_late in [false, true] {
            let (mut sifted, mut rejects, mut late, mut parts, mut usual) =
                (new(), Rejects::default(), Vec::new(), 0, 0);
            let result = sifted.sieve().file(text.as_bytes(), |part| {
                assert!(part.weight < 2 * BATCH);
                parts += 1;
                usual += part.left.iter().filter(|left| matches!(left, Left::Usual { .. })).count();
                if is_late {
                    late.push(part);
                    return Some(Sifted::default());
                }
                sifted.sifted(&part, origin, &mut rejects);
                Some(part)
            });
            for part in &late {
                sifted.sifted(part, origin, &mut rejects);
            }
            let result = sifted.file_done(result);
            assert!(text.len() < 1_000_000 || parts > 2);
            let repeats = rejects.0.iter().filter(|said| said.starts_with("again")).count();
            assert!(text.len() < 1_000_000 || repeats > 50, "{repeats}");
            assert!(is_late || text != listed || usual > 2000, "{usual}");

            assert_eq!(format!("{result:?}"), format!("{once_result:?}"));
            assert!((rejects.0, sifted.take_tally()) == (once_rejects.0.clone(), once_tally.clone()));
            assert_eq!(format!("{:#?}", sifted.into_findings()), once_told);
        }
    }
}

#[test]
fn who_wants_no_more_gets_no_more() {
    let sieve = Audit::new(None, "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default()).sieve();
    let mut parts = 0;
    let _ = sieve.file(file(10).as_bytes(), |_| {
        parts += 1;
        None
    });
    assert_eq!(parts, 1);
}
