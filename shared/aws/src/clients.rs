//! The configuration that all SDK clients share.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// How long one attempt of a call may take before it is tried again, up to its answer's first byte.
const ATTEMPT: Duration = Duration::from_secs(20);

/// Credentials, region and endpoints (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3`, …) from the environment, as the AWS SDKs
/// agree on them: <https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html>.
pub async fn config() -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build())
        .load()
        .await
}
