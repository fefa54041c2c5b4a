//! Changes of compliance with rules of AWS Config.
//!
//! The event's `detail` is the notification: "Monitoring AWS Config with Amazon EventBridge",
//! <https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html>, and its members:
//! "Example Compliance Change Notification",
//! <https://docs.aws.amazon.com/config/latest/developerguide/example-config-rule-compliance-notification.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Error as _;

use super::guardduty::is_table_name;
use super::{Claim, Original, Relayed, Reporter, capped, whole};
use crate::console;
use crate::finding::EventId;
use crate::record::TextField;
use crate::table::{TableArn, TableId, partition_of_region};

/// Config's type of a table.
const TABLE: &str = "AWS::DynamoDB::Table";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a change of compliance")]
struct Wire<'a> {
    aws_account_id: String,
    aws_region: String,
    config_rule_name: String,
    resource_type: String,
    resource_id: String,
    /// Absent where the resource is gone and nothing is evaluated any more.
    #[serde(borrow, default)]
    new_evaluation_result: Option<Evaluation<'a>>,
    /// Absent at the first evaluation.
    #[serde(borrow, default)]
    old_evaluation_result: Option<Evaluation<'a>>,
    /// Stands in for the time of an evaluation that is not there.
    #[serde(default)]
    notification_creation_time: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the result of an evaluation")]
struct Evaluation<'a> {
    compliance_type: String,
    result_recorded_time: Timestamp,
    #[serde(borrow, default)]
    annotation: TextField<'a>,
}

/// What the managed rules for DynamoDB want. A rule goes by the name that its owner gave it, which mostly holds the managed
/// rule's, or the end of it: `dynamodb-pitr-enabled`, `securityhub-dynamodb-pitr-enabled-1a2b3c4d`, `tablewarden-pitr-enabled`.
/// <https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Managed {
    Recovery,
    DeletionProtection,
    EncryptedWithKms,
    InBackupPlan,
}

impl Managed {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Recovery, "pitr-enabled"),
        (Self::DeletionProtection, "deletion-protection-enabled"),
        (Self::EncryptedWithKms, "encrypted-kms"),
        (Self::InBackupPlan, "in-backup-plan"),
    ];

    /// The rule of this name. That of something else than a table has to name DynamoDB: instances and buckets have rules
    /// with the same ends.
    fn of(rule: &str, is_table: bool) -> Option<Self> {
        let rule = rule.to_ascii_lowercase().replace('_', "-");
        if !is_table && !rule.contains("dynamodb") {
            return None;
        }
        Self::ALL.into_iter().find(|(_, name)| rule.contains(name)).map(|(managed, _)| managed)
    }

    /// What is missing, in words.
    fn lack(self) -> &'static str {
        match self {
            Self::Recovery => "point-in-time recovery is off",
            Self::DeletionProtection => "deletion protection is off",
            Self::EncryptedWithKms => "it is not encrypted with a KMS key",
            Self::InBackupPlan => "it is in no backup plan",
        }
    }

    /// What to do first, for a table or for those that the rule lists.
    fn first_step(self, table: Option<&str>) -> String {
        let table = table.unwrap_or("TABLE");
        match self {
            Self::Recovery => format!(
                "Switch recovery on again, since no time before that can be restored: `aws dynamodb update-continuous-backups \
                 --table-name {table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`."
            ),
            Self::DeletionProtection => format!(
                "Protect the table again: `aws dynamodb update-table --table-name {table} \
                 --deletion-protection-enabled`."
            ),
            Self::EncryptedWithKms => format!(
                "Look which key the table has now, before it is changed: `aws dynamodb describe-table --table-name \
                 {table} --query Table.SSEDescription`."
            ),
            Self::InBackupPlan => format!(
                "Take a backup now: `aws dynamodb create-backup --table-name {table} --backup-name {table}-now`; then \
                 look which backup plan lost the table: `aws backup list-backup-plans`."
            ),
        }
    }
}

