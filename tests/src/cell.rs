//! One cell of the fault matrix: a load goes through the functions while something fails, and is counted at both ends.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde_json::Value;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::ports::{Observer, Reject};

use crate::fault_proxy::{Fate, FaultProxy, Seen};
use crate::function::Function;
use crate::load::{Load, PLANTED};
use crate::records::{key, log_file, role};
use crate::stage::{BUCKET, REMEMBERING, Stage};

/// Where findings are archived.
const ARCHIVE: &str = "example-findings";

/// How many processes take messages from the queue at a time.
const WORKERS: usize = 2;

/// How long an invocation may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How often a message may come before the queue gives it up.
const MOST_RECEIVES: u32 = 12;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// SNS throttles three calls of ten.
    SnsThrottled,
    /// SNS answers three calls of ten with an internal error.
    SnsBroken,
    /// S3 takes its time with every answer.
    S3Slow,
    /// S3 answers three calls of ten with `503 SlowDown`.
    S3Broken,
    /// CloudWatch answers nothing but errors.
    CloudWatchDown,
    /// DynamoDB throttles three calls of ten.
    StateThrottled,
    /// DynamoDB answers nothing but errors.
    StateDown,
    /// One invocation of five is killed at some moment.
    Killed,
    /// Every message is sent twice.
    Twice,
    /// Messages come in another order than the objects.
    Reordered,
    /// One message of ten is garbage.
    Poison,
}

impl Fault {
    /// All of them, in the order of the matrix.
    pub const ALL: [Self; 12] = [
        Self::None,
        Self::SnsThrottled,
        Self::SnsBroken,
        Self::S3Slow,
        Self::S3Broken,
        Self::CloudWatchDown,
        Self::StateThrottled,
        Self::StateDown,
        Self::Killed,
        Self::Twice,
        Self::Reordered,
        Self::Poison,
    ];

    /// What it is called in the matrix.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SnsThrottled => "SNS throttles 30 % of calls",
            Self::SnsBroken => "SNS 5xx on 30 % of calls",
            Self::S3Slow => "S3 slow (200 ms a call)",
            Self::S3Broken => "S3 503 on 30 % of calls",
            Self::CloudWatchDown => "CloudWatch down",
            Self::StateThrottled => "state throttles 30 % of calls",
            Self::StateDown => "state down",
            Self::Killed => "kill -9 in 20 % of invocations",
            Self::Twice => "every message twice",
            Self::Reordered => "messages reordered",
            Self::Poison => "one poison message in ten",
        }
    }

    /// What becomes of a request, by a number from 0 to 99.
    fn fate(self, request: &Seen, chance: u32) -> Fate {
        let is_sns = request.mentions("Action=Publish");
        let is_s3 = request.path.starts_with(&format!("/{BUCKET}/"));
        let is_metrics = request.mentions("PutMetricData");
        let is_state = !is_sns && !is_metrics && request.mentions(REMEMBERING.1);
        let answer = |status: u16, body: &str| Fate::Answer { status, body: body.to_owned() };
        match self {
            Self::SnsThrottled if is_sns && chance < 30 => Fate::sns_error(400, "Throttling"),
            Self::SnsBroken if is_sns && chance < 30 => Fate::sns_error(500, "InternalError"),
            Self::S3Slow if is_s3 => Fate::PassAfter(Duration::from_millis(200)),
            Self::S3Broken if is_s3 && chance < 30 => Fate::s3_error(503, "SlowDown"),
            Self::CloudWatchDown if is_metrics => answer(500, "{}"),
            Self::StateThrottled if is_state && chance < 30 => answer(
                400,
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}"#,
            ),
            Self::StateDown if is_state => answer(500, "{}"),
            _ => Fate::Pass,
        }
    }
}

/// What was counted at both ends of a cell.
#[derive(Clone, Debug)]
pub struct Row {
    /// What failed.
    pub fault: Fault,
    /// Records sent.
    pub sent: u64,
    /// Of those, that are no finding.
    pub not_findings: u64,
    /// Of those, that an alert tells of.
    pub told: u64,
    /// Of those, that are held back and stand in the archive alone.
    pub suppressed: u64,
    /// How often an event was told again by the same detection.
    pub duplicates: u64,
    /// Alerts that came.
    pub alerts: u64,
    /// Invocations.
    pub invocations: u64,
    /// Messages given up by the queue.
    pub dead: u64,
    /// Of those, that were garbage.
    pub poison: u64,
    /// Planted attacks that no alert tells of as what they are, though others name who did it.
    pub in_parts: Vec<&'static str>,
    /// Planted attacks that no alert tells of.
    pub missed: Vec<&'static str>,
}

