//! The user's YAML ─► what is expected of each table, compiled for lookup.
//!
//! ```yaml
//! version: 1
//! accounts: {"111122223333": production}       # names shown in alerts
//! approved: {regions: [eu-*]}                  # where data may go
//! pipeline: {log-buckets: [acme-cloudtrail]}   # what this audit itself is made of
//! detections: {table-updated: off}             # what is changed about detections
//! tables:
//!   - table: orders                            # a name, a name with *, or an ARN with * in any part
//!     owner: shop-team@example.com
//!     sensitivity: high
//!     expected:                                # who may do what to its data, from where and when
//!       - role: app/orders-api
//!       - permission-set: DataEngineer
//!         actions: [Query, GetItem]
//!         cidrs: [203.0.113.0/24]
//! suppressions: []                             # findings that are neither told nor counted, with a reason and an end
//! ```
//!
//! `docs/policy.md` in the repository describes every field.
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
//! `*` stands for any run of characters, `/` included, in names and ARNs; nothing else is special. Account ids, VPC endpoints
//! and networks are written in full.
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
//!
//! # What a line expects
//!
//! Without `effects` and `actions`, the data plane: read, write and delete. A call of the control plane is expected only where
//! the line says the effect `admin` or names the API. An effect that is not known is expected where all of its plane's are. A
//! PartiQL statement that reads a whole table is a `Scan` too, whichever API it comes by.
//!
//! All conditions of a line have to hold, and of each list one value; `vpc-endpoints` and `cidrs` are one list. An address
//! behind a VPC endpoint, which the endpoint's owner chooses, counts only where the endpoint is of the table's account or of
//! an approved one. Times are the event's, never the clock's.

mod approved;
mod arn;
mod compile;
mod error;
mod expectation;
mod file;
mod iam;
mod key_secret;
mod kms;
mod networks;
mod origin;
mod pattern;
mod plain;
mod principal;
mod quote;
mod resource;
mod review;
#[cfg(feature = "schema")]
mod schema;
mod setting;
mod standing;
mod suggest;
mod suppression;
mod table_policy;
mod table_spec;
#[cfg(test)]
mod tests;
mod window;

use std::collections::HashMap;

pub use approved::Approval;
pub use error::PolicyError;
pub use expectation::Expectation;
pub use key_secret::{KeyDisplay, KeySecret, NoSecret, ShortSecret};
pub(crate) use networks::Networks;
pub use review::{Remark, RemarkKind, Usage};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use setting::Setting;
pub use standing::{Standing, Trial, TrialResult};
pub(crate) use suggest::scalar;
pub use suggest::suggest;
pub use suppression::Suppression;
pub use table_policy::{Sensitivity, TablePolicy};
pub(crate) use table_spec::can_name;

use crate::actor::Actor;
use crate::table::TableId;

/// What metrics call the tables that no entry speaks for: dimension values cost money, so they are bounded. No entry may be
/// called so.
pub const OTHER_TABLES: &str = "other";

/// What a policy file says, ready to be asked once an access.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    accounts: HashMap<String, String>,
    approved: approved::Approved,
    pipeline: approved::Pipeline,
    detections: setting::Settings,
    suppressions: Vec<suppression::Line>,
    key_secret: Option<KeySecret>,
    /// In the order of the file.
    tables: Vec<TablePolicy>,
    /// Indexes into `tables` by exact table name, the most specific first.
    by_name: HashMap<String, Vec<usize>>,
    networks: networks::NetworkIndex,
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

    /// The entry that speaks for a table: the most specific one that matches.
    pub fn table(&self, table: &TableId<'_>) -> Option<&TablePolicy> {
        self.entries(table).next()
    }

    /// Whether a line of `expected` of any table may name the actor, of which the name is known and the path is not.
    pub fn expects_anywhere(&self, actor: &Actor<'_>) -> bool {
        let lines = self.tables.iter().flat_map(|table| table.expected.iter().flatten());
        lines.into_iter().any(|line| line.principal.may_name(actor))
    }

    /// The entries that match a table, the most specific one first: it alone speaks for the table.
    pub fn entries(&self, table: &TableId<'_>) -> impl Iterator<Item = &TablePolicy> {
        let exact = self.by_name.get(table.name.as_ref()).into_iter().flatten();
        exact
            .chain(&self.patterns)
            .filter_map(|&index| self.tables.get(index))
            .filter(|policy| policy.spec.matches(table))
    }
}
