//! The Lambda function `trail-log`: CloudTrail log deliveries become alerts and metrics.

mod ahead;
mod batch;
mod handler;

use std::process::ExitCode;

use handler::Handler;
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tablewarden_aws::archive::S3Archive;
use tablewarden_aws::cloudwatch::CloudWatchMetrics;
use tablewarden_aws::logged::Logged;
use tablewarden_aws::s3::S3LogStore;
use tablewarden_aws::sns::SnsAlerts;
use tablewarden_aws::start::{Start, start};
use tablewarden_aws::{dynamodb, telemetry};
use tablewarden_core::state::Run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::exit_code(run().await)
}

async fn run() -> Result<(), Error> {
    let Start { settings, config, policy, rules, state, time } = start().await?;
    let handler = Handler {
        logs: S3LogStore::new(&config, time.clone()),
        alerts: Logged(SnsAlerts::new(&config, &settings, time.clone())),
        metrics: CloudWatchMetrics::new(&config, settings.metrics_namespace.clone()),
        archive: settings.archive.clone().map(|place| S3Archive::new(&config, place)),
        state: state.map(|store| (store, settings.cooldown)),
        policy,
        rules,
        limits: settings.limits,
        now: jiff::Timestamp::now,
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let Context { deadline, request_id, invoked_function_arn, .. } = event.context;
        let own_table = settings.state_table.as_deref().and_then(|name| dynamodb::beside(&invoked_function_arn, name));
        let run = Run { name: dynamodb::name_of_run(&request_id), ends: time.begin(deadline), own_table };
        Box::pin(handler.handle(event.payload.get().as_bytes(), run)).await
    }))
    .await
}
