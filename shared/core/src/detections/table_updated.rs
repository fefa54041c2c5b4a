//! A table is changed, told with what changed.

use super::control::{is, may_hide, name};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, Params, field};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "table-updated",
    title: "Table update",
    fires_when: "a table is changed, told with what changed",
    severity: "low, high where its parameters cannot be read",
    techniques: &[],
    why: "A change of key, stream, replica or protection moves who can read the data and whether it can be brought back.",
    first_steps: &["Compare the change with the deployments of that time.", "Undo what no deployment explains."],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    if !is(call, &["UpdateTable"]) {
        return None;
    }
    if !matches!(call.params, Params::Known(_)) && may_hide(call) {
        // It may be any of those that are told as high by themselves.
        let reason = "the parameters of UpdateTable cannot be read: it may change protection, key, stream or replicas";
        return Some(Verdict::new(Severity::High, reason).aggravated_if(true));
    }
    let changes = changes(call);
    if context.standing.is_expected() || is_scaling(call, &changes) {
        return None;
    }
    let changes: Vec<String> = changes.into_iter().map(Change::into_words).collect();
    let what = if changes.is_empty() { "something that is not known".to_owned() } else { changes.join(", ") };
    Some(Verdict::new(Severity::Low, format!("UpdateTable asks for a change of {what}")))
}

/// One thing that a call changes, and how, as far as it is told in few words.
struct Change {
    what: &'static str,
    how: Vec<String>,
}

impl Change {
    fn into_words(self) -> String {
        let Self { what, how } = self;
        if how.is_empty() { what.to_owned() } else { format!("{what} ({})", how.join(", ")) }
    }
}

/// The parameters of `UpdateTable` by what they change.
///
/// Source: "`UpdateTable`", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>.
fn changes(call: &Call<'_>) -> Vec<Change> {
    let params = &call.params;
    let word = |names: &[&str]| params.text(names).map(name).into_iter().collect();
    let switch = |names: &[&str]| params.flag(names).map(|on| if on { "on" } else { "off" }.to_owned());
    let switch = |names: &[&str]| switch(names).into_iter().collect();
    let all = [
        (
            "capacity",
            &["billingMode", "provisionedThroughput", "onDemandThroughput", "warmThroughput"][..],
            capacity(call),
        ),
        ("index", &["globalSecondaryIndexUpdates"], parts(call, "globalSecondaryIndexUpdates", "indexName")),
        ("stream", &["streamSpecification"], switch(&["streamSpecification", "streamEnabled"])),
        ("class", &["tableClass"], word(&["tableClass"])),
        ("replica", &["replicaUpdates"], parts(call, "replicaUpdates", "regionName")),
        ("witness", &["globalTableWitnessUpdates"], parts(call, "globalTableWitnessUpdates", "regionName")),
        ("consistency", &["multiRegionConsistency"], word(&["multiRegionConsistency"])),
        (
            "replication settings",
            &["globalTableSettingsReplicationMode"],
            word(&["globalTableSettingsReplicationMode"]),
        ),
        ("key", &["sSESpecification"], word(&["sSESpecification", "kMSMasterKeyId"])),
        ("protection", &["deletionProtectionEnabled"], switch(&["deletionProtectionEnabled"])),
    ];
    let asked = |fields: &[&str]| fields.iter().any(|field| params.get(field).is_some());
    all.into_iter().filter(|(_, fields, _)| asked(fields)).map(|(what, _, how)| Change { what, how }).collect()
}

/// Mode and units of the table. The response still tells the units of before.
fn capacity(call: &Call<'_>) -> Vec<String> {
    let response = call.response();
    let units = [("readCapacityUnits", "read units"), ("writeCapacityUnits", "write units")];
    let units = units.into_iter().filter_map(|(field, noun)| {
        let asked = call.params.number(&["provisionedThroughput", field])?;
        match response.number(&["tableDescription", "provisionedThroughput", field]) {
            Some(before) if before != asked => Some(format!("{before} to {asked} {noun}")),
            _ => Some(format!("{asked} {noun}")),
        }
    });
    call.params.text(&["billingMode"]).map(name).into_iter().chain(units).collect()
}

/// How many parts of a list are told: one too long for that is refused by DynamoDB.
const MOST: usize = 5;

/// What is done to indexes or replicas: `create by-date`.
fn parts(call: &Call<'_>, list: &str, called: &str) -> Vec<String> {
    let list = call.params.list(&[list]).iter();
    let parts = list.filter_map(|update| {
        let (verb, part) =
            ["create", "update", "delete"].into_iter().find_map(|verb| Some((verb, field(update, verb)?)))?;
        Some(format!("{verb} {}", name(field(part, called)?.as_str()?)))
    });
    parts.take(MOST).collect()
}

