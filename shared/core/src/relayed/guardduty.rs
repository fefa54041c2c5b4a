//! Findings of GuardDuty.
//!
//! The event's `detail` is the finding: "Creating custom responses to GuardDuty findings with Amazon EventBridge",
//! <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>. Its members:
//! <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html>, and of a sequence of events:
//! <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html>.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use super::{Claim, Original, Relayed, Reporter, capped, whole};
use crate::actor::{Actor, ActorKind};
use crate::arn::is_account_id;
use crate::console;
use crate::finding::EventId;
use crate::record::TextField;
use crate::severity::Severity;
use crate::table::{TableArn, TableId, partition_of_region};

/// How many principals are told of one finding. An attack sequence may name up to 400, but is about one, or a few.
const MOST_ACTORS: usize = 10;

/// How many resources are told of one finding.
const MOST_RESOURCES: usize = 10;

/// A finding, as far as it is always there. `resource` and `service` have as many shapes as there are kinds of findings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a finding of GuardDuty")]
struct Wire<'a> {
    account_id: String,
    region: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    severity: f64,
    updated_at: Timestamp,
    #[serde(borrow, default)]
    title: TextField<'a>,
    #[serde(borrow, default)]
    description: TextField<'a>,
    resource: Map<String, Value>,
    service: Map<String, Value>,
}

pub(super) fn read(detail: &str) -> Result<Relayed, serde_json::Error> {
    let Wire { account_id, region, id, kind, severity, updated_at, title, description, resource, service } =
        serde_json::from_str(detail)?;
    if id.is_empty() || kind.is_empty() {
        return Err(serde_json::Error::custom("expected an id and a type, found an empty one"));
    }
    let (resource, service) = (Value::Object(resource), Value::Object(service));
    let title = title.text().unwrap_or(&kind);
    let original = Original {
        service: Reporter::GuardDuty,
        title: capped(title),
        description: description.text().map(capped).filter(|description| description != title),
        severity: Some(severity.to_string()),
        count: service.get("count").and_then(Value::as_u64),
        first_seen: time_at(&service, "/eventFirstSeen"),
        last_seen: time_at(&service, "/eventLastSeen"),
        resources: resources(&resource),
        techniques: techniques(&service),
        first_step: None,
        url: url(&region, &id),
        kind: capped(&kind),
        id: Some(capped(&id)),
    };
    let call = service.pointer("/action/awsApiCallAction");
    let of_call = |pointer: &str| text_at(call?, pointer);
    Ok(Relayed {
        event_id: event_id(&account_id, &region, &id, updated_at),
        time: whole(updated_at),
        actors: actors(&resource, &service, &account_id, &region),
        tables: tables(&resource, &service, &account_id, &region),
        operation: of_call("/api").map(capped),
        source: source(&service).map(capped),
        user_agent: text_at(&service, "/additionalInfo/userAgent/fullUserAgent").map(capped),
        error_code: of_call("/errorCode").map(capped),
        claim: Claim::Threat {
            severity: weigh(severity),
            is_about_dynamodb: speaks_of_dynamodb(&resource) || speaks_of_dynamodb(&service),
        },
        account: capped(&account_id),
        region: capped(&region),
        original,
    })
}

/// An id for each publication of a finding.
///
/// GuardDuty publishes a finding again for as long as it goes on, every 15 minutes, hour or six hours, with the same id and a
/// higher count: "Setting EventBridge notification frequency",
/// <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>. Told by its id alone, it would be
/// known from its first publication on, and stay silent however grave it becomes. So the time of the update is part of the
/// id: what is delivered twice is one event, an update is another one of the same alert, which is held back while its like
/// was told lately, is told at once where it is graver, and again when the pause is over.
fn event_id(account: &str, region: &str, id: &str, updated_at: Timestamp) -> EventId {
    let updated_at = updated_at.to_string();
    EventId::digest([
        b"guardduty".as_slice(),
        account.as_bytes(),
        region.as_bytes(),
        id.as_bytes(),
        updated_at.as_bytes(),
    ])
}

