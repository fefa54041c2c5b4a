use proptest::prelude::*;
use serde_json::json;
use tablewarden_core::record::Record;

use super::*;

const LOGSOURCE: &str = "logsource: {product: aws, service: cloudtrail}";

/// A rule with this detection, and with these further lines.
fn rule(title: &str, detection: &str, more: &str) -> String {
    format!("title: {title}\n{LOGSOURCE}\ndetection: {detection}\n{more}")
}

fn loaded(files: &[(&str, String)]) -> Result<SigmaRules, String> {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
    load(&files).map(Option::unwrap).map_err(|error| error.to_string())
}

/// What is said of a call of a user's, by the ids of the rules; `foreign` where it is not audited.
fn said(rules: &SigmaRules, source: &str, name: &str, foreign: bool, more: &Value) -> Vec<String> {
    let mut json = json!({
        "eventID": "e", "eventTime": "2026-03-02T09:15:00Z", "eventSource": source, "eventName": name,
        "awsRegion": "eu-west-1", "userIdentity": {"type": "IAMUser", "userName": "alice"},
        "requestParameters": {"tableName": "orders", "key": {"pk": "secret"}, "items": [{"a": "x"}, {"a": "y"}]},
    });
    json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let text = json.to_string();
    let record = Record::parse(&text).unwrap();
    let call = if foreign { Call::foreign(&record) } else { Call::read(&record) }.unwrap();
    let mut ids: Vec<String> =
        rules.judge(&text, &call).unwrap().iter().map(|matched| matched.detection.id.to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn a_rule_matches_nested_fields_lists_and_patterns() {
    let cases = [
        ("{s: {eventSource: dynamodb.amazonaws.com, eventName: getitem}, condition: s}", true),
        ("{s: {userIdentity.userName: ALICE}, condition: s}", true),
        ("{s: {requestParameters.tableName|startswith: ord}, condition: s}", true),
        ("{s: {requestParameters.tableName: 'o*s'}, condition: s}", true),
        ("{s: {requestParameters.tableName|re: '^ord.rs$'}, condition: s}", true),
        ("{s: {requestParameters.items.a: y}, condition: s}", true),
        ("{s: {requestParameters.items.a: z}, condition: s}", false),
        ("{s: {errorCode: null}, condition: s}", true),
        ("{s: {errorCode|exists: true}, condition: s}", false),
        ("{s: {sourceIPAddress|cidr: 203.0.113.0/24}, condition: s}", true),
        ("{s: {eventName: GetItem}, f: {userIdentity.type: IAMUser}, condition: s and not f}", false),
        ("{a: {eventName: GetItem}, b: {eventName: PutItem}, condition: 1 of them}", true),
        ("{a: {eventName: GetItem}, b: {eventName: PutItem}, condition: all of them}", false),
        ("{keywords: [secret], condition: keywords}", true),
    ];
    for (detection, want) in cases {
        let rules = loaded(&[("one.yml", rule("One", detection, ""))]).unwrap();
        let more = json!({"sourceIPAddress": "203.0.113.7"});
        let matched = said(&rules, "dynamodb.amazonaws.com", "GetItem", false, &more);
        assert_eq!(matched == ["sigma:one"], want, "{detection}");
    }
}

#[test]
fn a_rule_sees_the_calls_that_it_names_or_else_those_that_are_audited() {
    let rules = loaded(&[
        ("iam.yml", rule("Iam", "{s: {eventSource: iam.amazonaws.com, eventName: CreateUser}, condition: s}", "")),
        ("any.yml", rule("Any", "{s: {userIdentity.userName: alice}, condition: s}", "")),
    ])
    .unwrap();
    assert_eq!(rules.count(), Count { rules: 2, general: 1, passed_over: 0 });
    let asked = rules.asked();
    assert!(asked.wants("iam.amazonaws.com", "CreateUser") && !asked.wants("iam.amazonaws.com", "ListUsers"));
    assert!(!asked.wants("ec2.amazonaws.com", "CreateUser"));
    let cases = [
        ("iam.amazonaws.com", "CreateUser", true, vec!["sigma:iam"]),
        ("iam.amazonaws.com", "ListUsers", true, vec![]),
        ("ec2.amazonaws.com", "RunInstances", true, vec![]),
        ("dynamodb.amazonaws.com", "GetItem", false, vec!["sigma:any"]),
    ];
    for (source, name, foreign, want) in cases {
        assert_eq!(said(&rules, source, name, foreign, &json!({})), want, "{source} {name}");
    }
}

#[test]
fn what_a_rule_says_of_itself_goes_into_the_finding() {
    let more = "\
id: 0b6f7a52-6a1f-4a0e-8f0a-7d1c5e2b9a43
level: critical
description: |
  Items are read
  by night
tags: [attack.collection, attack.t1530, attack.t1562.008, cve.2021-44228]
falsepositives: [Night shifts., Unknown]
references: [https://example.com/runbook]
";
    let detection = "{s: {requestParameters.key.pk|contains: sec, eventName: GetItem}, condition: s}";
    let rules = loaded(&[("night.yml", rule("Read  by Night", detection, more))]).unwrap();
    let text = json!({
        "eventID": "e", "eventTime": "2026-03-02T09:15:00Z", "eventSource": "dynamodb.amazonaws.com",
        "eventName": "GetItem", "awsRegion": "eu-west-1", "requestParameters": {"key": {"pk": "secret"}},
    });
    let text = text.to_string();
    let record = Record::parse(&text).unwrap();
    let matches = rules.judge(&text, &Call::read(&record).unwrap()).unwrap();
    let [Match { detection, severity, reason }] = matches.as_slice() else { panic!("{matches:?}") };
    assert_eq!(detection.id, "sigma:0b6f7a52-6a1f-4a0e-8f0a-7d1c5e2b9a43");
    assert_eq!((detection.title, *severity, detection.severity), ("Read by Night", Severity::Critical, "critical"));
    assert_eq!(detection.techniques, ["T1530", "T1562.008"]);
    assert_eq!(detection.why, "Items are read by night.");
    assert_eq!(
        detection.first_steps,
        [
            "Rule out what the rule's author knows to be harmless: Night shifts.",
            "Fetch the record, and ask whether the call was planned.",
            "If nobody planned it, list what else the actor did.",
            "Read on at https://example.com/runbook",
        ]
    );
    // By which fields, but not what stands in them.
    assert_eq!(
        reason,
        "the Sigma rule \"Read by Night\" matches by eventName, requestParameters.key.pk (known false positives: Night shifts)"
    );
}

#[test]
fn everything_that_is_wrong_is_said_with_its_file() {
    let good = || rule("Good", "{s: {eventName: x}, condition: s}", "");
    let cases = [
        (vec![("a.yml", rule("A", "{s: {eventName|nonsense: x}, condition: s}", ""))], "a.yml: ", "nonsense"),
        (vec![("a.yml", rule("A", "{s: {eventName|re: '('}, condition: s}", ""))], "a.yml: ", "regex"),
        (vec![("a.yml", rule("A", "{s: {eventName: x}, condition: t}", ""))], "a.yml: ", "identifier: t"),
        (vec![("a.yml", rule("A", "{s: {eventName: x}, condition: s", ""))], "a.yml: ", "YAML"),
        (vec![("a.yml", format!("title: A\n{LOGSOURCE}\n"))], "a.yml: ", "detection"),
        (vec![("a.yml", good()), ("sub/a.yml", good())], "sub/a.yml: ", "another rule of the id a"),
        (vec![("a b.yml", good())], "a b.yml: ", "give it an id"),
        (vec![("a.yml", rule("A", "{s: {eventName: x}, condition: s}", "id: a b"))], "a.yml: ", "the id \"a b\""),
        (vec![("a.yml", "title: A\nlogsource: {product: windows}\n".into())], "no Sigma rule for CloudTrail", "files: 1"),
        (
            vec![("a.yml", good()), ("c.yml", "title: C # cloudtrail\ncorrelation: {type: event_count, rules: [a], group-by: [x], timespan: 5m, condition: {gte: 5}}\n".into())],
            "c.yml: ",
            "correlations are not evaluated",
        ),
        (
            vec![("a.yml", good()), ("f.yml", format!("title: F\n{LOGSOURCE}\nfilter: {{rules: [gone], f: {{userAgent: x}}, condition: not f}}\n"))],
            "f.yml: ",
            "a rule that is not there: gone",
        ),
    ];
    for (files, file, words) in cases {
        let error = loaded(&files).unwrap_err();
        assert!(error.starts_with(file) && error.contains(words) && !error.contains('\n'), "{files:?}: {error}");
    }
    let both = loaded(&[("a.yml", rule("A", "{s: {x|y: z}, condition: s}", "")), ("b b.yml", good())]).unwrap_err();
    assert_eq!(both.lines().count(), 2, "{both}");
}

#[test]
fn rules_for_other_logs_are_counted_and_left_alone() {
    let windows = "title: W # no cloudtrail\nlogsource: {product: windows}\ndetection: {s: {Image: x}, condition: s}\n";
    let broken = "title: [not\n  even: yaml";
    let rules = loaded(&[
        ("a.yml", rule("A", "{s: {eventName: x}, condition: s}", "")),
        ("windows.yml", windows.into()),
        ("broken.yml", broken.into()),
    ])
    .unwrap();
    assert_eq!(rules.count(), Count { rules: 1, general: 1, passed_over: 2 });
    let count =
        "1 Sigma rule; 1 without eventSource, held against audited calls alone; 2 passed over, not for CloudTrail";
    assert_eq!(rules.count().to_string(), count);
    assert!(load(&[]).unwrap().is_none());
}

#[test]
fn a_filter_narrows_the_rule_that_it_names_and_a_file_may_hold_several_rules() {
    let two = [
        rule("A", "{s: {eventName: GetItem}, condition: s}", ""),
        rule("B", "{s: {eventName: GetItem}, condition: s}", ""),
    ]
    .join("---\n");
    let filter = format!(
        "title: F\n{LOGSOURCE}\nfilter: {{rules: [A], f: {{userIdentity.userName: alice}}, condition: not f}}\n"
    );
    let rules = loaded(&[("both.yml", two), ("filter.yml", filter)]).unwrap();
    assert_eq!(said(&rules, "dynamodb.amazonaws.com", "GetItem", false, &json!({})), ["sigma:both-2"]);
}

#[test]
fn a_record_nested_too_deep_for_the_engine_is_not_passed_over_in_silence() {
    let rules = loaded(&[("a.yml", rule("A", "{s: {eventName: GetItem}, condition: s}", ""))]).unwrap();
    let deep = "[".repeat(200) + &"]".repeat(200);
    let text = format!(
        r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"GetItem","awsRegion":"eu-west-1","x":{deep}}}"#
    );
    let record = Record::parse(&text).unwrap();
    assert!(rules.judge(&text, &Call::read(&record).unwrap()).unwrap_err().contains("recursion"));
}

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9.:/a-f]{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![Just("a".to_owned()), Just("key".to_owned()), Just("a.b".to_owned()), ".{0,6}".boxed()];
    leaf.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_record_makes_the_engine_panic(params in any_json(), name in ".{0,8}", agent in any_json()) {
        let detections = [
            "{s: {requestParameters.a|contains: x, requestParameters.key.a|re: '.*'}, condition: s}",
            "{s: {requestParameters.a.b|cidr: 10.0.0.0/8}, condition: not s}",
            "{s: {requestParameters.a|gt: 5, requestParameters.key|exists: true}, condition: 1 of s*}",
            "{s: {userAgent|base64offset|contains: x, requestParameters.a|fieldref: userAgent}, condition: not s}",
            "{s: [x, y], condition: s}",
        ];
        let files: Vec<_> = detections.iter().enumerate()
            .map(|(number, detection)| (format!("{number}.yml"), rule("Any", detection, ""))).collect();
        let rules = load(&files).unwrap().unwrap();
        let text = json!({
            "eventID": "e", "eventTime": "2026-03-02T09:15:00Z", "eventSource": "dynamodb.amazonaws.com",
            "eventName": name, "awsRegion": "eu-west-1", "requestParameters": params, "userAgent": agent,
        }).to_string();
        let record = Record::parse(&text).unwrap();
        let matches = rules.judge(&text, &Call::read(&record).unwrap()).unwrap();
        prop_assert!(matches.len() <= detections.len());
    }
}
