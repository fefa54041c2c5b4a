//! Counts to CloudWatch metrics.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit, StatisticSet};
use aws_types::SdkConfig;
use tablewarden_core::ports::{MetricSink, SinkError};
use tablewarden_core::tally::{Point, Unit, Value};

use crate::contract::{BOTH, Call};
use crate::telemetry::with_sources;

/// The most metrics a call takes: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.
/// A point with its names has some 200 bytes, so that a call stays far below the 1 MB that it may have.
const POINTS_A_CALL: usize = 1000;

/// What it calls.
pub const CALLS: &[Call] =
    &[Call { action: "cloudwatch:PutMetricData", resource: "metrics namespace", functions: BOTH, when: None }];

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
    /// Tries every call, since one that is refused says nothing of the others. The error is the first one's.
    async fn put(&self, points: &[Point]) -> Result<(), SinkError> {
        let mut result = Ok(());
        for points in points.chunks(POINTS_A_CALL) {
            let data = points.iter().map(datum).collect();
            let put = self.client.put_metric_data().namespace(&self.namespace).set_metric_data(Some(data));
            let put = put.send().await.map(|_| ()).map_err(|error| SinkError {
                sink: format!("namespace {}", self.namespace),
                problem: with_sources(&error),
            });
            result = result.and(put);
        }
        result
    }
}

pub(crate) fn unit(unit: Unit) -> StandardUnit {
    match unit {
        Unit::Count => StandardUnit::Count,
        Unit::Seconds => StandardUnit::Seconds,
    }
}

fn datum(point: &Point) -> MetricDatum {
    let dimension = |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let datum = MetricDatum::builder()
        .metric_name(point.metric)
        .unit(unit(point.unit))
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

#[cfg(test)]
mod tests {
    use tablewarden_core::tally::Tally;

    use super::*;
    use crate::testing::serve;

    #[tokio::test]
    async fn a_call_that_is_refused_does_not_keep_the_others_back() {
        let answer =
            |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into();
        let (config, requests) = serve(vec![answer("400 Bad Request"), answer("200 OK"), answer("403 Forbidden")]);
        let point = Tally::default().points("2026-03-02T10:00:00Z".parse().unwrap()).remove(0);
        let points = vec![point; 2 * POINTS_A_CALL + 1];
        let error = CloudWatchMetrics::new(&config, "Tables".into()).put(&points).await.unwrap_err();
        assert_eq!(error.sink, "namespace Tables");
        assert_eq!(requests.try_iter().count(), 3);
    }
}
