//! The user's YAML ─► what is expected of each table, compiled for lookup.
//!
//! ```yaml
//! version: 1
//! accounts:                                # names shown in alerts
//!   "111122223333": production
//! tables:
//!   - table: orders                        # a name, a name with *, or an ARN with * in any part
//!     owner: shop-team@example.com
//!     sensitivity: high                    # low, normal (default) or high
//!     watch: [delete]                      # effects to be told of, whoever caused them
//!     expected:                            # who may touch its data
//!       - role: app/orders-api
//!       - permission-set: DataEngineer
//!         person: alice@example.com        # optional
//!       - user: deploy/alice
//!       - service: backup.amazonaws.com
//!       - account: "444455556666"
//! ```
//!
//! `expected` left out: nobody is judged. `expected: []`: nobody is expected. A field without a value is an error, so that
//! a list whose lines were all commented out does not switch the judging off in silence.
//!
//! # Which entry speaks for a table
//!
//! The most specific one alone; entries are not merged. In this order: an exact name before a pattern; more literal
//! characters in the name; more literal characters in partition, region and account together; fewer wildcards. So an exact
//! ARN comes before an ARN with `*` in its account, that before the bare name, and that before any pattern. Two entries
//! that are equally specific and could both speak for one table are an error that names both lines.
//!
//! # Whom a line expects
//!
//! `*` stands for any run of characters, `/` included, in every value except `account`; nothing else is special.
//!
//! - `role: orders-api` is the role of that name in the table's account under any path (IAM role names are unique in an
//!   account whatever their path); `role: app/orders-api` is path and name in full; a leading slash, `role: /orders-api`,
//!   spells the path of a role that has none. Roles of other accounts need their ARN. A call that a service makes for a
//!   role (forward access) is still the role's.
//! - A `role` line reaches IAM Identity Center's roles only if it spells `aws-reserved/sso.amazonaws.com/`, so that
//!   `role: "*"` does not let people in with the machines.
//! - `permission-set` is a set in the table's account, and with `person` one person in it.
//! - `user` follows the rules of `role`. A user federated by `GetFederationToken` is the IAM user behind it, since that user
//!   chooses the name.
//! - `service` is a service that acts for itself, by its DNS name.
//! - `account` is any principal of that account, where it is not the table's own.
//!
//! The root user is never expected, nor an identity that CloudTrail did not tell.

mod approved;
mod compile;
mod error;
mod file;
mod pattern;
mod principal;
mod setting;
mod standing;
mod suggest;
mod table_spec;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use approved::{Approval, Suppression};
pub use error::PolicyError;
pub use principal::Expectation;
pub use setting::Setting;
pub use standing::Standing;
pub use suggest::suggest;

use crate::access::ItemKey;
use crate::actor::Actor;
use crate::operation::Effect;
use crate::table::TableId;
use table_spec::TableSpec;

/// What metrics call the tables that no entry speaks for: dimension values cost money, so they are bounded. No entry may be
/// called so.
pub const OTHER_TABLES: &str = "other";

/// What a policy file says, ready to be asked once an access.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    accounts: HashMap<String, String>,
    /// In the order of the file.
    tables: Vec<TablePolicy>,
    /// Indexes into `tables` by exact table name, the most specific first.
    by_name: HashMap<String, Vec<usize>>,
    /// Indexes of the entries whose name holds a wildcard, the most specific first.
    patterns: Vec<usize>,
}

impl Policy {
    /// The most bytes that a policy file may have: 1 MiB. A thousand tables with ten lines each are about half of it.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Reads a policy file of at most [`MAX_BYTES`](Self::MAX_BYTES).
    ///
    /// `name` is what messages call the file: its path or URL. The error holds every problem that could be told at once.
    pub fn parse(name: &str, yaml: &str) -> Result<Self, PolicyError> {
        compile::parse(name, yaml)
    }

    /// The name the policy gives an account, by its 12 digits.
    pub fn account_name(&self, account: &str) -> Option<&str> {
        self.accounts.get(account).map(String::as_str)
    }

    /// The key of an item as it may be shown; `None` where the table's entry, or its absence, says to redact it.
    pub fn shown_key(&self, table: Option<&TablePolicy>, key: &ItemKey<'_>) -> Option<String> {
        match table.map(|table| table.keys).unwrap_or_default() {
            KeyDisplay::Redact | KeyDisplay::Hash => None,
            KeyDisplay::Show => Some(key.0.clone().into_owned()),
        }
    }

    /// The entry that speaks for a table: the most specific one that matches.
    pub fn table(&self, table: &TableId<'_>) -> Option<&TablePolicy> {
        let exact = self.by_name.get(table.name.as_ref()).into_iter().flatten();
        exact
            .chain(&self.patterns)
            .filter_map(|&index| self.tables.get(index))
            .find(|policy| policy.spec.matches(table))
    }
}

/// How much it matters who touches a table. Ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Test data, caches, what is public anyway.
    Low,
    /// What the policy does not say otherwise about.
    #[default]
    Normal,
    /// Personal data, money, credentials.
    High,
}

/// How the keys of items are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyDisplay {
    /// Not at all.
    #[default]
    Redact,
    /// As a keyed hash, the same for the same item.
    Hash,
    /// As they are.
    Show,
}

/// What the policy says about one table or one pattern of tables.
#[derive(Debug, Clone)]
pub struct TablePolicy {
    /// The table as the file writes it: a name, a pattern or an ARN.
    pub label: String,
    /// Whom to ask: free text of one line.
    pub owner: Option<String>,
    /// How much it matters.
    pub sensitivity: Sensitivity,
    /// The effects that are reported whoever caused them.
    pub watch: Vec<Effect>,
    /// How the keys of its items are shown.
    pub keys: KeyDisplay,
    /// Whether it has to have deletion protection.
    pub deletion_protection: bool,
    /// Whether its tags decide who has access.
    pub access_by_tags: bool,
    /// The KMS keys that its data depends on: ARNs, ids or aliases as the policy writes them.
    pub encryption_keys: Vec<String>,
    /// The line of the entry, from 1.
    pub line: usize,
    spec: TableSpec,
    expected: Option<Vec<Expectation>>,
}

impl TablePolicy {
    /// Whether the entry says who is expected; where it does not, nobody is unexpected.
    pub fn judges(&self) -> bool {
        self.expected.is_some()
    }

    /// The first line that expects this actor at this table, which must be one the entry speaks for.
    pub fn expectation_for(&self, actor: &Actor<'_>, table: &TableId<'_>) -> Option<&Expectation> {
        self.expected.iter().flatten().find(|expectation| expectation.matches(actor, table))
    }
}
