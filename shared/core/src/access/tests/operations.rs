//! Every operation of DynamoDB, its streams and its accelerator.
//!
//! "Actions" in the API reference, of
//! [DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html), of
//! [its streams](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html) and of
//! [its accelerator](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Accelerator_(DAX).html).

use super::*;
use crate::operation::Service;

const NAMED: &str = r#"{"tableName":"orders"}"#;
const GLOBAL: &str = r#"{"globalTableName":"orders"}"#;
const ARN_NAMED: &str = r#"{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#;
const RESOURCE: &str = r#"{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#;
const BACKUP: &str =
    r#"{"backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01547087347000-c8b6cdf3"}"#;
const STREAM: &str =
    r#"{"streamArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000"}"#;
const ITERATOR: &str =
    r#"{"shardIterator":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000|1|AAAA"}"#;
const STATEMENT: &str = r#"{"statement":"SELECT * FROM \"orders\" WHERE pk = 'a'"}"#;

/// The requests of DynamoDB and its streams, and what they come to: plane, effect, table.
pub(super) const OF_TABLES: [(&str, &str, &str); 67] = [
    (
        "BatchExecuteStatement",
        r#"{"statements":[{"statement":"DELETE FROM orders WHERE pk = 'a'"}]}"#,
        "data delete orders",
    ),
    ("BatchGetItem", r#"{"requestItems":{"orders":{"keys":[{"pk":"a"}]}}}"#, "data read orders"),
    ("BatchWriteItem", r#"{"requestItems":{"orders":[{"deleteRequest":{"key":{"pk":"a"}}}]}}"#, "data delete orders"),
    ("CreateBackup", r#"{"tableName":"orders","backupName":"b"}"#, "control admin orders"),
    ("CreateGlobalTable", GLOBAL, "control admin orders"),
    ("CreateTable", NAMED, "control admin orders"),
    ("DeleteBackup", BACKUP, "control admin orders"),
    ("DeleteItem", NAMED, "data delete orders"),
    ("DeleteResourcePolicy", RESOURCE, "control admin orders"),
    ("DeleteTable", NAMED, "control admin orders"),
    ("DescribeBackup", BACKUP, "control admin orders"),
    ("DescribeContinuousBackups", NAMED, "control admin orders"),
    ("DescribeContributorInsights", NAMED, "control admin orders"),
    ("DescribeEndpoints", "null", "control admin -"),
    (
        "DescribeExport",
        r#"{"exportArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/export/01547087347000-c8b6cdf3"}"#,
        "control admin orders",
    ),
    ("DescribeGlobalTable", GLOBAL, "control admin orders"),
    ("DescribeGlobalTableSettings", GLOBAL, "control admin orders"),
    (
        "DescribeImport",
        r#"{"importArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/import/01547087347000-c8b6cdf3"}"#,
        "control admin orders",
    ),
    ("DescribeKinesisStreamingDestination", NAMED, "control admin orders"),
    ("DescribeLimits", "null", "control admin -"),
    ("DescribeTable", NAMED, "control admin orders"),
    ("DescribeTableReplicaAutoScaling", NAMED, "control admin orders"),
    ("DescribeTimeToLive", NAMED, "control admin orders"),
    (
        "DisableKinesisStreamingDestination",
        r#"{"streamArn":"arn:aws:kinesis:eu-west-1:111122223333:stream/s","tableName":"orders"}"#,
        "control admin orders",
    ),
    (
        "EnableKinesisStreamingDestination",
        r#"{"streamArn":"arn:aws:kinesis:eu-west-1:111122223333:stream/s","tableName":"orders"}"#,
        "control admin orders",
    ),
    ("ExecuteStatement", STATEMENT, "data read orders"),
    (
        "ExecuteTransaction",
        r#"{"transactStatements":[{"statement":"UPDATE orders SET a = ***(Redacted) WHERE pk = 'a'"}]}"#,
        "data write orders",
    ),
    ("ExportTableToPointInTime", ARN_NAMED, "control admin orders"),
    ("GetItem", NAMED, "data read orders"),
    ("GetResourcePolicy", RESOURCE, "control admin orders"),
    ("ImportTable", r#"{"tableCreationParameters":{"tableName":"orders"}}"#, "control admin orders"),
    ("ListBackups", "{}", "control admin -"),
    ("ListBackups", NAMED, "control admin orders"),
    ("ListContributorInsights", NAMED, "control admin orders"),
    ("ListExports", ARN_NAMED, "control admin orders"),
    ("ListGlobalTables", "{}", "control admin -"),
    ("ListImports", ARN_NAMED, "control admin orders"),
    ("ListTables", "{}", "control admin -"),
    ("ListTagsOfResource", RESOURCE, "control admin orders"),
    ("PutItem", NAMED, "data write orders"),
    ("PutResourcePolicy", RESOURCE, "control admin orders"),
    ("Query", NAMED, "data read orders"),
    (
        "RestoreTableFromBackup",
        r#"{"backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01547087347000-c8b6cdf3","targetTableName":"copy"}"#,
        "control admin copy of orders",
    ),
    (
        "RestoreTableToPointInTime",
        r#"{"sourceTableName":"orders","targetTableName":"copy","useLatestRestorableTime":true}"#,
        "control admin copy of orders",
    ),
    ("Scan", NAMED, "data read orders"),
    ("SearchVectors", r#"{"tableName":"orders","indexName":"by-meaning","topK":10}"#, "data read orders"),
    ("TagResource", RESOURCE, "control admin orders"),
    ("TransactGetItems", r#"{"requestItems":[{"operation":"Get","tableName":"orders"}]}"#, "data read orders"),
    ("TransactWriteItems", r#"{"requestItems":[{"operation":"Put","tableName":"orders"}]}"#, "data write orders"),
    ("UntagResource", RESOURCE, "control admin orders"),
    ("UpdateContinuousBackups", NAMED, "control admin orders"),
    ("UpdateContributorInsights", NAMED, "control admin orders"),
    ("UpdateGlobalTable", GLOBAL, "control admin orders"),
    ("UpdateGlobalTableSettings", GLOBAL, "control admin orders"),
    ("UpdateItem", NAMED, "data write orders"),
    (
        "UpdateKinesisStreamingDestination",
        r#"{"streamArn":"arn:aws:kinesis:eu-west-1:111122223333:stream/s","tableName":"orders"}"#,
        "control admin orders",
    ),
    ("UpdateTable", NAMED, "control admin orders"),
    ("UpdateTableReplicaAutoScaling", NAMED, "control admin orders"),
    ("UpdateTimeToLive", NAMED, "control admin orders"),
    // Of the console, AWS Backup and reserved capacity alone
    ("PurchaseReservedCapacityOfferings", "{}", "control admin -"),
    ("DescribeReservedCapacity", "null", "control admin -"),
    ("StartAwsBackupJob", NAMED, "control admin orders"),
    ("RestoreTableFromAwsBackup", r#"{"targetTableName":"copy"}"#, "control admin copy"),
    // Of streams
    ("DescribeStream", STREAM, "control admin orders"),
    ("GetRecords", ITERATOR, "data read orders"),
    ("GetShardIterator", STREAM, "data read orders"),
    ("ListStreams", NAMED, "control admin orders"),
];

pub(super) const OF_CLUSTERS: [&str; 21] = [
    "CreateCluster",
    "CreateParameterGroup",
    "CreateSubnetGroup",
    "DecreaseReplicationFactor",
    "DeleteCluster",
    "DeleteParameterGroup",
    "DeleteSubnetGroup",
    "DescribeClusters",
    "DescribeDefaultParameters",
    "DescribeEvents",
    "DescribeParameterGroups",
    "DescribeParameters",
    "DescribeSubnetGroups",
    "IncreaseReplicationFactor",
    "ListTags",
    "RebootNode",
    "TagResource",
    "UntagResource",
    "UpdateCluster",
    "UpdateParameterGroup",
    "UpdateSubnetGroup",
];

/// The accesses of a call, as `plane effect table [of source]`, and why the first is unreadable.
fn access(json: &str) -> (String, Option<&'static str>) {
    let record = Record::parse(json).unwrap();
    let call = Call::read(&record).unwrap();
    let accesses = call.accesses();
    let tables = accesses.iter().map(|access| access.table.as_ref().map_or("-", |table| &table.name));
    let told = format!(
        "{} {} {}",
        call.operation.plane.as_str(),
        accesses[0].effect.as_str(),
        tables.collect::<Vec<_>>().join(" of ")
    );
    assert!(accesses.iter().enumerate().all(|(number, access)| access.is_source == (number > 0)));
    (told, accesses[0].unreadable)
}

#[test]
fn every_operation_is_known_whatever_the_service_calls_itself() {
    for (name, params, want) in OF_TABLES {
        let json = record(name, &format!(r#","requestParameters":{params}"#));
        for service in [Service::DynamoDb, Service::Streams] {
            let json = json.replace(Service::DynamoDb.source(), service.source());
            assert_eq!(access(&json), (want.to_owned(), None), "{name} {params}");
        }
        let category = if want.starts_with("data") { "Data" } else { "Management" };
        let json = json.replace(r#""eventVersion""#, &format!(r#""eventCategory":"{category}","eventVersion""#));
        assert_eq!(access(&json), (want.to_owned(), None), "{name} {params}");
    }
    for name in OF_CLUSTERS {
        let json = record(name, r#","requestParameters":{"clusterName":"shop"}"#);
        let json = json.replace(Service::DynamoDb.source(), Service::Dax.source());
        assert_eq!(access(&json), ("control admin -".to_owned(), None), "{name}");
    }
}

#[test]
fn an_unknown_operation_of_a_service_of_tables_is_loud() {
    for service in [Service::DynamoDb, Service::Streams, Service::Dax] {
        let json = record("EvaporateTable", &format!(r#","requestParameters":{NAMED}"#));
        let json = json.replace(Service::DynamoDb.source(), service.source());
        let why = "an API that Tablewarden does not know";
        assert_eq!(access(&json), ("control unknown orders".to_owned(), Some(why)));
    }
}

#[test]
fn a_select_is_a_read_though_its_record_says_otherwise() {
    let extra =
        format!(r#","readOnly":false,"managementEvent":false,"eventCategory":"Data","requestParameters":{STATEMENT}"#);
    assert_eq!(access(&record("ExecuteStatement", &extra)), ("data read orders".to_owned(), None));
}

#[test]
fn records_of_the_oldest_version_are_read() {
    let record = |name: &str, rest: &str| {
        format!(
            r#"{{"eventVersion":"1.03","userIdentity":{{"type":"AssumedRole","principalId":"AKIAIOSFODNN7EXAMPLE:bob",
                "arn":"arn:aws:sts::111122223333:assumed-role/users/bob","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE",
                "sessionContext":{{"attributes":{{"mfaAuthenticated":"false","creationDate":"2026-03-02T08:00:00Z"}},
                "sessionIssuer":{{"type":"Role","principalId":"AKIAI44QH8DHBEXAMPLE","arn":"arn:aws:iam::111122223333:role/users",
                "accountId":"111122223333","userName":"users"}}}}}},"eventTime":"2026-03-02T09:15:00Z",
                "eventSource":"dynamodb.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.0",
                "userAgent":"console.aws.amazon.com",{rest},"requestID":"4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG",
                "eventID":"a954451c-c2fc-4561-8aea-7a30ba1fdf52","eventType":"AwsApiCall","apiVersion":"2012-08-10",
                "recipientAccountId":"111122223333"}}"#
        )
    };
    let update = r#""requestParameters":{"provisionedThroughput":{"writeCapacityUnits":25,"readCapacityUnits":25}},
        "responseElements":{"tableDescription":{"tableName":"orders","tableStatus":"UPDATING"}}"#;
    assert_eq!(access(&record("UpdateTable", update)), ("control admin orders".to_owned(), None));
    let delete = r#""requestParameters":{"tableName":"orders"},"responseElements":null"#;
    assert_eq!(access(&record("DeleteTable", delete)), ("control admin orders".to_owned(), None));
    let item = r#""requestParameters":{"tableName":"orders","key":{"pk":"a"}},"responseElements":null"#;
    assert_eq!(access(&record("DeleteItem", item)), ("data delete orders".to_owned(), None));
}
