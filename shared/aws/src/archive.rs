//! Findings to an archive in S3.

use std::error::Error;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use tablewarden_core::archive::Batch;
use tablewarden_core::ports::{Archive, SinkError};

use crate::contract::{BOTH, Call};
use crate::settings::{ARCHIVE_BUCKET, ArchiveRef};
use crate::telemetry::with_sources;

/// What it calls.
pub const CALLS: &[Call] =
    &[Call { action: "s3:PutObject", resource: "archive objects", functions: BOTH, when: Some(ARCHIVE_BUCKET) }];

/// An [`Archive`] on S3. Needs `s3:PutObject` below the prefix, and `kms:GenerateDataKey` on the bucket's key where it has one
/// of yours.
#[derive(Debug, Clone)]
pub struct S3Archive {
    client: Client,
    place: ArchiveRef,
}

impl S3Archive {
    /// An archive below this prefix.
    pub fn new(config: &SdkConfig, place: ArchiveRef) -> Self {
        Self { client: Client::new(config), place }
    }
}

impl Archive for S3Archive {
    /// The object is encrypted as the bucket's default says. Athena knows gzip by the name's end and by nothing else, so no
    /// `Content-Encoding` is set, which would have browsers and some SDKs inflate it:
    /// <https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html>.
    async fn put(&self, batch: &Batch<'_>) -> Result<(), SinkError> {
        let ArchiveRef { bucket, prefix } = &self.place;
        let key = format!("{prefix}/{}", batch.name);
        let failed =
            |error: &dyn Error| SinkError { sink: format!("s3://{bucket}/{key}"), problem: with_sources(error) };
        let body = ByteStream::from(batch.body().map_err(|error| failed(&error))?);
        let put = self.client.put_object().bucket(bucket).key(&key).content_type("application/gzip").body(body);
        put.send().await.map_err(|error| failed(&error))?;
        Ok(())
    }
}
