//! Sigma rules for CloudTrail, behind the core's port for [rules](tablewarden_core::rules): <https://sigmahq.io>.
//!
//! # Layout
//!
//! ```text
//! texts of files ─► rules for CloudTrail ─► an engine, the calls they ask for, a detection each
//!     [load]                                    [admission]       [words]
//! ```
//!
//! The engine is rsigma's. [`read`] brings the texts from disk; whoever has them from elsewhere brings them himself.
//!
//! # Which records a rule is held against
//!
//! Rules for CloudTrail are those of `logsource: {product: aws, service: cloudtrail}`; others are passed over and counted. A
//! rule that can only match certain values of `eventSource`, since it compares the field with plain strings, is held against
//! the records of these sources, and where it names `eventName`s in the same way, against those calls alone. A rule that
//! names no `eventSource` is held against the records that are audited anyway, and no others: else every record of a trail
//! would have to be parsed.

mod admission;
mod files;
mod load;
mod words;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::Value;
use tablewarden_core::access::Call;
use tablewarden_core::detections::Detection;
use tablewarden_core::operation::Shape;
use tablewarden_core::rules::{Asked, Match, Rules};
use tablewarden_core::severity::Severity;

pub use files::read;
pub use load::{Count, LoadError};

/// Rules for CloudTrail, compiled.
pub struct SigmaRules {
    engine: Engine,
    /// By the ids that the engine gives back.
    rules: HashMap<String, Rule>,
    asked: Asked,
    count: Count,
}

/// What is known of a rule beside what it looks for.
#[derive(Debug)]
struct Rule {
    detection: &'static Detection,
    severity: Severity,
    false_positives: Vec<String>,
    /// Whether it can match records of any source, and so only sees those that are audited.
    is_general: bool,
}

/// Rules from the texts of files, each with the name that messages call it; `None` where there are no files.
///
/// The error holds everything that is wrong with any of them: a rule that cannot be loaded would be missed in silence.
pub fn load(files: &[(String, String)]) -> Result<Option<SigmaRules>, LoadError> {
    if files.is_empty() { Ok(None) } else { load::load(files).map(Some) }
}

impl SigmaRules {
    /// How many there are.
    pub fn count(&self) -> Count {
        self.count
    }

    /// As the audit takes them.
    pub fn into_port(self) -> Arc<dyn Rules> {
        Arc::new(self)
    }

    fn said(&self, id: &str, fields: &BTreeSet<&str>) -> Option<Match> {
        let rule = self.rules.get(id)?;
        Some(Match { detection: rule.detection, severity: rule.severity, reason: words::reason(rule, fields) })
    }
}

impl Rules for SigmaRules {
    fn asked(&self) -> Asked {
        self.asked.clone()
    }

    fn judge(&self, record: &str, call: &Call<'_>) -> Result<Vec<Match>, String> {
        let audited = call.operation.shape != Shape::Foreign;
        let any_general = audited && self.count.general > 0;
        if !any_general && !self.asked.wants(call.record.event_source(), call.record.event_name()) {
            return Ok(Vec::new());
        }
        let json: Value = serde_json::from_str(record).map_err(|error| error.to_string())?;
        let results = self.engine.evaluate(&JsonEvent::borrow(&json));
        let sees = |id: &str| audited || self.rules.get(id).is_some_and(|rule| !rule.is_general);
        let matches = results.iter().filter_map(|result| {
            let id = result.header.rule_id.as_deref().filter(|id| sees(id))?;
            // What was matched stays unsaid: it may be the key of an item.
            let fields = result.as_detection().into_iter().flat_map(|detection| &detection.matched_fields);
            self.said(id, &fields.map(|matched| matched.field.as_str()).collect())
        });
        Ok(matches.collect())
    }
}

impl fmt::Debug for SigmaRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigmaRules").field("rules", &self.rules.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
