//! Alerts to an SNS topic.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::types::MessageAttributeValue;
use tablewarden_core::alert::Notice;
use tablewarden_core::ports::{AlertSink, SinkError};
use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior};

use crate::contract::{BOTH, Call};
use crate::telemetry::with_sources;
use crate::time_left::{TimeLeft, before};

/// The time between two alerts. SNS deactivates an e-mail subscription that gets more than ten messages a second, so a burst
/// of alerts, which anyone can cause who can cause denied calls, would silence the rest:
/// <https://repost.aws/knowledge-center/sns-email-subscription-disabled>.
const PACE: Duration = Duration::from_millis(125);

/// What it calls.
pub const CALLS: &[Call] = &[Call { action: "sns:Publish", resource: "alert topic", functions: BOTH, when: None }];

/// An [`AlertSink`] on SNS. Needs `sns:Publish` on the topic, and the use of its key where it has one.
#[derive(Debug)]
pub struct SnsAlerts {
    client: Client,
    topic_arn: String,
    pace: Mutex<Interval>,
    time: TimeLeft,
}

impl SnsAlerts {
    /// A sink that publishes to this topic, at most eight alerts a second, for as long as there is
    /// time. To be called inside of a Tokio runtime.
    pub fn new(config: &SdkConfig, topic_arn: String, time: TimeLeft) -> Self {
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { client: Client::new(config), topic_arn, pace: Mutex::new(pace), time }
    }
}

impl AlertSink for SnsAlerts {
    async fn publish(&self, notice: Notice<'_>) -> Result<(), SinkError> {
        let failed = |problem: String| SinkError { sink: self.topic_arn.clone(), problem };
        let message = notice.message();
        let mut publish = self
            .client
            .publish()
            .topic_arn(&self.topic_arn)
            .subject(message.subject)
            .message(message.body)
            .message_structure("json");
        for (name, value) in notice.attributes() {
            let value = string_attribute(value).map_err(|error| failed(error.to_string()))?;
            publish = publish.message_attributes(name, value);
        }
        let sent = before(self.time.telling(), async {
            self.pace.lock().await.tick().await;
            publish.send().await
        });
        match sent.await {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(failed(with_sources(&error))),
            None => Err(failed("no time left".to_owned())),
        }
    }
}

fn string_attribute(value: String) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build()
}
