//! Clients for the emulator and the steps that the tests are told in.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use aws_sdk_eventbridge::types::{InputTransformer, PutEventsRequestEntry, Target};
use aws_sdk_lambda::types::{Environment, FunctionCode, FunctionResponseType, Runtime, State};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::primitives::{Blob, ByteStream, DateTime};
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, Event, NotificationConfiguration, QueueConfiguration,
};
use serde_json::{Value, json};

use crate::sqs::Queue;
use crate::{ACCOUNT, REGION, eventually};

/// One client a service, for what the steps below do not cover.
#[derive(Clone, Debug)]
pub struct Cloud {
    /// Amazon S3.
    pub s3: aws_sdk_s3::Client,
    /// Amazon SQS.
    pub sqs: aws_sdk_sqs::Client,
    /// Amazon SNS.
    pub sns: aws_sdk_sns::Client,
    /// Amazon CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// Amazon DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Amazon EventBridge.
    pub eventbridge: aws_sdk_eventbridge::Client,
    /// AWS Lambda.
    pub lambda: aws_sdk_lambda::Client,
}

/// How a topic writes to a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// The message alone: the variant for `sqs` where it was published with a JSON structure. Attributes become the
    /// queue's, the subject is lost.
    Raw,
    /// SNS's envelope, with `Subject`, `Message` and `MessageAttributes`.
    Envelope,
}

/// A metric, summed over all of its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The metric's name.
    pub name: String,
    /// Dimension names and values.
    pub dimensions: BTreeMap<String, String>,
    /// Statistic `Sum`.
    pub sum: f64,
}

