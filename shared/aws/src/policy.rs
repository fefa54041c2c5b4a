//! The policy file, from the function's zip or from S3.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use tablewarden_core::place::ObjectRef;
use tablewarden_core::policy::{Policy, PolicyError};
use tablewarden_core::ports::OpenError;
use thiserror::Error;

use crate::s3;
use crate::settings::PolicySource;
use crate::telemetry::with_sources;

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
    /// The object is too large, cannot be read to its end, or is no text.
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
            let object = ObjectRef { bucket: bucket.clone(), key: key.clone() };
            let answer = s3::get(&Client::new(config), &object).await?;
            text(answer).await.map_err(|problem| LoadError::Content { name: name.clone(), problem })?
        }
    };
    Ok(Policy::parse(&name, &yaml)?)
}

/// The object's text, of which no more is kept than a policy may have.
async fn text(mut answer: GetObjectOutput) -> Result<String, String> {
    let too_large = || format!("the object has more than {} bytes", Policy::MAX_BYTES);
    let announced = answer.content_length().map(usize::try_from);
    if announced.is_some_and(|length| length.is_ok_and(|length| length > Policy::MAX_BYTES)) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(|error| with_sources(&error))?;
        if bytes.len() + chunk.len() > Policy::MAX_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|error| with_sources(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::serve;

    async fn loaded(head: &str, body: &[u8]) -> Result<Policy, String> {
        let answer = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        let (config, _) = serve(vec![answer]);
        let source = PolicySource::S3 { bucket: "config".into(), key: "policy.yaml".into() };
        load(&source, &config).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn an_object_larger_than_a_policy_is_refused_before_it_is_kept() {
        let refused = "policy s3://config/policy.yaml: the object has more than 1048576 bytes";
        let lines = vec![b'#'; 2 << 20];
        let cases: [(&str, &[u8]); 3] = [
            // Its body never comes.
            ("Content-Length: 1048577", b""),
            ("Connection: close", &lines),
            ("Transfer-Encoding: chunked", &[b"200000\r\n".as_slice(), &lines].concat()),
        ];
        for (head, body) in cases {
            assert_eq!(loaded(head, body).await.unwrap_err(), refused, "{head}");
        }
        assert!(loaded("Content-Length: 11", b"version: 1\n").await.is_ok());
    }

    #[tokio::test]
    async fn what_lies_behind_a_broken_download_is_told() {
        let error = loaded("Content-Length: 11\r\nConnection: close", b"version").await.unwrap_err();
        assert!(error.starts_with("policy s3://config/policy.yaml: streaming error: "), "{error}");
    }
}