/// Whether this is DynamoDB's auto scaling at its work, through the role that AWS keeps for it, all day long.
///
/// Source: "Service-linked roles for Application Auto Scaling",
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html>.
fn is_scaling(call: &Call<'_>, changes: &[Change]) -> bool {
    let by_scaling = call.actor.name.contains(":role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/");
    by_scaling && changes.iter().all(|change| matches!(change.what, "capacity" | "index"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    #[test]
    fn an_update_is_told_with_what_it_changes() {
        let cases = [
            (
                r#""provisionedThroughput":{"readCapacityUnits":10,"writeCapacityUnits":5}"#,
                "capacity (5 to 10 read units, 5 write units)",
            ),
            (r#""provisionedThroughput":{"readCapacityUnits":10}"#, "capacity (5 to 10 read units)"),
            (r#""billingMode":"PAY_PER_REQUEST""#, "capacity (PAY_PER_REQUEST)"),
            (r#""warmThroughput":{"readUnitsPerSecond":12000}"#, "capacity"),
            (
                r#""globalSecondaryIndexUpdates":[{"create":{"indexName":"by-date"}},{"delete":{"indexName":"by-user"}}],"attributeDefinitions":[]"#,
                "index (create by-date, delete by-user)",
            ),
            (r#""globalSecondaryIndexUpdates":[]"#, "index"),
            (r#""streamSpecification":{"streamEnabled":true}"#, "stream (on)"),
            (r#""streamSpecification":{"streamEnabled":false}"#, "stream (off)"),
            (r#""tableClass":"STANDARD_INFREQUENT_ACCESS""#, "class (STANDARD_INFREQUENT_ACCESS)"),
            (r#""replicaUpdates":[{"create":{"regionName":"us-east-1"}}]"#, "replica (create us-east-1)"),
            (r#""replicaUpdates":[{"evaporate":{"regionName":"us-east-1"}}]"#, "replica"),
            (r#""multiRegionConsistency":"STRONG""#, "consistency (STRONG)"),
            (r#""sSESpecification":{"enabled":true}"#, "key"),
            (r#""SSESpecification":{"Enabled":true,"KMSMasterKeyId":"alias/orders"}"#, "key (alias/orders)"),
            (r#""deletionProtectionEnabled":false,"tableClass":"STANDARD""#, "class (STANDARD), protection (off)"),
            (r#""sharding":"MAGIC""#, "something that is not known"),
        ];
        let before = r#"{"tableDescription":{"provisionedThroughput":{"readCapacityUnits":5,"writeCapacityUnits":5}}}"#;
        for (params, what) in cases {
            let params = format!(r#"{{"tableName":"orders",{params}}}"#);
            let reason = format!("UpdateTable asks for a change of {what}");
            let case = Case::new(what, "UpdateTable", &params).response(before).fires("low").because(&reason);
            check(super::DETECTION.id, "", &[case]);
        }
        let ten = r#"{"tableName":"orders","provisionedThroughput":{"readCapacityUnits":10}}"#;
        check(
            super::DETECTION.id,
            "",
            &[
                Case::new("no answer", "UpdateTable", ten)
                    .error("LimitExceededException")
                    .fires("informational")
                    .because("UpdateTable asks for a change of capacity (10 read units)"),
                Case::new("another call", "UpdateTimeToLive", r#"{"tableName":"orders"}"#),
            ],
        );
    }

    #[test]
    fn an_update_that_cannot_be_read_may_be_a_grave_one() {
        let reason = "the parameters of UpdateTable cannot be read: it may change protection, key, stream or replicas";
        let policy = "version: 1\ntables:\n  - table: orders\n    expected:\n      - {user: alice, effects: [admin]}\n";
        let omitted = r#"{"reason":"requestParameters too large","omitted":true}"#;
        let answer = r#"{"tableDescription":{"tableName":"orders"}}"#;
        for policy in ["", policy] {
            check(
                super::DETECTION.id,
                policy,
                &[
                    Case::new("omitted", "UpdateTable", omitted).response(answer).fires("high").because(reason),
                    Case::new("left out", "UpdateTable", "null").response(answer).fires("high").because(reason),
                ],
            );
        }
        check(
            super::DETECTION.id,
            "",
            &[Case::new("denied", "UpdateTable", "null").error("AccessDenied").fires("informational")],
        );
        let routine = "version: 1\ndetections:\n  table-updated: {severity: informational}\n";
        let stream = r#"{"tableName":"orders","streamSpecification":{"streamEnabled":true}}"#;
        check(
            super::DETECTION.id,
            routine,
            &[
                Case::new("routine", "UpdateTable", stream).fires("informational"),
                Case::new("omitted", "UpdateTable", omitted).response(answer).fires("high"),
            ],
        );
    }

    #[test]
    fn whom_the_policy_expects_to_and_what_scales_by_itself_is_not_told() {
        let policy = "version: 1\ntables:\n  - table: orders\n    expected:\n      - {role: ci/deploy, effects: [admin]}\n      - role: app/api\n";
        let scaling = "aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable";
        let units = r#"{"tableName":"orders","provisionedThroughput":{"readCapacityUnits":10}}"#;
        let stream = r#"{"tableName":"orders","streamSpecification":{"streamEnabled":false}}"#;
        let account = "111122223333";
        let case = |claim, params| Case::new(claim, "UpdateTable", params);
        check(
            super::DETECTION.id,
            policy,
            &[
                case("expected to", stream).by_role("ci/deploy", account),
                case("expected for data alone", stream).by_role("app/api", account).fires("low"),
                case("scales", units).by_role(scaling, account),
                case("does more than scale", stream).by_role(scaling, account).fires("low"),
                case("is only called so", units)
                    .by_role("AWSServiceRoleForApplicationAutoScaling_DynamoDBTable", account)
                    .fires("low"),
            ],
        );
    }
}
