use super::super::testing::{Case, check};
use crate::operation::Service;

/// Selectors of a trail, and what should be said of them: nothing, or a severity and a reason.
fn check_selectors(fields: &str, want: Option<(&'static str, &str)>) {
    let params = format!(r#"{{"trailName":"main",{fields}}}"#);
    let case = Case::new(fields, "PutEventSelectors", &params).to(Service::CloudTrail);
    let case = match want {
        Some((severity, reason)) => case.fires(severity).because(reason),
        None => case,
    };
    check(super::DETECTION.id, "", &[case]);
}

const NO_MANAGEMENT: &str = "changes of tables and of what guards them (management events) are not logged";

const NO_KEYS: &str = "calls that endanger the keys of tables (management events of KMS) are not logged";

#[test]
fn basic_selectors_have_to_log_all_tables() {
    let cases = [
        (r#"{"dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#, None),
        (
            r#"{"readWriteType":"ReadOnly","dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb:"]}]},
               {"readWriteType":"WriteOnly","includeManagementEvents":true,"dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#,
            None,
        ),
        (
            r#"{"excludeManagementEventSources":["kms.amazonaws.com"],"dataResources":[{"Type":"AWS::DynamoDB::Table","Values":["arn:aws:dynamodb"]}]}"#,
            Some(("medium", NO_KEYS.to_owned())),
        ),
        (
            r#"{"excludeManagementEventSources":["rdsdata.amazonaws.com"],"dataResources":[{"Type":"AWS::DynamoDB::Table","Values":["arn:aws:dynamodb"]}]}"#,
            None,
        ),
        (
            r#"{"includeManagementEvents":false,"excludeManagementEventSources":["kms.amazonaws.com"],"dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#,
            Some(("high", NO_MANAGEMENT.to_owned())),
        ),
        (r#"{"readWriteType":"All","includeManagementEvents":true}"#, Some(("critical", "data events of tables are not logged".to_owned()))),
        (
            r#"{"dataResources":[{"type":"AWS::S3::Object","values":["arn:aws:s3"]},{"type":"AWS::DynamoDB::Table","values":[]}]}"#,
            Some(("critical", "data events of tables are not logged".to_owned())),
        ),
        (
            r#"{"readWriteType":"WriteOnly","dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#,
            Some(("critical", "reads of items are not logged".to_owned())),
        ),
        (
            r#"{"readWriteType":"ReadOnly","dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#,
            Some(("critical", format!("writes of items are not logged; {NO_MANAGEMENT}"))),
        ),
        (
            r#"{"dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb:eu-west-1:111122223333:table/carts"]}]}"#,
            Some((
                "critical",
                "data events of tables are only logged where the table is one of arn:aws:dynamodb:eu-west-1:111122223333:table/carts".to_owned(),
            )),
        ),
        (
            r#"{"includeManagementEvents":false,"dataResources":[{"type":"AWS::DynamoDB::Table","values":["arn:aws:dynamodb"]}]}"#,
            Some(("high", NO_MANAGEMENT.to_owned())),
        ),
        ("", Some(("critical", format!("data events of tables are not logged; {NO_MANAGEMENT}")))),
    ];
    for (selectors, want) in &cases {
        let want = want.as_ref().map(|(severity, reason)| (*severity, reason.as_str()));
        check_selectors(&format!(r#""eventSelectors":[{selectors}]"#), want);
    }
}

#[test]
fn advanced_selectors_have_to_log_all_tables_and_streams() {
    let data = |kind: &str, more: &str| {
        format!(
            r#"{{"fieldSelectors":[{{"field":"eventCategory","equals":["Data"]}},{{"field":"resources.type","equals":["AWS::DynamoDB::{kind}"]}}{more}]}}"#
        )
    };
    let management = r#"{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]}]}"#;
    let stream = data("Stream", "");
    let with = |more: &str| format!("{management},{stream},{}", data("Table", more));
    let only = |condition: &str| Some(format!("data events of tables are only logged where {condition}"));
    let critical = [
        (with(""), None),
        (
            with(
                r#",{"field":"eventSource","equals":["dynamodb.amazonaws.com"]},{"field":"eventType","notEquals":["AwsServiceEvent"]}"#,
            ),
            None,
        ),
        (with(r#",{"field":"resources.ARN","startsWith":["arn:aws:dynamodb:"]}"#), None),
        (with(r#",{"field":"eventName","notEquals":["DescribeStream"]}"#), None),
        (
            format!(
                "{},{}",
                with(r#",{"field":"readOnly","equals":["true"]}"#),
                data("Table", r#",{"field":"readOnly","equals":["false"]}"#)
            ),
            None,
        ),
        (with(r#",{"field":"readOnly","equals":["false"]}"#), Some("reads of items are not logged".to_owned())),
        (with(r#",{"field":"readOnly","equals":["true"]}"#), Some("writes of items are not logged".to_owned())),
        (
            with(r#",{"field":"eventName","equals":["PutItem","DeleteItem"]}"#),
            only("eventName equals PutItem, DeleteItem"),
        ),
        (with(r#",{"field":"eventName","notEquals":["Scan"]}"#), only("eventName notEquals Scan")),
        (
            with(r#",{"field":"eventName","startsWith":["Batch"],"notEquals":["BatchGetItem"]}"#),
            only("eventName startsWith Batch and notEquals BatchGetItem"),
        ),
        (
            with(
                r#",{"field":"userIdentity.arn","notEndsWith":["role/eve"]},{"field":"sessionCredentialFromConsole","equals":["true"]}"#,
            ),
            only("userIdentity.arn notEndsWith role/eve and sessionCredentialFromConsole equals true"),
        ),
        (
            with(r#",{"field":"resources.ARN","startsWith":["arn:aws:dynamodb:eu-west-1:111122223333:table/c"]}"#),
            only("resources.ARN startsWith arn:aws:dynamodb:eu-west-1:111122223333:table/c"),
        ),
        (
            with(r#",{"field":"eventSource","notEquals":["dynamodb.amazonaws.com"]}"#),
            Some("data events of tables are not logged".to_owned()),
        ),
        (format!("{management},{stream}"), Some("data events of tables are not logged".to_owned())),
        (
            management.to_owned(),
            Some("data events of tables are not logged; reads of streams are not logged".to_owned()),
        ),
    ];
    for (selectors, reason) in &critical {
        let want = reason.as_deref().map(|reason| ("critical", reason));
        check_selectors(&format!(r#""advancedEventSelectors":[{selectors}]"#), want);
    }
    let but_kms = r#"{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventSource","notEquals":["kms.amazonaws.com","rdsdata.amazonaws.com"]}]}"#;
    let lesser = [
        (format!("{but_kms},{stream},{}", data("Table", "")), "medium", NO_KEYS),
        (format!("{management},{}", data("Table", "")), "medium", "reads of streams are not logged"),
        (format!("{stream},{}", data("Table", "")), "high", NO_MANAGEMENT),
        (
            format!(
                r#"{{"fieldSelectors":[{{"field":"eventCategory","equals":["Management"]}},{{"field":"readOnly","equals":["true"]}}]}},{stream},{}"#,
                data("Table", "")
            ),
            "high",
            NO_MANAGEMENT,
        ),
    ];
    for (selectors, severity, reason) in lesser {
        check_selectors(
            &format!(r#""advancedEventSelectors":[{selectors}],"eventSelectors":null"#),
            Some((severity, reason)),
        );
    }
}

#[test]
fn what_the_record_does_not_tell_is_critical() {
    let case = |name, params| Case::new("unknown", name, params).to(Service::CloudTrail).fires("critical");
    let omitted = r#"{"omitted":true,"reason":"requestParameters too large"}"#;
    check(
        super::DETECTION.id,
        "",
        &[
            case("PutEventSelectors", omitted).because(
                "what PutEventSelectors sets is not known: request parameters omitted by CloudTrail as too large",
            ),
            case("PutEventSelectors", r#"{"trailName":"main"}"#).because("the record does not tell the selectors"),
            case("PutEventSelectors", "null").error("AccessDenied").fires("high"),
            case("PutEventConfiguration", omitted),
        ],
    );
}

#[test]
fn aggregating_data_events_is_told() {
    let case = |claim, fields: &str| {
        let params = format!(r#"{{"trailName":"main",{fields}}}"#);
        Case::new(claim, "PutEventConfiguration", &params).to(Service::CloudTrail)
    };
    check(
        super::DETECTION.id,
        "",
        &[
            case(
                "aggregated",
                r#""aggregationConfigurations":[{"eventCategory":"Data","templates":["API_ACTIVITY"]}]"#,
            )
            .fires("critical")
            .because(
                "data events are aggregated to summaries of five minutes by API_ACTIVITY, which name no single call",
            ),
            case("no longer aggregated", r#""aggregationConfigurations":[]"#),
            case("larger events", r#""maxEventSize":"Large""#),
            Case::new("of a table", "PutEventSelectors", r#"{"tableName":"orders"}"#),
        ],
    );
}

#[test]
fn own_tables_may_be_left_out() {
    let policy = r#"
version: 1
pipeline:
  resources: ["arn:aws:dynamodb:*:111122223333:table/tablewarden-*"]
tables: []
"#;
    let own = "arn:aws:dynamodb:eu-west-1:111122223333:table";
    let leaving_out = |condition: String| {
        let params = format!(
            r#"{{"trailName":"main","advancedEventSelectors":[
                {{"fieldSelectors":[{{"field":"eventCategory","equals":["Management"]}}]}},
                {{"fieldSelectors":[{{"field":"eventCategory","equals":["Data"]}},{{"field":"resources.type","equals":["AWS::DynamoDB::Stream"]}}]}},
                {{"fieldSelectors":[{{"field":"eventCategory","equals":["Data"]}},{{"field":"resources.type","equals":["AWS::DynamoDB::Table"]}},
                    {{"field":"resources.ARN",{condition}}}]}}]}}"#
        );
        Case::new(&condition, "PutEventSelectors", &params).to(Service::CloudTrail)
    };
    check(
        super::DETECTION.id,
        policy,
        &[
            leaving_out(format!(r#""notEquals":["{own}/tablewarden-state"]"#)),
            leaving_out(format!(r#""notStartsWith":["{own}/tablewarden-"]"#)),
            leaving_out(format!(r#""notEquals":["{own}/tablewarden-state","{own}/orders"]"#)).fires("critical"),
            leaving_out(format!(r#""notStartsWith":["{own}/tablewarden"]"#)).fires("critical"),
            leaving_out(r#""notEndsWith":["tablewarden-state"]"#.to_owned()).fires("critical"),
        ],
    );
}

#[test]
fn a_trail_that_was_never_meant_to_log_tables_is_suppressed_by_name() {
    let policy = "
version: 1
suppressions:
  - {detection: selectors-narrowed, resource: billing, until: 2026-12-31, reason: the trail main logs the tables}
";
    let narrowed = |claim, trail: &str| {
        let params =
            format!(r#"{{"trailName":"{trail}","eventSelectors":[{{"readWriteType":"All","dataResources":[]}}]}}"#);
        Case::new(claim, "PutEventSelectors", &params).to(Service::CloudTrail).fires("critical")
    };
    let arn = |account: &str| format!("arn:aws:cloudtrail:eu-west-1:{account}:trail/billing");
    check(
        super::DETECTION.id,
        policy,
        &[
            narrowed("by name", "billing").suppressed_by(4),
            narrowed("by ARN", &arn("111122223333")).suppressed_by(4),
            narrowed("of another account", &arn("444455556666")),
            narrowed("another trail", "main"),
        ],
    );
}
