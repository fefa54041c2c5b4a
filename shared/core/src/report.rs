//! The right end of the house: findings become alerts that are out and objects in the archive, and counts become metric data.

use std::collections::{BTreeSet, HashSet};

use futures::StreamExt as _;
use futures::stream;
use jiff::Timestamp;

use crate::alert::{self, Alert, Notice};
use crate::archive;
use crate::audit::Audit;
use crate::finding::{Finding, Subject};
use crate::place::ObjectRef;
use crate::policy::Policy;
use crate::ports::{AlertSink, Archive, MetricSink, SinkError, Store, StoreError};
use crate::state::objects::Progress;
use crate::state::{Telling, TellingError, Turn};
use crate::tally::Tally;

/// How many alerts, or objects of the archive, are on their way at a time.
const CONCURRENT: usize = 8;

/// One message of an invocation, read as far as it goes. An event that came by itself is a message too.
#[derive(Debug, Default)]
pub struct Message {
    /// What was counted in it, and by no run before.
    pub tally: Tally,
    /// What of it could not be read, in a line each.
    pub problems: Vec<String>,
    /// The log objects that were read, and how far.
    pub objects: Vec<(ObjectRef, Progress)>,
}

/// Where it all goes.
#[derive(Debug)]
pub struct Ends<'a, A, M, R, S> {
    /// Where alerts go.
    pub alerts: &'a A,
    /// Where metrics go.
    pub metrics: &'a M,
    /// Where findings are archived, if they are.
    pub archive: Option<&'a R>,
    /// What other runs told, where that is remembered.
    pub telling: Option<&'a Telling<'a, S>>,
    /// Why so far it is not known what they told.
    pub forgotten: Vec<StoreError>,
}

/// What became of an invocation.
#[derive(Debug)]
pub struct Outcome {
    /// The counts that were put.
    pub tally: Tally,
    /// What is wrong with each message, in their order. One without a problem may be acknowledged.
    pub problems: Vec<Vec<String>>,
    /// Why alerts are not out.
    pub untold: Vec<SinkError>,
    /// Why findings are not in the archive.
    pub unarchived: Vec<SinkError>,
    /// The alerts that are held back, since their like was told lately, or since the sink is silent.
    pub held: Vec<Alert>,
    /// Why it is not known, or not noted, what other runs tell.
    pub forgotten: Vec<StoreError>,
    /// Why the metrics are not out.
    pub unmeasured: Option<SinkError>,
}

/// Ends an audit, which goes on from other runs where they are remembered: its findings, its counts since they were taken
/// last, and why it may know nothing of others.
pub async fn settle<S: Store + Sync>(
    audit: Audit,
    telling: Option<&Telling<'_, S>>,
) -> (Vec<Finding>, Tally, Option<StoreError>) {
    let Some(telling) = telling else {
        let (findings, tally) = audit.settle_alone();
        return (findings, tally, None);
    };
    let mut history = telling.history();
    let (findings, tally) = audit.settle(&mut history).await;
    (findings, tally, history.into_trouble())
}

/// Publishes the findings as alerts, archives them where there is an archive, notes what is done, then puts the counts as
/// metrics.
///
/// An alert that is refused does not keep the others back. The messages that its findings came with have a problem, and
/// are not counted: they come again, and count when they are told. A message of which a part could not be read is told and
/// counted for the rest, so that alerts and metrics agree. The same goes for findings that the archive refuses. Metrics that
/// are refused are no problem of any message: what was found is out, and must not come back. What cannot be noted is no
/// problem either: it may be told again.
pub async fn report<A: AlertSink, M: MetricSink, R: Archive, S: Store + Sync>(
    messages: Vec<Message>,
    findings: Vec<Finding>,
    policy: Option<&Policy>,
    ends: Ends<'_, A, M, R, S>,
    now: Timestamp,
) -> Outcome {
    let Ends { alerts, metrics, archive, telling, forgotten } = ends;
    let mut outcome = Outcome {
        tally: Tally::default(),
        problems: Vec::new(),
        untold: Vec::new(),
        unarchived: Vec::new(),
        held: Vec::new(),
        forgotten,
        unmeasured: None,
    };
    // What was told before is archived all the same: that it was told does not say that it was archived.
    let found = archive.map(|_| findings.clone());
    let untold = tell(findings, policy, alerts, telling, &mut outcome).await;
    let lost = match archive.zip(found) {
        Some((archive, found)) => keep(&found, &untold, archive, &mut outcome).await,
        None => BTreeSet::new(),
    };
    let comes_again = |position: usize| untold.messages.contains(&position) || lost.contains(&position);
    // One object may have been announced in several messages of which one comes again.
    let again: HashSet<ObjectRef> = messages
        .iter()
        .enumerate()
        .filter(|(position, _)| comes_again(*position))
        .flat_map(|(_, message)| message.objects.iter().map(|(object, _)| object.clone()))
        .collect();
    let mut done = Vec::new();
    for (position, Message { tally, mut problems, objects }) in messages.into_iter().enumerate() {
        if untold.messages.contains(&position) {
            problems.push("an alert is not out".to_owned());
        }
        if lost.contains(&position) {
            problems.push("a finding is not in the archive".to_owned());
        }
        outcome.tally.merge(if comes_again(position) { tally.of_failure() } else { tally });
        done.extend(objects.into_iter().filter(|(object, _)| !again.contains(object)));
        outcome.problems.push(problems);
    }
    if let Some(telling) = telling {
        outcome.forgotten.extend(telling.note(done).await.err());
        tell_what_went_on(telling, alerts, &mut outcome).await;
    }
    outcome.tally.state_failures = outcome.forgotten.len() as u64;
    outcome.unmeasured = metrics.put(&outcome.tally.points(now)).await.err();
    outcome
}

