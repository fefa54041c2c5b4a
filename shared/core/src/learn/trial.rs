//! Would a line of policy keep the detections quiet about an access? They are asked.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::Why;
use crate::access::{Access, Call};
use crate::detections::{self, Context};
use crate::policy::{self, Policy};
use crate::table::TableId;

/// How many policies on trial are kept. There are as many as principals and their APIs; past that, they are written anew.
const MOST: usize = 5_000;

/// What a policy on trial expects of any table: a line means the same for each, and callers can make up names of tables.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trial<'a> {
    /// Nobody.
    Nobody,
    /// Nobody, but that the root user did it is suppressed.
    Root,
    /// This principal, with these APIs.
    Actions(&'a str, &'a BTreeSet<String>),
}

/// The policies on trial, by what they say.
#[derive(Debug, Default)]
pub(super) struct Trials {
    /// `None` where the principal cannot stand in a policy.
    policies: HashMap<String, Option<Policy>>,
}

impl Trials {
    /// The detection that speaks of an access all the same.
    pub(super) fn hit(
        &mut self,
        trial: Trial<'_>,
        call: &Call<'_>,
        access: &Access<'_>,
        table: &TableId<'_>,
    ) -> Result<Option<&'static str>, Why> {
        Ok(first_hit(Some(self.policy(trial, table)?), call, access))
    }

    /// The policy on trial.
    pub(super) fn policy(&mut self, trial: Trial<'_>, table: &TableId<'_>) -> Result<&Policy, Why> {
        if !policy::can_name(table) {
            return Err(Why::NoLine);
        }
        let fields = trial.fields();
        if self.policies.len() >= MOST && !self.policies.contains_key(&fields) {
            self.policies.clear();
        }
        let policy = self.policies.entry(fields).or_insert_with_key(|fields| {
            let yaml = format!("version: 1\ntables:\n  - table: \"arn:*:dynamodb:*:*:table/*\"\n{fields}");
            Policy::parse("trial", &yaml).ok()
        });
        policy.as_ref().ok_or(Why::NoLine)
    }
}

impl Trial<'_> {
    /// The fields of the entry, and what follows.
    fn fields(self) -> String {
        match self {
            Self::Nobody => "    expected: []\n".to_owned(),
            Self::Root => {
                "    expected: []\nsuppressions: [{detection: root-access, until: 9000-01-01, reason: trial}]\n"
                    .to_owned()
            }
            Self::Actions(principal, actions) => {
                let actions: Vec<String> =
                    actions.iter().map(|action| Value::from(action.as_str()).to_string()).collect();
                format!("    expected:\n      {principal}\n        actions: [{}]\n", actions.join(", "))
            }
        }
    }
}

/// The first detection, in the order of the catalogue, that speaks of an access by itself.
pub(super) fn first_hit(policy: Option<&Policy>, call: &Call<'_>, access: &Access<'_>) -> Option<&'static str> {
    let context = Context::of(policy, call, access);
    let hit = detections::judge(call, access, &context).find(|hit| hit.suppressed.is_none());
    hit.map(|hit| hit.detection.id)
}
