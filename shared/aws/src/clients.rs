//! The configuration that all SDK clients share.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_types::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use thiserror::Error;

use crate::trust::{self, TrustError};

/// How long one attempt of a call may take before it is tried again, up to its answer's first byte.
const ATTEMPT: Duration = Duration::from_secs(20);

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Lambda sets it.
    #[error("{0}: not set")]
    Missing(&'static str),
    /// It is neither `true` nor `false`.
    #[error("{name}: expected true or false, found {value:?}")]
    NoSwitch {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
    /// There is no telling AWS from others.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// Credentials and region from the environment, as Lambda sets it
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>), and what else AWS SDKs take from there:
/// `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_S3`, `_SNS`, …, `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT`, `AWS_CA_BUNDLE`
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html>).
///
/// No files of profiles are looked for, and no service is asked for credentials.
pub fn config(environment: &BTreeMap<String, String>) -> Result<SdkConfig, ConfigError> {
    let get = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
    let needed = |name: &'static str| get(name).ok_or(ConfigError::Missing(name));
    let switch = |name: &'static str| match get(name) {
        None => Ok(None),
        Some(value) => match value.to_ascii_lowercase().parse() {
            Ok(is_on) => Ok(Some(is_on)),
            Err(_) => Err(ConfigError::NoSwitch { name, value }),
        },
    };
    let region = needed("AWS_REGION")?;
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        get("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let trusted = trust::context(get(trust::CA_BUNDLE).as_deref(), &region)?;
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(trusted).build_https();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build())
        .service_config(OfServices(environment.clone()));
    config.set_use_fips(switch("AWS_USE_FIPS_ENDPOINT")?);
    config.set_use_dual_stack(switch("AWS_USE_DUALSTACK_ENDPOINT")?);
    Ok(config.build())
}

/// What the SDK of a service asks the environment for: a value for this service alone, `…_S3`, goes before one for all of them.
#[derive(Debug)]
struct OfServices(BTreeMap<String, String>);

impl LoadServiceConfig for OfServices {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_ascii_uppercase().replace(' ', "_");
        let of_service = self.0.get(&format!("{}_{service}", key.env()));
        of_service.or_else(|| self.0.get(key.env())).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_LAMBDA: [(&str, &str); 4] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
    ];

    fn read(more: &[(&str, &str)]) -> Result<SdkConfig, String> {
        let variables = OF_LAMBDA.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        config(&variables.collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_lambda_gives_is_enough() {
        let config = read(&[]).unwrap();
        assert_eq!(config.region().unwrap().as_ref(), "eu-west-1");
        assert_eq!((config.use_fips(), config.use_dual_stack()), (None, None));
        let config = read(&[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "False")]).unwrap();
        assert_eq!((config.use_fips(), config.use_dual_stack()), (Some(true), Some(false)));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert_eq!(read(&[(missing, "")]).unwrap_err(), format!("{missing}: not set"));
        }
        let error = read(&[("AWS_USE_FIPS_ENDPOINT", "yes")]).unwrap_err();
        assert_eq!(error, "AWS_USE_FIPS_ENDPOINT: expected true or false, found \"yes\"");
    }

    #[test]
    fn an_endpoint_for_one_service_goes_before_that_for_all() {
        let all = ("AWS_ENDPOINT_URL", "http://all.example.com");
        let config = read(&[all, ("AWS_ENDPOINT_URL_SNS", "http://sns.example.com")]).unwrap();
        let of_service = |service| {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
            config.service_config().unwrap().load_config(key.build().unwrap())
        };
        assert_eq!(of_service("SNS").as_deref(), Some("http://sns.example.com"));
        assert_eq!(of_service("CloudWatch").as_deref(), Some("http://all.example.com"));
    }
}
