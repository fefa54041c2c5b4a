//! Conditions that everything would have met.

use super::*;

#[test]
fn conditions_are_suggested_only_where_every_access_would_have_met_them() {
    let endpoint = r#","vpcEndpointId":"vpce-0a1b2c3d""#;
    let get = r##"{"tableName":"orders","key":{"pk":"alice@example.com"},"projectionExpression":"#s, total.net",
        "expressionAttributeNames":{"#S":"other","#s":"status"}}"##;
    let suggested = |calls: &[(&str, &str, &str)]| {
        let mut usage = Usage::of("orders-api");
        for _ in 0..20 {
            add(&mut usage, &record(ROLE, "GetItem", get, "", endpoint));
        }
        for (event_name, params, extra) in calls {
            add(&mut usage, &record(ROLE, event_name, params, "", extra));
        }
        usage.suggestions()
    };
    let keys = |suggestions: &[Suggestion]| suggestions.iter().map(|one| one.key).collect::<Vec<_>>();

    let all = suggested(&[]);
    assert_eq!(keys(&all), ["aws:SourceVpce", "dynamodb:LeadingKeys", "dynamodb:Attributes"]);
    assert_eq!(all[2].condition["ForAllValues:StringEquals"]["dynamodb:Attributes"], json!(["pk", "status", "total"]));
    assert!(!format!("{all:?}").contains("alice"), "a key is personal: {all:?}");

    let elsewhere = suggested(&[("ListTables", "null", "")]);
    assert_eq!(keys(&elsewhere), ["dynamodb:LeadingKeys", "dynamodb:Attributes"]);
    let scans = suggested(&[("Scan", r#"{"tableName":"orders","projectionExpression":"total"}"#, endpoint)]);
    assert_eq!(keys(&scans), ["aws:SourceVpce", "dynamodb:Attributes"]);
    let statement = r#"{"statement":"SELECT total FROM orders WHERE status = ?"}"#;
    let by_parameter = suggested(&[("ExecuteStatement", statement, endpoint)]);
    assert!(!keys(&by_parameter).contains(&"dynamodb:LeadingKeys"), "whether it names a key is not told");
    let whole_items = suggested(&[("GetItem", r#"{"tableName":"orders","key":{"pk":"a"}}"#, endpoint)]);
    assert_eq!(keys(&whole_items), ["aws:SourceVpce", "dynamodb:LeadingKeys"]);
    let untold = r##"{"tableName":"orders","key":{"pk":"a"},"projectionExpression":"#t"}"##;
    assert_eq!(keys(&suggested(&[("GetItem", untold, endpoint)])), ["aws:SourceVpce", "dynamodb:LeadingKeys"]);
    let puts = r#"{"tableName":"orders","key":{"pk":"a"},"items":["pk","note"]}"#;
    let with_puts = suggested(&[("PutItem", puts, endpoint)]);
    let attributes = with_puts.iter().find(|one| one.key == "dynamodb:Attributes").unwrap();
    assert_eq!(
        attributes.condition["ForAllValues:StringEquals"]["dynamodb:Attributes"],
        json!(["note", "pk", "status", "total"])
    );
}
