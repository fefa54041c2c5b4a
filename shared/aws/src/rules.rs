//! The user's Sigma rules, from the function's zip or from S3.

use std::path::Path;
use std::sync::Arc;

use aws_types::SdkConfig;
use tablewarden_core::rules::Rules;
use tablewarden_sigma::SigmaRules;
use thiserror::Error;

use crate::contract::{BOTH, Call};
use crate::settings::RULES;
use crate::source::{ReadError, Source};

/// The most bytes that an object with rules may have: 4 MiB. The CloudTrail rules of `SigmaHQ` are a fiftieth of it.
const MAX_BYTES: usize = 4 << 20;

/// What is called for them, where they are at `s3://`.
pub const CALLS: &[Call] =
    &[Call { action: "s3:GetObject", resource: "rules object", functions: BOTH, when: Some(RULES) }];

/// Why there are no rules.
#[derive(Debug, Error)]
pub enum LoadError {
    /// They cannot be read.
    #[error("rules {0}")]
    Read(#[from] ReadError),
    /// Some are not valid.
    #[error("rules: {0}")]
    Rules(#[from] tablewarden_sigma::LoadError),
}

/// Loads and compiles the rules of a folder, or of a file that may hold several as documents of YAML.
pub async fn load(source: &Source, config: &SdkConfig) -> Result<Option<Arc<dyn Rules>>, LoadError> {
    let files = match source {
        Source::File(path) => tablewarden_sigma::read(Path::new(path))?,
        Source::S3(_) => vec![(source.to_string(), source.text(MAX_BYTES, config).await?)],
    };
    let rules = tablewarden_sigma::load(&files)?;
    if let Some(rules) = &rules {
        tracing::info!(count = %rules.count(), "rules loaded");
    }
    Ok(rules.map(SigmaRules::into_port))
}
