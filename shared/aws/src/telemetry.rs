//! Logs: one JSON object a line on standard output, where Lambda takes them from.

use std::error::Error;
use std::process::ExitCode;

use tablewarden_core::access::{Access, Call};
use tablewarden_core::place::{ObjectRef, Place};
use tablewarden_core::ports::{Fate, Heard, Observer, Reject};
use tablewarden_core::relayed::Original;
use tablewarden_core::report::Outcome;
use tracing_subscriber::filter::LevelFilter;

use crate::logged::log_held;

/// The setting of how much is logged, which is Lambda's own.
pub const LOG_LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";

/// Starts logging at the level of `AWS_LAMBDA_LOG_LEVEL`, or at `info` where that is not set or no level of Lambda's.
pub fn start() {
    let said = std::env::var_os(LOG_LEVEL).map(|said| said.to_string_lossy().into_owned());
    let known = said.as_deref().map(level);
    // The span of the invocation, which holds its request id, is the only one: as a list it would stand there twice.
    let json = tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false);
    json.with_target(false).with_max_level(known.flatten().unwrap_or(LevelFilter::INFO)).init();
    if known == Some(None) {
        tracing::warn!(AWS_LAMBDA_LOG_LEVEL = said, "no log level of Lambda's: logging at INFO");
    }
}

/// The level that Lambda calls so, which sets that variable where a function has JSON logs. `FATAL` is above all that is
/// logged here, and a function that cannot go on has to be heard.
///
/// Source: "Configuring JSON and plain text log formats",
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.
fn level(said: &str) -> Option<LevelFilter> {
    match said.to_ascii_uppercase().as_str() {
        "TRACE" => Some(LevelFilter::TRACE),
        "DEBUG" => Some(LevelFilter::DEBUG),
        "INFO" => Some(LevelFilter::INFO),
        "WARN" => Some(LevelFilter::WARN),
        "ERROR" | "FATAL" => Some(LevelFilter::ERROR),
        _ => None,
    }
}

/// The status that a function ends with. Lambda ends one that runs by a signal, so an end of its own has a reason, and this
/// logs it.
pub fn exit_code(result: Result<(), Box<dyn Error + Send + Sync>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "cannot start or go on");
            ExitCode::FAILURE
        }
    }
}

/// An error with what lies behind it, in a line.
///
/// Of an SDK's error that is the code and the message of the service, or why it could not be asked.
pub fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        // Some errors say already what lies behind them.
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = error.source();
    }
    text
}

/// Writes a log line for each record that is rejected.
#[derive(Debug, Clone, Copy)]
pub struct LogRejects;

impl Observer for LogRejects {
    fn rejected(&mut self, reject: &Reject<'_>) {
        let Reject { place, index, reason, detail } = reject;
        match place {
            Place::Object(ObjectRef { bucket, key }) => {
                tracing::error!(bucket, key, index, ?reason, detail, "record rejected");
            }
            place => tracing::error!(%place, index, ?reason, detail, "record rejected"),
        }
    }

    fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
        // Accesses are nothing to it.
        Some(0)
    }

    fn heard(&mut self, heard: &Heard<'_>) {
        if let Fate::Skipped(skip) = heard.fate {
            let Original { service, kind, id, .. } = &heard.relayed.original;
            tracing::info!(reason = skip.as_str(), %service, kind, id, "finding of another service skipped");
        }
    }
}

/// Writes the log lines that sum up an invocation.
pub fn log_outcome(outcome: &Outcome) {
    for error in &outcome.unarchived {
        tracing::error!(%error, "findings not archived");
    }
    if let Some(error) = &outcome.unmeasured {
        tracing::error!(%error, "metrics not put");
    }
    if let Some(error) = outcome.forgotten.first() {
        let failures = outcome.forgotten.len();
        tracing::error!(%error, failures, "what other runs told is not known or not noted: this one tells what it finds by itself");
    }
    outcome.held.iter().for_each(log_held);
    let tally = &outcome.tally;
    if !tally.reconciles() {
        tracing::error!(?tally, "the counts do not reconcile");
    }
    tracing::info!(
        records_read = tally.records_read,
        records_relevant = tally.records_relevant,
        records_skipped = tally.records_skipped.values().sum::<u64>(),
        records_rejected = tally.records_rejected.values().sum::<u64>(),
        deliveries_skipped = ?tally.deliveries_skipped,
        objects_done = tally.objects_done,
        objects_failed = tally.objects_failed,
        alerts_sent = tally.alerts_sent,
        alerts_failed = tally.alerts_failed,
        alerts_held_back = tally.alerts_held_back,
        alerts_repeated = tally.alerts_repeated,
        "invocation done"
    );
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::error::{ErrorMetadata, SdkError};
    use aws_sdk_s3::operation::get_object::GetObjectError;
    use aws_sdk_s3::types::error::NoSuchKey;

    use super::*;

    #[test]
    fn each_level_of_lambda_lets_errors_through_and_nothing_else_is_a_level() {
        for said in ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "fatal", "debug"] {
            assert!(level(said).is_some_and(|level| level >= LevelFilter::ERROR), "{said}");
        }
        assert_eq!(level("WARN"), Some(LevelFilter::WARN));
        for said in ["", "off", "tablewarden", "info,tablewarden=debug", "0"] {
            assert_eq!(level(said), None, "{said}");
        }
    }

    #[test]
    fn errors_of_the_sdk_say_code_and_message_once_and_nothing_of_the_response() {
        let code = |code: &str| ErrorMetadata::builder().code(code).message("It is so.").build();
        let missing = NoSuchKey::builder().message("It is so.").meta(code("NoSuchKey")).build();
        let cases = [
            (SdkError::service_error(GetObjectError::NoSuchKey(missing), "raw"), "service error: NoSuchKey: It is so."),
            (
                SdkError::service_error(GetObjectError::generic(code("AccessDenied")), "raw"),
                "service error: unhandled error (AccessDenied): Error { code: \"AccessDenied\", message: \"It is so.\" }",
            ),
            (SdkError::timeout_error("20 s are over"), "request has timed out: 20 s are over"),
        ];
        for (error, want) in cases {
            assert_eq!(with_sources(&error), want);
        }
    }
}