/// What became of an alert.
enum Told {
    Out,
    Held,
    Known,
    Untold(SinkError),
}

/// What is not out.
#[derive(Default)]
struct Untold {
    /// The positions of the messages that it came with.
    messages: BTreeSet<usize>,
    /// What it is about.
    subjects: HashSet<Subject>,
}

/// Publishes the findings, and counts what is out; what is not.
async fn tell<A: AlertSink, S: Store + Sync>(
    findings: Vec<Finding>,
    policy: Option<&Policy>,
    sink: &A,
    telling: Option<&Telling<'_, S>>,
    outcome: &mut Outcome,
) -> Untold {
    let alerts = alert::fold(findings, policy);
    let results = stream::iter(alerts).map(|alert| tell_one(alert, sink, telling));
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut untold = Untold::default();
    while let Some((alert, told, trouble)) = results.next().await {
        outcome.forgotten.extend(trouble);
        match told {
            Told::Out => {
                outcome.tally.alerts_sent += 1;
                outcome.tally.findings(&alert.findings);
            }
            Told::Held => {
                outcome.tally.alerts_held_back += 1;
                outcome.tally.findings(&alert.findings);
                outcome.held.push(alert);
            }
            Told::Known => outcome.tally.alerts_repeated += 1,
            Told::Untold(error) => {
                outcome.tally.alerts_failed += 1;
                untold.messages.extend(alert.origins());
                untold.subjects.extend(alert.findings.into_iter().map(|finding| finding.subject));
                outcome.untold.push(error);
            }
        }
    }
    untold
}

/// Archives findings, but for those that are not out: all of their messages come again. Others may share a message with
/// them, and have to be archived now: in the next run they may be without what came with messages that are done. Returns the
/// positions of the messages of which something is not archived.
async fn keep<R: Archive>(
    findings: &[Finding],
    untold: &Untold,
    archive: &R,
    outcome: &mut Outcome,
) -> BTreeSet<usize> {
    let batches = archive::batches(findings.iter().filter(|finding| !untold.subjects.contains(&finding.subject)));
    let results = stream::iter(&batches).map(|batch| async move { (batch, archive.put(batch).await) });
    let mut results = std::pin::pin!(results.buffer_unordered(CONCURRENT));
    let mut lost = BTreeSet::new();
    while let Some((batch, result)) = results.next().await {
        if let Err(error) = result {
            lost.extend(batch.origins());
            outcome.unarchived.push(error);
        }
    }
    lost
}

async fn tell_one<A: AlertSink, S: Store + Sync>(
    mut alert: Alert,
    sink: &A,
    telling: Option<&Telling<'_, S>>,
) -> (Alert, Told, Option<StoreError>) {
    if sink.is_silent() {
        return (alert, Told::Held, None);
    }
    let mut trouble = None;
    let mut open = None;
    if let Some(telling) = telling {
        // An alert of which all is known has nothing left to say where it came from.
        match telling.open(&mut alert).await {
            Ok(Turn::Known) => return (alert, Told::Known, None),
            Ok(Turn::Held) => return (alert, Told::Held, None),
            Ok(Turn::Tell(opened)) => open = Some((telling, opened)),
            Err(error @ TellingError::Busy) => {
                let error = SinkError { sink: "state".to_owned(), problem: error.to_string() };
                return (alert, Told::Untold(error), None);
            }
            // Without a memory, twice is better than never.
            Err(TellingError::Store(error)) => trouble = Some(error),
        }
    }
    let told = match sink.publish(Notice::Alert(&alert)).await {
        Ok(()) => Told::Out,
        Err(error) => Told::Untold(error),
    };
    if let Some((telling, opened)) = open {
        let noted = match &told {
            Told::Out => telling.close(opened, &alert).await,
            Told::Held | Told::Known | Told::Untold(_) => telling.give_up(opened).await,
        };
        trouble = noted.err();
    }
    (alert, told, trouble)
}

/// Tells of alerts that were held back for as long as they had to be.
async fn tell_what_went_on<A: AlertSink, S: Store + Sync>(telling: &Telling<'_, S>, sink: &A, outcome: &mut Outcome) {
    let due = match telling.due().await {
        Ok(due) => due,
        Err(error) => {
            outcome.forgotten.push(error);
            return;
        }
    };
    for due in due {
        let noted = match sink.publish(Notice::WentOn(&due.summary, &due.held)).await {
            Ok(()) => {
                outcome.tally.alerts_sent += 1;
                telling.close_due(due).await
            }
            Err(error) => {
                outcome.tally.alerts_failed += 1;
                outcome.untold.push(error);
                telling.give_up_due(due).await
            }
        };
        outcome.forgotten.extend(noted.err());
    }
}
