//! The services whose calls are audited, and which calls of them.

/// A service whose records are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// DynamoDB, its streams' data events included.
    DynamoDb,
    /// DynamoDB Streams, where a record names it by its own endpoint.
    Streams,
    /// DynamoDB Accelerator.
    Dax,
    /// Key Management Service.
    Kms,
    /// CloudTrail itself.
    CloudTrail,
    /// AWS Backup.
    Backup,
    /// Simple Storage Service.
    S3,
    /// Lambda.
    Lambda,
    /// EventBridge.
    EventBridge,
    /// EventBridge Pipes.
    Pipes,
    /// Simple Notification Service.
    Sns,
    /// Simple Queue Service.
    Sqs,
    /// Application Auto Scaling. Its records are under the name of EC2 Auto Scaling: "Log Application Auto Scaling API calls
    /// using AWS CloudTrail",
    /// <https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html>.
    AutoScaling,
    /// CloudWatch.
    CloudWatch,
    /// Any other: none of its calls are audited, but [rules](crate::rules) may ask for them.
    Other,
}

/// Which calls of a service are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Every one, also one that is not known here.
    All,
    /// Those of these `eventName`s: the service does much else that is no business of ours.
    Only(&'static [&'static str]),
}

impl Service {
    /// All that are audited.
    pub const ALL: [Self; 14] = [
        Self::DynamoDb,
        Self::Streams,
        Self::Dax,
        Self::Kms,
        Self::CloudTrail,
        Self::Backup,
        Self::S3,
        Self::Lambda,
        Self::EventBridge,
        Self::Pipes,
        Self::Sns,
        Self::Sqs,
        Self::AutoScaling,
        Self::CloudWatch,
    ];

    /// The service behind an `eventSource`.
    pub fn of_source(source: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.source() == source)
    }

    /// Its `eventSource`.
    pub fn source(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb.amazonaws.com",
            Self::Streams => "streams.dynamodb.amazonaws.com",
            Self::Dax => "dax.amazonaws.com",
            Self::Kms => "kms.amazonaws.com",
            Self::CloudTrail => "cloudtrail.amazonaws.com",
            Self::Backup => "backup.amazonaws.com",
            Self::S3 => "s3.amazonaws.com",
            Self::Lambda => "lambda.amazonaws.com",
            Self::EventBridge => "events.amazonaws.com",
            Self::Pipes => "pipes.amazonaws.com",
            Self::Sns => "sns.amazonaws.com",
            Self::Sqs => "sqs.amazonaws.com",
            Self::AutoScaling => "autoscaling.amazonaws.com",
            Self::CloudWatch => "monitoring.amazonaws.com",
            Self::Other => "another service",
        }
    }

    /// The word that stands for it in ARNs.
    ///
    /// Source: "Actions, resources, and condition keys for AWS services",
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
    pub fn in_arns(self) -> &'static str {
        match self {
            Self::DynamoDb | Self::Streams => "dynamodb",
            Self::Dax => "dax",
            Self::Kms => "kms",
            Self::CloudTrail => "cloudtrail",
            Self::Backup => "backup",
            Self::S3 => "s3",
            Self::Lambda => "lambda",
            Self::EventBridge => "events",
            Self::Pipes => "pipes",
            Self::Other => "",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
            Self::AutoScaling => "application-autoscaling",
            Self::CloudWatch => "cloudwatch",
        }
    }

    /// Whether tables are its own: what it does is an access, whatever it names.
    pub fn owns_tables(self) -> bool {
        matches!(self, Self::DynamoDb | Self::Streams | Self::Dax)
    }

    /// Which of its calls are audited.
    ///
    /// Lambda's names carry the version of its API, "Logging AWS Lambda API calls using AWS CloudTrail",
    /// <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>, and S3's differ from those of its API,
    /// "Amazon S3 CloudTrail events", <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>.
    pub fn calls(self) -> Calls {
        match self {
            Self::DynamoDb | Self::Streams | Self::Dax => Calls::All,
            Self::Other => Calls::Only(&[]),
            Self::Kms => Calls::Only(&[
                "CreateGrant",
                "DeleteImportedKeyMaterial",
                "DisableKey",
                "PutKeyPolicy",
                "RetireGrant",
                "RevokeGrant",
                "ScheduleKeyDeletion",
            ]),
            Self::CloudTrail => Calls::Only(&[
                "DeleteTrail",
                "PutEventConfiguration",
                "PutEventSelectors",
                "StopLogging",
                "UpdateTrail",
            ]),
            Self::Backup => Calls::Only(&[
                "DeleteBackupVault",
                "DeleteBackupVaultAccessPolicy",
                "DeleteBackupVaultLockConfiguration",
                "DeleteRecoveryPoint",
                "DisassociateRecoveryPoint",
                "PutBackupVaultAccessPolicy",
                "PutBackupVaultLockConfiguration",
                "UpdateRecoveryPointLifecycle",
            ]),
            Self::S3 => Calls::Only(&[
                "DeleteBucket",
                "DeleteBucketEncryption",
                "DeleteBucketLifecycle",
                "DeleteBucketOwnershipControls",
                "DeleteBucketPolicy",
                "DeleteBucketPublicAccessBlock",
                "DeleteBucketReplication",
                "DeleteObject",
                "DeleteObjects",
                "PutBucketAcl",
                "PutBucketEncryption",
                "PutBucketLifecycle",
                "PutBucketLogging",
                "PutBucketNotification",
                "PutBucketObjectLockConfiguration",
                "PutBucketOwnershipControls",
                "PutBucketPolicy",
                "PutBucketPublicAccessBlock",
                "PutBucketReplication",
                "PutBucketVersioning",
                "PutObjectLegalHold",
                "PutObjectLockConfiguration",
                "PutObjectRetention",
            ]),
            Self::Lambda => Calls::Only(&[
                "AddPermission20150331v2",
                "CreateEventSourceMapping20150331",
                "CreateFunctionUrlConfig",
                "DeleteAlias20150331",
                "DeleteEventSourceMapping20150331",
                "DeleteFunction20150331",
                "DeleteFunctionCodeSigningConfig",
                "DeleteFunctionConcurrency20171031",
                "DeleteFunctionEventInvokeConfig",
                "PutFunctionCodeSigningConfig",
                "PutFunctionConcurrency20171031",
                "PutFunctionEventInvokeConfig",
                "RemovePermission20150331v2",
                "UpdateAlias20150331",
                "UpdateEventSourceMapping20150331",
                "UpdateFunctionCode20150331v2",
                "UpdateFunctionConfiguration20150331v2",
                "UpdateFunctionEventInvokeConfig",
                "UpdateFunctionUrlConfig",
            ]),
            Self::EventBridge => Calls::Only(&["DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets"]),
            Self::Pipes => Calls::Only(&["CreatePipe", "UpdatePipe"]),
            Self::Sns => Calls::Only(&[
                "AddPermission",
                "DeleteTopic",
                "RemovePermission",
                "SetSubscriptionAttributes",
                "SetTopicAttributes",
                "Subscribe",
                "Unsubscribe",
            ]),
            Self::Sqs => {
                Calls::Only(&["AddPermission", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"])
            }
            Self::AutoScaling => Calls::Only(&[
                "DeleteScalingPolicy",
                "DeregisterScalableTarget",
                "PutScalingPolicy",
                "RegisterScalableTarget",
            ]),
            Self::CloudWatch => {
                Calls::Only(&["DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm", "SetAlarmState"])
            }
        }
    }
}