/// "Severity levels of GuardDuty findings": low from 1.0, medium from 4.0, high from 7.0, critical from 9.0 on.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html>
fn weigh(severity: f64) -> Severity {
    match severity {
        9.0.. => Severity::Critical,
        7.0.. => Severity::High,
        4.0.. => Severity::Medium,
        1.0.. => Severity::Low,
        _ => Severity::Informational,
    }
}

/// Whose credentials were used, and who took part in a sequence; each once.
fn actors(resource: &Value, service: &Value, account: &str, region: &str) -> Vec<Actor<'static>> {
    let key = resource.get("accessKeyDetails").and_then(|key| {
        let text = |name: &str| text_at(key, name);
        principal([text("/userType"), text("/userName"), text("/principalId")], account, region)
    });
    let sequence = service.pointer("/detection/sequence/actors").and_then(Value::as_array);
    let sequence = sequence.into_iter().flatten().filter_map(|actor| {
        let user = actor.get("user")?;
        let home = text_at(user, "/account/uid").unwrap_or(account);
        principal([text_at(user, "/type"), text_at(user, "/name"), text_at(user, "/uid")], home, region)
    });
    let mut actors: Vec<Actor<'static>> = Vec::new();
    for actor in key.into_iter().chain(sequence) {
        if !actors.contains(&actor) {
            actors.push(actor);
        }
        if actors.len() == MOST_ACTORS {
            break;
        }
    }
    actors
}

/// A principal by the type, name and unique id that GuardDuty tells. It tells no path: a role or user goes by the ARN that it
/// would have without one. Names are unique in an account whatever their paths are.
///
/// A role of IAM Identity Center is a role like others here: that it is one only its path vouches for.
///
/// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_AccessKeyDetails.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn principal([kind, name, id]: [Option<&str>; 3], account: &str, region: &str) -> Option<Actor<'static>> {
    let partition = partition_of_region(region);
    let (kind, name) = match (kind, name, id) {
        (Some("Root"), ..) => (ActorKind::Root, format!("arn:{partition}:iam::{account}:root")),
        (Some("IAMUser"), Some(name), _) => (ActorKind::User, format!("arn:{partition}:iam::{account}:user/{name}")),
        (Some("AssumedRole" | "Role"), Some(name), _) => {
            (ActorKind::Role, format!("arn:{partition}:iam::{account}:role/{name}"))
        }
        (Some("FederatedUser"), Some(name), _) => {
            (ActorKind::Federated, format!("arn:{partition}:sts::{account}:federated-user/{name}"))
        }
        (Some("AWSService"), Some(name), _) => (ActorKind::Service, name.to_owned()),
        (Some("AWSAccount"), name, id) => (ActorKind::Account, id.or(name).unwrap_or(account).to_owned()),
        (_, name, id) => (ActorKind::Unknown, id.or(name)?.to_owned()),
    };
    Some(Actor {
        kind,
        name: capped(&name).into(),
        account: Some(capped(account).into()),
        permission_set: None,
        person: None,
        via: None,
    })
}

/// The tables that it names: by ARN anywhere in the resource, the action or the sequence, and as what a call affected. What
/// a caller writes of itself (`additionalInfo`) names none.
fn tables(resource: &Value, service: &Value, account: &str, region: &str) -> Vec<TableId<'static>> {
    let mut tables = BTreeSet::new();
    let places = [Some(resource), service.get("action"), service.get("detection")];
    for value in places.into_iter().flatten() {
        each_text(value, |text| {
            let arn = TableArn::parse(text).filter(|arn| is_account_id(&arn.table.account));
            tables.extend(arn.map(|arn| arn.table.into_owned()));
        });
    }
    // Written as a name or an ARN, by the type of the resource.
    let affected = service.pointer("/action/awsApiCallAction/affectedResources/AWS::DynamoDB::Table");
    let names = affected.and_then(Value::as_str).into_iter().flat_map(|names| names.split(','));
    tables.extend(names.map(str::trim).filter(|name| is_table_name(name)).map(|name| TableId {
        partition: partition_of_region(region).into(),
        account: account.to_owned().into(),
        region: region.to_owned().into(),
        name: name.to_owned().into(),
    }));
    tables.into_iter().collect()
}

