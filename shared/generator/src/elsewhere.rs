//! Calls of other services, which fill most trails.

use fastrand::Rng;
use serde_json::json;

use crate::call::{Call, key_arn};
use crate::random::{id, one_of};
use crate::record::Resource;
use crate::{ACCOUNT, REGION};

/// One kind of call that is no table's business.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Elsewhere {
    Decrypt,
    DataKey,
    AssumeRole,
    GetObject,
    PutObject,
    /// Of an image, in a bucket of images.
    DeleteObject,
    DescribeInstances,
    CreateLogStream,
    GetSecret,
}

impl Elsewhere {
    pub(crate) fn call(self, random: &mut Rng) -> Call {
        match self {
            Self::Decrypt => of_key("Decrypt", random),
            Self::DataKey => of_key("GenerateDataKey", random),
            Self::AssumeRole => {
                let session = format!("{:016x}", random.u64(..));
                let role = format!("arn:aws:iam::{ACCOUNT}:role/app/task-execution");
                let params = json!({"roleArn": role, "roleSessionName": session, "durationSeconds": 3600});
                let response = json!({
                    "credentials": {
                        "accessKeyId": format!("ASIA{}EXAMPLE", id(random.u64(..), 9)),
                        "sessionToken": format!("IQoJb3JpZ2luX2VjE{}", id(random.u64(..), 120)),
                        "expiration": "Mar 10, 2026, 12:00:00 PM",
                    },
                });
                let call = Call::of("sts.amazonaws.com", "AssumeRole", params).answered(response);
                Call { resources: resource("AWS::IAM::Role", role), ..call }
            }
            Self::GetObject => of_object("GetObject", true, random),
            Self::PutObject => of_object("PutObject", false, random),
            Self::DeleteObject => of_object("DeleteObject", false, random),
            Self::DescribeInstances => {
                let filters = json!({"items": [{"name": "tag:service", "valueSet": {"items": [{"value": "shop"}]}}]});
                let params = json!({"maxResults": 100, "instancesSet": {}, "filterSet": filters});
                Call { read_only: true, ..Call::of("ec2.amazonaws.com", "DescribeInstances", params) }
            }
            Self::CreateLogStream => {
                let stream = format!("2026/{:032x}", random.u128(..));
                let params = json!({"logGroupName": "/ecs/shop", "logStreamName": stream});
                Call::of("logs.amazonaws.com", "CreateLogStream", params)
            }
            Self::GetSecret => {
                let params = json!({"secretId": "shop/payment-provider", "versionStage": "AWSCURRENT"});
                Call { read_only: true, ..Call::of("secretsmanager.amazonaws.com", "GetSecretValue", params) }
            }
        }
    }
}

fn of_key(api: &'static str, random: &mut Rng) -> Call {
    let context = json!({
        "aws:dynamodb:tableName": one_of(random, &["orders", "customers", "payments"], "orders"),
        "aws:dynamodb:subscriberId": ACCOUNT,
    });
    let params = json!({"encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": key_arn()});
    let resources = resource("AWS::KMS::Key", key_arn());
    Call { read_only: true, resources, ..Call::of("kms.amazonaws.com", api, params) }
}

fn of_object(api: &'static str, read_only: bool, random: &mut Rng) -> Call {
    let (bucket, key) = ("shop-product-images", format!("sku-{}/{}.webp", random.u32(..24_000), random.u32(..9)));
    let params = json!({"bucketName": bucket, "key": key, "Host": format!("{bucket}.s3.{REGION}.amazonaws.com")});
    let object = format!("arn:aws:s3:::{bucket}/{key}");
    let mut resources = resource("AWS::S3::Object", object);
    resources.extend(resource("AWS::S3::Bucket", format!("arn:aws:s3:::{bucket}")));
    Call { data: true, read_only, resources, ..Call::of("s3.amazonaws.com", api, params) }
}

fn resource(kind: &'static str, arn: String) -> Vec<Resource> {
    vec![Resource { account_id: ACCOUNT, kind, arn }]
}
