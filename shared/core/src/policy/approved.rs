//! Where data may go, and what this pipeline is made of.

use super::arn::ArnPattern;
use super::kms::names_key;
use super::pattern::Pattern;
use super::principal::Principal;
use super::{Policy, TablePolicy};
use crate::actor::Actor;
use crate::kms_key::KmsKey;

/// What the policy says of an account, a region, a bucket or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// The policy has no such list, so nothing can be said.
    NotSaid,
    /// It is on the list.
    Yes,
    /// There is a list, and it is not on it.
    No,
}

/// The lists of `approved`, where they are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Approved {
    pub(super) accounts: Option<Vec<String>>,
    pub(super) regions: Option<Vec<Pattern>>,
    pub(super) buckets: Option<Vec<Pattern>>,
    pub(super) keys: Option<Vec<String>>,
}

/// What this audit itself is made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Pipeline {
    pub(super) resources: Vec<ArnPattern>,
    pub(super) log_buckets: Vec<Pattern>,
    pub(super) deployer: Vec<Principal>,
}

impl Policy {
    /// Whether an account is approved to hold data or to be called from, by its 12 digits. One that the policy gives a name
    /// is, with or without a list.
    pub fn approves_account(&self, account: &str) -> Approval {
        if self.accounts.contains_key(account) {
            return Approval::Yes;
        }
        on_list(self.approved.accounts.as_ref(), |id| id == account)
    }

    /// Whether a region is approved for data.
    pub fn approves_region(&self, region: &str) -> Approval {
        on_list(self.approved.regions.as_ref(), |pattern| pattern.matches(region))
    }

    /// Whether a bucket is approved for exports and imports, by its name.
    pub fn approves_bucket(&self, bucket: &str) -> Approval {
        on_list(self.approved.buckets.as_ref(), |pattern| pattern.matches(bucket))
    }

    /// Whether a KMS key is approved for the data of an account, the table's: ids and aliases on the list are meant in it. A
    /// key's ARN and its alias are not known to be the same key.
    pub fn approves_key(&self, key: &KmsKey, account: &str) -> Approval {
        on_list(self.approved.keys.as_ref(), |entry| names_key(entry, key, account))
    }

    /// Whether the approved keys name this very key, and not by a wildcard; ids and aliases are meant in its own account.
    pub fn names_key(&self, key: &KmsKey) -> bool {
        let Some((account, _)) = key.home() else { return false };
        self.approved.keys.iter().flatten().any(|entry| !entry.contains('*') && names_key(entry, key, account))
    }

    /// Whether something belongs to this pipeline, by its ARN or by its bare name and the service's word in ARNs (`sqs`).
    pub fn is_own(&self, service: &str, name_or_arn: &str) -> bool {
        let own = &self.pipeline.resources;
        if name_or_arn.starts_with("arn:") {
            own.iter().any(|arn| arn.holds(name_or_arn))
        } else {
            own.iter().any(|arn| arn.names(service, name_or_arn))
        }
    }

    /// Whether a bucket is one that the pipeline's logs are kept in.
    pub fn is_log_bucket(&self, bucket: &str) -> bool {
        self.pipeline.log_buckets.iter().any(|pattern| pattern.matches(bucket))
    }

    /// Whether the actor is the one that deploys this pipeline, which is of this account.
    pub fn is_deployer(&self, actor: &Actor<'_>, account: &str) -> bool {
        self.pipeline.deployer.iter().any(|principal| principal.matches(actor, account))
    }

    /// The entries whose data depends on a KMS key; ids are meant in its own account.
    pub fn tables_of_key(&self, key: &KmsKey) -> impl Iterator<Item = &TablePolicy> {
        let account = key.home().map(|(account, _)| account);
        let names = move |entry: &String| account.is_some_and(|account| names_key(entry, key, account));
        self.tables.iter().filter(move |table| table.encryption_keys.iter().any(names))
    }
}

fn on_list<T>(list: Option<&Vec<T>>, is_it: impl Fn(&T) -> bool) -> Approval {
    match list {
        None => Approval::NotSaid,
        Some(list) if list.iter().any(is_it) => Approval::Yes,
        Some(_) => Approval::No,
    }
}
