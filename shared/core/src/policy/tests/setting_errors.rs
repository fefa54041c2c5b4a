//! What people read when settings of tables and detections, approvals or suppressions are wrong.

use super::*;

#[test]
fn what_is_wrong_about_a_table_is_told_at_once() {
    let files = ["version: 1
tables:
  - table: orders
    keys: hidden
    watch: [admin]
    deletion-protection: true
    access-by-tags: maybe
    encryption-keys: [orders]
    detections:
      item-deletions: off
      item-deletion: on
      table-updated: {severity: grave}
      table-deleted: {items: 5}
      access-denied: silent
      bulk-deletion: {items: 0, calls: 5}
"];
    insta::assert_snapshot!(errors(&files), @"
    error: unknown way to show keys `hidden`
     --> policy.yaml:4:11
      |
    4 |     keys: hidden
      |           ^^^^^^ expected one of: redact, hash, show

    error: unknown effect `admin`
     --> policy.yaml:5:13
      |
    5 |     watch: [admin]
      |             ^^^^^ expected one of: read, write, delete

    error: unknown word for deletion protection `true`
     --> policy.yaml:6:26
      |
    6 |     deletion-protection: true
      |                          ^^^^ expected one of: required, optional

    error: `maybe` is neither yes nor no
     --> policy.yaml:7:21
      |
    7 |     access-by-tags: maybe
      |                     ^^^^^ expected true or false

    error: `orders` does not name a KMS key
     --> policy.yaml:8:23
      |
    8 |     encryption-keys: [orders]
      |                       ^^^^^^ expected a key's ARN, with `*` in any part, its id, or alias/NAME

    error: unknown detection `item-deletions`
      --> policy.yaml:10:7
       |
    10 |       item-deletions: off
       |       ^^^^^^^^^^^^^^ expected an id that `tablewarden detections` lists; did you mean `item-deletion`?

    error: `on` says nothing about a detection
      --> policy.yaml:11:22
       |
    11 |       item-deletion: on
       |                      ^^ expected `off`, or fields such as `{severity: low}`

    error: unknown severity `grave`
      --> policy.yaml:12:33
       |
    12 |       table-updated: {severity: grave}
       |                                 ^^^^^ expected one of: informational, low, medium, high, critical

    error: `table-deleted` does not count items
      --> policy.yaml:13:30
       |
    13 |       table-deleted: {items: 5}
       |                              ^ expected no such field

    error: `silent` says nothing about a detection
      --> policy.yaml:14:22
       |
    14 |       access-denied: silent
       |                      ^^^^^^ expected `off`, or fields such as `{severity: low}`

    error: `0` is no threshold
      --> policy.yaml:15:30
       |
    15 |       bulk-deletion: {items: 0, calls: 5}
       |                              ^ expected a whole number from 1 on

    error: `bulk-deletion` does not count calls
      --> policy.yaml:15:40
       |
    15 |       bulk-deletion: {items: 0, calls: 5}
       |                                        ^ expected no such field
    ");
}

#[test]
fn what_is_wrong_about_approvals_and_the_pipeline_is_told_at_once() {
    let files = ["version: 1
approved:
  accounts: [production]
  regions: [EU]
  buckets: ['s3://acme-exports']
  keys: ['arn:aws:s3:::acme-exports']
pipeline:
  resources: [tablewarden-queue]
  log-buckets: [Acme Logs]
  deployer:
    - person: alice@example.com
    - {}
"];
    insta::assert_snapshot!(errors(&files), @"
    error: `production` is not an account id
     --> policy.yaml:3:14
      |
    3 |   accounts: [production]
      |              ^^^^^^^^^^ expected 12 digits, leading zeros included

    error: `EU` is no region
     --> policy.yaml:4:13
      |
    4 |   regions: [EU]
      |             ^^ expected a name such as `eu-west-1`; `*` for any run of characters

    error: `s3://acme-exports` cannot be a bucket's name
     --> policy.yaml:5:13
      |
    5 |   buckets: ['s3://acme-exports']
      |             ^^^^^^^^^^^^^^^^^^^ expected a name without `s3://`; `*` for any run of characters

    error: `arn:aws:s3:::acme-exports` does not name a KMS key
     --> policy.yaml:6:10
      |
    6 |   keys: ['arn:aws:s3:::acme-exports']
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a key's ARN, with `*` in any part, its id, or alias/NAME

    error: `tablewarden-queue` is not an ARN
     --> policy.yaml:8:15
      |
    8 |   resources: [tablewarden-queue]
      |               ^^^^^^^^^^^^^^^^^ expected arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, with `*` in any part

    error: `Acme Logs` cannot be a bucket's name
     --> policy.yaml:9:17
      |
    9 |   log-buckets: [Acme Logs]
      |                 ^^^^^^^^^ expected a name without `s3://`; `*` for any run of characters

    error: `person` goes with `permission-set` only
      --> policy.yaml:11:15
       |
    11 |     - person: alice@example.com
       |               ^^^^^^^^^^^^^^^^^ expected a field `permission-set` beside it

    error: this line names no principal
      --> policy.yaml:12:7
       |
    12 |     - {}
       |       ^ expected one of: role, permission-set, user, service, account
    ");
}

#[test]
fn what_is_wrong_about_a_suppression_is_told_at_once() {
    let files = [
        "version: 1
suppressions:
  - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
  - {detection: item-deletion, role: a, user: b, until: 2026-03-31, reason: known}
",
        "version: 1\nsuppressions:\n  - {detection: item-deletion, until: 2026-03-31}\n",
        "version: 1\nsuppressions:\n  - {detection: item-deletion, reason: known}\n",
        "version: 1\nsuppressions:\n  - {detection: trail-stopped, table: orders, until: 2026-03-31, reason: known}\n",
        "version: 1\nsuppressions:\n  - {detection: trail-stopped, resource: '*', until: 2026-03-31, reason: known}\n",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: `a b` is not a name in IAM
     --> policy.yaml:3:53
      |
    3 |   - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
      |                                                     ^^^ expected `NAME`, `PATH/NAME` or `arn:aws:iam::ACCOUNT:role/PATH/NAME`; `*` for any run of characters

    error: unknown detection `everything`
     --> policy.yaml:3:17
      |
    3 |   - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
      |                 ^^^^^^^^^^ expected an id that `tablewarden detections` lists

    error: `my orders` cannot be a table's name
     --> policy.yaml:3:36
      |
    3 |   - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
      |                                    ^^^^^^^^^ expected 3 to 255 letters, digits, `_`, `-` or `.`; `*` for any run of characters; or the table's full ARN

    error: `soon` is no point in time
     --> policy.yaml:3:65
      |
    3 |   - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
      |                                                                 ^^^^ expected a date such as 2026-03-31, whose end in UTC is meant, or a timestamp such as 2026-03-31T18:00:00Z

    error: this text is empty or has line breaks
     --> policy.yaml:3:79
      |
    3 |   - {detection: everything, table: my orders, role: a b, until: soon, reason: ''}
      |                                                                               ^^ expected one line of text

    error: a line names one kind of principal, this one has `role` and `user`
     --> policy.yaml:4:47
      |
    4 |   - {detection: item-deletion, role: a, user: b, until: 2026-03-31, reason: known}
      |                                               ^ expected a line of its own

    error: field `reason` is missing
     --> policy.yaml:3:32
      |
    3 |   - {detection: item-deletion, until: 2026-03-31}
      |                                ^^^^^ expected a field `reason` here

    error: field `until` is missing
     --> policy.yaml:3:32
      |
    3 |   - {detection: item-deletion, reason: known}
      |                                ^^^^^^ expected a field `until` here

    error: `trail-stopped` tells of what blinds this audit: it is not suppressed for everybody and everything
     --> policy.yaml:3:17
      |
    3 |   - {detection: trail-stopped, table: orders, until: 2026-03-31, reason: known}
      |                 ^^^^^^^^^^^^^ expected `resource` beside it, or one of: role, permission-set, user, service, account

    error: `*` names no resource
     --> policy.yaml:3:42
      |
    3 |   - {detection: trail-stopped, resource: '*', until: 2026-03-31, reason: known}
      |                                          ^^^ expected a name, or arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; `*` for any run of characters
    ");
}

#[test]
fn settings_of_another_shape_say_which_belongs_there() {
    let files = [
        "version: 1\ndetections: {item-deletion: [off]}\n",
        "version: 1\ndetections: {item-deletion: }\n",
        "version: 1\ndetections: {item-deletion: {severty: low}}\n",
        "version: 1\ndetections: {item-deletion: {severity: }}\n",
        "version: 1\ndetections: {item-deletion: off, item-deletion: off}\n",
    ];
    insta::assert_snapshot!(errors(&files), @"
    error: invalid type: sequence, expected `off`, or fields such as `severity: low`
     --> policy.yaml:2:14
      |
    2 | detections: {item-deletion: [off]}
      |              ^^^^^^^^^^^^^ expected valid YAML

    error: this field has no value
     --> policy.yaml:2:27
      |
    2 | detections: {item-deletion: }
      |                           ^ expected a value, `[]` for an empty list, or no such field at all

    error: unknown field `severty`
     --> policy.yaml:2:30
      |
    2 | detections: {item-deletion: {severty: low}}
      |                              ^^^^^^^ expected one of: severity, items, calls; did you mean `severity`?

    error: this field has no value
     --> policy.yaml:2:38
      |
    2 | detections: {item-deletion: {severity: }}
      |                                      ^ expected a value, `[]` for an empty list, or no such field at all

    error: `item-deletion` stands here twice
     --> policy.yaml:2:34
      |
    2 | detections: {item-deletion: off, item-deletion: off}
      |                                  ^^^^^^^^^^^^^ expected each key once
    ");
}
