//! Attacks on tables, on what they depend on, and on whoever watches.

use jiff::Timestamp;
use serde_json::json;

use super::{Attack, Planter, attack};
use crate::call::{Call, described, key_arn, table_arn};
use crate::cast as by;
use crate::record::Resource;
use crate::table as on;
use crate::{ACCOUNT, REGION};

pub(super) fn trail_blinded(planter: &mut Planter) -> Attack {
    let start = planter.at(5, 20);
    let frida = planter.person(&by::ADMINS, "frida.berg@example.com", start);
    let trail = format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/shop-trail");
    let selectors = json!([{
        "name": "management only",
        "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}],
    }]);
    let params = json!({"trailName": "shop-trail", "advancedEventSelectors": selectors});
    let response = json!({"trailARN": trail, "advancedEventSelectors": selectors});
    let put = Call::of("cloudtrail.amazonaws.com", "PutEventSelectors", params).answered(response);
    planter.calls(&frida, start, 1, [put]);
    attack(
        "trail-blinded",
        "An administrator's session makes the trail forget data events before dawn.",
        "selectors-narrowed",
        "frida.berg@example.com (SSO Administrator)",
        None,
    )
}

pub(super) fn policy_for_everyone(planter: &mut Planter) -> Attack {
    let start = planter.at(14, 50);
    let eva = planter.person(&by::DEVELOPERS, "eva.kovacs@example.com", start);
    let table = on::PAYMENTS.name;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "integration", "Effect": "Allow", "Principal": "*", "Action": ["dynamodb:Query", "dynamodb:GetItem"],
            "Resource": table_arn(table),
        }],
    });
    let params = json!({"resourceArn": table_arn(table), "policy": policy.to_string()});
    let put = Call::control("PutResourcePolicy", false, table, params);
    planter.calls(&eva, start, 1, [put.answered(json!({"revisionId": "1741704600000"}))]);
    attack(
        "policy-for-everyone",
        "A developer opens the payments table to every AWS account.",
        "resource-policy-changed",
        "eva.kovacs@example.com (SSO Developer)",
        Some(table),
    )
}

pub(super) fn export_to_a_stranger(planter: &mut Planter) -> Attack {
    let start = planter.at(16, 20);
    let tom = planter.person(&by::ENGINEERS, "tom.weber@example.com", start);
    let table = on::ORDERS.name;
    let params = json!({
        "tableArn": table_arn(table), "s3Bucket": "qx-transfer-7731", "s3BucketOwner": "123456789012", "s3Prefix": "in",
        "exportFormat": "DYNAMODB_JSON", "exportType": "FULL_EXPORT", "s3SseAlgorithm": "AES256",
    });
    let response = json!({
        "exportDescription": {
            "exportArn": format!("{}/export/01741709{:06}-5c0ffee1", table_arn(table), planter.random.u32(..1_000_000)),
            "exportStatus": "IN_PROGRESS", "tableArn": table_arn(table), "s3Bucket": "qx-transfer-7731",
        },
    });
    let export = Call::control("ExportTableToPointInTime", false, table, params).answered(response);
    planter.calls(&tom, start, 1, [export]);
    attack(
        "export-to-a-stranger",
        "A data engineer exports all orders to a bucket of another account.",
        "table-exported",
        "tom.weber@example.com (SSO DataEngineer)",
        Some(table),
    )
}

pub(super) fn stream_tapped(planter: &mut Planter) -> Attack {
    let start = planter.at(17, 15);
    let ben = planter.person(&by::DEVELOPERS, "ben.okafor@example.com", start);
    let stream = on::CUSTOMERS.stream_arn();
    let function = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:debug-tail");
    let params = json!({
        "eventSourceArn": stream, "functionName": function, "startingPosition": "TRIM_HORIZON", "batchSize": 100,
        "enabled": true,
    });
    let response = json!({
        "uUID": "0d0a6b5e-52c7-4a55-8f5d-3b8e1c9a7f21", "eventSourceArn": stream, "functionArn": function,
        "state": "Creating", "batchSize": 100,
    });
    let create = Call::of("lambda.amazonaws.com", "CreateEventSourceMapping20150331", params).answered(response);
    planter.calls(&ben, start, 1, [create]);
    attack(
        "stream-tapped",
        "A developer hangs a function of his own on the stream of the customers.",
        "stream-opened",
        "ben.okafor@example.com (SSO Developer)",
        Some(on::CUSTOMERS.name),
    )
}

pub(super) fn no_way_back(planter: &mut Planter) -> Attack {
    let start = planter.at(18, 20);
    let georg = planter.person(&by::ADMINS, "georg.haas@example.com", start);
    let table = on::REPORTS.name;
    let off = json!({"tableName": table, "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}});
    let response = json!({
        "continuousBackupsDescription": {
            "continuousBackupsStatus": "ENABLED",
            "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "DISABLED"},
        },
    });
    let off = Call::control("UpdateContinuousBackups", false, table, off).answered(response);
    let backup = format!("{}/backup/01740614400000-a1b2c3d4", table_arn(table));
    let forget = Call::control("DeleteBackup", false, table, json!({"backupArn": backup}));
    let drop = Call::control("DeleteTable", false, table, json!({"tableName": table}));
    planter.calls(&georg, start, 190, [off, forget, drop.answered(described(table, "DELETING"))]);
    attack(
        "no-way-back",
        "An administrator's session switches off recovery, deletes a backup and then the table.",
        "recovery-destruction",
        "georg.haas@example.com (SSO Administrator)",
        Some(table),
    )
}

pub(super) fn key_destroyed(planter: &mut Planter) -> Attack {
    let start = planter.at(19, 40);
    let pipeline = planter.session(&by::DEPLOYER, start);
    let key = key_arn();
    let response = json!({
        "keyId": key, "deletionDate": deletion_date(start), "keyState": "PendingDeletion", "pendingWindowInDays": 7,
    });
    let params = json!({"keyId": key, "pendingWindowInDays": 7});
    let schedule = Call::of("kms.amazonaws.com", "ScheduleKeyDeletion", params).answered(response);
    let resources = vec![Resource { account_id: ACCOUNT, kind: "AWS::KMS::Key", arn: key }];
    planter.calls(&pipeline, start, 1, [Call { resources, ..schedule }]);
    attack(
        "key-destroyed",
        "The pipeline's role schedules the deletion of the key that the tables are encrypted with.",
        "key-endangered",
        "role/ci/deploy",
        Some(on::ORDERS.name),
    )
}

/// A week later, as KMS writes it in its answers.
fn deletion_date(from: Timestamp) -> String {
    (from + jiff::SignedDuration::from_hours(7 * 24)).strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}
