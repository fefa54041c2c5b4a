//! What was told, in the log too: a line for each finding, with why it was told and whether its alert is out.

use tablewarden_core::alert::{Alert, Notice};
use tablewarden_core::finding::{Finding, Subject};
use tablewarden_core::ports::{AlertSink, SinkError};
use tablewarden_core::printable::printable;

/// The longest that a name or a reason may be in a log line, in characters.
const LONGEST: usize = 800;

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
        }
        result
    }
}

/// Writes a log line for each finding of an alert that is held back.
pub(crate) fn log_held(alert: &Alert) {
    for finding in &alert.findings {
        let Subject { detection, actor, table, resource, .. } = &finding.subject;
        let about = table.as_ref().map(|table| table.name.as_ref()).or(resource.as_deref());
        tracing::info!(
            finding = finding.id(),
            detection = detection.id,
            severity = finding.severity.as_str(),
            actor = printable(&actor.name, LONGEST),
            about = about.map(|about| printable(about, LONGEST)),
            accesses = finding.accesses,
            reason = printable(&finding.reason(), LONGEST),
            "alert held back"
        );
    }
}

fn log(finding: &Finding, error: Option<&SinkError>) {
    let Subject { detection, actor, table, resource, .. } = &finding.subject;
    let about = table.as_ref().map(|table| table.name.as_ref()).or(resource.as_deref());
    let (id, severity, accesses) = (finding.id(), finding.severity.as_str(), finding.accesses);
    let actor = printable(&actor.name, LONGEST);
    let about = about.map(|about| printable(about, LONGEST));
    let reason = printable(&finding.reason(), LONGEST);
    match error {
        None => {
            tracing::info!(
                finding = id,
                detection = detection.id,
                severity,
                actor,
                about,
                accesses,
                reason,
                "alert published"
            );
        }
        Some(error) => tracing::error!(
            finding = id, detection = detection.id, severity, actor, about, accesses, reason, %error, "alert not published"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
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

    #[tokio::test]
    async fn each_finding_is_logged_with_its_reason_and_whether_it_is_out() {
        let mut logged = 0;
        for scenario in scenarios() {
            for alert in alerts(&scenario) {
                let lines = Lines::default();
                let writer = lines.clone();
                let subscriber =
                    tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
                let guard = tracing::subscriber::set_default(subscriber);
                let refused = alert.table.as_ref().is_some_and(|table| table.name == "orders");
                let mut sink = Logged(Alerts::default());
                sink.0.refused_table = Some("orders");
                assert_eq!(sink.publish(Notice::Alert(&alert)).await.is_err(), refused);
                drop(guard);
                let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
                let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                assert_eq!(lines.len(), alert.findings.len(), "{text}");
                for (line, finding) in lines.iter().zip(&alert.findings) {
                    assert_eq!(line["reason"], printable(&finding.reason(), LONGEST));
                    assert_eq!(
                        (&line["finding"], &line["detection"]),
                        (&finding.id().into(), &alert.detection.id.into())
                    );
                    let want = if refused { ("ERROR", "alert not published") } else { ("INFO", "alert published") };
                    assert_eq!((line["level"].as_str().unwrap(), line["message"].as_str().unwrap()), want);
                }
                logged += lines.len();
            }
        }
        assert!(logged > 20);
    }
}
