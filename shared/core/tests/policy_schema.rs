//! Holds `schema/policy.schema.json` to the types that policies are read into, and to what the parser takes.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::env;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tablewarden_core::policy::{self, Policy};
use tablewarden_testkit::scenarios;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/policy.schema.json");

/// The schema's opinion of a policy, as an editor would have it: the first few errors.
fn errors(yaml: &str) -> Vec<String> {
    let value: Value = serde_saphyr::from_str(yaml).unwrap();
    let validator = jsonschema::draft7::new(&policy::schema()).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect()
}

/// `TABLEWARDEN_BLESS=1` writes it anew.
#[test]
fn the_file_is_what_the_types_say() {
    let now = format!("{:#}\n", policy::schema());
    if env::var("TABLEWARDEN_BLESS").is_ok_and(|value| value == "1") {
        fs::create_dir_all(Path::new(FILE).parent().unwrap()).unwrap();
        fs::write(FILE, &now).unwrap();
    }
    assert!(fs::read_to_string(FILE).unwrap() == now, "run with TABLEWARDEN_BLESS=1 and look at the difference");
}

#[test]
fn every_policy_among_the_sample_events_is_valid() {
    let mut policies = 0;
    for scenario in scenarios() {
        if let Some(yaml) = scenario.policy {
            assert_eq!(errors(&yaml), [""; 0], "{}", scenario.name);
            policies += 1;
        }
    }
    assert!(policies > 5);
    assert_eq!(errors(include_str!("../../../events/policy-example/policy.yaml")), [""; 0]);
}

/// Each field of the format, with the values that it may have.
const WHOLE: &str = r#"
version: 1
accounts: {"111122223333": production, 444455556666: partner}
approved:
  accounts: ["444455556666"]
  regions: [eu-west-1, eu-central-*]
  buckets: [acme-exports-*]
  keys: ["arn:aws:kms:eu-west-1:111122223333:key/*", alias/orders, 1234abcd-12ab-34cd-56ef-1234567890ab]
pipeline:
  resources: ["arn:aws:sqs:*:111122223333:tablewarden-*"]
  log-buckets: [acme-cloudtrail]
  deployer: [{role: ci/tablewarden-deploy}]
detections:
  table-updated: off
  item-deletion: {severity: medium}
  "sigma:aws_root": off
tables:
  - table: orders
    owner: shop-team@example.com
    sensitivity: high
    keys: hash
    watch: [read, write, delete]
    deletion-protection: required
    access-by-tags: true
    encryption-keys: [1234abcd-12ab-34cd-56ef-1234567890ab]
    detections: {access-denied: {severity: informational}}
    expected:
      - role: app/orders-api
        effects: [read, write, delete, admin]
      - permission-set: DataEngineer
        person: alice@example.com
        actions: [Query, GetItem, "Describe*"]
        vpc-endpoints: [vpce-0a1b2c3d]
        cidrs: [10.0.0.0/8, "2001:db8::/32"]
        accounts: ["111122223333"]
        regions: [eu-west-1]
        windows:
          - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", zone: Europe/Berlin}
          - {from: "18:00", to: "24:00", zone: UTC}
        until: 2026-04-01T00:00:00Z
        reason: INC-42, index repair
      - {user: deploy/alice, until: 2026-04-01, reason: INC-43}
      - service: backup.amazonaws.com
      - account: "444455556666"
  - table: arn:aws:dynamodb:*:111122223333:table/carts-*
    expected: []
suppressions:
  - {detection: item-deletion, table: orders, role: ops/nightly-copy, until: 2026-12-31, reason: nightly copy}
  - {detection: access-denied, until: 2026-12-31, reason: known}
  - {detection: trail-stopped, resource: "arn:aws:cloudtrail:*:111122223333:trail/test-*", until: 2026-12-31, reason: known}
  - {detection: log-bucket-tampered, resource: acme-logs, until: 2026-12-31, reason: known}
"#;

#[test]
fn the_whole_format_is_valid_to_parser_and_schema() {
    Policy::parse("policy.yaml", WHOLE).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(errors(WHOLE), [""; 0]);
}

