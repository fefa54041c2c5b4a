//! What is approved, what is this audit's own, what is changed about detections and what is not told.

use super::*;
use crate::actor::{Actor, ActorKind};
use crate::kms_key::KmsKey;
use crate::severity::Severity;

fn key_of(name: &str, account: &str) -> KmsKey {
    KmsKey::new(name, account, "eu-west-1").unwrap()
}

fn role(arn: &str) -> Actor<'_> {
    Actor { kind: ActorKind::Role, name: arn.into(), account: None, permission_set: None, person: None, via: None }
}

#[test]
fn a_list_that_is_there_is_complete_and_one_that_is_not_says_nothing() {
    let some = policy(
        "version: 1
accounts: {'111122223333': production}
approved:
  accounts: ['444455556666']
  regions: [eu-west-1, eu-central-*]
  buckets: []
  keys: ['arn:aws:kms:eu-west-1:111122223333:key/*', alias/orders]
",
    );
    let none = policy("version: 1\naccounts: {'111122223333': production}\n");
    let (yes, no, not_said) = (Approval::Yes, Approval::No, Approval::NotSaid);
    let accounts = |policy: &Policy| {
        ["111122223333", "444455556666", "123456789012"].map(|account| policy.approves_account(account))
    };
    assert_eq!(accounts(&some), [yes, yes, no]);
    assert_eq!(accounts(&none), [yes, not_said, not_said]);
    let regions =
        |policy: &Policy| ["eu-west-1", "eu-central-2", "eu-west-2"].map(|region| policy.approves_region(region));
    assert_eq!(regions(&some), [yes, yes, no]);
    assert_eq!(regions(&none), [not_said; 3]);
    assert_eq!([some.approves_bucket("acme"), none.approves_bucket("acme")], [no, not_said]);
    let keys = |policy: &Policy| {
        ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd", "alias/orders", "alias/other"]
            .map(|key| policy.approves_key(&key_of(key, "111122223333"), "111122223333"))
    };
    assert_eq!(keys(&some), [yes, yes, no]);
    assert_eq!(keys(&none), [not_said; 3]);
    let theirs = key_of("alias/orders", "444455556666");
    assert_eq!(some.approves_key(&theirs, "111122223333"), no, "an alias of the caller's account");
}

#[test]
fn the_pipeline_knows_its_own_and_its_deployer() {
    let policy = policy(
        "version: 1
pipeline:
  resources: ['arn:aws:sqs:*:111122223333:tablewarden-*', 'arn:aws:lambda:*:*:function:tablewarden-*']
  log-buckets: [acme-cloudtrail*]
  deployer:
    - role: ci/tablewarden-deploy
    - permission-set: Admin
      person: alice@example.com
",
    );
    for (service, name, want) in [
        ("sqs", "tablewarden-logs", true),
        ("sqs", "arn:aws:sqs:eu-west-1:111122223333:tablewarden-logs", true),
        ("sqs", "arn:aws:sqs:eu-west-1:444455556666:tablewarden-logs", false),
        ("sqs", "orders", false),
        ("lambda", "tablewarden-trail-log", true),
        ("lambda", "arn:aws:lambda:eu-west-1:111122223333:function:tablewarden-trail-log:live", true),
        ("sns", "tablewarden-alerts", false),
    ] {
        assert_eq!(policy.is_own(service, name), want, "{service} {name}");
    }
    assert!(policy.is_log_bucket("acme-cloudtrail-eu") && !policy.is_log_bucket("acme"));
    let deploy = |account| format!("arn:aws:iam::{account}:role/ci/tablewarden-deploy");
    assert!(policy.is_deployer(&role(&deploy("111122223333")), "111122223333"));
    assert!(!policy.is_deployer(&role(&deploy("444455556666")), "111122223333"));
    assert!(!Policy::default().is_deployer(&role(&deploy("111122223333")), "111122223333"));
}

#[test]
fn a_tables_settings_come_field_by_field_before_those_of_all() {
    let policy = policy(
        "version: 1
detections:
  table-updated: off
  item-deletion: {severity: medium}
  access-denied: {severity: high}
tables:
  - table: orders
    detections: {item-deletion: off, access-denied: {severity: informational}}
  - table: carts
  - table: audits
    detections: {table-updated: {severity: low}}
  - table: logs
    detections: {table-updated: {}}
",
    );
    let setting = |id, name: &str| {
        let table = table(name);
        let Setting { off, severity, .. } = policy.setting(id, policy.table(&table));
        (off, severity)
    };
    let cases = [
        ("table-updated", "orders", (true, None)),
        ("table-updated", "audits", (false, Some(Severity::Low))),
        ("table-updated", "logs", (false, None)),
        ("table-updated", "carts", (true, None)),
        ("item-deletion", "orders", (true, Some(Severity::Medium))),
        ("item-deletion", "carts", (false, Some(Severity::Medium))),
        ("item-deletion", "unlisted", (false, Some(Severity::Medium))),
        ("access-denied", "orders", (false, Some(Severity::Informational))),
        ("access-denied", "carts", (false, Some(Severity::High))),
        ("table-deleted", "orders", (false, None)),
    ];
    for (id, name, want) in cases {
        assert_eq!(setting(id, name), want, "{id} of {name}");
    }
}

