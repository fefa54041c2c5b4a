//! How accesses stand with the lines of `expected`: from where, when and to do what.

use super::*;
use crate::access::Call;
use crate::record::Record;

/// A call on the table `orders` by `role/app/orders-api` of account 111122223333.
struct Made<'a> {
    api: &'a str,
    params: &'a str,
    role: &'a str,
    at: &'a str,
    from: &'a str,
    /// A VPC endpoint, and behind a slash its account.
    endpoint: &'a str,
    region: &'a str,
}

const GET: Made<'_> = Made {
    api: "GetItem",
    params: r#"{"tableName":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}"#,
    role: "arn:aws:iam::111122223333:role/app/orders-api",
    at: "2026-03-02T09:15:00Z",
    from: "203.0.113.7",
    endpoint: "",
    region: "eu-west-1",
};

const SELECT_ALL: Made<'_> =
    Made { api: "ExecuteStatement", params: r#"{"statement":"SELECT * FROM \"orders\""}"#, ..GET };

/// How the call stands with a line, with its line number and its words.
fn standing(lines: &str, made: &Made<'_>) -> String {
    let Made { api, params, role, at, from, endpoint, region } = made;
    let (id, account) = endpoint.split_once('/').unwrap_or((endpoint, ""));
    let field = |name: &str, value: &str| (!value.is_empty()).then(|| format!(r#","{name}":"{value}""#));
    let endpoint =
        [field("vpcEndpointId", id), field("vpcEndpointAccountId", account)].into_iter().flatten().collect::<String>();
    let json = format!(
        r#"{{"eventID":"e","eventTime":"{at}","eventSource":"dynamodb.amazonaws.com","eventName":"{api}","awsRegion":"{region}",
            "recipientAccountId":"111122223333","sourceIPAddress":"{from}","requestParameters":{params}{endpoint},
            "userIdentity":{{"type":"AssumedRole","sessionContext":{{"sessionIssuer":{{"arn":"{role}"}}}}}}}}"#
    );
    let record = Record::parse(&json).unwrap();
    let call = Call::read(&record).unwrap();
    let access = &call.accesses()[0];
    let indented = lines.replace('\n', "\n      ");
    let policy = policy(&format!(
        "version: 1\ntables:\n  - table: orders\n    expected:\n      {indented}\napproved: {{accounts: ['444455556666']}}\n"
    ));
    let entry = policy.table(access.table.as_ref().unwrap()).unwrap();
    match entry.standing(&call, access) {
        Standing::NotJudged => "not judged".into(),
        Standing::Expected(line) => format!("expected by {}", line.line),
        Standing::Stranger => "a stranger".into(),
        Standing::OtherAction(line, why) => format!("action, {}: {why}", line.line),
        Standing::OtherNetwork(line, why) => format!("network, {}: {why}", line.line),
        Standing::OtherTime(line, why) => format!("time, {}: {why}", line.line),
    }
}

fn check(cases: &[(&str, Made<'_>, &str)]) {
    for (lines, made, want) in cases {
        assert_eq!(standing(lines, made), *want, "{lines} for {} {}", made.api, made.at);
    }
}

#[test]
fn a_line_expects_the_data_plane_and_more_only_where_it_says_so() {
    let describe = || Made { api: "DescribeTable", ..GET };
    check(&[
        ("- role: orders-api", GET, "expected by 5"),
        ("- role: orders-api", Made { api: "DeleteItem", ..GET }, "expected by 5"),
        ("- role: orders-api", describe(), "action, 5: DescribeTable (admin), expected read or write or delete"),
        ("- {role: orders-api, effects: [admin]}", describe(), "expected by 5"),
        ("- {role: orders-api, effects: [admin]}", GET, "action, 5: GetItem (read), expected admin"),
        ("- {role: orders-api, effects: [read]}", GET, "expected by 5"),
        (
            "- {role: orders-api, effects: [read, write]}",
            Made { api: "DeleteItem", ..GET },
            "action, 5: DeleteItem (delete), expected read or write",
        ),
        ("- {role: orders-api, actions: [Query, GetItem]}", GET, "expected by 5"),
        ("- {role: orders-api, actions: ['Describe*']}", describe(), "expected by 5"),
        ("- {role: orders-api, actions: [Query, Scan]}", GET, "action, 5: GetItem (read), expected Query or Scan"),
        (
            "- {role: orders-api, actions: [Query, Scan, PutItem, UpdateItem, DeleteItem, BatchGetItem]}",
            GET,
            "action, 5: GetItem (read), expected Query or Scan or PutItem or UpdateItem or 2 more",
        ),
        ("- role: someone-else", GET, "a stranger"),
        ("[]", GET, "a stranger"),
    ]);
}

#[test]
fn an_effect_that_is_not_known_is_expected_where_all_of_its_plane_are() {
    let unknown = || Made { api: "ExecuteStatement", params: r#"{"statement":"EVAPORATE \"orders\""}"#, ..GET };
    let unnamed = |lines: &str, made: &Made<'_>| {
        let json = format!(
            r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"{}",
                "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{},
                "resources":[{{"type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}}],
                "userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"}}}}"#,
            made.api, made.params
        );
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        let access = &call.accesses()[0];
        assert_eq!(access.effect, Effect::Unknown);
        let policy = policy(&format!("version: 1\ntables:\n  - table: orders\n    expected:\n      - {lines}\n"));
        policy.table(access.table.as_ref().unwrap()).unwrap().standing(&call, access).is_expected()
    };
    for (line, made, want) in [
        ("{user: alice}", unknown(), true),
        ("{user: alice, effects: [read, write, delete]}", unknown(), true),
        ("{user: alice, effects: [read, write]}", unknown(), false),
        ("{user: alice, effects: [admin]}", unknown(), false),
        ("{user: alice, actions: [ExecuteStatement]}", unknown(), true),
        ("{user: alice}", Made { api: "EvaporateTable", ..GET }, false),
        ("{user: alice, effects: [admin]}", Made { api: "EvaporateTable", ..GET }, true),
    ] {
        assert_eq!(unnamed(line, &made), want, "{line} for {}", made.api);
    }
}

#[test]
fn a_line_expects_from_one_of_its_networks() {
    let nets = "- {role: orders-api, cidrs: [10.0.0.0/8, '2001:db8::/32']}";
    let both = "- {role: orders-api, cidrs: [10.0.0.0/8], vpc-endpoints: [vpce-0a1b2c3d]}";
    let from = |from: &'static str| Made { from, ..GET };
    let own = |from: &'static str| Made { from, endpoint: "vpce-0ffffffff/111122223333", ..GET };
    check(&[
        (nets, own("10.1.2.3"), "expected by 5"),
        (nets, own("::ffff:10.1.2.3"), "expected by 5"),
        (nets, from("2001:db8:1::7"), "expected by 5"),
        (nets, from("203.0.113.7"), "network, 5: from 203.0.113.7, expected 10.0.0.0/8 or 2001:db8::/32"),
        (
            nets,
            from("athena.amazonaws.com"),
            "network, 5: from athena.amazonaws.com, expected 10.0.0.0/8 or 2001:db8::/32",
        ),
        (both, own("10.1.2.3"), "expected by 5"),
        (both, Made { endpoint: "vpce-0a1b2c3d", from: "172.16.0.9", ..GET }, "expected by 5"),
        (
            both,
            Made { endpoint: "vpce-0ffffffff", from: "172.16.0.9", ..GET },
            "network, 5: from 172.16.0.9 through vpce-0ffffffff, expected vpce-0a1b2c3d or 10.0.0.0/8",
        ),
        ("- {role: orders-api, regions: [eu-central-*]}", GET, "network, 5: in eu-west-1, expected eu-central-*"),
        ("- {role: orders-api, regions: [eu-*]}", GET, "expected by 5"),
        (
            "- {role: 'arn:aws:iam::*:role/app/*', accounts: ['444455556666']}",
            GET,
            "network, 5: from account 111122223333, expected 444455556666",
        ),
        ("- {role: 'arn:aws:iam::*:role/app/*', accounts: ['111122223333']}", GET, "expected by 5"),
    ]);
}

#[test]
fn an_address_behind_a_vpc_endpoint_counts_where_the_endpoint_is_ours() {
    let private = "- {role: orders-api, cidrs: [10.0.0.0/8, 100.64.0.0/10, 'fd00::/8']}";
    let public = "- {role: orders-api, cidrs: [203.0.113.0/24]}";
    let made = |from: &'static str, endpoint: &'static str| Made { from, endpoint, ..GET };
    check(&[
        (private, made("10.0.0.7", "vpce-0a/111122223333"), "expected by 5"),
        (private, made("10.0.0.7", "vpce-0a/444455556666"), "expected by 5"),
        (
            private,
            made("10.0.0.7", "vpce-0abad/123456789012"),
            "network, 5: from 10.0.0.7 through vpce-0abad of account 123456789012, expected 10.0.0.0/8 or 100.64.0.0/10 or fd00::/8",
        ),
        (
            private,
            made("fd00::7", "vpce-0abad"),
            "network, 5: from fd00::7 through vpce-0abad of a network that no account is told of, expected 10.0.0.0/8 or 100.64.0.0/10 or fd00::/8",
        ),
        (
            private,
            made("100.64.0.7", ""),
            "network, 5: from 100.64.0.7 of a network that no account is told of, expected 10.0.0.0/8 or 100.64.0.0/10 or fd00::/8",
        ),
        (public, made("203.0.113.7", ""), "expected by 5"),
        // A VPC may use whatever addresses its owner likes.
        (
            public,
            made("203.0.113.7", "vpce-0abad/123456789012"),
            "network, 5: from 203.0.113.7 through vpce-0abad of account 123456789012, expected 203.0.113.0/24",
        ),
        (
            public,
            made("203.0.113.7", "vpce-0abad"),
            "network, 5: from 203.0.113.7 through vpce-0abad of a network that no account is told of, expected 203.0.113.0/24",
        ),
    ]);
}

#[test]
fn a_line_expects_in_its_hours_and_until_its_end() {
    let hours = "- {role: orders-api, windows: [{days: [mon], from: '08:00', to: '12:00', zone: Europe/Berlin}, \
                 {from: '20:00', to: '21:00', zone: UTC}]}";
    let granted = "- {role: orders-api, until: 2026-03-02, reason: INC-42}";
    let to_the_minute = "- {role: orders-api, until: 2026-03-02T12:00:00+02:00, reason: INC-42}";
    let at = |at: &'static str| Made { at, ..GET };
    check(&[
        (hours, at("2026-03-02T07:15:00Z"), "expected by 5"),
        (hours, at("2026-03-03T20:15:00Z"), "expected by 5"),
        (
            hours,
            at("2026-03-03T09:15:00Z"),
            "time, 5: on Tue 2026-03-03 10:15 Europe/Berlin, expected mon 08:00 to 12:00 Europe/Berlin or 20:00 to 21:00 UTC",
        ),
        (granted, at("2026-03-02T23:59:59Z"), "expected by 5"),
        (granted, at("2026-03-03T00:00:00Z"), "time, 5: at 2026-03-03T00:00:00Z, expected until 2026-03-03T00:00:00Z"),
        (to_the_minute, at("2026-03-02T09:59:59Z"), "expected by 5"),
        (
            to_the_minute,
            at("2026-03-02T10:00:00Z"),
            "time, 5: at 2026-03-02T10:00:00Z, expected until 2026-03-02T10:00:00Z",
        ),
    ]);
}

#[test]
fn the_line_that_the_access_came_furthest_with_decides() {
    let lines = "- {role: orders-api, effects: [write]}\n- {role: orders-api, cidrs: [10.0.0.0/8]}\n\
                 - {role: orders-*, cidrs: [192.0.2.0/24]}\n- role: someone-else";
    let late = "- {role: orders-api, cidrs: [10.0.0.0/8]}\n- {role: orders-api, until: 2026-01-01, reason: INC-42}";
    let right = "- {role: orders-api, effects: [write]}\n- role: orders-api";
    let named = "- role: orders-api\n- {role: orders-api, actions: [Query]}\n- {role: orders-api, actions: [GetItem]}";
    check(&[
        (lines, GET, "network, 6: from 203.0.113.7, expected 10.0.0.0/8"),
        (late, GET, "time, 6: at 2026-03-02T09:15:00Z, expected until 2026-01-02T00:00:00Z"),
        (right, GET, "expected by 6"),
        (named, GET, "expected by 7"),
        (named, Made { api: "PutItem", ..GET }, "expected by 5"),
    ]);
}

#[test]
fn a_statement_that_reads_a_whole_table_is_a_scan() {
    check(&[
        ("- {role: orders-api, actions: [ExecuteStatement]}", SELECT_ALL, "expected by 5"),
        ("- {role: orders-api, effects: [read]}", SELECT_ALL, "expected by 5"),
        ("- {role: orders-api, actions: [Scan]}", SELECT_ALL, "expected by 5"),
        (
            "- {role: orders-api, actions: [Scan]}",
            Made { params: r#"{"statement":"SELECT * FROM \"orders\" WHERE pk = 'a'"}"#, ..SELECT_ALL },
            "action, 5: ExecuteStatement (read), expected Scan",
        ),
        ("- {role: orders-api, actions: [Query]}", SELECT_ALL, "action, 5: ExecuteStatement (read), expected Query"),
    ]);
}

#[test]
fn a_line_names_an_api_only_by_its_full_name() {
    let policy = policy(
        "version: 1\ntables:\n  - table: orders\n    expected:\n      - {role: a, actions: [Scan, 'Delete*']}\n      - role: b\n",
    );
    let lines = policy.table(&table("orders")).unwrap().expected.as_deref().unwrap();
    let named = |line: usize, api| lines[line].names(api);
    assert_eq!([named(0, "Scan"), named(0, "DeleteTable"), named(1, "Scan")], [true, false, false]);
}

#[test]
fn a_line_displays_as_it_is_written() {
    let policy = policy(
        "version: 1
tables:
  - table: orders
    expected:
      - permission-set: DataEngineer
        person: alice@example.com
        actions: [Query, 'Describe*']
        vpc-endpoints: [vpce-0a1b2c3d]
        cidrs: [10.0.0.0/8]
        accounts: ['111122223333']
        regions: [eu-*]
        windows: [{days: [fri], from: '22:00', to: '06:00', zone: europe/berlin}]
        until: 2026-04-01T00:00:00Z
        reason: INC-42
      - {role: app/orders-api, effects: [read, write]}
",
    );
    let lines = policy.table(&table("orders")).unwrap().expected.as_deref().unwrap();
    insta::assert_snapshot!(lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @"
    permission-set: DataEngineer, person: alice@example.com, actions: [Query, Describe*], vpc-endpoints: [vpce-0a1b2c3d], cidrs: [10.0.0.0/8], accounts: [111122223333], regions: [eu-*], windows: [fri 22:00 to 06:00 Europe/Berlin], until: 2026-04-01T00:00:00Z
    role: app/orders-api, effects: [read, write]
    ");
    assert_eq!(lines[0].reason.as_deref(), Some("INC-42"));
}