pub(super) fn read(detail: &str) -> Result<Relayed, serde_json::Error> {
    let wire: Wire<'_> = serde_json::from_str(detail)?;
    let (rule, kind, id) = (&wire.config_rule_name, &wire.resource_type, &wire.resource_id);
    if rule.is_empty() || kind.is_empty() || id.is_empty() {
        return Err(serde_json::Error::custom("expected a rule and a resource, found an empty name"));
    }
    let (new, old) = (wire.new_evaluation_result.as_ref(), wire.old_evaluation_result.as_ref());
    let time = new.map(|new| new.result_recorded_time).or(wire.notification_creation_time);
    let Some(time) = time else {
        return Err(serde_json::Error::missing_field("newEvaluationResult"));
    };
    let managed = Managed::of(rule, kind == TABLE);
    let table = table(&wire);
    let what = table.as_ref().map_or_else(|| format!("{kind} {id}"), |table| format!("table {}", table.name));
    let is_violated = new.is_some_and(Evaluation::is_violation);
    let lack = managed.map_or(String::new(), |managed| format!(": {}", managed.lack()));
    let title = if is_violated {
        format!("{what} is not as the rule {rule} wants it{lack}")
    } else {
        format!("{what} is not against the rule {rule}")
    };
    let resources = if table.is_some() { Vec::new() } else { vec![capped(id)] };
    let seen = time.to_string();
    Ok(Relayed {
        original: Original {
            service: Reporter::Config,
            kind: capped(rule),
            id: None,
            title: capped(&title),
            description: new.and_then(|new| new.annotation.text()).map(capped),
            severity: None,
            count: None,
            first_seen: None,
            last_seen: None,
            resources,
            techniques: Vec::new(),
            first_step: managed.map(|managed| managed.first_step(table.as_ref().map(|table| table.name.as_ref()))),
            url: url(&wire.aws_region, rule),
        },
        // A notification has no id of its own; what it says, and when that was recorded, are what it is.
        event_id: EventId::digest([
            b"config".as_slice(),
            wire.aws_account_id.as_bytes(),
            wire.aws_region.as_bytes(),
            rule.as_bytes(),
            kind.as_bytes(),
            id.as_bytes(),
            seen.as_bytes(),
        ]),
        time: whole(time),
        actors: Vec::new(),
        tables: table.into_iter().collect(),
        operation: None,
        source: None,
        user_agent: None,
        error_code: None,
        claim: Claim::Compliance {
            is_violated,
            was_violated: old.is_some_and(Evaluation::is_violation),
            is_about_dynamodb: kind.starts_with("AWS::DynamoDB::") || managed.is_some(),
        },
        account: capped(&wire.aws_account_id),
        region: capped(&wire.aws_region),
    })
}

impl Evaluation<'_> {
    /// `COMPLIANT`, `NON_COMPLIANT`, `NOT_APPLICABLE` and `INSUFFICIENT_DATA` are what there is:
    /// <https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html>.
    fn is_violation(&self) -> bool {
        self.compliance_type == "NON_COMPLIANT"
    }
}

/// The table, where it is one: Config's id of a table is its name.
fn table(wire: &Wire<'_>) -> Option<TableId<'static>> {
    let Wire { aws_account_id, aws_region, resource_type, resource_id, .. } = wire;
    if resource_type != TABLE {
        return None;
    }
    if let Some(arn) = TableArn::parse(resource_id).filter(|arn| is_table_name(&arn.table.name)) {
        return Some(arn.table.into_owned());
    }
    is_table_name(resource_id).then(|| TableId {
        partition: partition_of_region(aws_region).into(),
        account: aws_account_id.clone().into(),
        region: aws_region.clone().into(),
        name: resource_id.clone().into(),
    })
}

fn url(region: &str, rule: &str) -> Option<String> {
    let host = console::host(region).filter(|_| console::is_plain(rule))?;
    Some(format!("https://{host}/config/home?region={region}#/rules/details?configRuleName={rule}"))
}
