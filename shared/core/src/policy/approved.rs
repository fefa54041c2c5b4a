//! Where data may go, and what this pipeline is made of.

use jiff::Timestamp;

use super::Policy;
use crate::actor::Actor;
use crate::table::TableId;

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

/// A reason why a finding is not told, with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The line in the file, from 1.
    pub line: usize,
    /// Why, as the policy says.
    pub reason: String,
    /// From then on, it suppresses nothing.
    pub until: Timestamp,
}

impl Policy {
    /// Whether an account is approved to hold data or to be called from, by its 12 digits.
    pub fn approves_account(&self, _account: &str) -> Approval {
        Approval::NotSaid
    }

    /// Whether a region is approved for data.
    pub fn approves_region(&self, _region: &str) -> Approval {
        Approval::NotSaid
    }

    /// Whether a bucket is approved for exports and imports, by its name.
    pub fn approves_bucket(&self, _bucket: &str) -> Approval {
        Approval::NotSaid
    }

    /// Whether a KMS key is approved for data, by its ARN, its id, or an alias as the policy writes it.
    pub fn approves_key(&self, _key: &str) -> Approval {
        Approval::NotSaid
    }

    /// Whether something belongs to this pipeline, by its ARN or by its bare name and the service's word in ARNs (`sqs`).
    pub fn is_own(&self, _service: &str, _name_or_arn: &str) -> bool {
        false
    }

    /// Whether a bucket is one that the pipeline's logs are kept in.
    pub fn is_log_bucket(&self, _bucket: &str) -> bool {
        false
    }

    /// Whether the actor is the one that deploys this pipeline, which is of this account.
    pub fn is_deployer(&self, _actor: &Actor<'_>, _account: &str) -> bool {
        false
    }

    /// The suppression that keeps a finding from being told, where one does at that (event) time.
    pub fn suppression(
        &self,
        _detection: &str,
        _actor: &Actor<'_>,
        _table: Option<&TableId<'_>>,
        _time: Timestamp,
    ) -> Option<&Suppression> {
        None
    }
}
