//! What was told, in the log too: a line for each finding, with why it was told and whether its alert is out.

use tablewarden_core::alert::{Alert, Notice};
use tablewarden_core::finding::{Finding, Subject};
use tablewarden_core::operation::Effect;
use tablewarden_core::ports::{AlertSink, SinkError};
use tablewarden_core::printable::printable;

/// The longest that a name or a reason may be in a log line, in characters.
const LONGEST: usize = 800;

/// What the line of a finding says: whether its alert is out.
pub const MESSAGES: [&str; 3] = ["alert published", "alert not published", "alert held back"];

/// What it says beside that.
pub const FIELDS: [&str; 13] = [
    "finding",
    "detection",
    "severity",
    "actor",
    "about",
    "account",
    "region",
    "effect",
    "outcome",
    "accesses",
    "items",
    "reason",
    "error",
];

/// A log line about a finding. All have the same fields, since saved queries and rules that count read them; one that is not
/// known is left out. A macro, since the level of a line is fixed where it is written.
macro_rules! line {
    ($level:ident, $finding:expr, $error:expr, $message:literal) => {{
        let finding: &Finding = $finding;
        let error: Option<&SinkError> = $error;
        let Subject { detection, actor, table, resource, account, region, effect, outcome, .. } = &finding.subject;
        let about = table.as_ref().map(|table| table.name.as_ref()).or(resource.as_deref());
        tracing::event!(
            tracing::Level::$level,
            finding = finding.id(),
            detection = detection.id,
            severity = finding.severity.as_str(),
            actor = printable(&actor.name, LONGEST),
            about = about.map(|about| printable(about, LONGEST)),
            account = printable(account, LONGEST),
            region = printable(region, LONGEST),
            effect = effect.map(Effect::as_str),
            outcome = outcome.as_str(),
            accesses = finding.accesses,
            items = finding.known_items(),
            reason = printable(&finding.reason(), LONGEST),
            error = error.map(tracing::field::display),
            $message
        );
    }};
}

/// A sink that logs what it passes on.
#[derive(Debug)]
pub struct Logged<S>(
    /// The sink that alerts go to.
    pub S,
);

impl<S: AlertSink + Sync> AlertSink for Logged<S> {
    async fn publish(&self, notice: Notice<'_>) -> Result<(), SinkError> {
        let result = self.0.publish(notice).await;
        match (notice, &result) {
            (Notice::Alert(alert), result) => {
                for finding in &alert.findings {
                    log(finding, result.as_ref().err());
                }
            }
            (Notice::WentOn(summary, held), Ok(())) => {
                let (detection, alerts) = (&summary.detection, held.alerts);
                tracing::info!(detection, alerts, "alerts held back were told");
            }
            (Notice::WentOn(summary, held), Err(error)) => {
                let (detection, alerts) = (&summary.detection, held.alerts);
                tracing::error!(detection, alerts, %error, "alerts held back were not told");
            }
            (Notice::PolicyRefused(refused), Ok(())) => {
                tracing::info!(policy = refused.source, version = refused.version, "refused policy was told");
            }
            (Notice::PolicyRefused(refused), Err(error)) => {
                let (policy, version) = (&refused.source, &refused.version);
                tracing::error!(policy, version, %error, "refused policy was not told");
            }
        }
        result
    }

    fn is_silent(&self) -> bool {
        self.0.is_silent()
    }
}

/// Writes a log line for each finding of an alert that is held back.
pub(crate) fn log_held(alert: &Alert) {
    for finding in &alert.findings {
        line!(INFO, finding, None, "alert held back");
    }
}

fn log(finding: &Finding, error: Option<&SinkError>) {
    match error {
        None => line!(INFO, finding, None, "alert published"),
        Some(error) => line!(ERROR, finding, Some(error), "alert not published"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tablewarden_core::alert;
    use tablewarden_core::audit::Audit;
    use tablewarden_core::finding::Origin;
    use tablewarden_core::log_file::Limits;
    use tablewarden_core::place::Place;
    use tablewarden_core::policy::Policy;
    use tablewarden_testkit::fakes::Alerts;
    use tablewarden_testkit::{Scenario, scenarios};

    use super::*;
    use crate::telemetry::LogRejects;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn alerts(scenario: &Scenario) -> Vec<Alert> {
        let policy = scenario.policy.as_ref().map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
        let now = "2026-03-31T00:00:00Z".parse().unwrap();
        let mut audit = Audit::new(policy.clone(), now, Limits::default());
        for file in &scenario.events {
            let place = Place::File(file.display().to_string());
            let bytes = fs::read(file).unwrap();
            audit.any_file(bytes.as_slice(), Origin { place: &place, message: 0 }, &mut LogRejects).unwrap();
        }
        alert::fold(audit.into_findings(), policy.as_deref())
    }

    /// The lines that are logged while a future runs.
    async fn lines_of<T>(future: impl Future<Output = T>) -> (Vec<Value>, T) {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let result = future.await;
        drop(guard);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), result)
    }

    /// What the line of a finding says of it.
    fn fields(finding: &Finding) -> Value {
        let Subject { detection, actor, table, resource, account, region, effect, outcome, .. } = &finding.subject;
        let about = table.as_ref().map(|table| table.name.as_ref()).or(resource.as_deref());
        let plain = |text: &str| printable(text, LONGEST);
        let mut fields = json!({
            "finding": finding.id(), "detection": detection.id, "severity": finding.severity.as_str(),
            "actor": plain(&actor.name), "about": about.map(plain), "account": plain(account), "region": plain(region),
            "effect": effect.map(Effect::as_str), "outcome": outcome.as_str(), "accesses": finding.accesses,
            "items": finding.known_items(), "reason": plain(&finding.reason()),
        });
        fields.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        fields
    }

    #[tokio::test]
    async fn each_finding_is_logged_with_what_queries_ask_for_and_whether_it_is_out() {
        let (mut logged, mut with_items) = (0, 0);
        let (mut messages, mut names) = (BTreeSet::new(), BTreeSet::new());
        for scenario in scenarios() {
            for alert in alerts(&scenario) {
                let refused = alert.table.as_ref().is_some_and(|table| table.name == "orders");
                let mut sink = Logged(Alerts::default());
                sink.0.refused_table = Some("orders");
                let (told, result) = lines_of(sink.publish(Notice::Alert(&alert))).await;
                assert_eq!(result.is_err(), refused);
                let (held, ()) = lines_of(async { log_held(&alert) }).await;
                let out = if refused { ("ERROR", "alert not published") } else { ("INFO", "alert published") };
                for (lines, (level, message)) in [(told, out), (held, ("INFO", "alert held back"))] {
                    assert_eq!(lines.len(), alert.findings.len(), "{lines:?}");
                    for (mut line, finding) in lines.into_iter().zip(&alert.findings) {
                        assert_eq!((&line["level"], &line["message"]), (&level.into(), &message.into()));
                        let line = line.as_object_mut().unwrap();
                        messages.insert(line["message"].as_str().unwrap().to_owned());
                        line.retain(|name, _| !["level", "message", "target", "timestamp"].contains(&name.as_str()));
                        names.extend(line.keys().cloned());
                        assert_eq!(line.remove("error").is_some(), level == "ERROR");
                        assert_eq!(Value::from(line.clone()), fields(finding));
                        with_items += usize::from(line.contains_key("items"));
                        logged += 1;
                    }
                }
            }
        }
        assert!(logged > 40 && with_items > 10 && with_items < logged, "{with_items} of {logged}");
        assert_eq!(messages, MESSAGES.map(String::from).into());
        assert_eq!(names, FIELDS.map(String::from).into());
    }
}
