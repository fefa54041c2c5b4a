//! Stands between a function and the emulator, which itself never fails.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Response, StatusCode, header};
use futures::{StreamExt as _, stream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

/// A request as it came from the function.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, still percent-encoded: `/bucket/key?x-id=GetObject`.
    pub path: String,
    /// The whole body. SNS writes `Action=Publish&…`.
    pub body: Bytes,
}

impl Seen {
    /// Whether path or body holds `text`.
    pub fn mentions(&self, text: &str) -> bool {
        self.path.contains(text) || String::from_utf8_lossy(&self.body).contains(text)
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The emulator answers it.
    Pass,
    /// The emulator never sees it; this comes back.
    Answer {
        /// HTTP status.
        status: u16,
        /// As the service writes its errors.
        body: String,
    },
    /// The emulator answers it after a while.
    PassAfter(Duration),
    /// The emulator never sees it and no answer comes.
    Hang,
    /// The emulator does it, and the answer never comes back.
    PassThenHang,
    /// The emulator does it; of its answer's body the first half comes back, and then the connection is closed.
    PassThenCut,
}

impl Fate {
    /// S3 refuses.
    /// Codes: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    pub fn s3_error(status: u16, code: &str) -> Self {
        let body = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"#
        );
        Self::Answer { status, body }
    }

    /// SNS refuses.
    /// Codes: <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>.
    pub fn sns_error(status: u16, code: &str) -> Self {
        let body =
            format!("<ErrorResponse><Error><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>");
        Self::Answer { status, body }
    }
}

/// A reverse proxy with a rule that can be changed while it runs.
#[derive(Debug)]
pub struct FaultProxy {
    endpoint: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl FaultProxy {
    /// Listens on a free loopback port and passes everything on to `upstream`, an emulator's endpoint.
    pub async fn start(upstream: &str) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            upstream: upstream.parse()?,
            client: Client::builder(TokioExecutor::new()).build_http(),
            rule: Mutex::new(Rule(Box::new(|_| Fate::Pass))),
            seen: Mutex::default(),
            forgets: AtomicBool::new(false),
        });
        let routes = Router::new().fallback(proxy).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // Serves until it is aborted; accept errors are retried inside.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { endpoint, shared, server })
    }

    /// For `AWS_ENDPOINT_URL`, or `AWS_ENDPOINT_URL_S3` and its like for one service.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on `rule` decides about every request.
    pub fn rule(&self, rule: impl Fn(&Seen) -> Fate + Send + 'static) {
        *self.shared.rule.lock().unwrap_or_else(PoisonError::into_inner) = Rule(Box::new(rule));
    }

    /// Keeps no more requests: a long run has too many.
    pub fn forget(&self) {
        self.shared.forgets.store(true, Ordering::Relaxed);
    }

    /// Every request so far that the rule has decided about. One that passes is listed when the emulator has answered.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct Rule(Box<dyn Fn(&Seen) -> Fate + Send>);

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rule")
    }
}

#[derive(Debug)]
struct Shared {
    upstream: Uri,
    client: Client<HttpConnector, Body>,
    rule: Mutex<Rule>,
    seen: Mutex<Vec<Seen>>,
    forgets: AtomicBool,
}

impl Shared {
    fn decide(&self, request: &Seen) -> Fate {
        (self.rule.lock().unwrap_or_else(PoisonError::into_inner).0)(request)
    }

    fn note(&self, request: Seen) {
        if !self.forgets.load(Ordering::Relaxed) {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        }
    }

    async fn pass(&self, mut request: Request<Body>) -> Response<Body> {
        let mut parts = self.upstream.clone().into_parts();
        parts.path_and_query = request.uri().path_and_query().cloned().or(Some(PathAndQuery::from_static("/")));
        let Ok(uri) = Uri::from_parts(parts) else { return plain(502, "the path is no URI") };
        *request.uri_mut() = uri;
        // The emulator tells buckets from hosts: it must see its own name.
        request.headers_mut().remove(header::HOST);
        match self.client.request(request).await {
            Ok(response) => response.map(Body::new),
            Err(error) => plain(502, &format!("the emulator does not answer: {error}")),
        }
    }
}

async fn proxy(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return plain(400, &format!("the body broke off: {error}")),
    };
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let seen = Seen { method: parts.method.to_string(), path, body: body.clone() };
    let fate = shared.decide(&seen);
    if let Fate::PassAfter(pause) = fate {
        tokio::time::sleep(pause).await;
    }
    let response = match &fate {
        Fate::Pass | Fate::PassAfter(_) | Fate::PassThenHang => {
            shared.pass(Request::from_parts(parts, Body::from(body))).await
        }
        Fate::PassThenCut => cut(shared.pass(Request::from_parts(parts, Body::from(body))).await).await,
        Fate::Answer { status, body } => plain(*status, body),
        Fate::Hang => Response::default(),
    };
    shared.note(seen);
    if matches!(fate, Fate::Hang | Fate::PassThenHang) {
        std::future::pending::<()>().await;
    }
    response
}

/// The answer with its whole length declared and half of its body.
async fn cut(answer: Response<Body>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return plain(502, &format!("the emulator's answer broke off: {error}")),
    };
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    // What the server is still to write when a body fails is never written, so the failure comes later.
    let failure = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    let body = stream::once(async { Ok(half) }).chain(stream::once(failure));
    Response::from_parts(parts, Body::from_stream(body))
}

fn plain(status: u16, body: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
