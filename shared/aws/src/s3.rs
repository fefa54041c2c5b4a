//! Log objects from S3, read while they are downloaded.

use std::io::{self, BufRead, Read};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use bytes::{Buf as _, Bytes};
use tablewarden_core::place::ObjectRef;
use tablewarden_core::ports::{LogStore, OpenError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::contract::{Call, TRAIL_LOG};
use crate::telemetry::with_sources;
use crate::time_left::{TimeLeft, before, is_over};

/// Why reading ends where the invocation does.
const NO_TIME: &str = "no time left, comes again";

/// How many chunks of a download may wait to be read. A chunk is what came off the connection at once, some 16 KiB.
const AHEAD: usize = 16;

/// What it calls.
pub const CALLS: &[Call] =
    &[Call { action: "s3:GetObject", resource: "log objects", functions: TRAIL_LOG, when: None }];

/// A [`LogStore`] on S3. Needs `s3:GetObject` on the log objects.
#[derive(Debug, Clone)]
pub struct S3LogStore {
    client: Client,
    time: TimeLeft,
}

impl S3LogStore {
    /// A store that reads with these credentials, for as long as there is time.
    pub fn new(config: &SdkConfig, time: TimeLeft) -> Self {
        Self { client: Client::new(config), time }
    }
}

impl LogStore for S3LogStore {
    async fn open(&self, object: &ObjectRef) -> Result<Box<dyn BufRead + Send>, OpenError> {
        let end = self.time.reading();
        let body = match before(end, get(&self.client, object)).await {
            Some(answer) => answer?.body,
            None => return Err(OpenError { object: object.clone(), problem: NO_TIME.to_owned() }),
        };
        let (chunks, received) = mpsc::channel(AHEAD);
        tokio::spawn(forward(body, chunks, end));
        Ok(Box::new(ChunkReader { received, chunk: Bytes::new() }))
    }

    fn has_time(&self) -> bool {
        !is_over(self.time.reading())
    }
}

/// An object, its body not read yet.
async fn get(client: &Client, object: &ObjectRef) -> Result<GetObjectOutput, OpenError> {
    let answer = client.get_object().bucket(&object.bucket).key(&object.key).send().await;
    let failed = |error| OpenError { object: object.clone(), problem: with_sources(&error) };
    answer.map_err(failed)
}

/// Hands on a body chunk by chunk, until its end, until nobody listens or there is no time left.
async fn forward(mut body: ByteStream, chunks: mpsc::Sender<io::Result<Bytes>>, end: Option<Instant>) {
    loop {
        let chunk = match before(end, body.next()).await {
            Some(Some(chunk)) if !is_over(end) => chunk.map_err(io::Error::other),
            Some(None) => return,
            Some(Some(_)) | None => Err(io::Error::new(io::ErrorKind::TimedOut, NO_TIME)),
        };
        let is_last = chunk.is_err();
        if chunks.send(chunk).await.is_err() || is_last {
            return;
        }
    }
}

/// The chunks as a reader. It blocks, so it belongs on a thread where blocking is allowed.
struct ChunkReader {
    received: mpsc::Receiver<io::Result<Bytes>>,
    /// What of the latest chunk is not read yet.
    chunk: Bytes,
}

impl BufRead for ChunkReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.chunk.is_empty() {
            match self.received.blocking_recv() {
                Some(chunk) => self.chunk = chunk?,
                None => break,
            }
        }
        Ok(&self.chunk)
    }

    fn consume(&mut self, amount: usize) {
        self.chunk.advance(amount);
    }
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
