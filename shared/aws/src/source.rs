//! Files that a function starts with, from its zip or from S3.

use std::fmt;

use aws_sdk_s3::Client;
use aws_types::SdkConfig;
use tablewarden_core::place::ObjectRef;
use thiserror::Error;

use crate::object::{FetchError, fetch};

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
    /// The object cannot be read, or is too large or no text.
    #[error("{0}")]
    Object(#[from] FetchError),
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
            Self::S3(object) => Ok(fetch(&Client::new(config), object, most, None).await?.text),
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
