//! Calls on what tables or this audit depend on ─► what they are about.
//!
//! Each service's API reference says how its requests name things; CloudTrail keeps the names, in whichever case.

use std::borrow::Cow;

use serde_json_borrow::Value;

use super::home::Home;
use super::params::{Params, answered, field};
use super::tables::{Tables, Target, parse_arn};
use super::{Call, Resource};
use crate::arn::{Arn, is_account_id};
use crate::operation::Service;

/// What a call is about: one resource, but for calls on several alarms; none where none is named, or tables alone.
pub(super) fn resources<'b>(call: &'b Call<'_>, tables: &Tables<'b>) -> Vec<Resource<'b>> {
    let service = call.operation.service;
    let names: Vec<Cow<'b, str>> = match service {
        Service::DynamoDb | Service::Streams => return Vec::new(),
        Service::CloudWatch => {
            let names = call.params.list(&["alarmNames"]).iter().filter_map(Value::as_str);
            names.filter(|name| is_name(name)).map(|name| alarm(tables.home, name)).collect()
        }
        _ => Vec::new(),
    };
    let one = || name(call, tables).or_else(|| listed(service, tables));
    let one = if names.is_empty() { one() } else { None };
    names.into_iter().chain(one).map(|name| Resource { service, name }).collect()
}

/// The table behind what a call is about, where it tells one.
pub(super) fn table<'b>(call: &'b Call<'_>, tables: &Tables<'b>) -> Option<Target<'b>> {
    let text = |name| text(&call.params, &[name]);
    let answer = |name| answered(call.record.response_elements?, &[name]);
    let told = match call.operation.service {
        Service::Backup => parse_arn(text("recoveryPointArn")?),
        // What changes a mapping names it by its id alone, and is answered with its source.
        Service::Lambda => parse_arn(text("eventSourceArn").or_else(|| answer("eventSourceArn"))?),
        Service::Pipes => parse_arn(text("source")?),
        Service::AutoScaling if text("serviceNamespace") == Some("dynamodb") => {
            tables.resolve_path(text("resourceId")?.strip_prefix("table/")?)
        }
        Service::Kms => encrypted(&call.params, tables),
        _ => None,
    };
    told.or_else(|| tables.first())
}

/// What the request names, as an ARN; a bucket by its bare name, which is all that is in its ARN.
fn name<'b>(call: &'b Call<'_>, tables: &Tables<'b>) -> Option<Cow<'b, str>> {
    let (home, service) = (tables.home, call.operation.service);
    let text = |name| text(&call.params, &[name]);
    let answer = |name| answered(call.record.response_elements?, &[name]).filter(|name| is_name(name));
    let here = |name: &'b str, kind: &str| arn_or(name, || home.arn(service, &format!("{kind}{name}")));
    Some(match service {
        Service::DynamoDb | Service::Streams | Service::Other => return None,
        Service::Dax => match text("clusterName") {
            Some(cluster) => here(cluster, "cache/"),
            // Groups have no ARNs.
            None => text("resourceName").or(text("parameterGroupName")).or(text("subnetGroupName"))?.into(),
        },
        // The key itself stands among the resources, though the request may name it by an alias.
        Service::Kms => match listed(service, tables) {
            Some(key) => key,
            None => text("keyId").map(|key| here(key, if key.starts_with("alias/") { "" } else { "key/" }))?,
        },
        Service::CloudTrail => here(text("name").or(text("trailName")).or(text("eventDataStore"))?, "trail/"),
        Service::Backup => match text("recoveryPointArn") {
            Some(recovery_point) => recovery_point.into(),
            None => here(text("backupVaultName")?, "backup-vault:"),
        },
        Service::S3 => text("bucketName")?.into(),
        Service::Lambda => match answer("functionArn").or(text("functionName")) {
            Some(name) => function(home, name),
            None => here(text("uuid")?, "event-source-mapping:"),
        },
        Service::EventBridge => rule(home, text("rule").or(text("name"))?, text("eventBusName")),
        Service::Pipes => here(text("name")?, "pipe/"),
        Service::Sns => text("topicArn").or_else(|| text("subscriptionArn").map(|arn| first_fields(arn, 6)))?.into(),
        Service::Sqs => queue(home, text("queueUrl")?),
        Service::AutoScaling => text("resourceId").or(text("autoScalingGroupName"))?.into(),
        Service::CloudWatch => alarm(home, text("alarmName")?),
    })
}

