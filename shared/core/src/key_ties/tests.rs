use super::*;
use crate::access::Outcome;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d";
const ID: &str = "0d6a2c1e-53f4-4b7a-9c8d-1e2f3a4b5c6d";

/// A record of a call by a user of the account, with these fields beside.
fn record(source: &str, name: &str, params: &str, more: &str) -> String {
    format!(
        r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"{source}.amazonaws.com","eventName":"{name}",
            "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{params},
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/alice"}}{more}}}"#
    )
}

fn on_key(name: &str, key: &str) -> String {
    record("kms", name, &format!(r#"{{"keyId":"{key}"}}"#), "")
}

/// What is told of records in their order: table or `-`, severity, reason.
fn replay(policy: &str, records: &[String]) -> Vec<(String, &'static str, String)> {
    let policy = (!policy.is_empty()).then(|| Policy::parse("policy.yaml", policy).unwrap());
    let mut told = Vec::new();
    let mut tell = |hit: Hit, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>, origin: Origin<'_>| {
        assert_eq!((hit.detection.id, origin.message), ("key-endangered", 7));
        assert_ne!(call.outcome, Outcome::Denied);
        let table = access.table.as_ref().map_or("-".to_owned(), ToString::to_string);
        told.push((table, hit.severity.as_str(), hit.reason));
    };
    let place = Place::Event("test".to_owned());
    let mut ties = KeyTies::default();
    for json in records {
        let record = Record::parse(json).unwrap();
        let call = Call::read(&record).unwrap();
        let origin = Origin { place: &place, message: 7 };
        ties.observe(&call, &call.accesses(), (json, origin), policy.as_ref(), &mut tell);
    }
    ties.settle(policy.as_ref(), &mut tell);
    told.sort();
    told
}

/// The same, in any order of the records, as it must be.
fn replay_in_any_order(policy: &str, mut records: Vec<String>) -> Vec<(String, &'static str, String)> {
    let told = replay(policy, &records);
    records.reverse();
    assert_eq!(replay(policy, &records), told);
    told
}

#[test]
fn a_key_is_tied_to_tables_by_whichever_record_names_both() {
    let sse = |field: &str, key: &str| format!(r#""{field}":{{"enabled":true,"kMSMasterKeyId":"{key}"}}"#);
    let grant = |context: &str| {
        let params = format!(
            r#"{{"keyId":"{KEY}","constraints":{{"{context}":{{"aws:dynamodb:tableName":"orders","aws:dynamodb:subscriberId":"111122223333"}}}}}}"#
        );
        record("kms", "CreateGrant", &params, "")
    };
    let described = |api: &str| {
        let more = format!(
            r#","responseElements":{{"tableDescription":{{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","sSEDescription":{{"kMSMasterKeyArn":"{KEY}"}}}}}}"#
        );
        record("dynamodb", api, r#"{"tableName":"orders"}"#, &more)
    };
    let restore = |api: &str, source: &str| {
        let params = format!(r#"{{{source},"targetTableName":"orders",{}}}"#, sse("sSESpecificationOverride", KEY));
        record("dynamodb", api, &params, "")
    };
    let ties = [
        record("dynamodb", "CreateTable", &format!(r#"{{"tableName":"orders",{}}}"#, sse("sSESpecification", KEY)), ""),
        record("dynamodb", "UpdateTable", &format!(r#"{{"tableName":"orders",{}}}"#, sse("SSESpecification", ID)), ""),
        record(
            "dynamodb",
            "ImportTable",
            &format!(r#"{{"tableCreationParameters":{{"tableName":"orders",{}}}}}"#, sse("sSESpecification", KEY)),
            "",
        ),
        restore("RestoreTableToPointInTime", r#""sourceTableName":"carts""#),
        restore(
            "RestoreTableFromBackup",
            r#""backupArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/carts/backup/01700000000000-abcdef""#,
        ),
        described("CreateTable"),
        described("UpdateTable"),
        grant("encryptionContextSubset"),
        grant("encryptionContextEquals"),
    ];
    for tie in ties {
        for name in [KEY, ID] {
            let told = replay_in_any_order("", vec![tie.clone(), on_key("DisableKey", name)]);
            let told: Vec<_> = told.iter().map(|(table, severity, _)| (table.as_str(), *severity)).collect();
            assert_eq!(told, [("orders (111122223333, eu-west-1)", "critical")], "{tie}");
        }
    }
}

#[test]
fn each_table_is_told_once_for_each_call_and_the_rest_is_silent() {
    let create = |table: &str, key: &str| {
        let params = format!(r#"{{"tableName":"{table}","sSESpecification":{{"kMSMasterKeyId":"{key}"}}}}"#);
        record("dynamodb", "CreateTable", &params, "")
    };
    let other = "11111111-2222-4333-8444-555555555555";
    let told = replay_in_any_order(
        "",
        vec![
            on_key("ScheduleKeyDeletion", ID),
            on_key("DisableKey", other),
            on_key("RetireGrant", ID),
            create("orders", KEY),
            create("orders", ID),
            create("carts", ID),
            record(
                "dynamodb",
                "CreateTable",
                &format!(r#"{{"tableName":"denied","sSESpecification":{{"kMSMasterKeyId":"{KEY}"}}}}"#),
                r#","errorCode":"AccessDenied""#,
            ),
        ],
    );
    let reason = format!("ScheduleKeyDeletion of {KEY}, to be deleted in 30 days; CreateTable ties the table to it");
    let want =
        ["carts", "orders"].map(|table| (format!("{table} (111122223333, eu-west-1)"), "critical", reason.clone()));
    assert_eq!(told, want);
}

#[test]
fn an_alias_is_the_key_that_a_response_tells() {
    let more = format!(
        r#","responseElements":{{"tableDescription":{{"tableArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders","sSEDescription":{{"kMSMasterKeyArn":"{KEY}"}}}}}}"#
    );
    let params = r#"{"tableName":"orders","sSESpecification":{"kMSMasterKeyId":"alias/shop"}}"#;
    let create = record("dynamodb", "CreateTable", params, &more);
    // The same alias, of which this record alone does not tell the key.
    let carts = r#"{"tableName":"carts","sSESpecification":{"kMSMasterKeyId":"alias/shop"}}"#;
    let create_carts = record("dynamodb", "CreateTable", carts, "");
    let tables = |records| replay_in_any_order("", records).into_iter().map(|(table, ..)| table).collect::<Vec<_>>();
    let [orders, carts] = ["orders", "carts"].map(|table| format!("{table} (111122223333, eu-west-1)"));
    assert_eq!(tables(vec![on_key("DisableKey", ID), create_carts.clone(), create]), [carts, orders]);
    assert_eq!(tables(vec![on_key("DisableKey", ID), create_carts]), Vec::<String>::new());
}

#[test]
fn the_policy_ties_keys_to_its_entries() {
    let policy = format!(
        r#"
version: 1
approved:
  keys: [22222222-2222-4333-8444-555555555555, "arn:aws:kms:eu-west-1:111122223333:key/3*"]
tables:
  - table: orders
    sensitivity: low
    encryption-keys: ["{KEY}"]
    expected: [{{user: alice, actions: [PutKeyPolicy, "Revoke*"]}}]
  - table: "cart-*"
    encryption-keys: [{ID}]
    detections: {{key-endangered: {{severity: medium}}}}
  - table: arn:aws:dynamodb:us-east-1:444455556666:table/vault
    encryption-keys: ["{KEY}"]
  - table: off
    encryption-keys: ["{KEY}"]
    detections: {{key-endangered: off}}
"#
    );
    let told = |api| {
        let told = replay(&policy, &[on_key(api, ID)]);
        told.into_iter()
            .map(|(table, severity, reason)| (table, severity, reason.split("; ").nth(1).unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let text = |table: &str, severity, how: &str| (table.to_owned(), severity, how.to_owned());
    let patterns = text("-", "medium", "the policy says that cart-* depends on it (line 10)");
    let orders = text("orders (111122223333, eu-west-1)", "high", "the policy says that orders depends on it (line 6)");
    let vault = "arn:aws:dynamodb:us-east-1:444455556666:table/vault";
    let vault = text(
        "vault (444455556666, us-east-1)",
        "critical",
        &format!("the policy says that {vault} depends on it (line 13)"),
    );
    assert_eq!(told("DisableKey"), [patterns.clone(), orders.clone(), vault.clone()]);
    assert_eq!(told("RevokeGrant"), [patterns.clone(), orders, vault.clone()]);
    assert_eq!(told("PutKeyPolicy"), [patterns, vault]);
    let approved = replay(&policy, &[on_key("DisableKey", "22222222-2222-4333-8444-555555555555")]);
    assert_eq!(approved.len(), 1);
    assert_eq!((approved[0].0.as_str(), approved[0].1), ("-", "critical"));
    assert_eq!(replay(&policy, &[on_key("DisableKey", "33333333-2222-4333-8444-555555555555")]), []);
}

#[test]
fn a_table_that_was_seen_stands_for_its_entry() {
    let policy = format!("version: 1\ntables:\n  - table: order*\n    encryption-keys: [{ID}]\n");
    let params = format!(r#"{{"tableName":"orders","sSESpecification":{{"kMSMasterKeyId":"{KEY}"}}}}"#);
    let told =
        replay_in_any_order(&policy, vec![on_key("DisableKey", ID), record("dynamodb", "CreateTable", &params, "")]);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "orders (111122223333, eu-west-1)");
}

#[test]
fn a_replica_is_tied_to_the_key_of_its_region() {
    let params = format!(
        r#"{{"tableName":"orders","replicaUpdates":[{{"create":{{"regionName":"us-east-1","kMSMasterKeyId":"{ID}"}}}}]}}"#
    );
    let update = record("dynamodb", "UpdateTable", &params, "");
    let disable = on_key("DisableKey", &KEY.replace("eu-west-1", "us-east-1"));
    let told = replay_in_any_order("", vec![update.clone(), disable]);
    assert_eq!(told.iter().map(|told| told.0.as_str()).collect::<Vec<_>>(), ["orders (111122223333, us-east-1)"]);
    assert_eq!(replay("", &[update, on_key("DisableKey", ID)]), []);
}

#[test]
fn what_does_not_fit_is_told_without_a_table() {
    let flood: Vec<String> =
        (0..MOST_WAITING).map(|_| on_key("DisableKey", ID)).chain([on_key("DisableKey", ID)]).collect();
    let told = replay("", &flood);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0.as_str(), told[0].1), ("-", "critical"));
    assert!(told[0].2.ends_with("more calls on keys than can be looked into"), "{}", told[0].2);
    let more = "x".repeat(MOST_BYTES / 4);
    let large: Vec<String> = (0..4)
        .map(|_| record("kms", "PutKeyPolicy", &format!(r#"{{"keyId":"{ID}","policy":"{more}"}}"#), ""))
        .collect();
    assert_eq!(replay("", &large).len(), 1);
}
