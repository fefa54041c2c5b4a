//! The Lambda Runtime API: hands events to a function one by one and takes its answers.
//!
//! Paths and headers: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::{ACCOUNT, REGION};

/// Why an invocation gave no result.
#[derive(Debug, Error)]
pub enum FunctionError {
    /// The handler failed and said so; the body is Lambda's `{"errorType", "errorMessage", …}`.
    #[error("the function reported an error: {0}")]
    Reported(Value),
    /// The function failed before it took an event, and said so.
    #[error("the function could not start: {0}")]
    Init(Value),
    /// The process ended without an answer; `log` is what it had written.
    #[error("the function's process ended ({status}) without an answer; it wrote:\n{log}")]
    Exited {
        /// Exit code or signal.
        status: String,
        /// All lines of standard output and error.
        log: String,
    },
    /// No answer before the deadline.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The harness itself failed.
    #[error("the runtime API failed: {0}")]
    Harness(String),
}

/// A Runtime API for one function process.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    /// Listens on a free loopback port.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (queue, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            queue,
            waiting: tokio::sync::Mutex::new(waiting),
            answers: Mutex::default(),
            port: address.port(),
            handed_out: AtomicU64::default(),
            init_error: watch::Sender::new(None),
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // Serves until it is aborted; accept errors are retried inside.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, shared, server })
    }

    /// `HOST:PORT`, for `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Hands `payload` to the function and waits for its answer, at most until `timeout`, which the function is told.
    pub async fn invoke(&self, payload: &Value, timeout: Duration) -> Result<Value, FunctionError> {
        let (answer, answered) = oneshot::channel();
        let deadline = SystemTime::now() + timeout;
        let invocation = Invocation { payload: payload.to_string(), deadline_ms: unix_millis(deadline), answer };
        if self.shared.queue.send(invocation).is_err() {
            return Err(FunctionError::Harness("the server is gone".to_owned()));
        }
        let mut init_errors = self.shared.init_error.subscribe();
        tokio::select! {
            answer = answered => answer.unwrap_or_else(|_| Err(FunctionError::Harness("the event got lost".to_owned()))),
            Ok(error) = init_errors.wait_for(Option::is_some) => Err(FunctionError::Init(error.clone().unwrap_or_default())),
            () = tokio::time::sleep(timeout) => Err(FunctionError::TimedOut(timeout)),
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Answer = Result<Value, FunctionError>;

#[derive(Debug)]
struct Shared {
    queue: mpsc::UnboundedSender<Invocation>,
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    /// By request id: events that the function has and has not answered.
    answers: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
    /// What tells its request ids from those of others.
    port: u16,
    handed_out: AtomicU64,
    init_error: watch::Sender<Option<Value>>,
}

impl Shared {
    fn answer(&self, id: &str, answer: Answer) -> StatusCode {
        let asked = self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        match asked {
            // The invocation may have timed out meanwhile: Lambda accepts the late answer too.
            Some(sender) => sender.send(answer).map_or(StatusCode::ACCEPTED, |()| StatusCode::ACCEPTED),
            None => StatusCode::BAD_REQUEST,
        }
    }
}

#[derive(Debug)]
struct Invocation {
    payload: String,
    deadline_ms: u128,
    answer: oneshot::Sender<Answer>,
}

async fn next(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, StatusCode> {
    let invocation = shared.waiting.lock().await.recv().await.ok_or(StatusCode::GONE)?;
    let number = shared.handed_out.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:08x}-0000-4000-8000-{number:012}", shared.port);
    shared.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), invocation.answer);
    Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", id)
        .header("Lambda-Runtime-Deadline-Ms", invocation.deadline_ms.to_string())
        .header("Lambda-Runtime-Invoked-Function-Arn", format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:under-test"))
        .header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
        .body(Body::from(invocation.payload))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let answer = serde_json::from_slice(&body)
        .map_err(|error| FunctionError::Harness(format!("the answer is not JSON: {error}")));
    shared.answer(&id, answer)
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    shared.answer(&id, Err(FunctionError::Reported(json_or_text(&body))))
}

async fn init_error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.init_error.send_replace(Some(json_or_text(&body)));
    StatusCode::ACCEPTED
}

fn json_or_text(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

fn unix_millis(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}
