//! A finding as OCSF's Detection Finding, class 2004 of version 1.8.0, with the profile `cloud`.
//!
//! Source: <https://schema.ocsf.io/1.8.0/classes/detection_finding?profiles=cloud>. `tests/archive.rs` holds every finding of
//! the scenarios to that schema.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::attack::attack;
use crate::actor::{Actor, ActorKind};
use crate::finding::{Finding, SEVERAL, Sample, Subject};
use crate::relayed::Reporter;
use crate::severity::Severity;
use crate::table::{TableArn, TableId, partition_of_region};

const VERSION: &str = "1.8.0";

/// How many of its events a finding lists: 70 KB of them.
const EVENTS: usize = 1000;

/// The finding as one event. What OCSF has no place for is under `unmapped`.
pub(super) fn detection_finding(finding: &Finding, uid: &str) -> Value {
    let detection = finding.subject.detection;
    let (severity_id, severity) = severity(finding.severity);
    let (first, last) = (finding.first.time.as_millisecond(), finding.last_seen.as_millisecond());
    let reason = finding.reason();
    let resources = resources(finding);
    let events: Vec<Value> = finding.event_ids.iter().take(EVENTS).map(|id| json!({ "uid": id.to_string() })).collect();
    let events_left_out = finding.accesses.saturating_sub(events.len() as u64);
    let mut event = json!({
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "uid": uid,
            "product": { "name": "Tablewarden", "vendor_name": "Tablewarden", "version": env!("CARGO_PKG_VERSION") },
            "source": source(finding),
        },
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200_401,
        "type_name": "Detection Finding: Create",
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "is_alert": true,
        "time": last,
        "start_time": first,
        "end_time": last,
        "count": finding.accesses,
        "message": reason,
        "finding_info": {
            "uid": finding.id(),
            "title": detection.title,
            "desc": reason,
            "first_seen_time": first,
            "last_seen_time": last,
            "analytic": {
                "uid": detection.id,
                "name": detection.title,
                "desc": detection.fires_when,
                "type_id": 1,
                "type": "Rule",
            },
            "attacks": finding.techniques().into_iter().map(attack).collect::<Vec<_>>(),
            "types": finding.relayed.iter().map(|original| original.kind.as_str()).collect::<BTreeSet<_>>(),
            "src_url": finding.relayed.iter().find_map(|original| original.url.as_ref()),
            "related_events": events,
            "related_events_count": finding.accesses,
        },
        "cloud": cloud(&finding.subject),
        "resources": resources,
        "evidences": evidences(finding),
        "observables": observables(finding, &resources),
        "unmapped": unmapped(finding, events_left_out),
    });
    prune(&mut event);
    event
}

/// Whose words they are.
fn source(finding: &Finding) -> &'static str {
    finding.relayed.first().map_or("CloudTrail Events", |original| match original.service {
        Reporter::GuardDuty => "Amazon GuardDuty",
        Reporter::Config => "AWS Config",
    })
}

fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Informational => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

fn cloud(subject: &Subject) -> Value {
    let Subject { account, region, .. } = subject;
    let region = Some(region).filter(|region| !region.is_empty() && *region != SEVERAL);
    json!({
        "provider": "AWS",
        "cloud_partition": region.map(|region| partition_of_region(region)),
        "account": account_object(Some(account).filter(|account| !account.is_empty() && *account != SEVERAL)),
        "region": region,
    })
}

fn account_object(account: Option<impl AsRef<str>>) -> Option<Value> {
    account.map(|account| json!({ "uid": account.as_ref(), "type_id": 10, "type": "AWS Account" }))
}

/// The tables by their ARNs, or what else the finding is about.
fn resources(finding: &Finding) -> Vec<Value> {
    let Subject { table, resource, .. } = &finding.subject;
    // Of what another service found, it is the kind.
    let resource = resource.as_deref().filter(|name| *name != SEVERAL && finding.relayed.is_empty());
    let others: BTreeSet<&str> =
        finding.relayed.iter().flat_map(|original| original.resources.iter().map(String::as_str)).collect();
    let table = table.as_ref().filter(|table| table.name != SEVERAL).map(table_resource);
    let several = finding.tables.iter().map(|arn| match TableArn::parse(arn) {
        Some(TableArn { table, .. }) => table_resource(&table),
        None => resource_object(arn),
    });
    table.into_iter().chain(several).chain(resource.into_iter().chain(others).map(resource_object)).collect()
}

fn table_resource(table: &TableId<'_>) -> Value {
    json!({
        "uid": table.arn(),
        "name": table.name,
        "type": "AWS::DynamoDB::Table",
        "cloud_partition": table.partition,
        "region": table.region,
        "role_id": 1,
        "role": "Target",
    })
}

