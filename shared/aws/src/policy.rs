//! The policy file, from the function's zip or from S3.

use aws_config::SdkConfig;
use tablewarden_core::policy::{Policy, PolicyError};
use thiserror::Error;

use crate::contract::{BOTH, Call};
use crate::settings::POLICY;
use crate::source::{ReadError, Source};

/// What is called for it, where it is at `s3://`.
pub const CALLS: &[Call] =
    &[Call { action: "s3:GetObject", resource: "policy object", functions: BOTH, when: Some(POLICY) }];

/// Why there is no policy.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("policy {0}")]
    Read(#[from] ReadError),
    /// It is not valid.
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

/// Loads and compiles the policy.
pub async fn load(source: &Source, config: &SdkConfig) -> Result<Policy, LoadError> {
    let yaml = source.text(Policy::MAX_BYTES, config).await?;
    Ok(Policy::parse(&source.to_string(), &yaml)?)
}
