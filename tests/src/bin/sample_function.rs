//! A function that does what its event asks, to test the harness with.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

fn main() -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(service_fn(handle)))
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    match event.payload.get("do").and_then(Value::as_str) {
        Some("fail") => Err("it was asked to fail".into()),
        Some("exit") => std::process::exit(7),
        Some("sleep") => {
            tokio::time::sleep(Duration::from_hours(1)).await;
            Ok(Value::Null)
        }
        _ => Ok(json!({ "echo": event.payload, "setting": std::env::var("SETTING").ok() })),
    }
}