fn resource_object(name: &str) -> Value {
    json!({ "uid": name, "role_id": 1, "role": "Target" })
}

/// Who, from where and by which APIs. A finding has these as lists of their own: which address went with which API is not
/// said. Who comes first.
fn evidences(finding: &Finding) -> Vec<Value> {
    let actor = &finding.subject.actor;
    let mut evidences = Vec::new();
    if actor.name == SEVERAL {
        let users = finding.actors.iter().map(|name| json!({ "actor": { "user": { "uid": name } } }));
        evidences.extend(users);
    } else {
        evidences.push(json!({ "actor": { "user": user(actor) } }));
    }
    let endpoint = |endpoint: Value| json!({ "src_endpoint": endpoint });
    evidences.extend(finding.sources.iter().map(|source| endpoint(source_endpoint(source))));
    let vpc_endpoints = finding.vpc_endpoints.iter();
    evidences.extend(vpc_endpoints.map(|id| endpoint(json!({ "uid": id, "type_id": 99, "type": "VPC endpoint" }))));
    evidences.extend(finding.operations.iter().map(|operation| json!({ "api": { "operation": operation } })));
    evidences
}

fn user(actor: &Actor<'_>) -> Value {
    // OCSF's words are about people and machines, AWS's about where permissions come from.
    let type_id = match actor.kind {
        ActorKind::User | ActorKind::PermissionSet | ActorKind::Federated => 1,
        ActorKind::Root => 2,
        ActorKind::Service => 4,
        ActorKind::Role | ActorKind::Account => 99,
        ActorKind::Unknown => 0,
    };
    let permission_set = actor.permission_set.as_ref();
    json!({
        "uid": actor.name,
        "name": actor.person.as_deref().unwrap_or_else(|| actor.short_name()),
        "type_id": type_id,
        "type": actor.kind.as_str(),
        "account": account_object(actor.account.as_ref()),
        "groups": permission_set.map(|name| json!([{ "name": name, "type": "permission set" }])),
    })
}

/// `CloudTrail` writes an address, or the name of a service that called.
fn source_endpoint(source: &str) -> Value {
    match source.parse::<IpAddr>() {
        Ok(address) => json!({ "ip": address.to_string() }),
        Err(_) => json!({ "svc_name": source }),
    }
}

/// What analysts search by, whatever the class of an event.
fn observables(finding: &Finding, resources: &[Value]) -> Vec<Value> {
    let observable = |type_id: u8, kind: &str, name: &str, value: &str| json!({ "type_id": type_id, "type": kind, "name": name, "value": value });
    let actor = Some(finding.subject.actor.name.as_ref()).filter(|name| *name != SEVERAL);
    let actors = actor.into_iter().chain(finding.actors.iter().map(String::as_str));
    let addresses = finding.sources.iter().filter(|source| source.parse::<IpAddr>().is_ok());
    let resources = resources.iter().filter_map(|resource| resource.get("uid")?.as_str());
    actors
        .map(|actor| observable(31, "User Object: uid", "evidences[].actor.user.uid", actor))
        .chain(addresses.map(|address| observable(2, "IP Address", "evidences[].src_endpoint.ip", address)))
        .chain(resources.map(|uid| observable(10, "Resource UID", "resources[].uid", uid)))
        .chain(
            finding.user_agents.iter().map(|agent| observable(16, "HTTP User-Agent", "unmapped.user_agents[]", agent)),
        )
        .collect()
}

fn unmapped(finding: &Finding, events_left_out: u64) -> Value {
    json!({
        "effect": finding.subject.effect_word(),
        "outcome": finding.subject.outcome.as_str(),
        "items": finding.known_items(),
        "accesses_of_unknown_size": finding.accesses_of_unknown_size,
        "keys": list(&finding.keys),
        "parts": list(&finding.parts),
        "via": list(&finding.via),
        "source_identities": list(&finding.source_identities),
        "user_agents": list(&finding.user_agents),
        "error_codes": list(&finding.error_codes),
        "events_left_out": events_left_out,
        "relayed": finding.relayed.iter().map(|original| json!(original)).collect::<Vec<_>>(),
        "places": finding.places.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn list(sample: &Sample<String>) -> Vec<&str> {
    sample.iter().map(String::as_str).collect()
}

/// Takes out what is not there: the schema knows no `null`, and an empty list says nothing.
fn prune(value: &mut Value) {
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| !is_empty(value));
        }
        Value::Array(values) => values.iter_mut().for_each(prune),
        _ => {}
    }
}
