//! Calls that come through EventBridge, in seconds, become alerts and metrics.

use anyhow::Result;
use serde_json::{Value, json};
use tablewarden_tests::function::artefact;
use tablewarden_tests::records::{OWNER, data_event, event_id, role, with};
use tablewarden_tests::stage::Stage;

const DETAIL_TYPE: &str = "AWS API Call via CloudTrail";

#[tokio::test]
async fn management_and_data_events_reach_the_deployed_function_by_a_rule() -> Result<()> {
    let stage = Stage::set().await?;
    let zip = artefact("ddl-event", "bootstrap.zip")?;
    let arn = stage.cloud.deploy("ddl-event", &zip, &stage.environment(&[])).await?;
    stage.cloud.rule("table-events", "aws.dynamodb", DETAIL_TYPE, &arn).await?;

    stage.cloud.event("aws.dynamodb", DETAIL_TYPE, &dropped(1, "orders-archive")).await?;
    let dropped = stage.told(1).await?;
    stage.cloud.event("aws.dynamodb", DETAIL_TYPE, &data_event(2, "intern", "DeleteItem", "orders")).await?;
    let deleted = stage.told(1).await?;

    let told = &dropped[0];
    assert_eq!(told.attributes["detection"], "table-deleted");
    assert_eq!(told.attributes["table"], "orders-archive");
    assert_eq!(told.attributes["severity"], "high");
    assert_eq!(told.alert["actor"], role("intern"));
    assert_eq!(told.alert["findings"][0]["event_ids"], json!([event_id(1)]));
    let told = &deleted[0];
    assert_eq!(told.attributes["detection"], "item-deletion");
    assert_eq!(told.alert["findings"][0]["items"], 1);
    Ok(())
}

#[tokio::test]
async fn metrics_of_an_event_are_counted_like_those_of_a_record() -> Result<()> {
    let stage = Stage::set().await?;
    let function = stage.function("ddl-event", &[]).await?;
    let event = |detail: Value| json!({ "source": "aws.dynamodb", "detail-type": DETAIL_TYPE, "detail": detail });

    function.invoke(&event(dropped(1, "orders-archive"))).await?;
    function.invoke(&event(data_event(2, "intern", "DeleteItem", "orders"))).await?;
    function.invoke(&event(data_event(3, "orders-api", "GetItem", "orders"))).await?;

    stage.told(2).await?;
    let metrics = stage.metrics().await?;
    assert_eq!(metrics.sum("RecordsRead", &[]), Some(3));
    assert_eq!(metrics.sum("RecordsRelevant", &[]), Some(3));
    assert_eq!(metrics.sum("ItemsDeleted", &[]), Some(1));
    assert_eq!(metrics.sum("AlertsSent", &[]), Some(2));
    for effect in ["admin", "delete", "read"] {
        assert_eq!(metrics.sum("Accesses", &[("Table", "other"), ("Effect", effect)]), Some(1), "{effect}");
    }
    Ok(())
}

/// A `DeleteTable` as its record tells it.
fn dropped(number: u64, table: &str) -> Value {
    let description = json!({
        "tableName": table, "tableStatus": "DELETING", "itemCount": 48210,
        "tableArn": format!("arn:aws:dynamodb:eu-west-1:{OWNER}:table/{table}"),
    });
    with(
        data_event(number, "intern", "DeleteTable", table),
        [
            ("requestParameters", json!({ "tableName": table })),
            ("responseElements", json!({ "tableDescription": description })),
            ("managementEvent", json!(true)),
            ("eventCategory", json!("Management")),
        ],
    )
}
