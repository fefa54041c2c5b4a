//! Counts to CloudWatch metrics.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit, StatisticSet};
use tablewarden_core::ports::{MetricSink, SinkError};
use tablewarden_core::tally::{Point, Unit, Value};

use crate::telemetry::with_sources;

/// The most metrics a call takes: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.
/// A point with its names has some 200 bytes, so that a call stays far below the 1 MB that it may have.
const POINTS_A_CALL: usize = 1000;

/// A [`MetricSink`] on CloudWatch. Needs `cloudwatch:PutMetricData` under a condition on the namespace.
#[derive(Debug, Clone)]
pub struct CloudWatchMetrics {
    client: Client,
    namespace: String,
}

impl CloudWatchMetrics {
    /// A sink that puts into this namespace.
    pub fn new(config: &SdkConfig, namespace: String) -> Self {
        Self { client: Client::new(config), namespace }
    }
}

impl MetricSink for CloudWatchMetrics {
    async fn put(&self, points: &[Point]) -> Result<(), SinkError> {
        for points in points.chunks(POINTS_A_CALL) {
            let data = points.iter().map(datum).collect();
            let put = self.client.put_metric_data().namespace(&self.namespace).set_metric_data(Some(data));
            put.send().await.map_err(|error| SinkError {
                sink: format!("namespace {}", self.namespace),
                problem: with_sources(&error),
            })?;
        }
        Ok(())
    }
}

fn datum(point: &Point) -> MetricDatum {
    let dimension = |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let datum = MetricDatum::builder()
        .metric_name(point.metric)
        .unit(match point.unit {
            Unit::Count => StandardUnit::Count,
            Unit::Seconds => StandardUnit::Seconds,
        })
        .timestamp(DateTime::from_secs(point.at.as_second()))
        .set_dimensions(Some(point.dimensions.iter().map(dimension).collect()));
    match point.value {
        Value::Number(number) => datum.value(number),
        Value::Spread(spread) => datum.statistic_values(
            StatisticSet::builder()
                .sample_count(spread.count)
                .sum(spread.sum)
                .minimum(spread.min)
                .maximum(spread.max)
                .build(),
        ),
    }
    .build()
}
