//! A copy of a table that is kept in step with it is added where data may not be, or removed.

use serde_json_borrow::Value;

use super::control::{Place, account_and_region_of, is, is_unsaid, name, objections, reason};
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, field};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "replica-changed",
    title: "Replica change",
    fires_when: "a replica is added in a region, in an account or under a key that is not approved, or where the policy lists no regions; or any replica is removed",
    severity: "high, medium for a new replica where the policy lists no regions",
    techniques: &["T1537"],
    why: "A replica is a full copy that follows each write, with permissions of its own, where nobody may be watching; removing one deletes a copy that a recovery may need.",
    first_steps: &[
        "Ask the owner whether data of this table may be in that region or account.",
        "If not, remove the replica, after seeing there who read it.",
        "If a replica was removed, check that the others are in step, and take a backup.",
    ],
    judge: Judge::Access(judge),
};

/// What a call changes about the copies of a table.
enum Change<'a> {
    /// One is added in a region, under a key where the request names one.
    Added(&'a str, Option<&'a str>),
    /// One is removed.
    Removed(&'a str),
}

/// Sources: `ReplicaUpdates` and `GlobalTableWitnessUpdates` of "`UpdateTable`", `GlobalTableSourceArn` of "`CreateTable`" (a
/// replica in an account of its own), and "`CreateGlobalTable`" and "`UpdateGlobalTable`" of the version of 2017,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>.
fn judge(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let ours = is(call, &["UpdateTable", "CreateTable", "CreateGlobalTable", "UpdateGlobalTable"]);
    if !ours {
        return None;
    }
    let (home, here) = call.account_and_region(access);
    let names_api = context.names_api(call);
    let mut told = Told::default();
    for change in changes(call) {
        match change {
            Change::Added(region, key) => {
                let key = key.map(|key| Place::Key(key, region));
                let places: Vec<Place<'_>> = [Place::Region(region)].into_iter().chain(key).collect();
                let is_unsaid = region != here && is_unsaid(context, region);
                told.add(
                    format!("a replica is added in {}", name(region)),
                    &objections(call, context, home, &places),
                    is_unsaid && !names_api,
                );
            }
            Change::Removed(region) if !names_api => {
                told.reasons.push(format!("the replica in {} is removed", name(region)));
                told.is_grave = true;
            }
            Change::Removed(_) => {}
        }
    }
    if let Some(source) = call.params.text(&["globalTableSourceArn"]) {
        let account = account_and_region_of(source).map(|(account, _)| Place::Account(account));
        let places: Vec<Place<'_>> = account.into_iter().chain([Place::Region(here)]).collect();
        let is_unsaid = is_unsaid(context, here) && !names_api;
        told.add(
            format!("the table is a replica of {}", name(source)),
            &objections(call, context, home, &places),
            is_unsaid,
        );
    }
    let Told { reasons, is_grave, is_refused } = told;
    let severity = if is_grave { Severity::High } else { Severity::Medium };
    (!reasons.is_empty()).then(|| Verdict::new(severity, reasons.join(", ")).aggravated_if(is_refused))
}

/// What is told of the changes of a call.
#[derive(Default)]
struct Told {
    reasons: Vec<String>,
    /// Whether a replica goes, or comes where it may not be.
    is_grave: bool,
    /// Whether one comes where it may not be. A line of policy that names the API does not mean that.
    is_refused: bool,
}

impl Told {
    fn add(&mut self, done: String, objections: &[String], even_without: bool) {
        if !objections.is_empty() || even_without {
            self.reasons.push(reason(done, objections));
        }
        self.is_grave |= !objections.is_empty();
        self.is_refused |= !objections.is_empty();
    }
}

/// A table in a few regions has a few of them; the list of a request that is refused may be as long as the caller likes.
const MOST: usize = 20;

