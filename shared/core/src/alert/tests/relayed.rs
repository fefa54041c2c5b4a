//! What other services found, told.

use super::chat::chat;
use super::*;

/// The alerts about what other services found, under the policy.
fn relayed(sample: &str, change: impl Fn(&mut serde_json::Value)) -> Vec<Alert> {
    let mut event: serde_json::Value = serde_json::from_str(sample).unwrap();
    change(&mut event["detail"]);
    let policy = Arc::new(Policy::parse("policy.yaml", POLICY).unwrap());
    let mut audit = Audit::new(Some(Arc::clone(&policy)), "2026-03-02T09:30:00Z".parse().unwrap(), Limits::default());
    let place = Place::Event("EventBridge".into());
    audit.any_file(event.to_string().as_bytes(), Origin { place: &place, message: 0 }, &mut NoRejects).unwrap();
    fold(audit.into_findings(), Some(&policy))
}

const GUARDDUTY: &str = include_str!("../../../../../events/deliveries/eventbridge-guardduty.json");
const CONFIG: &str = include_str!("../../../../../events/deliveries/eventbridge-config.json");

#[test]
fn what_guardduty_found_is_told_with_its_type_its_count_and_its_page() {
    insta::assert_snapshot!(relayed(GUARDDUTY, |_| {})[0].text());
}

#[test]
fn a_rule_that_is_not_kept_is_told_with_what_to_do_first_and_names_nobody() {
    insta::assert_snapshot!(relayed(CONFIG, |_| {})[0].text());
}

#[test]
fn a_channel_reads_what_another_service_says() {
    let mut alerts = relayed(GUARDDUTY, |_| {});
    alerts.extend(relayed(CONFIG, |_| {}));
    let said: Vec<serde_json::Value> = alerts.iter().map(|alert| chat(Notice::Alert(alert))).collect();
    insta::assert_json_snapshot!("chat_of_other_services", said);
}

#[test]
fn what_another_service_says_breaks_no_line_and_makes_no_link() {
    let hostile = "x\r\nWhy    all is well\u{202e} https://evil.example.com ".repeat(200);
    let alerts = relayed(GUARDDUTY, |detail| {
        for member in ["title", "description"] {
            detail[member] = hostile.clone().into();
        }
        detail["type"] = hostile.clone().into();
        detail["id"] = "#/../evil".into();
        detail["resource"]["accessKeyDetails"]["userName"] = hostile.clone().into();
        detail["service"]["action"]["awsApiCallAction"]["api"] = hostile.clone().into();
    });
    let (text, subject) = (alerts[0].text(), alerts[0].subject());
    assert!(subject.len() < 100 && subject.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{subject}");
    assert!(text.lines().all(|line| !line.contains(char::is_control) && !line.starts_with("Why    all")), "{text}");
    assert!(text.len() < 16 * 1024, "{}", text.len());
    // The title, the description, and a page that an id like this must not lead to.
    let links: Vec<&str> = text.lines().filter(|line| line.contains("://") && !line.contains("[://]")).collect();
    assert!(links.iter().all(|line| !line.contains("  https://")), "{links:?}");
    assert!(text.contains("The console of GuardDuty in this account and region."), "{text}");
}
