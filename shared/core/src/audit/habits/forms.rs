//! The forms of calls that led to nothing to tell, and what is to be counted of each.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::Done;
use super::outline::Outline;
use super::paths::{Path, Paths};

/// How many forms make a generation, and how many bytes their paths may take.
const MOST_FORMS: usize = 4096;
const MOST_BYTES: usize = 2 << 20;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Form {
    pub(super) path: Path,
    /// The number of those that the caller's address is in.
    pub(super) networks: u32,
}

/// A generation of forms.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) paths: Paths,
    pub(super) done: HashMap<Form, Vec<Done>, RandomState>,
    /// Which one it is.
    pub(super) generation: u64,
}

impl Forms {
    /// Whether it is time for another generation.
    pub(super) fn is_full(&self) -> bool {
        self.done.len() >= MOST_FORMS || self.paths.bytes() >= MOST_BYTES
    }

    /// The generation after this one.
    pub(super) fn next(&self) -> Self {
        Self { generation: self.generation + 1, ..Self::default() }
    }
}

/// The paths as they were lately, for those who read records ahead of the audit.
#[derive(Debug, Clone, Default)]
pub(in crate::audit) struct Sketch {
    paths: Arc<Paths>,
    generation: u64,
}

/// The latest sketch.
pub(in crate::audit) type Shared = Arc<RwLock<Sketch>>;

/// A record that follows a path of a [`Sketch`].
#[derive(Debug)]
pub(in crate::audit) struct Followed {
    pub(super) path: Path,
    pub(super) generation: u64,
    pub(super) outline: Outline,
}

impl Sketch {
    /// The latest.
    pub(in crate::audit) fn of(shared: &Shared) -> Self {
        shared.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the record that begins here, and how long it is; `None` where its path is not known.
    pub(in crate::audit) fn follow(&self, bytes: &[u8]) -> Option<(Followed, usize)> {
        let (path, outline, len) = self.paths.find(bytes)?;
        Some((Followed { path, generation: self.generation, outline }, len))
    }

    /// Draws a new one, where there are a quarter more paths: in all it costs as much as a few of the last.
    pub(super) fn draw(forms: &Forms, shared: &Shared) {
        let is_known = |latest: &Self| {
            let Self { paths, generation } = latest;
            *generation == forms.generation && forms.paths.bytes() <= paths.bytes() + paths.bytes() / 4
        };
        if is_known(&shared.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let latest = Self { paths: Arc::new(forms.paths.clone()), generation: forms.generation };
        *shared.write().unwrap_or_else(PoisonError::into_inner) = latest;
    }
}