fn changes<'v>(call: &'v Call<'_>) -> impl Iterator<Item = Change<'v>> {
    let text = |value: &'v Value<'_>, field_name| field(value, field_name).and_then(|value| value.as_str());
    let updates = call.params.list(&["replicaUpdates"]).iter().chain(call.params.list(&["globalTableWitnessUpdates"]));
    let updates = updates.filter_map(move |update| {
        let region = |part| text(part, "regionName").unwrap_or("a region that the record does not tell");
        let added = || field(update, "create").map(|part| Change::Added(region(part), text(part, "kMSMasterKeyId")));
        let removed = || field(update, "delete").map(|part| Change::Removed(region(part)));
        added().or_else(removed)
    });
    let group = call.params.list(&["replicationGroup"]).iter();
    let group = group.filter_map(move |replica| Some(Change::Added(text(replica, "regionName")?, None)));
    updates.chain(group).take(MOST)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const ID: &str = super::DETECTION.id;

    const POLICY: &str = r"
version: 1
approved:
  accounts: ['444455556666']
  regions: [eu-west-1, eu-central-1]
  keys: [alias/orders]
tables:
  - table: orders
    expected:
      - {user: alice, effects: [admin]}
      - {user: bob, actions: [UpdateTable, CreateTable]}
";

    fn update(claim: &str, updates: &str) -> Case {
        Case::new(claim, "UpdateTable", &format!(r#"{{"tableName":"orders","replicaUpdates":{updates}}}"#))
    }

    fn create(region: &str, more: &str) -> String {
        format!(r#"[{{"create":{{"regionName":"{region}"{more}}}}}]"#)
    }

    #[test]
    fn a_replica_is_told_where_data_may_not_be_and_where_one_goes() {
        check(
            ID,
            POLICY,
            &[
                update("an approved region", &create("eu-central-1", "")),
                update("an approved key", &create("eu-central-1", r#","kMSMasterKeyId":"alias/orders""#)),
                update("another region", &create("us-east-1", ""))
                    .fires("high")
                    .because("a replica is added in us-east-1: region us-east-1 is not approved"),
                update("another key", &create("eu-central-1", r#","kMSMasterKeyId":"alias/loot""#))
                    .fires("high")
                    .because("a replica is added in eu-central-1: key alias/loot is not approved"),
                update("in another case", r#"[{"Create":{"RegionName":"us-east-1"}}]"#).fires("high"),
                update("denied", &create("us-east-1", "")).error("AccessDenied").fires("medium"),
                update("another region, by whom a line names for the API", &create("us-east-1", "")).by("bob").fires("high"),
                update("removed, by whom a line names for the API", r#"[{"delete":{"regionName":"eu-central-1"}}]"#).by("bob"),
                update("both, by whom a line names for the API", r#"[{"delete":{"regionName":"eu-central-1"}},{"create":{"regionName":"us-east-1"}}]"#)
                    .by("bob")
                    .fires("high")
                    .because("a replica is added in us-east-1: region us-east-1 is not approved"),
                update("removed", r#"[{"delete":{"regionName":"eu-central-1"}}]"#)
                    .fires("high")
                    .because("the replica in eu-central-1 is removed"),
                update("two changes", r#"[{"delete":{"regionName":"eu-central-1"}},{"create":{"regionName":"us-east-1"}}]"#)
                    .fires("high")
                    .because("the replica in eu-central-1 is removed, a replica is added in us-east-1: region us-east-1 is not approved"),
                update("changed in place", r#"[{"update":{"regionName":"us-east-1","tableClassOverride":"STANDARD"}}]"#),
                Case::new(
                    "a witness",
                    "UpdateTable",
                    r#"{"tableName":"orders","globalTableWitnessUpdates":[{"create":{"regionName":"us-east-1"}}]}"#,
                )
                .fires("high"),
            ],
        );
    }

    #[test]
    fn global_tables_of_both_versions_and_of_several_accounts_are_told() {
        let group = |claim: &str, regions: &str| {
            let params = format!(r#"{{"globalTableName":"orders","replicationGroup":[{regions}]}}"#);
            Case::new(claim, "CreateGlobalTable", &params)
        };
        let replica_of = |claim: &str, account: &str| {
            let arn = format!("arn:aws:dynamodb:eu-central-1:{account}:table/orders");
            Case::new(claim, "CreateTable", &format!(r#"{{"tableName":"orders","globalTableSourceArn":"{arn}"}}"#))
        };
        let removed = r#"{"globalTableName":"orders","replicaUpdates":[{"delete":{"regionName":"eu-central-1"}}]}"#;
        check(
            ID,
            POLICY,
            &[
                group("of 2017", r#"{"regionName":"eu-west-1"},{"regionName":"us-east-1"}"#)
                    .fires("high")
                    .because("a replica is added in us-east-1: region us-east-1 is not approved"),
                group("of 2017, approved", r#"{"regionName":"eu-west-1"},{"regionName":"eu-central-1"}"#),
                Case::new("of 2017, removed", "UpdateGlobalTable", removed).fires("high"),
                replica_of("of another account's table", "123456789012").fires("high").because(
                    "the table is a replica of arn:aws:dynamodb:eu-central-1:123456789012:table/orders: account 123456789012 is not approved",
                ),
                replica_of("of another account's table, by whom a line names for the API", "123456789012")
                    .by("bob")
                    .fires("high"),
                replica_of("of an approved account's table", "444455556666"),
                Case::new("created by itself", "CreateTable", r#"{"tableName":"orders"}"#),
            ],
        );
    }

    #[test]
    fn without_a_list_a_new_region_is_told_as_what_nothing_is_said_about() {
        let foreign_key =
            r#","kMSMasterKeyId":"arn:aws:kms:us-east-1:123456789012:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d""#;
        let group = |claim: &str, regions: &str| {
            let params = format!(r#"{{"globalTableName":"orders","replicationGroup":[{regions}]}}"#);
            Case::new(claim, "CreateGlobalTable", &params)
        };
        let lines = "version: 1\ntables:\n  - table: orders\n    expected:\n      - {user: bob, actions: [UpdateTable]}\n      - {user: carol, effects: [admin]}\n";
        check(
            ID,
            lines,
            &[
                update("added by whom a line names for the API", &create("us-east-1", "")).by("bob"),
                update("under another's key", &create("us-east-1", foreign_key)).by("bob").fires("high"),
                update("added by whom a line expects", &create("us-east-1", "")).by("carol").fires("medium"),
            ],
        );
        for policy in ["", "version: 1\ntables:\n  - table: orders\n"] {
            check(
                ID,
                policy,
                &[
                    update("added", &create("us-east-1", ""))
                        .fires("medium")
                        .because("a replica is added in us-east-1"),
                    group("of 2017, with the region of the table", r#"{"regionName":"eu-west-1"},{"regionName":"us-east-1"}"#)
                        .fires("medium")
                        .because("a replica is added in us-east-1"),
                    group("of 2017, of that region alone", r#"{"regionName":"eu-west-1"}"#),
                    Case::new(
                        "of a table of the same account",
                        "CreateTable",
                        r#"{"tableName":"orders","globalTableSourceArn":"arn:aws:dynamodb:us-east-1:111122223333:table/orders"}"#,
                    )
                    .fires("medium"),
                    update("under another's key", &create("us-east-1", foreign_key)).fires("high"),
                    update("removed", r#"[{"delete":{"regionName":"us-east-1"}}]"#).fires("high"),
                    update("removed, and not told where", r#"[{"delete":{}}]"#).fires("high"),
                ],
            );
        }
    }
}
