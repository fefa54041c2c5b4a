//! What the end-to-end tests stand on: an AWS emulator, a Lambda sandbox and faults on demand, all on loopback.
//!
//! # Layout
//! - [`emulator`]: one AWS emulator for one test, gone when the test ends.
//! - [`cloud`]: clients for it, and the few steps that the tests are told in: make a bucket, put an object, read alerts.
//! - [`sqs`]: a queue as Lambda sees it: messages received as an event, and settled by the function's answer.
//! - [`runtime_api`]: the Lambda Runtime API, which hands events to a function and takes its answers.
//! - [`function`]: a function's own process behind that API, as in one Lambda sandbox.
//! - [`cargo_lambda`]: the same for people, who try the samples by hand.
//! - [`fault_proxy`]: stands between a function and the emulator and refuses, fails or hangs what a test tells it to.
//! - [`records`]: records and log files to tell a story with.
//! - [`load`]: a seeded load of many log objects, with attacks cut into pieces.
//! - [`cell`]: that load through the functions while something fails, counted at both ends.
//! - [`stage`]: all of it set up like a deployment: bucket, queue, topic, and what came of them.
//!
//! The tests are the `[[test]]` targets beside `src`. They run the deployable binaries, which `make e2e` builds first.
//! Nothing here is skipped in silence: a missing tool or binary fails the test and names the command that makes it.

pub mod cargo_lambda;
pub mod cell;
pub mod cloud;
pub mod emulator;
pub mod fault_proxy;
pub mod function;
pub mod load;
pub mod records;
pub mod runtime_api;
pub mod sqs;
pub mod stage;

use std::time::{Duration, Instant};

use anyhow::Context;

/// The region everything runs in.
pub const REGION: &str = "eu-west-1";
/// The account of the emulator, one of AWS's documentation accounts.
pub const ACCOUNT: &str = "123456789012";

/// Asks `question` again every 50 ms until it answers something, for at most `patience`; `what` names it in the error.
pub async fn eventually<T>(
    what: &str,
    patience: Duration,
    mut question: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = question().await.with_context(|| format!("while waiting for {what}"))? {
            return Ok(answer);
        }
        anyhow::ensure!(start.elapsed() < patience, "{what} did not come within {patience:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
