//! What people read when their values are wrong.

use super::*;

#[test]
fn every_wrong_account_is_told_at_once() {
    let files = [r#"version: 1
accounts:
  11112222333: lost its zero
  0o11122223333: octal
  444455556666: ""
  123456789012: "two\nlines"
  "111122223333": production
  111122223333: staging
"#];
    insta::assert_snapshot!(errors(&files), @r#"
    error: `11112222333` is not an account id
     --> policy.yaml:3:3
      |
    3 |   11112222333: lost its zero
      |   ^^^^^^^^^^^ expected 12 digits, leading zeros included

    error: `0o11122223333` is not an account id
     --> policy.yaml:4:3
      |
    4 |   0o11122223333: octal
      |   ^^^^^^^^^^^^^ expected 12 digits, leading zeros included

    error: this text is empty or has line breaks
     --> policy.yaml:5:17
      |
    5 |   444455556666: ""
      |                 ^^ expected one line of text

    error: this text is empty or has line breaks
     --> policy.yaml:6:17
      |
    6 |   123456789012: "two\nlines"
      |                 ^^^^^^^^^^^^ expected one line of text

    error: `111122223333` stands here twice
     --> policy.yaml:8:3
      |
    8 |   111122223333: staging
      |   ^^^^^^^^^^^^ expected each key once
    "#);
}

#[test]
fn every_wrong_table_is_told_at_once() {
    let files = ["version: 1
tables:
  - table: my orders
  - table: ab
  - table: arn:aws:s3:::orders
  - table: arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-date
  - table: arn:aws:dynamodb:eu-west-1:1111:table/orders
  - table: arn:aws:dynamodb:EU:111122223333:table/orders
"];
    insta::assert_snapshot!(errors(&files), @"
    error: `my orders` cannot be a table's name
     --> policy.yaml:3:12
      |
    3 |   - table: my orders
      |            ^^^^^^^^^ expected 3 to 255 letters, digits, `_`, `-` or `.`; `*` for any run of characters; or the table's full ARN

    error: `ab` cannot be a table's name
     --> policy.yaml:4:12
      |
    4 |   - table: ab
      |            ^^ expected 3 to 255 letters, digits, `_`, `-` or `.`; `*` for any run of characters; or the table's full ARN

    error: `arn:aws:s3:::orders` is not the ARN of a DynamoDB table
     --> policy.yaml:5:12
      |
    5 |   - table: arn:aws:s3:::orders
      |            ^^^^^^^^^^^^^^^^^^^ expected arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME, with `*` in any part

    error: an entry speaks for a table with all its indexes and streams
     --> policy.yaml:6:12
      |
    6 |   - table: arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-date
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected `arn:aws:dynamodb:eu-west-1:111122223333:table/orders`

    error: `1111` is not an account id
     --> policy.yaml:7:12
      |
    7 |   - table: arn:aws:dynamodb:eu-west-1:1111:table/orders
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected 12 digits, leading zeros included

    error: `EU` is neither a partition nor a region
     --> policy.yaml:8:12
      |
    8 |   - table: arn:aws:dynamodb:EU:111122223333:table/orders
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME, with `*` in any part
    ");
}

#[test]
fn entries_that_are_equally_specific_are_told_with_both_lines() {
    let files = ["version: 1
tables:
  - table: orders
  - table: orders
  - table: arn:*:dynamodb:*:*:table/orders
  - table: or*
  - table: '*rs'
"];
    insta::assert_snapshot!(errors(&files), @"
    error: `orders` has an entry already
     --> policy.yaml:4:12
      |
    4 |   - table: orders
      |            ^^^^^^ expected it once; see line 3

    error: `orders` and `arn:*:dynamodb:*:*:table/orders` can match the same table and are equally specific
     --> policy.yaml:5:12
      |
    5 |   - table: arn:*:dynamodb:*:*:table/orders
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected one of them to be more specific; see line 3

    error: `or*` and `*rs` can match the same table and are equally specific
     --> policy.yaml:7:12
      |
    7 |   - table: '*rs'
      |            ^^^^^ expected one of them to be more specific; see line 6
    ");
}

#[test]
fn every_wrong_line_of_expected_is_told_at_once() {
    let files = [r#"version: 1
tables:
  - table: orders
    expected:
      - role: orders-api
        user: alice
      - person: alice@example.com
      - {}
      - role: orders-api
        person: alice@example.com
      - role: arn:aws:sts::111122223333:assumed-role/orders-api/session
      - role: arn:aws:iam::1111:role/orders-api
      - user: arn:aws:iam::111122223333:role/orders-api
      - role: app/
      - permission-set: app/Admin
      - service: backup
      - account: "*"
"#];
    insta::assert_snapshot!(errors(&files), @r#"
    error: a line names one kind of principal, this one has `role` and `user`
     --> policy.yaml:6:15
      |
    6 |         user: alice
      |               ^^^^^ expected a line of its own

    error: `person` goes with `permission-set` only
     --> policy.yaml:7:17
      |
    7 |       - person: alice@example.com
      |                 ^^^^^^^^^^^^^^^^^ expected a field `permission-set` beside it

    error: this line names no principal
     --> policy.yaml:8:9
      |
    8 |       - {}
      |         ^ expected one of: role, permission-set, user, service, account

    error: `person` goes with `permission-set` only
      --> policy.yaml:10:17
       |
    10 |         person: alice@example.com
       |                 ^^^^^^^^^^^^^^^^^ expected no `person` here

    error: a session is new each time; a line names the role behind it
      --> policy.yaml:11:15
       |
    11 |       - role: arn:aws:sts::111122223333:assumed-role/orders-api/session
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected arn:aws:iam::ACCOUNT:role/PATH/NAME, with `*` in any part

    error: `1111` is not an account id
      --> policy.yaml:12:15
       |
    12 |       - role: arn:aws:iam::1111:role/orders-api
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected 12 digits, leading zeros included

    error: this ARN does not name a user
      --> policy.yaml:13:15
       |
    13 |       - user: arn:aws:iam::111122223333:role/orders-api
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected arn:aws:iam::ACCOUNT:user/PATH/NAME, with `*` in any part

    error: `app/` is not a name in IAM
      --> policy.yaml:14:15
       |
    14 |       - role: app/
       |               ^^^^ expected `NAME`, `PATH/NAME` or `arn:aws:iam::ACCOUNT:role/PATH/NAME`; `*` for any run of characters

    error: `app/Admin` cannot be a permission set's name
      --> policy.yaml:15:25
       |
    15 |       - permission-set: app/Admin
       |                         ^^^^^^^^^ expected letters, digits or any of `+=,.@_-`; for its role, write `role:` and the ARN

    error: `backup` is not a service's DNS name
      --> policy.yaml:16:18
       |
    16 |       - service: backup
       |                  ^^^^^^ expected a name such as `backup.amazonaws.com`

    error: `*` is not an account id
      --> policy.yaml:17:18
       |
    17 |       - account: "*"
       |                  ^^^ expected 12 digits, leading zeros included
    "#);
}

#[test]
fn a_wrong_value_behind_an_anchor_is_told_once_where_it_stands() {
    let files = ["version: 1
tables:
  - table: orders
    expected: &apps
      - role: two words
  - table: customers
    expected: *apps
"];
    insta::assert_snapshot!(errors(&files), @"
    error: `two words` is not a name in IAM
     --> policy.yaml:5:15
      |
    5 |       - role: two words
      |               ^^^^^^^^^ expected `NAME`, `PATH/NAME` or `arn:aws:iam::ACCOUNT:role/PATH/NAME`; `*` for any run of characters
    ");
}

#[test]
fn only_the_first_twenty_problems_are_kept() {
    let yaml = format!("version: 1\ntables:\n{}", "  - table: a b\n".repeat(30));
    let error = Policy::parse("policy.yaml", &yaml).unwrap_err();
    let text = error.to_string();
    assert_eq!(text.matches("error: ").count(), 20, "{text}");
    assert!(text.ends_with("\n\n10 more errors"), "{text}");
}

#[test]
fn what_people_copy_from_outputs_or_leave_unquoted_is_refused_with_the_way_out() {
    let line = |line: &str| format!("version: 1\ntables:\n  - table: orders\n    expected:\n      - {line}\n");
    let cases = [
        (
            line("role: role/app/orders-api"),
            "`role/app/orders-api` begins with what the field says already",
            "expected `app/orders-api`",
        ),
        (
            line("user: user/people/bob"),
            "`user/people/bob` begins with what the field says already",
            "expected `people/bob`",
        ),
        (
            "version: 1\ntables:\n  - table: *\n".to_owned(),
            "`*` and `&` have a meaning of their own",
            "expected quotes around it",
        ),
    ];
    for (yaml, message, expected) in cases {
        let error = Policy::parse("policy.yaml", &yaml).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains(expected), "{error}");
    }
}
