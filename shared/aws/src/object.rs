//! Small text objects in S3, read whole, and again where they changed.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use tablewarden_core::place::ObjectRef;
use thiserror::Error;

use crate::telemetry::with_sources;

/// What "not modified" is as a status of HTTP.
const NOT_MODIFIED: u16 = 304;

/// Error codes that say nothing about the object, though their status blames the request: clocks, credentials and connections
/// that recover. Throttling by KMS comes as one too.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
const PASSING: [&str; 5] =
    ["RequestTimeout", "RequestTimeTooSkewed", "ExpiredToken", "TooManyRequestsException", "RequestLimitExceeded"];

/// A version of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// What it holds.
    pub(crate) text: String,
    /// Its `ETag`.
    pub(crate) etag: Option<String>,
}

/// Why there is no text.
#[derive(Debug, Error)]
#[error("{object}: {problem}")]
pub struct FetchError {
    /// The object.
    pub object: ObjectRef,
    /// What is wrong.
    pub problem: String,
    /// What lies behind it.
    pub(crate) cause: Cause,
}

/// What lies behind a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The object is the version that is known.
    Unchanged,
    /// The version that is there is no use: its `ETag`.
    Version(Option<String>),
    /// The object is gone or forbidden: S3's code for that.
    Object(String),
    /// Nothing that stays.
    Passing,
}

/// Reads an object of at most so many bytes, unless it still has the `ETag` that is known. Needs `s3:GetObject`.
pub(crate) async fn fetch(
    client: &Client,
    object: &ObjectRef,
    most: usize,
    known: Option<&str>,
) -> Result<Fetched, FetchError> {
    let failed = |problem, cause| FetchError { object: object.clone(), problem, cause };
    let get = client.get_object().bucket(&object.bucket).key(&object.key);
    let answer = match get.set_if_none_match(known.map(ToOwned::to_owned)).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let cause = cause(status(&error), error.code());
            return Err(failed(with_sources(&error), cause));
        }
    };
    let etag = answer.e_tag().map(ToOwned::to_owned);
    match text(answer, most).await {
        Ok(text) => Ok(Fetched { text, etag }),
        Err(Unread::Broken(problem)) => Err(failed(problem, Cause::Passing)),
        Err(Unread::Unfit(problem)) => Err(failed(problem, Cause::Version(etag))),
    }
}

fn status(error: &SdkError<GetObjectError>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn cause(status: Option<u16>, code: Option<&str>) -> Cause {
    match (status, code) {
        (Some(NOT_MODIFIED), _) => Cause::Unchanged,
        (Some(400..500), Some(code)) if PASSING.contains(&code) || code.contains("Throttling") => Cause::Passing,
        (Some(408 | 429), _) => Cause::Passing,
        (Some(status @ 400..500), code) => Cause::Object(code.map_or_else(|| status.to_string(), ToOwned::to_owned)),
        _ => Cause::Passing,
    }
}

/// Why a body is not taken.
enum Unread {
    /// It did not come to its end.
    Broken(String),
    /// It is too large or no text.
    Unfit(String),
}

async fn text(mut answer: GetObjectOutput, most: usize) -> Result<String, Unread> {
    let too_large = || Unread::Unfit(format!("the object has more than {most} bytes"));
    let announced = answer.content_length().map(usize::try_from);
    if announced.is_some_and(|length| length.is_ok_and(|length| length > most)) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(|error| Unread::Broken(with_sources(&error)))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|error| Unread::Unfit(with_sources(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::serve;

    const MOST: usize = 1 << 20;

    async fn fetched(head: &str, body: &[u8]) -> Result<Fetched, FetchError> {
        let answer = [b"HTTP/1.1 ", head.as_bytes(), b"\r\n\r\n", body].concat();
        let (config, _) = serve(vec![answer]);
        let object = ObjectRef { bucket: "config".into(), key: "policy.yaml".into() };
        fetch(&Client::new(&config), &object, MOST, Some("\"known\"")).await
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
            let error = fetched(&format!("200 OK\r\nETag: \"new\"\r\n{head}"), body).await.unwrap_err();
            assert_eq!(error.to_string(), refused, "{head}");
            assert_eq!(error.cause, Cause::Version(Some("\"new\"".into())));
        }
        let whole = fetched("200 OK\r\nETag: \"new\"\r\nContent-Length: 11", b"version: 1\n").await.unwrap();
        assert_eq!(whole, Fetched { text: "version: 1\n".into(), etag: Some("\"new\"".into()) });
    }

    #[tokio::test]
    async fn what_stays_is_told_from_what_passes() {
        let xml = |code: &str| format!("<Error><Code>{code}</Code><Message>It is so.</Message></Error>");
        let object = |code: &str| Cause::Object(code.to_owned());
        let cases = [
            ("404 Not Found", "NoSuchKey", object("NoSuchKey")),
            ("404 Not Found", "NoSuchBucket", object("NoSuchBucket")),
            ("403 Forbidden", "AccessDenied", object("AccessDenied")),
            ("400 Bad Request", "KMS.DisabledException", object("KMS.DisabledException")),
            ("400 Bad Request", "ThrottlingException", Cause::Passing),
            ("400 Bad Request", "RequestTimeout", Cause::Passing),
            ("403 Forbidden", "RequestTimeTooSkewed", Cause::Passing),
            ("429 Too Many Requests", "X", Cause::Passing),
            ("500 Internal Server Error", "InternalError", Cause::Passing),
            ("503 Slow Down", "SlowDown", Cause::Passing),
        ];
        for (status, code, cause) in cases {
            let body = xml(code);
            let head = format!("{status}\r\nContent-Length: {}", body.len());
            let error = fetched(&head, body.as_bytes()).await.unwrap_err();
            assert_eq!(error.cause, cause, "{status} {code}: {error}");
            assert!(error.to_string().contains(code), "{error}");
        }
        assert_eq!(fetched("304 Not Modified", b"").await.unwrap_err().cause, Cause::Unchanged);
        let no_text = fetched("200 OK\r\nContent-Length: 1", b"\xff").await.unwrap_err();
        assert_eq!(no_text.cause, Cause::Version(None));
    }

    #[tokio::test]
    async fn what_lies_behind_a_broken_download_is_told() {
        let error = fetched("200 OK\r\nContent-Length: 11\r\nConnection: close", b"version").await.unwrap_err();
        assert!(error.to_string().starts_with("s3://config/policy.yaml: streaming error: "), "{error}");
        assert_eq!(error.cause, Cause::Passing);
    }
}