impl Cloud {
    /// Clients that talk to `endpoint` and nothing else, whatever this machine's AWS settings are.
    pub fn connect(endpoint: &str) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(endpoint)
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self {
            s3: aws_sdk_s3::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            eventbridge: aws_sdk_eventbridge::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
        }
    }

    /// Makes a bucket.
    pub async fn bucket(&self, name: &str) -> anyhow::Result<()> {
        let here =
            CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(REGION)).build();
        let create = self.s3.create_bucket().bucket(name).create_bucket_configuration(here);
        create.send().await.with_context(|| format!("making bucket {name}"))?;
        Ok(())
    }

    /// Writes an object.
    pub async fn put(&self, bucket: &str, key: &str, body: Vec<u8>) -> anyhow::Result<()> {
        let put = self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(body));
        put.send().await.with_context(|| format!("writing s3://{bucket}/{key}"))?;
        Ok(())
    }

    /// The objects of a bucket, by their keys.
    pub async fn objects(&self, bucket: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let listed =
            self.s3.list_objects_v2().bucket(bucket).send().await.with_context(|| format!("listing {bucket}"))?;
        let mut objects = BTreeMap::new();
        for key in listed.contents().iter().filter_map(|object| object.key()) {
            let got = self.s3.get_object().bucket(bucket).key(key).send().await;
            let body = got.with_context(|| format!("reading s3://{bucket}/{key}"))?.body.collect().await?;
            objects.insert(key.to_owned(), body.into_bytes().to_vec());
        }
        Ok(objects)
    }

    /// Makes a table for what functions remember.
    pub async fn state_table(&self, name: &str) -> anyhow::Result<()> {
        let attribute = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let create = self.dynamodb.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
        let create = create.attribute_definitions(attribute("partition")?).attribute_definitions(attribute("sort")?);
        let create = create.key_schema(key("partition", KeyType::Hash)?).key_schema(key("sort", KeyType::Range)?);
        create.send().await.with_context(|| format!("table {name}"))?;
        Ok(())
    }

    /// Makes a queue.
    pub async fn queue(&self, name: &str) -> anyhow::Result<Queue> {
        let made = self.sqs.create_queue().queue_name(name).send().await.with_context(|| format!("queue {name}"))?;
        let url = made.queue_url().context("a new queue has no URL")?.to_owned();
        Ok(Queue::new(self.sqs.clone(), url, format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")))
    }

    /// Makes a topic and gives its ARN.
    pub async fn topic(&self, name: &str) -> anyhow::Result<String> {
        let made = self.sns.create_topic().name(name).send().await.with_context(|| format!("topic {name}"))?;
        Ok(made.topic_arn().context("a new topic has no ARN")?.to_owned())
    }

    /// Subscribes `queue` to `topic`; with a filter policy it gets only the messages whose attributes fit.
    pub async fn subscribe(
        &self,
        topic: &str,
        queue: &Queue,
        wrapping: Wrapping,
        filter_policy: Option<&Value>,
    ) -> anyhow::Result<()> {
        let raw = if wrapping == Wrapping::Raw { "true" } else { "false" };
        let mut subscribe = self.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(queue.arn());
        subscribe = subscribe.attributes("RawMessageDelivery", raw);
        if let Some(policy) = filter_policy {
            subscribe = subscribe.attributes("FilterPolicy", policy.to_string());
        }
        subscribe.send().await.with_context(|| format!("subscribing {} to {topic}", queue.arn()))?;
        Ok(())
    }

    /// Has `bucket` announce new objects to `queue`. As in AWS, an `s3:TestEvent` comes first.
    pub async fn notify(&self, bucket: &str, queue: &Queue) -> anyhow::Result<()> {
        let to_queue =
            QueueConfiguration::builder().queue_arn(queue.arn()).events(Event::from("s3:ObjectCreated:*")).build()?;
        self.s3
            .put_bucket_notification_configuration()
            .bucket(bucket)
            .notification_configuration(NotificationConfiguration::builder().queue_configurations(to_queue).build())
            .send()
            .await
            .with_context(|| format!("notifications of {bucket}"))?;
        Ok(())
    }

    /// Every metric of a namespace, in no order, over the two weeks that CloudWatch takes data for.
    ///
    /// Asked for a metric without dimensions, the emulator adds up those of that name with dimensions too, which AWS keeps
    /// apart; here they are taken out again.
    pub async fn metrics(&self, namespace: &str) -> anyhow::Result<Vec<Metric>> {
        let mut pages = self.cloudwatch.list_metrics().namespace(namespace).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            listed.extend(page.with_context(|| format!("metrics of {namespace}"))?.metrics.unwrap_or_default());
        }
        let now = SystemTime::now();
        let mut metrics = Vec::with_capacity(listed.len());
        for metric in listed {
            let name = metric.metric_name().unwrap_or_default().to_owned();
            let statistics = self
                .cloudwatch
                .get_metric_statistics()
                .namespace(namespace)
                .metric_name(&name)
                .set_dimensions(Some(metric.dimensions().to_vec()))
                .start_time(DateTime::from(now - Duration::from_hours(15 * 24)))
                .end_time(DateTime::from(now + Duration::from_hours(24)))
                .period(86_400)
                .statistics(Statistic::Sum)
                .send()
                .await
                .with_context(|| format!("statistics of {name}"))?;
            let pairs = metric.dimensions().iter();
            let pairs =
                pairs.map(|d| (d.name().unwrap_or_default().to_owned(), d.value().unwrap_or_default().to_owned()));
            let sum = statistics.datapoints().iter().filter_map(Datapoint::sum).sum();
            metrics.push(Metric { name, dimensions: pairs.collect(), sum });
        }
        let with_dimensions = metrics.iter().filter(|metric| !metric.dimensions.is_empty());
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for metric in with_dimensions {
            *sums.entry(metric.name.clone()).or_default() += metric.sum;
        }
        for metric in metrics.iter_mut().filter(|metric| metric.dimensions.is_empty()) {
            metric.sum -= sums.get(&metric.name).copied().unwrap_or_default();
        }
        Ok(metrics)
    }

    /// Deploys the zip that `make build` made, to run in the emulator as in AWS; gives the function's ARN.
    pub async fn deploy(&self, name: &str, zip: &Path, environment: &[(&str, &str)]) -> anyhow::Result<String> {
        let code = FunctionCode::builder().zip_file(Blob::new(tokio::fs::read(zip).await?)).build();
        let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let created = self
            .lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::Providedal2023)
            .handler("bootstrap")
            .role(format!("arn:aws:iam::{ACCOUNT}:role/{name}"))
            .timeout(60)
            .memory_size(128)
            .environment(Environment::builder().set_variables(Some(variables)).build())
            .code(code)
            .send()
            .await
            .with_context(|| format!("deploying {name}"))?;
        eventually(&format!("function {name}"), Duration::from_secs(10), async || {
            let function = self.lambda.get_function_configuration().function_name(name).send().await?;
            Ok((function.state() == Some(&State::Active)).then_some(()))
        })
        .await?;
        Ok(created.function_arn().context("a new function has no ARN")?.to_owned())
    }

    /// Has Lambda feed `queue` to a deployed function, with partial batch failures.
    pub async fn feed(&self, queue: &Queue, function: &str) -> anyhow::Result<()> {
        self.lambda
            .create_event_source_mapping()
            .event_source_arn(queue.arn())
            .function_name(function)
            .batch_size(10)
            .function_response_types(FunctionResponseType::ReportBatchItemFailures)
            .send()
            .await
            .with_context(|| format!("feeding {function}"))?;
        Ok(())
    }

    /// Has EventBridge's default bus send events of `source` and `detail_type` to `target`, the ARN of a Lambda function
    /// or a queue.
    ///
    /// As in AWS, nobody but a service may put an event whose source starts with `aws.`: on the bus, ours carry another
    /// source, and the rule gives them back the right one on their way to the target.
    pub async fn rule(&self, name: &str, source: &str, detail_type: &str, target: &str) -> anyhow::Result<()> {
        let pattern = json!({ "source": [on_the_bus(source)], "detail-type": [detail_type] });
        let mut fields = vec![format!(r#""source":"{source}""#)];
        let mut transformer = InputTransformer::builder();
        for field in ["version", "id", "detail-type", "account", "time", "region", "resources", "detail"] {
            let variable = field.replace('-', "");
            transformer = transformer.input_paths_map(&variable, format!("$.{field}"));
            fields.push(format!(r#""{field}":<{variable}>"#));
        }
        let transformer = transformer.input_template(format!("{{{}}}", fields.join(","))).build()?;
        let target = Target::builder().id("target").arn(target).input_transformer(transformer).build()?;
        let rule = self.eventbridge.put_rule().name(name).event_pattern(pattern.to_string());
        rule.send().await.with_context(|| format!("rule {name}"))?;
        let targets = self.eventbridge.put_targets().rule(name).targets(target);
        targets.send().await.with_context(|| format!("target of rule {name}"))?;
        Ok(())
    }

    /// Puts an event on the default bus in the name of a service, for instance `aws.dynamodb`.
    pub async fn event(&self, source: &str, detail_type: &str, detail: &Value) -> anyhow::Result<()> {
        let entry = PutEventsRequestEntry::builder().source(on_the_bus(source)).detail_type(detail_type);
        let entry = entry.detail(detail.to_string()).build();
        let answer = self.eventbridge.put_events().entries(entry).send().await.context("putting an event")?;
        anyhow::ensure!(answer.failed_entry_count() == 0, "EventBridge refused the event: {answer:?}");
        Ok(())
    }
}

fn on_the_bus(source: &str) -> String {
    format!("test.{source}")
}