#[test]
fn thresholds_are_read_and_come_field_by_field_too() {
    let policy = policy(
        "version: 1
detections:
  bulk-deletion: {items: 500}
  denied-burst: {calls: 50, severity: high}
tables:
  - table: orders
    detections: {bulk-deletion: {items: 20}, denied-burst: {severity: low}}
",
    );
    let of = |id, table: Option<&TablePolicy>| {
        let Setting { severity, items, calls, .. } = policy.setting(id, table);
        (severity, items, calls)
    };
    let orders = table("orders");
    let entry = policy.table(&orders);
    assert_eq!(
        [of("bulk-deletion", entry), of("bulk-deletion", None)],
        [(None, Some(20), None), (None, Some(500), None)]
    );
    assert_eq!(of("denied-burst", entry), (Some(Severity::Low), None, Some(50)));
}

#[test]
fn a_suppression_holds_for_its_detection_table_principal_and_resource_until_its_end() {
    let policy = policy(
        "version: 1
suppressions:
  - detection: item-deletion
    table: orders
    role: ops/nightly-copy
    until: 2026-03-31
    reason: nightly copy until the export replaces it
  - {detection: access-denied, until: 2026-12-31, reason: known}
  - {detection: trail-stopped, resource: main, until: 2026-12-31, reason: the trail of a test}
",
    );
    let copy = "arn:aws:iam::111122223333:role/ops/nightly-copy";
    let (orders, carts) = (table("orders"), table("carts"));
    let other_account = "arn:aws:iam::444455556666:role/ops/nightly-copy";
    let cases = [
        ("item-deletion", copy, Some(&orders), "2026-03-31T23:59:59Z", Some(3)),
        ("item-deletion", copy, Some(&orders), "2026-04-01T00:00:00Z", None),
        ("item-deletion", copy, Some(&carts), "2026-03-01T00:00:00Z", None),
        ("item-deletion", copy, None, "2026-03-01T00:00:00Z", None),
        ("item-deletion", other_account, Some(&orders), "2026-03-01T00:00:00Z", None),
        ("item-deletion", "arn:aws:iam::111122223333:role/other", Some(&orders), "2026-03-01T00:00:00Z", None),
        ("table-deleted", copy, Some(&orders), "2026-03-01T00:00:00Z", None),
        ("access-denied", copy, None, "2026-03-01T00:00:00Z", Some(8)),
        ("access-denied", copy, Some(&carts), "2026-03-01T00:00:00Z", Some(8)),
    ];
    let trail = |name: &str| Some(format!("arn:aws:cloudtrail:eu-west-1:111122223333:trail/{name}"));
    let trails = [(trail("main"), Some(9)), (trail("audit"), None), (None, None)];
    let found = |detection, arn, table, resource, time: &str| {
        policy.suppression(detection, &role(arn), "111122223333", table, resource, time.parse().unwrap())
    };
    for (detection, arn, table, time, want) in cases {
        let found = found(detection, arn, table, None, time);
        assert_eq!(found.map(|found| found.line), want, "{detection} {arn} {time}");
    }
    for (resource, want) in &trails {
        let found = found("trail-stopped", copy, None, resource.as_deref(), "2026-03-01T00:00:00Z");
        assert_eq!(found.map(|found| found.line), *want, "{resource:?}");
    }
    let found = found("item-deletion", copy, Some(&orders), None, "2026-03-01T00:00:00Z");
    assert_eq!(found.map(|found| found.reason.as_str()), Some("nightly copy until the export replaces it"));
}

#[test]
fn a_key_leads_to_the_tables_that_depend_on_it() {
    let policy = policy(
        "version: 1
tables:
  - {table: orders, encryption-keys: ['arn:aws:kms:*:111122223333:key/*']}
  - {table: customers, encryption-keys: [22222222-2222-4333-8444-555555555555]}
",
    );
    let tables = |key, account| {
        policy.tables_of_key(&key_of(key, account)).map(|table| table.label.as_str()).collect::<Vec<_>>()
    };
    let (one, other) = ("1234abcd-12ab-34cd-56ef-1234567890ab", "22222222-2222-4333-8444-555555555555");
    assert_eq!(tables(one, "111122223333"), ["orders"]);
    assert_eq!(tables(other, "111122223333"), ["orders", "customers"]);
    assert_eq!(tables(other, "444455556666"), ["customers"]);
    assert_eq!(tables("alias/other", "111122223333"), [""; 0]);
}
