//! DynamoDB tables by their full name: partition, account, region and table.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::arn::Arn;

/// One table, wherever it stands. Tables of the same name in two accounts or regions are two tables.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableId<'a> {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: Cow<'a, str>,
    /// The account in the table's ARN: not the caller's, and not `recipientAccountId` where the two differ.
    pub account: Cow<'a, str>,
    /// Such as `eu-west-1`.
    pub region: Cow<'a, str>,
    /// The bare name, without index or stream.
    pub name: Cow<'a, str>,
}

/// What an ARN of DynamoDB points to: a table, and an index or a stream of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableArn<'a> {
    /// The table.
    pub table: TableId<'a>,
    /// What stands behind the table's name, such as `index/by-date` or `stream/2026-01-01T00:00:00.000`.
    pub part: Option<&'a str>,
}

impl<'a> TableArn<'a> {
    /// Reads `arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME[/PART]`; `None` for anything else.
    ///
    /// Source: "Actions, resources, and condition keys for Amazon DynamoDB",
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>.
    pub fn parse(arn: &'a str) -> Option<Self> {
        let Arn { partition, region, account, resource, .. } =
            Arn::parse(arn).filter(|arn| arn.service == "dynamodb")?;
        let path = resource.strip_prefix("table/")?;
        let (name, part) = path.split_once('/').map_or((path, None), |(name, part)| (name, Some(part)));
        if name.is_empty() {
            return None;
        }
        let table =
            TableId { partition: partition.into(), account: account.into(), region: region.into(), name: name.into() };
        Some(Self { table, part })
    }
}

impl TableId<'_> {
    /// The same table, owned.
    pub fn into_owned(self) -> TableId<'static> {
        TableId {
            partition: self.partition.into_owned().into(),
            account: self.account.into_owned().into(),
            region: self.region.into_owned().into(),
            name: self.name.into_owned().into(),
        }
    }

    /// The table's ARN.
    pub fn arn(&self) -> String {
        let Self { partition, account, region, name } = self;
        format!("arn:{partition}:dynamodb:{region}:{account}:table/{name}")
    }
}

impl fmt::Display for TableId<'_> {
    /// `orders (111122223333, eu-west-1)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.account, self.region)
    }
}

/// The partition that a region belongs to.
///
/// Source: "AWS partitions", <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>.
pub fn partition_of_region(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_tables_indexes_and_streams_name_their_table() {
        let cases = [
            ("arn:aws:dynamodb:eu-west-1:111122223333:table/orders", Some(("orders", None))),
            (
                "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-date",
                Some(("orders", Some("index/by-date"))),
            ),
            (
                "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000",
                Some(("orders", Some("stream/2026-01-01T00:00:00.000"))),
            ),
            ("arn:aws:dynamodb:eu-west-1:111122223333:table/", None),
            ("arn:aws:s3:::bucket", None),
            ("arn:aws:dynamodb:eu-west-1:111122223333:global-table/orders", None),
            ("orders", None),
            ("", None),
        ];
        for (arn, want) in cases {
            let got = TableArn::parse(arn);
            assert_eq!(got.as_ref().map(|a| (a.table.name.as_ref(), a.part)), want, "{arn}");
        }
    }
}
