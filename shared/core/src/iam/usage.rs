//! What one principal used, was denied, and how: the calls of a log, added up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::actions;
use super::suggest::Habits;
use crate::access::{Access, Call, Outcome};
use crate::actor::{Actor, ActorKind};
use crate::learn::{calls, passed_authorization};

/// An action of DynamoDB on an ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// The ARN, which ends in `*` where the call does not tell it in full.
    pub resource: String,
    /// Without `dynamodb:`.
    pub action: String,
}

/// How often something was done, and when last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// The calls.
    pub calls: u64,
    /// The last of them.
    pub last: Timestamp,
}

/// What a principal did: fed with every access of a log.
#[derive(Debug)]
pub struct Usage {
    wanted: String,
    /// The names of the principals that are meant; more than one where the name is not unique.
    meant: BTreeSet<String>,
    /// The short names of the others.
    others: BTreeSet<String>,
    pub(super) used: BTreeMap<Grant, Use>,
    pub(super) denied: BTreeMap<Grant, Use>,
    pub(super) unknown: BTreeMap<String, Use>,
    pub(super) habits: Habits,
}

/// Why there is no usage to tell of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownPrincipal {
    /// Nobody in the logs is called so.
    #[error("no principal in these logs is called `{wanted}`{}", told(.near))]
    Unknown {
        /// Who was asked for.
        wanted: String,
        /// Who is called much like it, the nearest first; else the first few.
        near: Vec<String>,
    },
    /// Several are called so.
    #[error("`{wanted}` can mean {}: write the ARN", .meant.join(" or "))]
    Ambiguous {
        /// Who was asked for.
        wanted: String,
        /// Their ARNs.
        meant: Vec<String>,
    },
}

impl Grant {
    pub(super) fn new(action: &str, resource: String) -> Self {
        Self { resource, action: action.to_owned() }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dynamodb:{} on {}", self.action, self.resource)
    }
}

impl fmt::Display for Use {
    /// `12 calls, last 2026-03-02`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&calls(self.calls, self.last))
    }
}

impl Use {
    pub(crate) fn add(&mut self, time: Timestamp) {
        self.last = if self.calls == 0 { time } else { self.last.max(time) };
        self.calls += 1;
    }
}

impl Usage {
    /// The usage of a principal: `role/PATH/NAME`, `PATH/NAME`, the bare name, the name of a permission set, or the ARN.
    pub fn of(principal: &str) -> Self {
        Self {
            wanted: principal.to_owned(),
            meant: BTreeSet::new(),
            others: BTreeSet::new(),
            used: BTreeMap::new(),
            denied: BTreeMap::new(),
            unknown: BTreeMap::new(),
            habits: Habits::default(),
        }
    }

    /// Adds an access, whoever's it is.
    pub fn add(&mut self, call: &Call<'_>, access: &Access<'_>) {
        let actor = &call.actor;
        if !is_called(actor, &self.wanted) {
            if matches!(actor.kind, ActorKind::Role | ActorKind::User | ActorKind::PermissionSet) {
                let short = actor.short_name();
                if !self.others.contains(short) {
                    self.others.insert(short.to_owned());
                }
            }
            return;
        }
        if !self.meant.contains(actor.name.as_ref()) {
            self.meant.insert(actor.name.clone().into_owned());
        }
        let grants = actions::needed(call, access);
        let uses = match call.outcome {
            Outcome::Denied => &mut self.denied,
            _ if passed_authorization(call) => {
                self.habits.add(call, access);
                &mut self.used
            }
            // What failed before its permission was asked for needs none.
            _ => return,
        };
        if grants.is_empty() {
            let name = format!("{} of {}", call.record.event_name(), call.record.event_source());
            self.unknown.entry(name).or_default().add(call.time);
        }
        for grant in grants {
            uses.entry(grant).or_default().add(call.time);
        }
    }

    /// The ARN of the principal, or why there is not just one.
    pub fn principal(&self) -> Result<&str, UnknownPrincipal> {
        let wanted = self.wanted.clone();
        let mut meant = self.meant.iter();
        match (meant.next(), meant.next()) {
            (Some(principal), None) => Ok(principal),
            (None, _) => Err(UnknownPrincipal::Unknown { near: self.near(), wanted }),
            (Some(_), Some(_)) => {
                Err(UnknownPrincipal::Ambiguous { wanted, meant: self.meant.iter().cloned().collect() })
            }
        }
    }

    /// What was used: the calls that passed the check of permissions, also those that failed on their own condition.
    pub fn used(&self) -> &BTreeMap<Grant, Use> {
        &self.used
    }

    /// What was asked for and denied.
    pub fn denied(&self) -> &BTreeMap<Grant, Use> {
        &self.denied
    }

    /// Calls whose actions are not known here, of other services among them.
    pub fn unknown(&self) -> &BTreeMap<String, Use> {
        &self.unknown
    }

    /// The names nearest to the one that was asked for.
    fn near(&self) -> Vec<String> {
        const MOST: usize = 5;
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let wanted = last(&self.wanted);
        let mut near: Vec<(f64, &String)> =
            self.others.iter().map(|name| (strsim::jaro_winkler(&wanted, &last(name)), name)).collect();
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        near.into_iter().take(MOST).map(|(_, name)| name.clone()).collect()
    }
}

/// Whether a name as people write it means the actor.
fn is_called(actor: &Actor<'_>, wanted: &str) -> bool {
    if wanted.starts_with("arn:") {
        return actor.name == wanted;
    }
    let short = actor.short_name();
    let path = short.split_once('/').map_or(short, |(_, path)| path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let wanted_path = wanted.strip_prefix('/').unwrap_or(wanted);
    wanted == short || wanted_path == path || wanted == name || actor.permission_set.as_deref() == Some(wanted)
}

fn told(names: &[String]) -> String {
    match names {
        [] => "; they hold no calls of roles or users".to_owned(),
        names => format!("; there are {}", names.join(", ")),
    }
}
