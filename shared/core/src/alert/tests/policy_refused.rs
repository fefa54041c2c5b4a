//! A policy that is refused, told.

use super::*;

pub(super) fn refused() -> PolicyRefused {
    let yaml = "version: 1\ntables:\n  - table: orders\n    sensitivity: hihg\n";
    let source = "s3://example-config/tablewarden/policy.yaml";
    PolicyRefused {
        source: source.into(),
        version: Some("\"9b2cf5\"".into()),
        problem: Policy::parse(source, yaml).unwrap_err().to_string(),
        in_force: Some("\"77ab01\"".into()),
        since: "2026-03-02T09:15:00Z".parse().unwrap(),
        account: "111122223333".into(),
        region: "eu-west-1".into(),
    }
}

/// What e-mail subscriptions get.
fn email(message: &Message) -> String {
    let bodies: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    bodies["email"].as_str().unwrap().to_owned()
}

#[test]
fn a_refused_policy_is_told_with_the_place_of_the_error_and_what_stays_in_force() {
    insta::assert_snapshot!(email(&refused().message()));
    let gone = PolicyRefused { version: None, problem: "NoSuchKey\nx\u{1b}[2J".into(), ..refused() };
    let text = email(&gone.message());
    assert!(text.contains("\nWhat   s3://example-config/tablewarden/policy.yaml cannot be read\n"), "{text}");
    assert!(text.contains("\n  NoSuchKey\n  x\\u{1b}[2J\n"), "{text}");
    let attributes = gone.attributes();
    assert_eq!(attributes[..2], [("severity", "high".to_owned()), ("detection", "policy-refused".to_owned())]);
}

#[test]
fn a_refused_policy_is_told_within_the_limits_of_sns_whatever_is_wrong() {
    let long = "\"é\u{202e}".repeat(100_000);
    let problem = format!("{long}\n").repeat(100);
    let message = PolicyRefused { source: long, problem, ..refused() }.message();
    assert!(message.subject.len() <= 99 && message.body.len() <= 256 * 1024, "{}", message.body.len());
}
