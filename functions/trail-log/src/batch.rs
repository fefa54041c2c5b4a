//! The answer to an invocation: which messages are to come again.

use aws_lambda_events::sqs::SqsBatchResponse;
use lambda_runtime::Error;

/// The answer that names the messages with a problem by their ids. Where one has no id, because no queue keeps it, the
/// invocation fails as a whole.
pub(crate) fn answer(ids: Vec<Option<String>>, problems: Vec<Vec<String>>) -> Result<SqsBatchResponse, Error> {
    let mut response = SqsBatchResponse::default();
    let mut whole = Vec::new();
    for (id, problems) in ids.into_iter().zip(problems) {
        if problems.is_empty() {
            continue;
        }
        let problems = problems.join("; ");
        tracing::error!(message_id = id, problems, "message failed");
        match id {
            Some(id) => response.add_failure(id),
            None => whole.push(problems),
        }
    }
    if whole.is_empty() { Ok(response) } else { Err(whole.join("; ").into()) }
}
