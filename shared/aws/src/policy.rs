//! The policy file, from the function's zip or from S3.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use tablewarden_core::place::ObjectRef;
use tablewarden_core::policy::{Policy, PolicyError};
use tablewarden_core::ports::OpenError;
use thiserror::Error;

use crate::s3;
use crate::settings::PolicySource;

/// Why there is no policy.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file of the zip cannot be read.
    #[error("policy {path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The object cannot be opened.
    #[error("policy {0}")]
    Object(#[from] OpenError),
    /// The object cannot be read to its end, or is no text.
    #[error("policy {name}: {problem}")]
    Content {
        /// Its URL.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// The policy is not valid.
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

/// Loads and compiles the policy. An object needs `s3:GetObject`.
pub async fn load(source: &PolicySource, config: &SdkConfig) -> Result<Policy, LoadError> {
    let name = source.to_string();
    let yaml = match source {
        PolicySource::File(path) => {
            std::fs::read_to_string(path).map_err(|source| LoadError::File { path: path.clone(), source })?
        }
        PolicySource::S3 { bucket, key } => {
            let content = |problem: String| LoadError::Content { name: name.clone(), problem };
            let body = s3::get(&Client::new(config), &ObjectRef { bucket: bucket.clone(), key: key.clone() }).await?;
            let bytes = body.collect().await.map_err(|error| content(error.to_string()))?.to_vec();
            String::from_utf8(bytes).map_err(|error| content(error.to_string()))?
        }
    };
    Ok(Policy::parse(&name, &yaml)?)
}
