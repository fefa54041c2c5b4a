//! Alerts to an SNS topic.

use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_types::SdkConfig;
use tablewarden_core::alert::Notice;
use tablewarden_core::ports::{AlertSink, SinkError};
use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior};

use crate::contract::{BOTH, Call};
use crate::settings::{ALERT_TOPIC_ARN, CHAT_TOPIC_ARN, Settings};
use crate::telemetry::with_sources;
use crate::time_left::{TimeLeft, before};

/// The time between two alerts. SNS deactivates an e-mail subscription that gets more than ten messages a second, so a burst
/// of alerts, which anyone can cause who can cause denied calls, would silence the rest:
/// <https://repost.aws/knowledge-center/sns-email-subscription-disabled>.
const PACE: Duration = Duration::from_millis(125);

/// What it calls.
pub const CALLS: &[Call] = &[
    Call { action: "sns:Publish", resource: "alert topic", functions: BOTH, when: Some(ALERT_TOPIC_ARN) },
    Call { action: "sns:Publish", resource: "chat topic", functions: BOTH, when: Some(CHAT_TOPIC_ARN) },
];

/// An [`AlertSink`] on SNS. Needs `sns:Publish` on its topics, and the use of their keys where they have some.
#[derive(Debug)]
pub struct SnsAlerts {
    client: Client,
    /// Where alerts go; without it nobody is told.
    topic_arn: Option<String>,
    /// Where alerts go in the form for channels of chat too.
    chat_topic_arn: Option<String>,
    pace: Mutex<Interval>,
    time: TimeLeft,
}

impl SnsAlerts {
    /// A sink that publishes to the topics of these settings, at most eight alerts a second, for as long as there is
    /// time. To be called inside of a Tokio runtime.
    pub fn new(config: &SdkConfig, settings: &Settings, time: TimeLeft) -> Self {
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            client: Client::new(config),
            topic_arn: settings.alert_topic_arn.clone(),
            chat_topic_arn: settings.chat_topic_arn.clone(),
            pace: Mutex::new(pace),
            time,
        }
    }

    /// Publishes the notice to a topic, in the form that its subscribers read.
    async fn to(&self, topic_arn: &str, form: PublishFluentBuilder, notice: Notice<'_>) -> Result<(), SinkError> {
        let failed = |problem: String| SinkError { sink: topic_arn.to_owned(), problem };
        let mut publish = form.topic_arn(topic_arn);
        for (name, value) in notice.attributes() {
            let value = string_attribute(value).map_err(|error| failed(error.to_string()))?;
            publish = publish.message_attributes(name, value);
        }
        match before(self.time.telling(), publish.send()).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(failed(with_sources(&error))),
            None => Err(failed("no time left".to_owned())),
        }
    }

    async fn to_chat(&self, notice: Notice<'_>) -> Result<(), SinkError> {
        let Some(topic_arn) = &self.chat_topic_arn else { return Ok(()) };
        self.to(topic_arn, self.client.publish().message(notice.chat()), notice).await
    }
}

impl AlertSink for SnsAlerts {
    /// A notice is out when all topics have it: where one refuses it, it comes again to all, since twice is better than never.
    async fn publish(&self, notice: Notice<'_>) -> Result<(), SinkError> {
        let Some(topic_arn) = &self.topic_arn else {
            return Err(SinkError { sink: ALERT_TOPIC_ARN.to_owned(), problem: "there is no topic".to_owned() });
        };
        let message = notice.message();
        let form = self.client.publish().subject(message.subject).message(message.body).message_structure("json");
        // Where there is no time for that, there is none to publish either.
        let _ = before(self.time.telling(), async { self.pace.lock().await.tick().await }).await;
        let (people, chat) = tokio::join!(self.to(topic_arn, form, notice), self.to_chat(notice));
        people.and(chat)
    }

    fn is_silent(&self) -> bool {
        self.topic_arn.is_none()
    }
}

fn string_attribute(value: String) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Receiver;

    use tablewarden_core::alert::PolicyRefused;

    use super::*;
    use crate::testing::serve;

    const ALERTS: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";
    const CHAT: &str = "arn:aws:sns:eu-west-1:111122223333:chat";

    fn answer(status: &str) -> Vec<u8> {
        let body = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
    }

    async fn publish(chat: &str, answers: &[&str]) -> (Result<(), SinkError>, Receiver<String>) {
        let (config, requests) = serve(answers.iter().map(|status| answer(status)).collect());
        let variables = [("TABLEWARDEN_ALERT_TOPIC_ARN", ALERTS), ("TABLEWARDEN_CHAT_TOPIC_ARN", chat)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sink = SnsAlerts::new(&config, &Settings::read(variables).unwrap(), TimeLeft::default());
        let refused = PolicyRefused {
            source: "s3://config/policy.yaml".into(),
            version: None,
            problem: "gone".into(),
            in_force: None,
            since: "2026-03-02T09:15:00Z".parse().unwrap(),
            account: "111122223333".into(),
            region: "eu-west-1".into(),
        };
        (sink.publish(Notice::PolicyRefused(&refused)).await, requests)
    }

    #[tokio::test]
    async fn each_topic_gets_the_form_that_its_subscribers_read_and_the_same_attributes() {
        let (result, requests) = publish(CHAT, &["200 OK", "200 OK"]).await;
        assert!(result.is_ok(), "{result:?}");
        let (mut of_chat, mut of_people) = (0, 0);
        for request in requests.try_iter() {
            let is_chat = request.contains("%3Achat&");
            of_chat += usize::from(is_chat);
            of_people += usize::from(!is_chat);
            assert_eq!(request.contains("client-markdown"), is_chat, "{request}");
            assert_eq!(request.contains("MessageStructure=json"), !is_chat, "{request}");
            assert!(request.contains("Value.StringValue=policy-refused"), "{request}");
        }
        assert_eq!((of_people, of_chat), (1, 1));
        assert_eq!(publish("", &["200 OK"]).await.1.try_iter().count(), 1);
    }

    #[tokio::test]
    async fn an_alert_is_out_when_both_topics_have_it() {
        for answers in [["200 OK", "403 Forbidden"], ["403 Forbidden", "200 OK"]] {
            let (result, requests) = publish(CHAT, &answers).await;
            assert!(result.is_err(), "{answers:?}");
            assert_eq!(requests.try_iter().count(), 2);
        }
    }
}
