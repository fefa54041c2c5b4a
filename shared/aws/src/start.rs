//! What both functions do before their first event.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_types::SdkConfig;
use tablewarden_core::rules::Rules;
use thiserror::Error;

use crate::clients::{self, ConfigError};
use crate::dynamodb::DynamoDbStore;
use crate::policy::{InForce, LoadError};
use crate::settings::{Settings, SettingsError};
use crate::time_left::TimeLeft;
use crate::{rules, telemetry};

/// What a function runs with.
#[derive(Debug)]
pub struct Start {
    /// The settings.
    pub settings: Settings,
    /// The configuration that the adapters share.
    pub config: SdkConfig,
    /// The policy, where the settings name one.
    pub policy: InForce,
    /// The user's rules, where the settings name any.
    pub rules: Option<Arc<dyn Rules>>,
    /// What is remembered between runs, where the settings name a table for it.
    pub state: Option<DynamoDbStore>,
    /// How much time an invocation has left.
    pub time: TimeLeft,
}

/// Why a function cannot run.
#[derive(Debug, Error)]
pub enum StartError {
    /// The environment is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What Lambda gives to functions is wrong, or what AWS SDKs are told.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The policy is missing or wrong.
    #[error(transparent)]
    Policy(#[from] LoadError),
    /// The rules are missing or wrong.
    #[error(transparent)]
    Rules(#[from] rules::LoadError),
}

/// Starts logging, and reads the settings, the policy and the rules.
pub async fn start() -> Result<Start, StartError> {
    telemetry::start();
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // A variable that is no text is none of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    });
    let environment: BTreeMap<String, String> = environment.collect();
    let config = clients::config(&environment)?;
    let settings = Settings::read(environment)?;
    let time = TimeLeft::default();
    let policy = InForce::load(&settings, &config, time.clone()).await?;
    let rules = match &settings.rules {
        Some(source) => rules::load(source, &config).await?,
        None => None,
    };
    let store = |table: &String| DynamoDbStore::new(&config, table.clone(), time.clone());
    let state = settings.state_table.as_ref().map(store);
    Ok(Start { settings, config, policy, rules, state, time })
}