impl Row {
    /// Whether the sum holds, every attack is told, and nothing but garbage was given up.
    pub fn holds(&self) -> bool {
        // Without a memory, what is cut into many files is told in its parts.
        let may_forget = matches!(self.fault, Fault::StateDown | Fault::StateThrottled);
        let is_whole = self.in_parts.is_empty() || may_forget;
        let is_told = is_whole && self.missed.is_empty();
        self.told + self.suppressed + self.not_findings == self.sent && is_told && self.dead == self.poison
    }
}

/// A load, ready to be sent any number of times.
#[derive(Debug)]
pub struct Prepared {
    load: Load,
    /// The log objects' content.
    objects: Vec<Vec<u8>>,
    /// The events that one run over all records finds something in.
    expected: BTreeSet<String>,
}

impl Prepared {
    /// Draws a load, and audits it in one run.
    pub fn new(load: Load) -> Result<Self> {
        struct NoRejects;
        impl Observer for NoRejects {
            fn rejected(&mut self, _: &Reject<'_>) {}
        }
        let mut audit = Audit::new(None, load.start, Limits::default());
        let mut objects = Vec::new();
        for number in 0..load.objects {
            let place = Place::File(number.to_string());
            let object = log_file(&load.object(number));
            audit.log_file(object.as_slice(), Origin { place: &place, message: 0 }, &mut NoRejects)?;
            objects.push(object);
        }
        let findings = audit.into_findings();
        for (detection, caller) in PLANTED {
            let found = findings.iter().any(|finding| {
                finding.subject.detection.id == detection
                    && [role(caller).as_str(), "*"].contains(&finding.subject.actor.name.as_ref())
            });
            ensure!(found, "{detection} by {caller} is not found at all");
        }
        let expected = findings.iter().flat_map(|finding| finding.event_ids.iter()).map(ToString::to_string).collect();
        Ok(Self { load, objects, expected })
    }
}

/// Runs a load while something fails.
pub async fn run(fault: Fault, prepared: &Prepared) -> Result<Row> {
    let Prepared { load, expected, .. } = prepared;
    let stage = Stage::remembering().await?;
    stage.cloud.bucket(ARCHIVE).await?;
    let dead = stage.cloud.queue("dead").await?;
    stage.deliveries.give_up_to(&dead, MOST_RECEIVES).await?;
    let proxy = FaultProxy::start(stage.emulator.endpoint()).await?;
    let chances = Mutex::new(fastrand::Rng::with_seed(load.seed));
    proxy.rule(move |request| {
        let chance = chances.lock().unwrap_or_else(PoisonError::into_inner).u32(..100);
        fault.fate(request, chance)
    });
    proxy.forget();
    let poison = announce(&stage, fault, prepared).await?;
    let counts = Arc::new(Mutex::new(0_u64));
    let workers =
        (0..WORKERS).map(|worker| work(&stage, &proxy, fault, load.seed + worker as u64, Arc::clone(&counts)));
    futures::future::try_join_all(workers).await?;
    let invocations = *counts.lock().unwrap_or_else(PoisonError::into_inner);
    let dead = dead.len().await? as u64;

    let heard = Heard::listen(&stage).await?;
    let archived = archived(&stage).await?;
    let known: BTreeSet<String> = heard.told.union(&archived).cloned().collect();
    ensure!(known.is_subset(expected), "events are told that one run over all records does not find");
    let is_heard = |detection: &str, caller: &str| heard.by.contains(&(detection.to_owned(), role(caller)));
    let is_named = |caller: &str| heard.by.iter().any(|(_, actor)| *actor == role(caller));
    let not_heard: Vec<_> = PLANTED.into_iter().filter(|(detection, caller)| !is_heard(detection, caller)).collect();
    let (in_parts, missed): (Vec<_>, Vec<_>) = not_heard.into_iter().partition(|(_, caller)| is_named(caller));
    Ok(Row {
        fault,
        sent: load.sent(),
        not_findings: load.sent() - expected.len() as u64,
        told: heard.told.len() as u64,
        suppressed: archived.difference(&heard.told).count() as u64,
        duplicates: heard.duplicates,
        alerts: heard.alerts,
        invocations,
        dead,
        poison,
        in_parts: in_parts.into_iter().map(|(detection, _)| detection).collect(),
        missed: missed.into_iter().map(|(detection, _)| detection).collect(),
    })
}

/// Puts the objects and announces them; how many messages are garbage.
async fn announce(stage: &Stage, fault: Fault, prepared: &Prepared) -> Result<u64> {
    let Prepared { load, objects, .. } = prepared;
    let mut order: Vec<(usize, &Vec<u8>)> = objects.iter().enumerate().collect();
    if fault == Fault::Reordered {
        fastrand::Rng::with_seed(load.seed).shuffle(&mut order);
    }
    let mut poison = 0;
    for (position, (number, object)) in order.into_iter().enumerate() {
        let key = key(&format!("{number:06}"));
        // The bucket announces it, and announces it again where it is written again.
        for _ in 0..if fault == Fault::Twice { 2 } else { 1 } {
            stage.cloud.put(BUCKET, &key, object.clone()).await?;
        }
        if fault == Fault::Poison && position % 10 == 0 {
            stage.deliveries.send(&format!("{{\"poison\": {position}")).await?;
            poison += 1;
        }
    }
    Ok(poison)
}

/// Takes messages from the queue until it is empty, as Lambda does.
async fn work(stage: &Stage, proxy: &FaultProxy, fault: Fault, seed: u64, invocations: Arc<Mutex<u64>>) -> Result<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let settings = [REMEMBERING, ("AWS_ENDPOINT_URL", proxy.endpoint()), ("TABLEWARDEN_ARCHIVE_BUCKET", ARCHIVE)];
    let mut function = stage.function("trail-log", &settings).await?;
    loop {
        let Some(batch) = stage.deliveries.some(10).await? else {
            if stage.deliveries.len().await? == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        *invocations.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let moment = Duration::from_millis(random.u64(..400));
        let is_killed = fault == Fault::Killed && random.u32(..5) == 0;
        let answer = tokio::select! {
            answer = function.invoke_within(TIMEOUT, &batch) => answer.map_err(anyhow::Error::from),
            () = die(&function, moment), if is_killed => Err(anyhow::anyhow!("killed")),
        };
        if let Ok(answer) = answer {
            stage.deliveries.settle(&batch, &answer).await?;
        } else {
            ensure!(is_killed, "an invocation failed: {}", function.log().join("\n"));
            stage.deliveries.release_all(&batch).await?;
            function = stage.function("trail-log", &settings).await?;
        }
    }
}

async fn die(function: &Function, moment: Duration) {
    tokio::time::sleep(moment).await;
    function.kill().await;
}

/// What came out by the topic.
#[derive(Default)]
struct Heard {
    told: BTreeSet<String>,
    by: BTreeSet<(String, String)>,
    duplicates: u64,
    alerts: u64,
}

impl Heard {
    async fn listen(stage: &Stage) -> Result<Self> {
        let mut heard = Self::default();
        let mut times: BTreeMap<(String, String), u64> = BTreeMap::new();
        while let Some(messages) = stage.machines.drain().await? {
            for message in messages {
                let alert: Value = serde_json::from_str(&message).with_context(|| message.clone())?;
                let text = |field: &str| alert.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
                let detection = text("detection");
                heard.alerts += 1;
                heard.by.insert((detection.clone(), text("actor")));
                for actor in alert.pointer("/findings/0/actors").and_then(Value::as_array).into_iter().flatten() {
                    heard.by.insert((detection.clone(), actor.as_str().unwrap_or_default().to_owned()));
                }
                for finding in alert.get("findings").and_then(Value::as_array).into_iter().flatten() {
                    for id in finding.get("event_ids").and_then(Value::as_array).into_iter().flatten() {
                        let id = id.as_str().unwrap_or_default().to_owned();
                        *times.entry((detection.clone(), id.clone())).or_default() += 1;
                        heard.told.insert(id);
                    }
                }
            }
        }
        // Windows and chains tell of an event as often as they go on.
        let once = times.iter().filter(|((detection, _), _)| {
            !["bulk-deletion", "denied-burst", "recovery-destruction"].contains(&detection.as_str())
        });
        heard.duplicates = once.map(|(_, times)| times - 1).sum();
        Ok(heard)
    }
}

/// The events in the archive.
async fn archived(stage: &Stage) -> Result<BTreeSet<String>> {
    let mut events = BTreeSet::new();
    for object in stage.cloud.objects(ARCHIVE).await?.into_values() {
        let mut text = String::new();
        GzDecoder::new(object.as_slice()).read_to_string(&mut text)?;
        for line in text.lines() {
            let finding: Value = serde_json::from_str(line)?;
            let related = finding.pointer("/finding_info/related_events").and_then(Value::as_array);
            events
                .extend(related.into_iter().flatten().filter_map(|event| Some(event.get("uid")?.as_str()?.to_owned())));
        }
    }
    Ok(events)
}
