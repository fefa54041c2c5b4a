//! What a channel of chat reads.

use super::policy_refused::refused;
use super::*;

/// A custom notification, parsed.
pub(super) fn chat(notice: Notice<'_>) -> serde_json::Value {
    serde_json::from_str(&notice.chat()).unwrap()
}

#[test]
fn a_channel_reads_what_happened_who_and_what_to_do() {
    let deletion = &alerts(&[record(1, "DeleteItem", serde_json::json!({}))])[0];
    insta::assert_json_snapshot!("chat_of_a_deletion", chat(Notice::Alert(deletion)));
    let chain = raid().into_iter().find(|alert| alert.detection.id == "recovery-destruction").unwrap();
    insta::assert_json_snapshot!("chat_of_a_chain", chat(Notice::Alert(&chain)));
    insta::assert_json_snapshot!("chat_of_a_refused_policy", chat(Notice::PolicyRefused(&refused())));
    let (summary, held) = (Summary::of(deletion), HeldBack::of(deletion).unwrap());
    insta::assert_json_snapshot!("chat_of_what_went_on", chat(Notice::WentOn(&summary, &held)));
}

#[test]
fn a_storm_stays_in_one_thread_and_others_out_of_it() {
    let thread = |notice: Notice<'_>| chat(notice)["metadata"]["threadId"].as_str().unwrap().to_owned();
    let deletion = |n: u8, table: &str| {
        let fields = serde_json::json!({"requestParameters": {"tableName": table}});
        alerts_at(&[record(n, "DeleteItem", fields)], &place(), "").remove(0)
    };
    let (first, again, other) = (deletion(1, "orders"), deletion(2, "orders"), deletion(3, "carts"));
    let (summary, held) = (Summary::of(&again), HeldBack::of(&again).unwrap());
    let threads = [Notice::Alert(&first), Notice::Alert(&again), Notice::WentOn(&summary, &held)].map(thread);
    assert!(threads.iter().all(|thread| *thread == threads[0]), "{threads:?}");
    assert_ne!(thread(Notice::Alert(&other)), threads[0]);
}

#[test]
fn what_an_attacker_writes_is_no_markup_of_a_channel_and_calls_nobody() {
    let evil = "`*bold* _x_ ~y~ <!channel> <https://evil.example.com|click> @here & ```\n<@U123> [a](https://evil.example.com)";
    let fields = serde_json::json!({
        "userAgent": evil, "sourceIPAddress": evil, "errorCode": "AccessDenied", "awsRegion": evil,
        "requestParameters": {"tableName": evil},
        "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{evil}"), "accountId": "111122223333"},
    });
    let alert = &alerts_at(&[record(1, "Scan", fields)], &place(), "")[0];
    let (summary, held) = (Summary::of(alert), HeldBack::of(alert).unwrap());
    let refused = PolicyRefused { source: evil.into(), problem: evil.into(), version: Some(evil.into()), ..refused() };
    for notice in [Notice::Alert(alert), Notice::WentOn(&summary, &held), Notice::PolicyRefused(&refused)] {
        let said = chat(notice);
        let (content, metadata) = (&said["content"], &said["metadata"]);
        let shown =
            [&content["title"], &content["description"], &metadata["summary"], &metadata["relatedResources"][0]];
        for text in shown.into_iter().filter_map(serde_json::Value::as_str) {
            assert!(!text.contains(['<', '>']), "{text}");
            // Outside of code stand words of ours.
            for line in text.lines() {
                let outside: String = line.split('`').step_by(2).collect();
                assert!(line.matches('`').count() % 2 == 0, "{line}");
                assert!(
                    !outside.contains(['@', '_', '~', '|', '&', '['])
                        || outside.starts_with("[LOW]")
                        || outside.starts_with("[HIGH]"),
                    "{line}"
                );
                assert!(!outside.contains("bold") && !outside.contains("evil"), "{line}");
            }
        }
    }
}

#[test]
fn a_notification_is_cut_where_a_channel_would_cut_it() {
    let wide: Vec<_> = (0..40_u8)
        .map(|n| {
            let name = ["Scan", "PutItem", "DeleteItem", "DescribeTable", "EvaporateItems"][usize::from(n % 5)];
            let text = format!("{n}{}", "<".repeat(2000));
            record(
                n,
                name,
                serde_json::json!({"errorCode": "AccessDenied", "userAgent": text, "sourceIPAddress": text}),
            )
        })
        .collect();
    for alert in alerts_at(&wide, &place(), "") {
        let said = chat(Notice::Alert(&alert));
        let length = |value: &serde_json::Value| value.as_str().unwrap().chars().count();
        assert!(length(&said["content"]["description"]) <= 3000);
        assert!(length(&said["content"]["title"]) <= 250 && length(&said["metadata"]["summary"]) <= 1500);
        assert!(said["content"]["nextSteps"].as_array().unwrap().len() <= 5);
    }
}
