//! What calls on other things than tables are about.

use super::*;
use crate::operation::{Calls, Service};

const HOME: &str = "eu-west-1:111122223333";

/// A record of a call to a service.
fn record_of(service: Service, name: &str, extra: &str) -> String {
    record(name, extra).replace(Service::DynamoDb.source(), service.source())
}

/// The accesses of a call, each as `resource[ of table[/part]]`.
fn resources(service: Service, name: &str, extra: &str) -> Vec<String> {
    lines(&record_of(service, name, extra), |access| {
        assert_eq!(access.effect, Effect::Admin);
        let resource = access.resource.map_or("-".into(), |resource| {
            assert_eq!(resource.service, service);
            resource.name.into_owned()
        });
        let part = access.part.map_or(String::new(), |part| format!("/{}", part.path()));
        let table = access.table.map_or(String::new(), |table| format!(" of {}/{}{part}", table.account, table.name));
        let why = access.unreadable.map_or(String::new(), |why| format!(" !{why}"));
        resource + &table + &why
    })
}

#[test]
fn every_audited_call_tells_what_it_is_about() {
    let key = format!("arn:aws:kms:{HOME}:key/k-1");
    let trail = format!("arn:aws:cloudtrail:{HOME}:trail/main");
    let point = format!("arn:aws:backup:{HOME}:recovery-point:p-1");
    let vault = format!("arn:aws:backup:{HOME}:backup-vault:daily");
    let function = format!("arn:aws:lambda:{HOME}:function:orders-fn");
    let (rule, alarm) = (format!("arn:aws:events:{HOME}:rule/ddl"), format!("arn:aws:cloudwatch:{HOME}:alarm:backlog"));
    let (topic, queue) = (format!("arn:aws:sns:{HOME}:alerts"), format!("arn:aws:sqs:{HOME}:logs"));
    let pipe = format!("arn:aws:pipes:{HOME}:pipe/orders");
    let subscription = format!(r#"{{"subscriptionArn":"{topic}:5be8"}}"#);
    let topic_named = format!(r#"{{"topicArn":"{topic}"}}"#);
    let queue_named = r#"{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/logs"}"#;
    let recovery = format!(r#"{{"backupVaultName":"daily","recoveryPointArn":"{point}"}}"#);
    let table = r#"{"serviceNamespace":"ecs","resourceId":"service/shop/web"}"#;
    let of = |name: &str| format!(r#"{{"{name}":"orders-fn"}}"#);
    // The calls of a service beside those that are named one by one have the first form.
    let forms: [(Service, &[&str], &str, &str); 23] = [
        (Service::Kms, &[], r#"{"keyId":"k-1"}"#, &key),
        (Service::CloudTrail, &["PutEventSelectors", "PutEventConfiguration"], r#"{"trailName":"main"}"#, &trail),
        (Service::CloudTrail, &[], r#"{"name":"main"}"#, &trail),
        (
            Service::Backup,
            &[
                "DeleteBackupVault",
                "DeleteBackupVaultAccessPolicy",
                "DeleteBackupVaultLockConfiguration",
                "PutBackupVaultAccessPolicy",
                "PutBackupVaultLockConfiguration",
            ],
            r#"{"backupVaultName":"daily"}"#,
            &vault,
        ),
        (Service::Backup, &[], &recovery, &point),
        (Service::S3, &[], r#"{"bucketName":"acme-trail","key":"AWSLogs/x"}"#, "acme-trail"),
        (
            Service::Lambda,
            &["DeleteEventSourceMapping20150331", "UpdateEventSourceMapping20150331"],
            r#"{"uUID":"5be8"}"#,
            &format!("arn:aws:lambda:{HOME}:event-source-mapping:5be8"),
        ),
        (Service::Lambda, &[], &of("functionName"), &function),
        (Service::EventBridge, &["PutTargets", "RemoveTargets"], r#"{"rule":"ddl"}"#, &rule),
        (Service::EventBridge, &[], r#"{"name":"ddl"}"#, &rule),
        (Service::Pipes, &[], r#"{"Name":"orders"}"#, &pipe),
        (Service::Sns, &["Unsubscribe", "SetSubscriptionAttributes"], &subscription, &topic),
        (Service::Sns, &[], &topic_named, &topic),
        (Service::Sqs, &[], queue_named, &queue),
        (Service::AutoScaling, &[], table, "service/shop/web"),
        (Service::CloudWatch, &["PutMetricAlarm", "SetAlarmState"], r#"{"alarmName":"backlog"}"#, &alarm),
        (Service::CloudWatch, &[], r#"{"alarmNames":["backlog"]}"#, &alarm),
        // The same, in other words
        (Service::Kms, &["DisableKey"], &format!(r#"{{"keyId":"{key}"}}"#), &key),
        (Service::Kms, &["DisableKey"], r#"{"keyId":"alias/orders"}"#, &format!("arn:aws:kms:{HOME}:alias/orders")),
        (Service::CloudTrail, &["StopLogging"], &format!(r#"{{"name":"{trail}"}}"#), &trail),
        (Service::EventBridge, &["DisableRule"], r#"{"name":"ddl","eventBusName":"default"}"#, &rule),
        (Service::Sqs, &["PurgeQueue"], r#"{"queueUrl":"logs"}"#, "logs"),
        (Service::AutoScaling, &["PutScalingPolicy"], r#"{"autoScalingGroupName":"web"}"#, "web"),
    ];
    for service in Service::ALL {
        let Calls::Only(names) = service.calls() else { continue };
        for name in names {
            let form =
                forms.iter().find(|(of, names, ..)| *of == service && (names.is_empty() || names.contains(name)));
            let (.., params, want) = form.unwrap();
            let extra = format!(r#","requestParameters":{params}"#);
            assert_eq!(resources(service, name, &extra), [*want], "{name} {params}");
        }
    }
    for (service, names, params, want) in forms {
        for name in names {
            let extra = format!(r#","requestParameters":{params}"#);
            assert_eq!(resources(service, name, &extra), [want], "{name} {params}");
        }
    }
}

#[test]
fn a_function_is_the_same_by_whichever_name() {
    let arn = format!("arn:aws:lambda:{HOME}:function:orders-fn");
    let other = arn.replace("111122223333", "444455556666");
    let versioned = format!("{arn}:live");
    for (name, want) in [
        ("orders-fn", &arn),
        ("orders-fn:live", &arn),
        ("444455556666:function:orders-fn", &other),
        ("444455556666:function:orders-fn:7", &other),
        (&arn, &arn),
        (&versioned, &arn),
    ] {
        let extra = format!(r#","requestParameters":{{"functionName":"{name}"}}"#);
        assert_eq!(resources(Service::Lambda, "UpdateFunctionCode20150331v2", &extra), [want.as_str()]);
    }
}

#[test]
fn a_rule_of_another_bus_is_another_rule() {
    for bus in ["shop", "arn:aws:events:eu-west-1:111122223333:event-bus/shop"] {
        let extra = format!(r#","requestParameters":{{"name":"ddl","eventBusName":"{bus}"}}"#);
        let want = format!("arn:aws:events:{HOME}:rule/shop/ddl");
        assert_eq!(resources(Service::EventBridge, "DeleteRule", &extra), [want]);
    }
}

#[test]
fn each_of_several_alarms_is_an_access() {
    let names = r#","requestParameters":{"alarmNames":["a",7,"","*","b"]}"#;
    let want = ["a", "b"].map(|name| format!("arn:aws:cloudwatch:{HOME}:alarm:{name}"));
    assert_eq!(resources(Service::CloudWatch, "DeleteAlarms", names), want);
}

#[test]
fn without_parameters_the_resources_or_the_denial_tell_it() {
    let denied = |arn: &str| {
        format!(
            r#","requestParameters":null,"errorCode":"AccessDenied","errorMessage":"User: x is not authorized to perform: a:B on resource: {arn} with an explicit deny""#
        )
    };
    let listed = |arn: &str| {
        format!(
            r#","requestParameters":null,"resources":[{{"ARN":"arn:aws:iam::111122223333:role/x"}},{{"ARN":"{arn}"}}]"#
        )
    };
    let function = format!("arn:aws:lambda:{HOME}:function:orders-fn");
    let queue = format!("arn:aws:sqs:{HOME}:logs");
    for (service, name, arn, want) in [
        (Service::Lambda, "DeleteFunction20150331", format!("{function}:live"), &*function),
        (Service::Sqs, "DeleteQueue", queue.clone(), &*queue),
        (Service::S3, "DeleteObject", "arn:aws:s3:::acme-trail/AWSLogs/x:y".into(), "acme-trail"),
        (Service::S3, "PutBucketPolicy", "arn:aws:s3:::acme-trail".into(), "acme-trail"),
    ] {
        assert_eq!(resources(service, name, &denied(&arn)), [want]);
        assert_eq!(resources(service, name, &listed(&arn)), [want]);
    }
    // A grant is retired by its token alone, and an alias is not the key.
    let key = "arn:aws:kms:eu-west-1:444455556666:key/k-1";
    let with_key = |params: &str| format!(r#","requestParameters":{params},"resources":[{{"ARN":"{key}"}}]"#);
    assert_eq!(resources(Service::Kms, "RetireGrant", &with_key("{}")), [key]);
    assert_eq!(resources(Service::Kms, "DisableKey", &with_key(r#"{"keyId":"alias/orders"}"#)), [key]);
}

#[test]
fn what_names_nothing_is_told() {
    let long = format!(r#","requestParameters":{{"bucketName":"{}"}}"#, "x".repeat(2049));
    let listed_long = format!(r#","resources":[{{"ARN":"arn:aws:s3:::{}"}}]"#, "x".repeat(2049));
    let omitted = r#","requestParameters":{"reason":"requestParameters too large","omitted":true}"#;
    let failed = r#","requestParameters":{},"errorCode":"ValidationException""#;
    for (extra, want) in [
        (r#","requestParameters":{}"#, "- !no resource is named"),
        (r#","requestParameters":{"bucketName":"*"}"#, "- !no resource is named"),
        (&*long, "- !no resource is named"),
        (&*listed_long, "- !no resource is named"),
        (r#","resources":[{"ARN":"arn:aws:s3:::*/*"}]"#, "- !no resource is named"),
        (omitted, "- !request parameters omitted by CloudTrail as too large"),
        (failed, "-"),
    ] {
        assert_eq!(resources(Service::S3, "PutBucketPolicy", extra), [want], "{extra}");
    }
}

#[test]
fn a_table_or_its_stream_behind_a_resource_is_told_with_it() {
    let stream = format!("{ARN}/stream/2026-01-01T00:00:00.000");
    let of_stream = " of 111122223333/orders/stream/2026-01-01T00:00:00.000";
    let backup = format!("{ARN}/backup/01547087347000-c8b6cdf3");
    let function = format!("arn:aws:lambda:{HOME}:function:orders-fn");
    let grant = |context: &str| {
        format!(
            r#"{{"keyId":"k-1","constraints":{{"{context}":{{"aws:dynamodb:tableName":"orders","aws:dynamodb:subscriberId":"444455556666"}}}}}}"#
        )
    };
    let granted = format!("arn:aws:kms:{HOME}:key/k-1 of 444455556666/orders");
    let cases = [
        (
            Service::Lambda,
            "CreateEventSourceMapping20150331",
            format!(r#"{{"functionName":"orders-fn","eventSourceArn":"{stream}"}}"#),
            format!("{function}{of_stream}"),
        ),
        (
            Service::Lambda,
            "CreateEventSourceMapping20150331",
            r#"{"functionName":"orders-fn","eventSourceArn":"arn:aws:sqs:eu-west-1:111122223333:orders"}"#.into(),
            function.clone(),
        ),
        (
            Service::Pipes,
            "CreatePipe",
            format!(r#"{{"name":"p","Source":"{stream}"}}"#),
            format!("arn:aws:pipes:{HOME}:pipe/p{of_stream}"),
        ),
        (
            Service::Pipes,
            "CreatePipe",
            r#"{"name":"p","source":"orders"}"#.into(),
            format!("arn:aws:pipes:{HOME}:pipe/p"),
        ),
        (
            Service::Backup,
            "DeleteRecoveryPoint",
            format!(r#"{{"backupVaultName":"daily","recoveryPointArn":"{backup}"}}"#),
            format!("{backup} of 111122223333/orders"),
        ),
        (
            Service::AutoScaling,
            "DeregisterScalableTarget",
            r#"{"serviceNamespace":"dynamodb","resourceId":"table/orders"}"#.into(),
            "table/orders of 111122223333/orders".into(),
        ),
        (
            Service::AutoScaling,
            "PutScalingPolicy",
            r#"{"serviceNamespace":"dynamodb","resourceId":"table/orders/index/by-date"}"#.into(),
            "table/orders/index/by-date of 111122223333/orders/index/by-date".into(),
        ),
        (
            Service::AutoScaling,
            "PutScalingPolicy",
            r#"{"serviceNamespace":"cassandra","resourceId":"table/orders"}"#.into(),
            "table/orders".into(),
        ),
        (Service::Kms, "CreateGrant", grant("encryptionContextSubset"), granted.clone()),
        (Service::Kms, "CreateGrant", grant("EncryptionContextEquals"), granted),
    ];
    for (service, name, params, want) in cases {
        assert_eq!(resources(service, name, &format!(r#","requestParameters":{params}"#)), [want], "{name} {params}");
    }
    // What changes a mapping is answered with its function and source.
    let answered = format!(
        r#","requestParameters":{{"uUID":"5be8"}},"responseElements":{{"functionArn":"{function}:live","eventSourceArn":"{stream}"}}"#
    );
    for name in ["UpdateEventSourceMapping20150331", "DeleteEventSourceMapping20150331"] {
        assert_eq!(resources(Service::Lambda, name, &answered), [format!("{function}{of_stream}")]);
    }
    // A recovery point of AWS Backup's own names no table; the record's resources may.
    let listed = format!(
        r#","requestParameters":{{"recoveryPointArn":"arn:aws:backup:{HOME}:recovery-point:p-1"}},"resources":[{{"ARN":"{ARN}"}}]"#
    );
    let want = format!("arn:aws:backup:{HOME}:recovery-point:p-1 of 111122223333/orders");
    assert_eq!(resources(Service::Backup, "DeleteRecoveryPoint", &listed), [want]);
}

#[test]
fn calls_on_clusters_are_about_the_cluster_or_the_group() {
    let cluster = format!("arn:aws:dax:{HOME}:cache/shop");
    for (name, params, want) in [
        ("CreateCluster", r#"{"subnetGroupName":"g","clusterName":"shop","parameterGroupName":"p"}"#, &*cluster),
        ("DeleteCluster", r#"{"clusterName":"shop"}"#, &*cluster),
        ("RebootNode", r#"{"clusterName":"shop","nodeId":"a"}"#, &*cluster),
        ("UpdateParameterGroup", r#"{"parameterGroupName":"p"}"#, "p"),
        ("DeleteSubnetGroup", r#"{"subnetGroupName":"g"}"#, "g"),
        ("TagResource", &format!(r#"{{"resourceName":"{cluster}"}}"#), &*cluster),
        ("DescribeClusters", "null", "-"),
    ] {
        assert_eq!(resources(Service::Dax, name, &format!(r#","requestParameters":{params}"#)), [want], "{name}");
    }
}
