//! Which tables an entry speaks for, and how specifically.

use std::cmp::Reverse;
use std::fmt;

use super::OTHER_TABLES;
use super::error::Wrong;
use super::pattern::Pattern;
use crate::arn::is_account_id;
use crate::table::{TableArn, TableId};

/// A table's name or ARN, with or without wildcards. A bare name is an ARN whose other parts are `*`.
#[derive(Debug, Clone)]
pub(super) struct TableSpec {
    partition: Pattern,
    region: Pattern,
    account: Pattern,
    name: Pattern,
}

/// How specific a [`TableSpec`] is; the greater one wins. The order of the fields is the order of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) exact_name: bool,
    pub(super) name_literals: usize,
    pub(super) scope_literals: usize,
    wildcards: Reverse<usize>,
}

impl fmt::Display for Rank {
    /// `exact name, in any account and region`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { exact_name: true, .. } => f.write_str("exact name")?,
            Self { name_literals: 0, .. } => f.write_str("any name")?,
            Self { name_literals, .. } => write!(f, "{name_literals} fixed characters in the name")?,
        }
        match (self.scope_literals, self.wildcards) {
            (_, Reverse(0)) => f.write_str(", the ARN in full"),
            (0, _) => f.write_str(", in any account and region"),
            (literals, _) => write!(f, ", {literals} fixed characters in partition, region and account"),
        }
    }
}

/// What two entries share if they are equally specific and can speak for one table. Where wildcards are involved they can
/// share it and still have no table in common: [`TableSpec::overlaps`] tells.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Contest {
    rank: Rank,
    /// The table's name, where it is exact.
    name: Option<String>,
    /// Partition, region and account, where nothing holds a wildcard.
    scope: Option<[String; 3]>,
}

const ARN: &str = "arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME, with `*` in any part";
const NAME: &str = "3 to 255 letters, digits, `_`, `-` or `.`; `*` for any run of characters; or the table's full ARN";

/// Whether an entry can name a table: what a call names may be no table's name.
pub(crate) fn can_name(table: &TableId<'_>) -> bool {
    TableSpec::parse(&table.arn()).is_ok()
}

impl TableSpec {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let any = || Pattern::new("*");
        if text == OTHER_TABLES {
            return Err(Wrong::new(
                format!("`{text}` is what metrics call the tables without an entry"),
                format!("the table's ARN, such as `arn:*:dynamodb:*:*:table/{text}`"),
            ));
        }
        if !text.starts_with("arn:") {
            check_name(text)?;
            return Ok(Self { partition: any(), region: any(), account: any(), name: Pattern::new(text) });
        }
        let Some(TableArn { table, part }) = TableArn::parse(text) else {
            return Err(Wrong::new(format!("`{text}` is not the ARN of a DynamoDB table"), ARN));
        };
        if part.is_some() {
            return Err(Wrong::new(
                "an entry speaks for a table with all its indexes and streams",
                format!("`{}`", table.arn()),
            ));
        }
        check_name(&table.name)?;
        check_account(&table.account)?;
        let word =
            |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-*".contains(&b));
        for part in [&table.partition, &table.region] {
            if part.is_empty() || !word(part) {
                return Err(Wrong::new(format!("`{part}` is neither a partition nor a region"), ARN));
            }
        }
        Ok(Self {
            partition: Pattern::new(&table.partition),
            region: Pattern::new(&table.region),
            account: Pattern::new(&table.account),
            name: Pattern::new(&table.name),
        })
    }

    pub(super) fn exact_name(&self) -> Option<&str> {
        self.name.is_exact().then(|| self.name.as_str())
    }

    pub(super) fn matches(&self, table: &TableId<'_>) -> bool {
        self.name.matches(&table.name)
            && self.account.matches(&table.account)
            && self.region.matches(&table.region)
            && self.partition.matches(&table.partition)
    }

    pub(super) fn rank(&self) -> Rank {
        let scope = [&self.partition, &self.region, &self.account];
        let wildcards = scope.map(Pattern::wildcards).iter().sum::<usize>() + self.name.wildcards();
        Rank {
            exact_name: self.name.is_exact(),
            name_literals: self.name.literals(),
            scope_literals: scope.map(Pattern::literals).iter().sum(),
            wildcards: Reverse(wildcards),
        }
    }

    pub(super) fn contest(&self) -> Contest {
        let rank = self.rank();
        let scope = [&self.partition, &self.region, &self.account].map(|part| part.as_str().to_owned());
        Contest {
            rank,
            name: self.exact_name().map(str::to_owned),
            scope: (rank.wildcards == Reverse(0)).then_some(scope),
        }
    }

    /// Whether every table that the other matches is matched by this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.name.covers(&other.name)
            && self.account.covers(&other.account)
            && self.region.covers(&other.region)
            && self.partition.covers(&other.partition)
    }

    /// Whether some table is matched by both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.name.overlaps(&other.name)
            && self.account.overlaps(&other.account)
            && self.region.overlaps(&other.region)
            && self.partition.overlaps(&other.partition)
    }
}

/// An account id, or a pattern of digits and `*`.
pub(super) fn check_account(text: &str) -> Result<(), Wrong> {
    let pattern = text.contains('*') && text.bytes().all(|b| b.is_ascii_digit() || b == b'*');
    if pattern || is_account_id(text) { Ok(()) } else { Err(Wrong::account(text)) }
}

/// The rules of <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
fn check_name(text: &str) -> Result<(), Wrong> {
    let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.*".contains(&b));
    let length = text.len() <= 255 && (text.len() >= 3 || text.contains('*'));
    if letters && length { Ok(()) } else { Err(Wrong::new(format!("`{text}` cannot be a table's name"), NAME)) }
}
