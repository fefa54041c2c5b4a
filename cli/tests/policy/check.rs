//! Errors, warnings and notes, and how they tell scripts.

use super::{folder, run};

const POLICY: &str = "version: 1
detections:
  table-updated: off
tables:
  - table: orders
    keys: hash
    expected:
      - user: alice
      - user: bob
      - {user: carol, until: 2020-01-01, reason: INC-42}
      - {user: dave, until: 2099-12-31, reason: INC-43}
  - table: customers
    expected:
      - user: alice
";

const LOG: &str = r#"{"Records":[{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",
"eventName":"GetItem","awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{"tableName":"orders"},
"userIdentity":{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/alice"}}]}"#;

#[test]
fn warnings_and_notes_are_shown_with_their_lines() {
    let folder = folder(&[("policy.yaml", POLICY)]);
    let checked = run(folder.path(), &["check", "policy.yaml"]);
    assert_eq!((checked.status, checked.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(checked.stdout, @"
    note: `table-updated` is switched off
     --> policy.yaml:3:3
      |
    3 |   table-updated: off
      |   ^^^^^^^^^^^^^^^^^^ it is told of no table but those whose entry changes it

    warning: this line expects nothing since 2020-01-02T00:00:00Z
      --> policy.yaml:10:7
       |
    10 |       - {user: carol, until: 2020-01-01, reason: INC-42}
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ take it out, or give it a later end

    policy.yaml is valid: 1 warning, 1 note
    ");
}

#[test]
fn with_logs_what_they_do_not_show_is_a_warning() {
    let folder = folder(&[("policy.yaml", POLICY), ("log.json", LOG)]);
    let checked = run(folder.path(), &["check", "policy.yaml", "log.json"]);
    assert_eq!((checked.status, checked.stderr.as_str()), (Some(1), ""));
    let heads: Vec<&str> = checked.stdout.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(
        heads,
        [
            "warning: no access to `orders` by `user: bob`",
            "warning: this line expects nothing since 2020-01-02T00:00:00Z",
            "warning: no access to `orders` by `user: carol`",
            "warning: no access to `orders` by `user: dave`",
            "warning: no access to a table that `customers` speaks for",
        ]
    );
}

#[test]
fn the_exit_status_tells_valid_from_doubtful_from_wrong() {
    let fine = "version: 1\ntables:\n  - {table: orders, expected: [{user: alice}]}\n";
    let noted = "version: 1\ndetections: {table-updated: off}\n";
    let wrong = "version: 1\ntables:\n  - tabel: orders\n";
    let blind =
        "version: 1\nsuppressions:\n  - {detection: trail-stopped, until: 2099-12-31, reason: known}\n".to_owned();
    let named = blind.replace("until", "resource: test-*, until");
    let files = [
        ("blind.yaml", blind.as_str()),
        ("named.yaml", &named),
        ("fine.yaml", fine),
        ("noted.yaml", noted),
        ("doubtful.yaml", POLICY),
        ("wrong.yaml", wrong),
        ("log.json", LOG),
    ];
    let folder = folder(&files);
    let cases: [(&[&str], i32, &str, &str); 9] = [
        (&["blind.yaml"], 2, "", "blind.yaml:3:17"),
        (&["named.yaml"], 0, "named.yaml is valid: no warnings, no notes\n", ""),
        (&["fine.yaml"], 0, "fine.yaml is valid: no warnings, no notes\n", ""),
        (&["fine.yaml", "log.json"], 0, "fine.yaml is valid: no warnings, no notes\n", ""),
        (&["noted.yaml"], 0, "noted.yaml is valid: no warnings, 1 note\n", ""),
        (&["doubtful.yaml"], 1, "doubtful.yaml is valid: 1 warning, 1 note\n", ""),
        (&["wrong.yaml"], 2, "", "wrong.yaml:3:5"),
        (&["gone.yaml"], 2, "", "cannot read the policy gone.yaml"),
        (&["fine.yaml", "gone.json"], 2, "valid", "cannot read gone.json"),
    ];
    for (args, status, stdout, stderr) in cases {
        let checked = run(folder.path(), &[&["check"], args].concat());
        assert_eq!(checked.status, Some(status), "{args:?}: {}", checked.stderr);
        assert!(checked.stdout.contains(stdout), "{args:?}: {}", checked.stdout);
        assert!(
            checked.stderr.contains(stderr) && checked.stderr.is_empty() == stderr.is_empty(),
            "{}",
            checked.stderr
        );
    }
}
