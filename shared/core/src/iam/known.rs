//! The actions of DynamoDB that a policy can grant.
//!
//! Source: "Actions, resources, and condition keys for Amazon DynamoDB",
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>.

/// What kind of ARN an action is granted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// The table.
    Table,
    /// The index where the call goes to one, else the table: whoever may query an index need not be able to query its table.
    /// "Using global secondary indexes", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>.
    Index,
    /// A stream of the table.
    Stream,
    /// The stream where the call names one, else the table.
    StreamOrTable,
    /// A backup, an export or an import: what the request's field of this name says, which is an ARN that goes on behind the
    /// table's with this word.
    Below(&'static str, &'static str),
    /// A global table of version 2017, which has no region.
    GlobalTable,
    /// `*`: the action knows no resources.
    Nothing,
}

const BACKUP: On = On::Below("backupArn", "backup");

/// Every action, the ones that no API is called like among them, with what it is granted on.
pub(super) const ACTIONS: [(&str, On); 79] = [
    ("AssociateTableReplica", On::Table),
    ("BatchGetItem", On::Table),
    ("BatchWriteItem", On::Table),
    ("ConditionCheckItem", On::Table),
    ("CreateBackup", On::Table),
    ("CreateGlobalTable", On::GlobalTable),
    ("CreateGlobalTableWitness", On::Table),
    ("CreateTable", On::Table),
    ("CreateTableReplica", On::Table),
    ("DeleteBackup", BACKUP),
    ("DeleteGlobalTableWitness", On::Table),
    ("DeleteItem", On::Table),
    ("DeleteResourcePolicy", On::StreamOrTable),
    ("DeleteTable", On::Table),
    ("DeleteTableReplica", On::Table),
    ("DescribeBackup", BACKUP),
    ("DescribeContinuousBackups", On::Table),
    ("DescribeContributorInsights", On::Index),
    ("DescribeEndpoints", On::Nothing),
    ("DescribeExport", On::Below("exportArn", "export")),
    ("DescribeGlobalTable", On::GlobalTable),
    ("DescribeGlobalTableSettings", On::GlobalTable),
    ("DescribeImport", On::Below("importArn", "import")),
    ("DescribeKinesisStreamingDestination", On::Table),
    ("DescribeLimits", On::Nothing),
    ("DescribeReservedCapacity", On::Nothing),
    ("DescribeReservedCapacityOfferings", On::Nothing),
    ("DescribeStream", On::Stream),
    ("DescribeTable", On::Table),
    ("DescribeTableReplicaAutoScaling", On::Table),
    ("DescribeTimeToLive", On::Table),
    ("DisableKinesisStreamingDestination", On::Table),
    ("EnableKinesisStreamingDestination", On::Table),
    ("ExportTableToPointInTime", On::Table),
    ("GetAbacStatus", On::Nothing),
    ("GetItem", On::Table),
    ("GetRecords", On::Stream),
    ("GetResourcePolicy", On::StreamOrTable),
    ("GetShardIterator", On::Stream),
    ("ImportTable", On::Table),
    ("InjectError", On::Nothing),
    ("ListBackups", On::Nothing),
    ("ListContributorInsights", On::Nothing),
    ("ListExports", On::Nothing),
    ("ListGlobalTables", On::Nothing),
    ("ListImports", On::Nothing),
    ("ListStreams", On::Nothing),
    ("ListTables", On::Nothing),
    ("ListTagsOfResource", On::StreamOrTable),
    ("PartiQLDelete", On::Table),
    ("PartiQLInsert", On::Table),
    ("PartiQLSelect", On::Index),
    ("PartiQLUpdate", On::Table),
    ("PurchaseReservedCapacityOfferings", On::Nothing),
    ("PutItem", On::Table),
    ("PutResourcePolicy", On::StreamOrTable),
    ("Query", On::Index),
    ("ReadDataForReplication", On::Table),
    ("ReplicateSettings", On::Table),
    ("RestoreTableFromAwsBackup", On::Table),
    ("RestoreTableFromBackup", BACKUP),
    ("RestoreTableToPointInTime", On::Table),
    ("Scan", On::Index),
    ("SearchVectors", On::Index),
    ("StartAwsBackupJob", On::Table),
    ("TagResource", On::StreamOrTable),
    ("UntagResource", On::StreamOrTable),
    ("UpdateAbacStatus", On::Nothing),
    ("UpdateContinuousBackups", On::Table),
    ("UpdateContributorInsights", On::Index),
    ("UpdateGlobalTable", On::GlobalTable),
    ("UpdateGlobalTableSettings", On::GlobalTable),
    ("UpdateGlobalTableVersion", On::GlobalTable),
    ("UpdateItem", On::Table),
    ("UpdateKinesisStreamingDestination", On::Table),
    ("UpdateTable", On::Table),
    ("UpdateTableReplicaAutoScaling", On::Table),
    ("UpdateTimeToLive", On::Table),
    ("WriteDataForReplication", On::Table),
];

/// What the action of this name is granted on; `None` where it is not known here.
pub(super) fn granted_on(action: &str) -> Option<On> {
    let index = ACTIONS.binary_search_by(|(name, _)| name.cmp(&action)).ok()?;
    ACTIONS.get(index).map(|(_, on)| *on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actions_are_sorted_so_that_each_is_found() {
        assert!(ACTIONS.is_sorted_by(|(one, _), (two, _)| one < two));
        assert!(ACTIONS.iter().all(|(name, on)| granted_on(name) == Some(*on)));
        assert_eq!(granted_on("TransactWriteItems"), None);
    }
}
