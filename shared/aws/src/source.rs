//! Files that a function starts with, from its zip or from S3.

use std::fmt;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use tablewarden_core::place::ObjectRef;
use tablewarden_core::ports::OpenError;
use thiserror::Error;

use crate::s3;
use crate::telemetry::with_sources;

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `s3://BUCKET/KEY`.
    S3(ObjectRef),
    /// A path, from the function's own folder on: a file in its zip.
    File(String),
}

/// Why a file cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file of the zip cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The object cannot be opened.
    #[error("{0}")]
    Object(#[from] OpenError),
    /// The object is too large, cannot be read to its end, or is no text.
    #[error("{object}: {problem}")]
    Content {
        /// The object.
        object: ObjectRef,
        /// What is wrong.
        problem: String,
    },
}

impl Source {
    /// Reads `s3://BUCKET/KEY` or a path.
    pub fn parse(value: &str) -> Result<Self, String> {
        let Some(rest) = value.strip_prefix("s3://") else { return Ok(Self::File(value.to_owned())) };
        match rest.split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => {
                Ok(Self::S3(ObjectRef { bucket: bucket.to_owned(), key: key.to_owned() }))
            }
            _ => Err(format!("expected s3://BUCKET/KEY or a path, found {value:?}")),
        }
    }

    /// The file's text, of which no more than so many bytes are kept where it is an object. An object needs `s3:GetObject`.
    pub async fn text(&self, most: usize, config: &SdkConfig) -> Result<String, ReadError> {
        match self {
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|source| ReadError::File { path: path.clone(), source })
            }
            Self::S3(object) => {
                let answer = s3::get(&Client::new(config), object).await?;
                let problem = |problem| ReadError::Content { object: object.clone(), problem };
                text(answer, most).await.map_err(problem)
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3(object) => object.fmt(f),
            Self::File(path) => f.write_str(path),
        }
    }
}

async fn text(mut answer: GetObjectOutput, most: usize) -> Result<String, String> {
    let too_large = || format!("the object has more than {most} bytes");
    let announced = answer.content_length().map(usize::try_from);
    if announced.is_some_and(|length| length.is_ok_and(|length| length > most)) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(|error| with_sources(&error))?;
        if bytes.len() + chunk.len() > most {
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

    const MOST: usize = 1 << 20;

    async fn loaded(head: &str, body: &[u8]) -> Result<String, String> {
        let answer = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        let (config, _) = serve(vec![answer]);
        let source = Source::parse("s3://config/policy.yaml").unwrap();
        source.text(MOST, &config).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn an_object_larger_than_it_may_be_is_refused_before_it_is_kept() {
        let refused = "s3://config/policy.yaml: the object has more than 1048576 bytes";
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
        assert_eq!(loaded("Content-Length: 11", b"version: 1\n").await.unwrap(), "version: 1\n");
    }

    #[tokio::test]
    async fn what_lies_behind_a_broken_download_is_told() {
        let error = loaded("Content-Length: 11\r\nConnection: close", b"version").await.unwrap_err();
        assert!(error.starts_with("s3://config/policy.yaml: streaming error: "), "{error}");
    }
}
