//! A topic for channels of chat gets each alert too, in the form that Amazon Q Developer takes.

use anyhow::Result;
use serde_json::Value;
use tablewarden_tests::cloud::Wrapping;
use tablewarden_tests::fault_proxy::{Fate, FaultProxy};
use tablewarden_tests::function::Function;
use tablewarden_tests::records::data_event;
use tablewarden_tests::stage::Stage;

/// Hands the next message to the function, settles it by its answer, and gives whether it comes again.
async fn run(stage: &Stage, function: &Function) -> Result<bool> {
    let batch = stage.deliveries.batch(1).await?;
    let answer = function.invoke(&batch).await?;
    Ok(!stage.deliveries.settle(&batch, &answer).await?.is_empty())
}

#[tokio::test]
async fn channel_gets_each_alert_and_one_that_it_does_not_get_comes_again() -> Result<()> {
    let stage = Stage::set().await?;
    let (topic, channel) = (stage.cloud.topic("chat").await?, stage.cloud.queue("channel").await?);
    stage.cloud.subscribe(&topic, &channel, Wrapping::Raw, None).await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    proxy.rule(|request| match request {
        publish if publish.mentions("client-markdown") => Fate::sns_error(403, "AuthorizationError"),
        _ => Fate::Pass,
    });
    let settings = [("TABLEWARDEN_CHAT_TOPIC_ARN", topic.as_str()), ("AWS_ENDPOINT_URL_SNS", proxy.endpoint())];
    let function = stage.function("trail-log", &settings).await?;
    stage.deliver("orders", &[data_event(1, "intern", "DeleteItem", "orders")]).await?;

    assert!(run(&stage, &function).await?);
    assert_eq!(stage.told(1).await?[0].alert["table"], "orders");
    assert_eq!(stage.metrics().await?.sum("AlertsFailed", &[]), Some(1));

    proxy.rule(|_| Fate::Pass);
    assert!(!run(&stage, &function).await?);
    assert_eq!(stage.told(1).await?.len(), 1, "twice rather than never");
    let message = channel.take(1).await?.remove(0);
    let said: Value = serde_json::from_str(&message.body)?;
    assert_eq!((said["version"].as_str(), said["source"].as_str()), (Some("1.0"), Some("custom")));
    assert_eq!(said["content"]["title"], "[LOW] Item deletion");
    assert_eq!(message.attributes["detection"], "item-deletion");
    Ok(())
}