/// 3 to 255 letters, digits, `_`, `-` and `.`:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
pub(super) fn is_table_name(name: &str) -> bool {
    (3..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Whether anything in it names DynamoDB: an ARN, an endpoint, an action or a type of resource, in whatever place. The
/// service of the call stands in `serviceName`, those of other unusual calls in `anomalousAPIs`, and in signals of a sequence.
/// A caller could have written it into its user agent: that makes one finding more and hides none.
fn speaks_of_dynamodb(value: &Value) -> bool {
    let mut found = false;
    each_text(value, |text| {
        let text = text.to_ascii_lowercase();
        let is_arn = TableArn::parse(&text).is_some() || text.starts_with("arn:") && text.contains(":dynamodb:");
        found |= is_arn
            || text.contains("dynamodb.amazonaws.com")
            || text.contains("aws::dynamodb::")
            || text.starts_with("dynamodb:")
            || text.starts_with("dynamodbtable");
    });
    found
}

/// Every string in a value, the names of members too.
fn each_text(value: &Value, mut visit: impl FnMut(&str)) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => visit(text),
            Value::Array(values) => rest.extend(values),
            Value::Object(members) => {
                for (name, value) in members {
                    visit(name);
                    rest.push(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// What the finding is about, where GuardDuty's kinds of resources have it.
fn resources(resource: &Value) -> Vec<String> {
    let pointers = [
        "/instanceDetails/instanceId",
        "/lambdaDetails/functionArn",
        "/eksClusterDetails/arn",
        "/ecsClusterDetails/arn",
        "/rdsDbInstanceDetails/dbInstanceArn",
        "/accessKeyDetails/accessKeyId",
    ];
    let buckets = resource.get("s3BucketDetails").and_then(Value::as_array).into_iter().flatten();
    let buckets = buckets.filter_map(|bucket| text_at(bucket, "/arn").or_else(|| text_at(bucket, "/name")));
    let others = pointers.into_iter().filter_map(|pointer| text_at(resource, pointer));
    buckets.chain(others).take(MOST_RESOURCES).map(capped).collect()
}

/// The techniques that GuardDuty names of a sequence: indicators under the key `ATTACK_TECHNIQUE`, whose values begin with
/// the id where they have one. <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Indicator.html>
fn techniques(service: &Value) -> Vec<String> {
    let indicators = service.pointer("/detection/sequence/sequenceIndicators").and_then(Value::as_array);
    let named = indicators.into_iter().flatten().filter(|one| text_at(one, "/key") == Some("ATTACK_TECHNIQUE"));
    let values = named.filter_map(|one| one.get("values")?.as_array()).flatten().filter_map(Value::as_str);
    let ids = values.filter_map(|value| value.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').next());
    let ids: BTreeSet<String> = ids.filter(|id| is_technique(id)).map(str::to_owned).collect();
    ids.into_iter().collect()
}

/// `T1562` or `T1562.008`.
fn is_technique(text: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (technique, sub) = text.split_once('.').map_or((text, None), |(technique, sub)| (technique, Some(sub)));
    technique.strip_prefix('T').is_some_and(|number| digits(number, 4)) && sub.is_none_or(|sub| digits(sub, 3))
}

/// The address that the action came from, whatever kind of action it is.
fn source(service: &Value) -> Option<&str> {
    let actions = service.get("action").and_then(Value::as_object)?;
    actions.values().find_map(|action| {
        text_at(action, "/remoteIpDetails/ipAddressV4").or_else(|| text_at(action, "/remoteIpDetails/ipAddressV6"))
    })
}

fn url(region: &str, id: &str) -> Option<String> {
    let host = console::host(region).filter(|_| console::is_plain(id))?;
    Some(format!("https://{host}/guardduty/home?region={region}#/findings?macros=current&fId={id}"))
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A time that only describes: one that cannot be read is left out.
fn time_at(value: &Value, pointer: &str) -> Option<Timestamp> {
    text_at(value, pointer)?.parse().ok()
}
