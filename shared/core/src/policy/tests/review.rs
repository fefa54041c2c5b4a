//! What a policy's author is told of lines that do nothing.

use proptest::prelude::*;

use super::*;
use crate::actor::{Actor, ActorKind};

/// The remarks about a policy in the middle of March 2026.
fn remarks(yaml: &str) -> String {
    let remarks = policy(yaml).review("2026-03-15T12:00:00Z".parse().unwrap());
    remarks.iter().map(|remark| remark.render("policy.yaml", yaml)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn ends_that_are_over_and_detections_that_are_off_are_told() {
    insta::assert_snapshot!(
        remarks(
            "version: 1
detections:
  table-updated: off
  table-deleted: off
tables:
  - table: orders
    detections: {table-updated: off, access-denied: off, table-deleted: {severity: low}}
    expected:
      - {role: a, until: 2026-03-14, reason: INC-42}
      - {role: b, until: 2026-03-15, reason: INC-43}
suppressions:
  - {detection: item-deletion, until: 2026-03-15T12:00:00Z, reason: known}
  - {detection: item-deletion, until: 2026-03-16, reason: known}
  - {detection: table-updated, until: 2026-12-31, reason: known}
  - {detection: table-deleted, until: 2026-12-31, reason: known}
"
        ),
        @"
    note: `table-updated` is switched off
     --> policy.yaml:3:3
      |
    3 |   table-updated: off
      |   ^^^^^^^^^^^^^^^^^^ it is told of no table but those whose entry changes it

    note: `table-deleted` is switched off
     --> policy.yaml:4:3
      |
    4 |   table-deleted: off
      |   ^^^^^^^^^^^^^^^^^^ it is told of no table but those whose entry changes it

    warning: `table-updated` is switched off for all tables in line 3
     --> policy.yaml:7:5
      |
    7 |     detections: {table-updated: off, access-denied: off, table-deleted: {severity: low}}
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this line changes nothing

    note: `access-denied` is switched off
     --> policy.yaml:7:5
      |
    7 |     detections: {table-updated: off, access-denied: off, table-deleted: {severity: low}}
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ it is not told of `orders`

    warning: this line expects nothing since 2026-03-15T00:00:00Z
     --> policy.yaml:9:7
      |
    9 |       - {role: a, until: 2026-03-14, reason: INC-42}
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ take it out, or give it a later end

    warning: this line suppresses nothing since 2026-03-15T12:00:00Z
      --> policy.yaml:12:3
       |
    12 |   - {detection: item-deletion, until: 2026-03-15T12:00:00Z, reason: known}
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ take it out, or give it a later end

    warning: `table-updated` is switched off for all tables in line 3
      --> policy.yaml:14:3
       |
    14 |   - {detection: table-updated, until: 2026-12-31, reason: known}
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this line suppresses nothing
    "
    );
}

#[test]
fn which_entry_speaks_where_several_match_is_explained() {
    insta::assert_snapshot!(
        remarks(
            "version: 1
tables:
  - table: '*'
  - table: orders
  - table: ord*
  - table: arn:aws:dynamodb:eu-west-1:111122223333:table/orders
  - table: arn:aws:dynamodb:*:111122223333:table/ord*
  - table: ord**
  - table: customers
"
        ),
        @"
    note: other entries come before `*` where they match too
     --> policy.yaml:3:3
      |
    3 |   - table: '*'
      |   ^^^^^^^^^^^^ `orders` in line 4, an exact name before a pattern; `ord*` in line 5, which gives more of the name; `arn:aws:dynamodb:eu-west-1:111122223333:table/orders` in line 6, an exact name before a pattern; and 3 more

    note: other entries come before `orders` where they match too
     --> policy.yaml:4:3
      |
    4 |   - table: orders
      |   ^^^^^^^^^^^^^^^ `arn:aws:dynamodb:eu-west-1:111122223333:table/orders` in line 6, which gives more of the ARN

    note: other entries come before `ord*` where they match too
     --> policy.yaml:5:3
      |
    5 |   - table: ord*
      |   ^^^^^^^^^^^^^ `orders` in line 4, an exact name before a pattern; `arn:aws:dynamodb:eu-west-1:111122223333:table/orders` in line 6, an exact name before a pattern; `arn:aws:dynamodb:*:111122223333:table/ord*` in line 7, which gives more of the ARN

    note: other entries come before `arn:aws:dynamodb:*:111122223333:table/ord*` where they match too
     --> policy.yaml:7:3
      |
    7 |   - table: arn:aws:dynamodb:*:111122223333:table/ord*
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `orders` in line 4, an exact name before a pattern; `arn:aws:dynamodb:eu-west-1:111122223333:table/orders` in line 6, an exact name before a pattern

    warning: `ord*` in line 5 speaks for every table of this entry
     --> policy.yaml:8:3
      |
    8 |   - table: ord**
      |   ^^^^^^^^^^^^^^ this entry never speaks

    note: other entries come before `ord**` where they match too
     --> policy.yaml:8:3
      |
    8 |   - table: ord**
      |   ^^^^^^^^^^^^^^ `orders` in line 4, an exact name before a pattern; `ord*` in line 5, which has fewer wildcards; `arn:aws:dynamodb:eu-west-1:111122223333:table/orders` in line 6, an exact name before a pattern; and 1 more
    "
    );
}

#[test]
fn a_policy_without_any_of_it_is_passed_over_in_silence() {
    assert_eq!(
        remarks(
            "version: 1
tables:
  - {table: orders, expected: [{role: a}, {role: b, until: 2026-12-31, reason: INC-42}]}
  - {table: customers, detections: {item-deletion: {severity: high}}, expected: []}
suppressions:
  - {detection: item-deletion, until: 2026-12-31, reason: known}
"
        ),
        ""
    );
}

#[test]
fn a_line_is_unreachable_where_an_earlier_one_expects_all_of_it() {
    // (earlier, later, whether the later one adds nothing)
    let cases = [
        ("role: app/api", "role: app/api", true),
        ("role: app/*", "role: app/api", true),
        ("role: api", "role: app/api", true),
        ("role: a*i", "role: app/api", true),
        ("role: app/api", "role: api", false),
        ("role: '*'", "role: aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_*", false),
        ("role: 'arn:aws:iam::*:role/app/*'", "role: 'arn:aws:iam::444455556666:role/app/api'", true),
        ("role: app/*", "role: 'arn:aws:iam::444455556666:role/app/api'", false),
        ("role: app/api", "user: app/api", false),
        ("permission-set: Data*", "permission-set: DataEngineer\n        person: alice@example.com", true),
        ("permission-set: Data*\n        person: bob@example.com", "permission-set: DataEngineer", false),
        ("service: '*.amazonaws.com'", "service: backup.amazonaws.com", true),
        ("account: '444455556666'", "account: '444455556666'", true),
        ("role: a", "role: a\n        effects: [read]", true),
        ("role: a", "role: a\n        effects: [read, admin]", false),
        ("role: a\n        effects: [delete, write, read]", "role: a", true),
        ("role: a\n        effects: [read]", "role: a", false),
        ("role: a", "role: a\n        actions: [Scan]", false),
        ("role: a\n        actions: [Query, Scan]", "role: a\n        actions: [Scan]", true),
        ("role: a\n        actions: ['*']", "role: a\n        actions: [Scan]", false),
        ("role: a\n        actions: ['*']", "role: a\n        actions: ['Describe*']", true),
        ("role: a", "role: a\n        cidrs: [10.0.0.0/8]", true),
        ("role: a\n        cidrs: [10.0.0.0/8]", "role: a", false),
        ("role: a\n        cidrs: [10.0.0.0/8]", "role: a\n        cidrs: [10.1.0.0/16]", true),
        ("role: a\n        cidrs: [10.0.0.0/8]", "role: a\n        cidrs: [10.1.0.0/16, 192.0.2.0/24]", false),
        ("role: a\n        cidrs: [10.0.0.0/8]", "role: a\n        vpc-endpoints: [vpce-0a]", false),
        ("role: a\n        regions: [eu-*]", "role: a\n        regions: [eu-west-1]", true),
        ("role: a\n        accounts: ['111122223333']", "role: a\n        accounts: ['444455556666']", false),
        ("role: a\n        until: 2026-12-31\n        reason: x", "role: a", false),
        (
            "role: a\n        until: 2026-12-31\n        reason: x",
            "role: a\n        until: 2026-12-30\n        reason: x",
            true,
        ),
        (
            "role: a\n        windows: [{from: '08:00', to: '18:00', zone: UTC}]",
            "role: a\n        windows: [{from: '08:00', to: '18:00', zone: UTC}]",
            true,
        ),
        ("role: a\n        windows: [{from: '08:00', to: '18:00', zone: UTC}]", "role: a", false),
    ];
    for (earlier, later, want) in cases {
        let yaml =
            format!("version: 1\ntables:\n  - table: orders\n    expected:\n      - {earlier}\n      - {later}\n");
        let told = remarks(&yaml);
        assert_eq!(told.contains("this line adds nothing"), want, "{earlier}, then {later}: {told}");
        assert_eq!(told.is_empty(), !want, "{told}");
    }
}

proptest! {
    #[test]
    fn whoever_a_covered_principal_names_the_covering_one_names_too(
        one in "/?([ab*]{1,2}/)?[ab*]{1,2}",
        two in "/?([ab*]{1,2}/)?[ab*]{1,2}",
        path in "([ab]{1,2}/)?[ab]{1,2}",
    ) {
        let principal = |text: &str| principal::Principal::parse(principal::Kind::Role, text);
        if let (Ok(one), Ok(two)) = (principal(&one), principal(&two)) {
            let name = format!("arn:aws:iam::111122223333:role/{path}");
            let actor = Actor {
                kind: ActorKind::Role, name: name.into(), account: None, permission_set: None, person: None, via: None,
            };
            let names = |principal: &principal::Principal| principal.matches(&actor, "111122223333");
            prop_assert!(!one.covers(&two) || !names(&two) || names(&one), "{one} covers {two} but not {path}");
        }
    }
}
