//! What people read when the conditions of a line of `expected` are wrong.

use super::*;

#[test]
fn every_wrong_condition_of_a_line_is_told_at_once() {
    let files = ["version: 1
tables:
  - table: orders
    expected:
      - role: a
        effects: [raed]
        vpc-endpoints: [vpc-0a1b2c3d]
        cidrs: [10.0.0.1/8, 10.0.0, 10.0.0.0/33]
        accounts: [1111]
        regions: [Ireland]
      - role: b
        actions: [Qeury, 'dynamodb:Query', 'Get Item', Get*]
      - {role: c, effects: [read], actions: [Query]}
      - {role: d, effects: []}
      - {role: e, cidrs: [], windows: []}
"];
    insta::assert_snapshot!(errors(&files), @r#"
    error: unknown effect `raed`
     --> policy.yaml:6:19
      |
    6 |         effects: [raed]
      |                   ^^^^ expected one of: read, write, delete, admin; did you mean `read`?

    error: `vpc-0a1b2c3d` is not the id of a VPC endpoint
     --> policy.yaml:7:25
      |
    7 |         vpc-endpoints: [vpc-0a1b2c3d]
      |                         ^^^^^^^^^^^^ expected an id such as vpce-0a1b2c3d4e5f67890

    error: `10.0.0.1/8` has bits behind its prefix
     --> policy.yaml:8:17
      |
    8 |         cidrs: [10.0.0.1/8, 10.0.0, 10.0.0.0/33]
      |                 ^^^^^^^^^^ expected `10.0.0.0/8`

    error: `10.0.0` is not a network
     --> policy.yaml:8:29
      |
    8 |         cidrs: [10.0.0.1/8, 10.0.0, 10.0.0.0/33]
      |                             ^^^^^^ expected an address and the length of its prefix, such as 10.0.0.0/8, 203.0.113.7/32 or "2001:db8::/32"

    error: `10.0.0.0/33` is not a network
     --> policy.yaml:8:37
      |
    8 |         cidrs: [10.0.0.1/8, 10.0.0, 10.0.0.0/33]
      |                                     ^^^^^^^^^^^ expected an address and the length of its prefix, such as 10.0.0.0/8, 203.0.113.7/32 or "2001:db8::/32"

    error: `1111` is not an account id
     --> policy.yaml:9:20
      |
    9 |         accounts: [1111]
      |                    ^^^^ expected 12 digits, leading zeros included

    error: `Ireland` is no region
      --> policy.yaml:10:19
       |
    10 |         regions: [Ireland]
       |                   ^^^^^^^ expected a name such as `eu-west-1`; `*` for any run of characters

    error: unknown API `Qeury`
      --> policy.yaml:12:19
       |
    12 |         actions: [Qeury, 'dynamodb:Query', 'Get Item', Get*]
       |                   ^^^^^ expected the name of an API such as `Query`; `*` for any run of characters; did you mean `Query`?

    error: `dynamodb:Query` names the service too
      --> policy.yaml:12:26
       |
    12 |         actions: [Qeury, 'dynamodb:Query', 'Get Item', Get*]
       |                          ^^^^^^^^^^^^^^^^ expected `Query`

    error: unknown API `Get Item`
      --> policy.yaml:12:44
       |
    12 |         actions: [Qeury, 'dynamodb:Query', 'Get Item', Get*]
       |                                            ^^^^^^^^^^ expected the name of an API such as `Query`; `*` for any run of characters; did you mean `GetItem`?

    error: `effects` and `actions` exclude each other: an API says what it does
      --> policy.yaml:13:9
       |
    13 |       - {role: c, effects: [read], actions: [Query]}
       |         ^ expected a line for each

    error: the list `effects` of this line is empty
      --> policy.yaml:14:9
       |
    14 |       - {role: d, effects: []}
       |         ^ expected a value in it, or no such field at all

    error: the list `cidrs` of this line is empty
      --> policy.yaml:15:9
       |
    15 |       - {role: e, cidrs: [], windows: []}
       |         ^ expected a value in it, or no such field at all

    error: the list `windows` of this line is empty
      --> policy.yaml:15:9
       |
    15 |       - {role: e, cidrs: [], windows: []}
       |         ^ expected a value in it, or no such field at all
    "#);
}

#[test]
fn every_wrong_time_is_told_at_once() {
    let files = ["version: 1
tables:
  - table: orders
    expected:
      - role: a
        windows:
          - {days: [monday], from: '8:00', to: '25:00', zone: Europe/Berln}
          - {from: '08:00', to: '08:00', zone: CET}
          - {days: [], from: '08:00', to: '24:00', zone: UTC}
      - {role: b, until: 2026-04-01}
      - {role: c, until: 2026-02-30, reason: INC-42}
      - {role: d, until: '2026-04-01T00:00:00', reason: INC-42}
      - {role: e, until: 9999-12-31, reason: INC-42}
"];
    insta::assert_snapshot!(errors(&files), @r#"
    error: unknown day `monday`
     --> policy.yaml:7:21
      |
    7 |           - {days: [monday], from: '8:00', to: '25:00', zone: Europe/Berln}
      |                     ^^^^^^ expected one of: mon, tue, wed, thu, fri, sat, sun; did you mean `mon`?

    error: unknown time zone `Europe/Berln`
     --> policy.yaml:7:63
      |
    7 |           - {days: [monday], from: '8:00', to: '25:00', zone: Europe/Berln}
      |                                                               ^^^^^^^^^^^^ expected a name of IANA's database, such as `Europe/Berlin`; did you mean `Europe/Berlin`?

    error: `8:00` is no time of the day
     --> policy.yaml:7:36
      |
    7 |           - {days: [monday], from: '8:00', to: '25:00', zone: Europe/Berln}
      |                                    ^^^^^^ expected two digits each for hour (00 to 23) and minute, such as "08:00"

    error: `25:00` is no time of the day
     --> policy.yaml:7:48
      |
    7 |           - {days: [monday], from: '8:00', to: '25:00', zone: Europe/Berln}
      |                                                ^^^^^^^ expected two digits each for hour (00 to 23) and minute, such as "08:00"

    error: this window ends when it begins
     --> policy.yaml:8:33
      |
    8 |           - {from: '08:00', to: '08:00', zone: CET}
      |                                 ^^^^^^^ expected another time, such as "24:00" for the end of the day

    error: the list `days` of this window is empty
     --> policy.yaml:9:30
      |
    9 |           - {days: [], from: '08:00', to: '24:00', zone: UTC}
      |                              ^^^^^^^ expected a day in it, or no `days` at all

    error: this line has an end and no reason
      --> policy.yaml:10:26
       |
    10 |       - {role: b, until: 2026-04-01}
       |                          ^^^^^^^^^^ expected a field `reason` beside it

    error: `2026-02-30` is no point in time
      --> policy.yaml:11:26
       |
    11 |       - {role: c, until: 2026-02-30, reason: INC-42}
       |                          ^^^^^^^^^^ expected a date such as 2026-03-31, whose end in UTC is meant, or a timestamp such as 2026-03-31T18:00:00Z

    error: `2026-04-01T00:00:00` is no point in time
      --> policy.yaml:12:26
       |
    12 |       - {role: d, until: '2026-04-01T00:00:00', reason: INC-42}
       |                          ^^^^^^^^^^^^^^^^^^^^^ expected a date such as 2026-03-31, whose end in UTC is meant, or a timestamp such as 2026-03-31T18:00:00Z

    error: `9999-12-31` is no point in time
      --> policy.yaml:13:26
       |
    13 |       - {role: e, until: 9999-12-31, reason: INC-42}
       |                          ^^^^^^^^^^ expected a date such as 2026-03-31, whose end in UTC is meant, or a timestamp such as 2026-03-31T18:00:00Z
    "#);
}
