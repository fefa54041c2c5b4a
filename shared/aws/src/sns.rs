//! Alerts to an SNS topic.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::types::MessageAttributeValue;
use tablewarden_core::alert::Alert;
use tablewarden_core::ports::{AlertSink, SinkError};

use crate::telemetry::with_sources;

/// An [`AlertSink`] on SNS. Needs `sns:Publish` on the topic, and the use of its key where it has one.
#[derive(Debug, Clone)]
pub struct SnsAlerts {
    client: Client,
    topic_arn: String,
}

impl SnsAlerts {
    /// A sink that publishes to this topic.
    pub fn new(config: &SdkConfig, topic_arn: String) -> Self {
        Self { client: Client::new(config), topic_arn }
    }
}

impl AlertSink for SnsAlerts {
    async fn publish(&self, alert: &Alert) -> Result<(), SinkError> {
        let failed = |problem: String| SinkError { sink: self.topic_arn.clone(), problem };
        let message = alert.message();
        let mut publish = self
            .client
            .publish()
            .topic_arn(&self.topic_arn)
            .subject(message.subject)
            .message(message.body)
            .message_structure("json");
        for (name, value) in alert.attributes() {
            let value = string_attribute(value).map_err(|error| failed(error.to_string()))?;
            publish = publish.message_attributes(name, value);
        }
        publish.send().await.map_err(|error| failed(with_sources(&error)))?;
        Ok(())
    }
}

fn string_attribute(value: String) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build()
}
