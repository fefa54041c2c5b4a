//! What another service says, and what is said of that.

use serde::Serialize;

use super::DetectionStory;
use crate::ports::Said;
use crate::relayed::{Original, Relayed};

/// What another service says, before anything is judged. Texts stand as it wrote them.
#[derive(Debug, Clone, Serialize)]
pub struct RelayedStory {
    /// What it says.
    #[serde(flatten)]
    pub original: Original,
    /// When it said it.
    pub time: String,
    /// The account that it is about.
    pub account: String,
    /// The region that it was said in.
    pub region: String,
    /// What is said of it, for each actor and table that it names; empty where it was skipped.
    pub about: Vec<AboutStory>,
}

/// What is said about one actor and one table.
#[derive(Debug, Clone, Serialize)]
pub struct AboutStory {
    /// Who, by the stable name; the service where it names nobody.
    pub actor: String,
    /// The table.
    pub table: Option<String>,
    /// What the detections say that say anything.
    pub detections: Vec<DetectionStory>,
}

impl RelayedStory {
    pub(super) fn of(relayed: &Relayed, said: &[Said]) -> Self {
        Self {
            original: relayed.original.clone(),
            time: relayed.time.to_string(),
            account: relayed.account.clone(),
            region: relayed.region.clone(),
            about: said.iter().map(AboutStory::of).collect(),
        }
    }
}

impl AboutStory {
    fn of(said: &Said) -> Self {
        let Said { actor, table, detection, opinion } = said;
        Self {
            actor: actor.name.to_string(),
            table: table.as_ref().map(ToString::to_string),
            detections: DetectionStory::of(detection, opinion).into_iter().collect(),
        }
    }
}