/// What the record itself lists, or a denial's message names.
fn listed<'b>(service: Service, tables: &Tables<'b>) -> Option<Cow<'b, str>> {
    let arn = tables.other(service)?;
    let name = match service {
        Service::S3 => Arn::parse(arn)?.resource.split('/').next()?,
        Service::Lambda => first_fields(arn, 7),
        _ => arn,
    };
    is_name(name).then(|| name.into())
}

/// The table that a grant is for: DynamoDB's grants are bound to the context it encrypts a table's data in, "How Amazon
/// DynamoDB uses AWS KMS", <https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html>.
fn encrypted<'b>(params: &'b Params<'_>, tables: &Tables<'b>) -> Option<Target<'b>> {
    let contexts: [&[&str]; 3] = [
        &["constraints", "encryptionContextSubset"],
        &["constraints", "encryptionContextEquals"],
        &["encryptionContext"],
    ];
    let context = contexts.into_iter().find_map(|path| params.at(path))?;
    let text = |name| field(context, name)?.as_str();
    let mut target = tables.resolve(text("aws:dynamodb:tableName")?)?;
    if let Some(account) = text("aws:dynamodb:subscriberId").filter(|account| is_account_id(account)) {
        target.table.account = account.into();
    }
    Some(target)
}

/// A function named in any of the ways that Lambda takes, without version or alias: a name, an ARN, or the end of one.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html>.
fn function<'b>(home: Home<'b>, name: &'b str) -> Cow<'b, str> {
    if name.starts_with("arn:") {
        return first_fields(name, 7).into();
    }
    let (home, name) = match name.split_once(":function:") {
        Some((account, name)) => (Home { account, ..home }, name),
        None => (home, name),
    };
    home.arn(Service::Lambda, &format!("function:{}", first_fields(name, 1))).into()
}

/// A rule stands under its event bus, unless that is the default one.
fn rule<'b>(home: Home<'b>, name: &'b str, bus: Option<&str>) -> Cow<'b, str> {
    let bus = bus.map(|bus| bus.rsplit('/').next().unwrap_or(bus)).filter(|bus| *bus != "default");
    let path = bus.map_or_else(|| format!("rule/{name}"), |bus| format!("rule/{bus}/{name}"));
    arn_or(name, || home.arn(Service::EventBridge, &path))
}

/// `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, whatever the host.
fn queue<'b>(home: Home<'b>, url: &'b str) -> Cow<'b, str> {
    let mut path = url.rsplit('/');
    match (path.next(), path.next()) {
        (Some(name), Some(account)) if is_account_id(account) => {
            Home { account, ..home }.arn(Service::Sqs, name).into()
        }
        _ => url.into(),
    }
}

fn alarm<'b>(home: Home<'b>, name: &'b str) -> Cow<'b, str> {
    arn_or(name, || home.arn(Service::CloudWatch, &format!("alarm:{name}")))
}

fn arn_or(name: &str, arn: impl FnOnce() -> String) -> Cow<'_, str> {
    if name.starts_with("arn:") { name.into() } else { arn().into() }
}

/// The first so many fields of an ARN.
fn first_fields(arn: &str, count: usize) -> &str {
    let end = arn.match_indices(':').nth(count.saturating_sub(1)).map_or(arn.len(), |(end, _)| end);
    arn.get(..end).unwrap_or(arn)
}

fn text<'b>(params: &'b Params<'_>, names: &[&str]) -> Option<&'b str> {
    params.text(names).filter(|name| is_name(name))
}

/// What can name something: no ARN is longer than this, and an asterisk stands for several things.
fn is_name(text: &str) -> bool {
    !matches!(text, "" | "*") && text.len() <= 2048
}
