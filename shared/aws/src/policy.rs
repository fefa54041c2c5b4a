//! The policy: from the function's zip, or from S3 and then kept as new as it is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_types::SdkConfig;
use jiff::Timestamp;
use tablewarden_core::alert::{Notice, PolicyRefused};
use tablewarden_core::arn::Arn;
use tablewarden_core::place::ObjectRef;
use tablewarden_core::policy::{KeySecret, NoSecret, Policy, PolicyError};
use tablewarden_core::ports::{AlertSink, MetricSink};
use tablewarden_core::tally::Point;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::contract::{BOTH, Call};
use crate::object::{Cause, FetchError, Fetched, fetch};
use crate::settings::{POLICY, Settings};
use crate::source::{ReadError, Source};
use crate::time_left::{TimeLeft, before};

/// What is called for it, where it is at `s3://`.
pub const CALLS: &[Call] =
    &[Call { action: "s3:GetObject", resource: "policy object", functions: BOTH, when: Some(POLICY) }];

/// The time between two looks at whether the object has changed.
const EVERY: Duration = Duration::from_mins(1);

/// How much of an invocation a look may cost, and telling what came of it, each.
const MOST: Duration = Duration::from_secs(2);

/// Why there is no policy.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("policy {0}")]
    Read(#[from] ReadError),
    /// It is not valid.
    #[error("{0}")]
    Policy(#[from] PolicyError),
    /// It asks for hashes of keys without a secret for them.
    #[error("TABLEWARDEN_KEY_SECRET: {0}")]
    Secret(#[from] NoSecret),
}

/// The policy that invocations work with: the last version that was good.
#[derive(Debug)]
pub struct InForce(Held);

#[derive(Debug)]
enum Held {
    /// None, or one from the zip, which changes with the function alone.
    Fixed(Option<Arc<Policy>>),
    /// One that is looked after.
    Watched(Box<Watched>),
}

#[derive(Debug)]
struct Watched {
    client: Client,
    object: ObjectRef,
    secret: Option<KeySecret>,
    /// Where the functions are.
    account: String,
    region: String,
    time: TimeLeft,
    every: Duration,
    state: Mutex<State>,
}

/// What is known of the object.
#[derive(Debug)]
struct State {
    policy: Arc<Policy>,
    /// The `ETag` of the version in force, and since when it is.
    etag: Option<String>,
    since: Timestamp,
    /// The latest version that was read, and what is wrong with it.
    seen: Option<String>,
    wrong: Option<String>,
    /// When it was looked at.
    looked: Instant,
    /// What was told of since a version was good: `ETag`s, and codes of S3.
    told: BTreeSet<String>,
}

/// What a look at the object came to.
enum Look {
    /// The policy in force is the latest.
    Same,
    /// A new one is.
    New(Arc<Policy>, Option<String>),
    /// What is there is no use.
    Refused { version: Option<String>, name: String, problem: String },
    /// It is not known what is there.
    Failed(String),
}

impl InForce {
    /// A policy that stays, or none.
    pub fn fixed(policy: Option<Policy>) -> Self {
        Self(Held::Fixed(policy.map(Arc::new)))
    }

    /// Loads and compiles the policy that the settings name, if any.
    pub async fn load(settings: &Settings, config: &SdkConfig, time: TimeLeft) -> Result<Self, LoadError> {
        Self::load_every(EVERY, settings, config, time).await
    }

    async fn load_every(
        every: Duration,
        settings: &Settings,
        config: &SdkConfig,
        time: TimeLeft,
    ) -> Result<Self, LoadError> {
        let secret = settings.key_secret.clone();
        let object = match &settings.policy {
            None => return Ok(Self::fixed(None)),
            Some(source @ Source::File(path)) => {
                let yaml = source.text(Policy::MAX_BYTES, config).await?;
                return Ok(Self::fixed(Some(Policy::parse(path, &yaml)?.with_key_secret(secret)?)));
            }
            Some(Source::S3(object)) => object.clone(),
        };
        let client = Client::new(config);
        let Fetched { text, etag } =
            fetch(&client, &object, Policy::MAX_BYTES, None).await.map_err(ReadError::Object)?;
        let policy = Policy::parse(&object.to_string(), &text)?.with_key_secret(secret.clone())?;
        let state = State {
            policy: Arc::new(policy),
            etag: etag.clone(),
            since: Timestamp::now(),
            seen: etag,
            wrong: None,
            looked: Instant::now(),
            told: BTreeSet::new(),
        };
        // Functions are where their topic is, but for those that publish to another account's.
        let topic = settings.alert_topic_arn.as_deref().and_then(Arn::parse);
        let (account, region) =
            topic.map_or_else(Default::default, |topic| (topic.account.to_owned(), topic.region.to_owned()));
        let state = Mutex::new(state);
        let watched = Watched { client, object, secret, account, region, time, every, state };
        Ok(Self(Held::Watched(Box::new(watched))))
    }

    /// The policy for an invocation that begins now. What it works with stays as it is until its end.
    ///
    /// An object is looked at again, once a minute at most. A version that is no use leaves the one before in force: that is
    /// counted and logged each time, and told once for each such version.
    pub async fn now<A: AlertSink, M: MetricSink>(
        &self,
        alerts: &A,
        metrics: &M,
        now: Timestamp,
    ) -> Option<Arc<Policy>> {
        match &self.0 {
            Held::Fixed(policy) => policy.clone(),
            Held::Watched(watched) => Some(watched.now(alerts, metrics, now).await),
        }
    }
}

impl Watched {
    async fn now<A: AlertSink, M: MetricSink>(&self, alerts: &A, metrics: &M, now: Timestamp) -> Arc<Policy> {
        let mut state = self.state.lock().await;
        if state.looked.elapsed() < self.every {
            return Arc::clone(&state.policy);
        }
        let look = before(Some(self.soon()), self.look(&state)).await;
        state.looked = Instant::now();
        let policy = self.object.to_string();
        match look.unwrap_or_else(|| Look::Failed("no answer in time".to_owned())) {
            Look::Same => state.told.clear(),
            Look::New(new, etag) => {
                tracing::info!(policy, etag, "a new version of the policy is in force");
                (state.policy, state.seen, state.wrong) = (new, etag.clone(), None);
                if etag.is_none() || etag != state.etag {
                    (state.etag, state.since) = (etag, now);
                }
                state.told.clear();
            }
            Look::Refused { version, name, problem } => {
                tracing::error!(
                    policy,
                    version,
                    error = problem,
                    "policy refused: the last good version stays in force"
                );
                if let Some(version) = &version {
                    (state.seen, state.wrong) = (Some(version.clone()), Some(problem.clone()));
                }
                let refused = PolicyRefused {
                    source: policy,
                    version,
                    problem,
                    in_force: state.etag.clone(),
                    since: state.since,
                    account: self.account.clone(),
                    region: self.region.clone(),
                };
                let is_new = !state.told.contains(&name);
                let tell = async {
                    if is_new
                        && before(Some(self.soon()), alerts.publish(Notice::PolicyRefused(&refused)))
                            .await
                            .is_some_and(|told| told.is_ok())
                    {
                        state.told.insert(name);
                    }
                };
                tokio::join!(tell, self.count(metrics, Point::policy_rejected(now)));
            }
            Look::Failed(error) => {
                tracing::error!(policy, error, "policy not read again: the version that was read last stays in force");
                self.count(metrics, Point::policy_read_failure(now)).await;
            }
        }
        Arc::clone(&state.policy)
    }

    async fn look(&self, state: &State) -> Look {
        let fetched = fetch(&self.client, &self.object, Policy::MAX_BYTES, state.seen.as_deref()).await;
        let Fetched { text, etag } = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return not_read(error, state),
        };
        let parsed = Policy::parse(&self.object.to_string(), &text).map_err(LoadError::from);
        match parsed.and_then(|policy| Ok(policy.with_key_secret(self.secret.clone())?)) {
            Ok(policy) => Look::New(Arc::new(policy), etag),
            Err(error) => refused(etag, error.to_string()),
        }
    }

    async fn count<M: MetricSink>(&self, metrics: &M, point: Point) {
        let problem = match before(Some(self.soon()), metrics.put(&[point])).await {
            Some(Ok(())) => return,
            Some(Err(error)) => error.to_string(),
            None => "no answer in time".to_owned(),
        };
        tracing::error!(error = problem, "metrics not put");
    }

    /// By when it must be done: a slow answer must not take the time that the logs need.
    fn soon(&self) -> Instant {
        let soon = Instant::now() + MOST;
        self.time.reading().map_or(soon, |end| end.min(soon))
    }
}

fn not_read(error: FetchError, state: &State) -> Look {
    let problem = error.to_string();
    match error.cause {
        Cause::Unchanged => match &state.wrong {
            Some(wrong) => refused(state.seen.clone(), wrong.clone()),
            None => Look::Same,
        },
        Cause::Version(etag) => refused(etag, problem),
        Cause::Object(code) => Look::Refused { version: None, name: code, problem },
        Cause::Passing => Look::Failed(problem),
    }
}

fn refused(version: Option<String>, problem: String) -> Look {
    // Versions without an ETag, which S3 does not have, are told apart by what is wrong with them.
    let name = version.clone().unwrap_or_else(|| problem.clone());
    Look::Refused { version, name, problem }
}

#[cfg(test)]
mod tests;
