//! The sections of the catalogue.

use super::{BLINDFOLDS, CHAINS, CONTROL_PLANE, DATA_PLANE, Detection, FROM_OTHERS};

/// A part of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What is done to items.
    DataPlane,
    /// What is done to tables and what belongs to them.
    ControlPlane,
    /// What keeps this audit from seeing.
    Blindfolds,
    /// What other detections found, put together.
    Chains,
    /// What other AWS services found.
    FromOthers,
}

impl Section {
    /// All of them, in the order of the catalogue.
    pub const ALL: [Self; 5] = [Self::DataPlane, Self::ControlPlane, Self::Blindfolds, Self::Chains, Self::FromOthers];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::DataPlane => "Data plane",
            Self::ControlPlane => "Control plane",
            Self::Blindfolds => "Blindfolds",
            Self::Chains => "Chains",
            Self::FromOthers => "From others",
        }
    }

    /// What it is about, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::DataPlane => "What is done to items.",
            Self::ControlPlane => "What is done to tables, and to what belongs to them: backups, streams, keys.",
            Self::Blindfolds => "What keeps this audit from seeing.",
            Self::Chains => "What other detections found within a stretch of time, put together.",
            Self::FromOthers => "What other AWS services found, and EventBridge brings.",
        }
    }

    /// Its detections, in the order of the catalogue.
    pub fn detections(self) -> &'static [&'static Detection] {
        match self {
            Self::DataPlane => DATA_PLANE,
            Self::ControlPlane => CONTROL_PLANE,
            Self::Blindfolds => BLINDFOLDS,
            Self::Chains => CHAINS,
            Self::FromOthers => FROM_OTHERS,
        }
    }
}

impl Detection {
    /// The section that it stands in; `None` for one that is not of the catalogue.
    pub fn section(&self) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.detections().contains(&self))
    }
}
