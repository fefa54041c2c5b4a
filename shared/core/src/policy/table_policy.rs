//! What the policy says of one table.

use std::collections::HashSet;
use std::sync::Arc;

use super::KeyDisplay;
use super::expectation::Expectation;
use super::setting::Settings;
use super::table_spec::TableSpec;
use crate::operation::Effect;
use crate::table::{TableArn, TableId, partition_of_region};

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
    /// The KMS keys that its data depends on: ARNs or ids as the policy writes them.
    pub encryption_keys: Vec<String>,
    /// The line of the entry, from 1.
    pub line: usize,
    pub(super) spec: TableSpec,
    pub(super) detections: Settings,
    pub(super) expected: Option<Vec<Expectation>>,
    /// The accounts that the policy approves of, besides the table's own.
    pub(super) approved_accounts: Arc<HashSet<String>>,
}

impl TablePolicy {
    /// Whether the entry says who is expected; where it does not, nobody is unexpected.
    pub fn judges(&self) -> bool {
        self.expected.is_some()
    }

    /// Whether what it expects is the same at any time.
    pub(crate) fn is_timeless(&self) -> bool {
        self.expected.iter().flatten().all(|line| line.windows.is_empty() && line.until.is_none())
    }

    /// How specific the entry is, in words: of those that match a table, the most specific one speaks for it.
    pub fn specificity(&self) -> String {
        self.spec.rank().to_string()
    }

    /// The one table that the entry names, if it names one: of this account and region as far as it does not say.
    pub fn only_table(&self, account: &str, region: &str) -> Option<TableId<'static>> {
        let full = TableArn::parse(&self.label).filter(|_| !self.label.contains('*'));
        let table = match full {
            Some(arn) => arn.table.into_owned(),
            None => TableId {
                partition: partition_of_region(region).into(),
                account: account.to_owned().into(),
                region: region.to_owned().into(),
                name: self.spec.exact_name()?.to_owned().into(),
            },
        };
        self.spec.matches(&table).then_some(table)
    }
}