#[test]
fn what_the_parser_refuses_by_its_form_the_schema_refuses_too() {
    // One thing is changed in the whole format.
    let cases = [
        ("version: 1", "version: 2"),
        ("version: 1", "versoin: 1"),
        ("\"111122223333\": production", "\"1111\": production"),
        ("444455556666: partner", "444455556666: \"\""),
        ("[\"444455556666\"]\n  regions", "[\"44445555\"]\n  regions"),
        ("eu-central-*]", "EU]"),
        ("acme-exports-*", "s3://acme-exports"),
        ("alias/orders, 1234", "aliases, 1234"),
        ("\"arn:aws:sqs:*:111122223333:tablewarden-*\"", "tablewarden-queue"),
        ("{role: ci/tablewarden-deploy}", "{role: ci/tablewarden-deploy, user: bot}"),
        ("{role: ci/tablewarden-deploy}", "{person: alice@example.com}"),
        ("table-updated: off", "table-updated: on"),
        ("table-updated: off", "tables-updated: off"),
        ("{severity: medium}", "{severity: grave}"),
        ("{severity: medium}", "{severty: medium}"),
        ("  - table: orders\n", "  - tabel: orders\n"),
        ("table: orders\n", "table: my orders\n"),
        ("owner: shop-team@example.com", "owner:"),
        ("owner: shop-team@example.com", "owner: \" \""),
        ("sensitivity: high", "sensitivity: hihg"),
        ("keys: hash", "keys: hidden"),
        ("watch: [read,", "watch: [admin,"),
        ("watch: [read, write, delete]", "watch: delete"),
        ("protection: required", "protection: true"),
        ("tags: true", "tags: maybe"),
        ("encryption-keys: [1234abcd-12ab-34cd-56ef-1234567890ab]", "encryption-keys: [\"\"]"),
        ("role: app/orders-api", "role: app/"),
        ("role: app/orders-api", "role: \"arn:aws:iam::1111x:role/app\""),
        ("permission-set: DataEngineer", "permission-set: app/Admin"),
        ("person: alice@example.com", "person: \"two\\nlines\""),
        ("effects: [read, write, delete, admin]", "effects: []"),
        ("effects: [read, write, delete, admin]", "effects: [read]\n        actions: [Query]"),
        ("actions: [Query,", "actions: ['dynamodb:Query',"),
        ("vpce-0a1b2c3d", "vpc-0a1b2c3d"),
        ("10.0.0.0/8", "10.0.0.0"),
        ("regions: [eu-west-1]", "regions: [Ireland]"),
        ("[mon, tue,", "[monday, tue,"),
        ("from: \"08:00\"", "from: \"8:00\""),
        ("to: \"18:00\", zone", "to: \"25:00\", zone"),
        ("zone: UTC", "zone: Central European Time"),
        ("zone: UTC", "days: []"),
        ("until: 2026-04-01T00:00:00Z", "until: soon"),
        ("until: 2026-04-01, reason: INC-43", "until: 2026-04-01"),
        ("service: backup.amazonaws.com", "service: backup"),
        ("account: \"444455556666\"", "account: \"*\""),
        ("arn:aws:dynamodb:*:111122223333:table/carts-*", "arn:aws:s3:::carts"),
        ("until: 2026-12-31, reason: nightly copy", "until: 2026-12-31"),
        ("until: 2026-12-31, reason: nightly copy", "reason: nightly copy"),
        ("{detection: item-deletion, table", "{detection: everything, table"),
        ("{detection: item-deletion, table", "{table"),
        ("role: ops/nightly-copy", "role: ops/nightly-copy, user: bot"),
        ("resource: acme-logs, ", ""),
        ("resource: acme-logs, ", "table: orders, "),
        ("resource: acme-logs", "resource: \"*\""),
        ("resource: acme-logs", "resource: arn:aws:s3"),
    ];
    for (right, wrong) in cases {
        assert!(WHOLE.contains(right), "{right}");
        let broken = WHOLE.replacen(right, wrong, 1);
        assert!(Policy::parse("policy.yaml", &broken).is_err(), "the parser takes {wrong}");
        assert!(!errors(&broken).is_empty(), "the schema takes {wrong}");
    }
}
