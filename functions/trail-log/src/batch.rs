//! The messages of an invocation and what became of each.

use std::collections::BTreeSet;

use aws_lambda_events::sqs::SqsBatchResponse;
use lambda_runtime::Error;
use tablewarden_core::report::Told;
use tablewarden_core::tally::Tally;

/// The messages in their order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    messages: Vec<Audited>,
    /// The alerts and findings of all messages.
    told: Tally,
}

/// One message, read as far as it goes.
#[derive(Debug)]
struct Audited {
    /// Its id where it came from a queue.
    id: Option<String>,
    tally: Tally,
    problems: Vec<String>,
}

impl Batch {
    pub(crate) fn add(&mut self, id: Option<String>, tally: Tally, problems: Vec<String>) {
        self.messages.push(Audited { id, tally, problems });
    }

    /// Where alerts are counted.
    pub(crate) fn tally(&mut self) -> &mut Tally {
        &mut self.told
    }

    /// The counts of all messages, and the answer that names those to come again.
    ///
    /// A message counts when its alerts are out, even if something of it could not be read: alerts and metrics agree.
    pub(crate) fn finish(self, told: Told) -> (Tally, Result<SqsBatchResponse, Error>) {
        for error in &told.errors {
            tracing::error!(%error, "alert not published");
        }
        let Self { messages, told: mut total } = self;
        let untold: BTreeSet<usize> = told.untold;
        let mut response = SqsBatchResponse::default();
        let mut whole = Vec::new();
        for (position, Audited { id, tally, mut problems }) in messages.into_iter().enumerate() {
            if untold.contains(&position) {
                total.merge(tally.of_failure());
                problems.push("an alert is not out".to_owned());
            } else {
                total.merge(tally);
            }
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
        let response = if whole.is_empty() { Ok(response) } else { Err(whole.join("; ").into()) };
        (total, response)
    }
}
