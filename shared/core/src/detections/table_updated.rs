//! A table is changed, told with what changed.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Effect;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-updated",
    title: "Table update",
    fires_when: "a table is changed, told with what changed",
    severity: "low",
    techniques: &[],
    why: "A change of key, stream, replica or protection moves who can read the data and whether it can be brought back.",
    first_steps: &["Compare the change with the deployments of that time.", "Undo what no deployment explains."],
    judge: Judge::Access(judge),
};

/// The parameters of `UpdateTable` by what they change.
///
/// Source: "`UpdateTable`", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>.
const CHANGES: [(&str, &[&str]); 9] = [
    ("capacity", &["billingMode", "provisionedThroughput", "onDemandThroughput", "warmThroughput"]),
    ("index", &["globalSecondaryIndexUpdates"]),
    ("stream", &["streamSpecification"]),
    ("class", &["tableClass"]),
    ("replica", &["replicaUpdates", "globalTableWitnessUpdates"]),
    ("consistency", &["multiRegionConsistency"]),
    ("replication settings", &["globalTableSettingsReplicationMode"]),
    ("key", &["sSESpecification"]),
    ("protection", &["deletionProtectionEnabled"]),
];

fn judge(call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) -> Option<Verdict> {
    if access.effect != Effect::Admin || call.record.event_name() != "UpdateTable" {
        return None;
    }
    let asked = |names: &[&str]| names.iter().any(|name| call.params.get(name).is_some());
    let changed: Vec<&str> = CHANGES.iter().filter(|(_, names)| asked(names)).map(|(change, _)| *change).collect();
    let what = if changed.is_empty() { "something that is not known".to_owned() } else { changed.join(", ") };
    Some(Verdict::new(Severity::Low, format!("UpdateTable asks for a change of {what}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    #[test]
    fn an_update_is_told_with_what_it_changes() {
        let cases = [
            (r#"{"tableName":"orders","provisionedThroughput":{"readCapacityUnits":5}}"#, "capacity"),
            (r#"{"tableName":"orders","billingMode":"PAY_PER_REQUEST"}"#, "capacity"),
            (r#"{"tableName":"orders","globalSecondaryIndexUpdates":[],"attributeDefinitions":[]}"#, "index"),
            (r#"{"tableName":"orders","streamSpecification":{"streamEnabled":true}}"#, "stream"),
            (r#"{"tableName":"orders","tableClass":"STANDARD"}"#, "class"),
            (r#"{"tableName":"orders","replicaUpdates":[{"create":{"regionName":"us-east-1"}}]}"#, "replica"),
            (r#"{"tableName":"orders","sSESpecification":{"enabled":true}}"#, "key"),
            (r#"{"tableName":"orders","SSESpecification":{"enabled":true}}"#, "key"),
            (
                r#"{"tableName":"orders","deletionProtectionEnabled":false,"tableClass":"STANDARD"}"#,
                "class, protection",
            ),
            (r#"{"tableName":"orders"}"#, "something that is not known"),
        ];
        for (params, what) in cases {
            let reason = format!("UpdateTable asks for a change of {what}");
            check(super::DETECTION.id, "", &[Case::new(what, "UpdateTable", params).fires("low").because(&reason)]);
        }
        check(super::DETECTION.id, "", &[Case::new("another call", "UpdateTimeToLive", r#"{"tableName":"orders"}"#)]);
    }
}
