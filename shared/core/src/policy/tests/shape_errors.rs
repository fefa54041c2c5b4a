//! What people read when their file has the wrong shape.

use super::*;

#[test]
fn an_empty_or_unversioned_policy_asks_for_its_version() {
    let files = ["", "# nothing yet\n", "version:\n", "tables: []\n"];
    insta::assert_snapshot!(errors(&files), @"
    error: the policy is empty
     --> policy.yaml:1:1
      |
    1 |
      | ^ expected `version: 1`

    error: the policy is empty
     --> policy.yaml:1:1
      |
    1 | # nothing yet
      | ^^^^^^^^^^^^^ expected `version: 1`

    error: the policy does not say its version
     --> policy.yaml:1:1
      |
    1 | version:
      | ^^^^^^^^ expected `version: 1`

    error: the policy does not say its version
     --> policy.yaml:1:1
      |
    1 | tables: []
      | ^^^^^^^^^^ expected `version: 1`
    ");
}

#[test]
fn another_version_is_told_before_its_unknown_fields() {
    let files = ["version: 2\nnew: 1\n"];
    insta::assert_snapshot!(errors(&files), @"
    error: version `2` of the policy format is not known here
     --> policy.yaml:1:10
      |
    1 | version: 2
      |          ^ expected 1
    ");
}

#[test]
fn unknown_words_name_the_nearest_known_one() {
    let files = [
        "version: 1\ntabels: []\n",
        "version: 1
tables:
  - table: orders
    expcted: []
",
        "version: 1
tables:
  - table: orders
    expected:
      - permission_set: Admin
",
        "version: 1
tables:
  - table: orders
    sensitivity: hihg
    watch: [deletes, write]
",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: unknown field `tabels`
     --> policy.yaml:2:1
      |
    2 | tabels: []
      | ^^^^^^ expected one of: version, accounts, approved, pipeline, detections, tables, suppressions; did you mean `tables`?

    error: unknown field `expcted`
     --> policy.yaml:4:5
      |
    4 |     expcted: []
      |     ^^^^^^^ expected one of: table, owner, sensitivity, keys, watch, deletion-protection, access-by-tags, encryption-keys, detections, expected; did you mean `expected`?

    error: unknown field `permission_set`
     --> policy.yaml:5:9
      |
    5 |       - permission_set: Admin
      |         ^^^^^^^^^^^^^^ expected one of: role, permission-set, person, user, service, account, effects, actions, vpc-endpoints, cidrs, accounts, regions, windows, until, reason; did you mean `permission-set`?

    error: unknown sensitivity `hihg`
     --> policy.yaml:4:18
      |
    4 |     sensitivity: hihg
      |                  ^^^^ expected one of: low, normal, high; did you mean `high`?

    error: unknown effect `deletes`
     --> policy.yaml:5:13
      |
    5 |     watch: [deletes, write]
      |             ^^^^^^^ expected one of: read, write, delete; did you mean `delete`?
    ");
}

#[test]
fn missing_and_empty_fields_are_told_apart_from_empty_lists() {
    let files = [
        "version: 1\ntables:\n  - owner: shop-team@example.com\n",
        "version: 1\ntables:\n  - table: ~\n",
        "version: 1
tables:
  - table: orders
    expected:
      # - role: orders-api
",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: field `table` is missing
     --> policy.yaml:3:5
      |
    3 |   - owner: shop-team@example.com
      |     ^^^^^ expected a field `table` here

    error: this field has no value
     --> policy.yaml:3:12
      |
    3 |   - table: ~
      |            ^ expected a text

    error: this field has no value
     --> policy.yaml:4:13
      |
    4 |     expected:
      |             ^ expected a value, `[]` for an empty list, or no such field at all
    ");
}

#[test]
fn values_of_another_kind_say_which_belongs_there() {
    let files = [
        "- orders\n",
        "version: 1\ntables: orders\n",
        "version: 1\ntables:\n  - orders\n",
        "version: 1\ntables:\n  - table: [orders]\n",
        "version: 1\naccounts:\n  - production\n",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: a value of another kind belongs here
     --> policy.yaml:1:1
      |
    1 | - orders
      | ^ expected fields with values, such as `name: value`

    error: a value of another kind belongs here
     --> policy.yaml:2:9
      |
    2 | tables: orders
      |         ^^^^^^ expected a list

    error: a value of another kind belongs here
     --> policy.yaml:3:5
      |
    3 |   - orders
      |     ^^^^^^ expected fields with values, such as `name: value`

    error: a value of another kind belongs here
     --> policy.yaml:3:12
      |
    3 |   - table: [orders]
      |            ^ expected a text

    error: a value of another kind belongs here
     --> policy.yaml:3:3
      |
    3 |   - production
      |   ^ expected fields with values, such as `name: value`
    ");
}

#[test]
fn broken_yaml_shows_where_reading_stopped() {
    let files = [
        "version: 1\ntables:\n  - table: [orders\n",
        "version: 1
tables:
  - table: orders
	expected: []
",
        "version: 1\nversion: 1\n",
        "version: 1\n---\nversion: 1\n",
        "version: 1\ntables: *shared\n",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: unclosed bracket '['
     --> policy.yaml:3:12
      |
    3 |   - table: [orders
      |            ^ expected valid YAML

    error: a tab cannot indent YAML
     --> policy.yaml:4:1
      |
    4 |     expected: []
      | ^^^^ expected spaces

    error: `version` stands here twice
     --> policy.yaml:2:1
      |
    2 | version: 1
      | ^^^^^^^ expected each key once

    error: a second YAML document begins here
     --> policy.yaml:3:1
      |
    3 | version: 1
      | ^ expected only one

    error: reference to unknown value
     --> policy.yaml:2:9
      |
    2 | tables: *shared
      |         ^ expected valid YAML
    ");
}

#[test]
fn a_policy_over_the_size_limit_is_not_read() {
    let yaml = format!("version: 1\n#{}\n", "x".repeat(1 << 20));
    insta::assert_snapshot!(errors(&[&yaml]), @"
    error: the policy has 1048589 bytes
     --> policy.yaml:1:1
      |
    1 | version: 1
      | ^^^^^^^^^^ expected at most 1048576
    ");
}

#[test]
fn aliases_cannot_multiply_without_bound() {
    let mut yaml = "version: 1\na0: &a0 [x]\n".to_owned();
    for (alias, anchor) in (1..10).enumerate() {
        let aliases = format!("*a{alias}, ").repeat(10);
        yaml = format!("{yaml}a{anchor}: &a{anchor} [{aliases}]\n");
    }
    let error = Policy::parse("policy.yaml", &yaml).unwrap_err();
    assert!(error.to_string().starts_with("error: the policy is too large or too complex"), "{error}");
}
