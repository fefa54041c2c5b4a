//! Whom the lines of `expected` expect, and what is suggested for those they don't.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::actor::{Actor, ActorKind};

const SSO_ROLE: &str = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_DataEngineer_0123456789abcdef";

fn actor(kind: ActorKind, name: &str) -> Actor<'_> {
    Actor { kind, name: name.into(), account: None, permission_set: None, person: None, via: None }
}

fn role(arn: &str) -> Actor<'_> {
    actor(ActorKind::Role, arn)
}

fn account<'a>(name: &'a str, id: &'a str) -> Actor<'a> {
    Actor { account: Some(id.into()), ..actor(ActorKind::Account, name) }
}

fn person<'a>(arn: &'a str, set: &'a str, person: &'a str) -> Actor<'a> {
    let (permission_set, person) = (Some(set.into()), Some(person.into()));
    Actor { permission_set, person, ..actor(ActorKind::PermissionSet, arn) }
}

/// The policy of the table `orders` with one list of expected principals.
fn expecting(lines: &str) -> Policy {
    let indented = lines.replace('\n', "\n      ");
    policy(&format!("version: 1\ntables:\n  - table: orders\n    expected:\n      {indented}\n"))
}

fn expects(lines: &str, actor: &Actor<'_>) -> bool {
    let policy = expecting(lines);
    let table = table("orders");
    policy.table(&table).is_some_and(|entry| naming(entry, actor, &table).is_some())
}

/// The first line that names the actor.
fn naming<'p>(entry: &'p TablePolicy, actor: &Actor<'_>, table: &TableId<'_>) -> Option<&'p Expectation> {
    entry.expected.iter().flatten().find(|line| line.principal.matches(actor, &table.account))
}

#[test]
fn a_line_expects_its_principal_and_no_other() {
    let api = role("arn:aws:iam::111122223333:role/app/orders-api");
    let bare = role("arn:aws:iam::111122223333:role/orders-api");
    let foreign = role("arn:aws:iam::444455556666:role/app/orders-api");
    let forwarded = Actor { via: Some("athena.amazonaws.com".into()), ..api.clone() };
    let engineer = person(SSO_ROLE, "DataEngineer", "alice@example.com");
    let user = actor(ActorKind::User, "arn:aws:iam::111122223333:user/deploy/alice");
    let federated = actor(ActorKind::Federated, "arn:aws:iam::111122223333:user/apps/broker");
    let backup = actor(ActorKind::Service, "backup.amazonaws.com");
    let account = account("444455556666/AROAEXAMPLE", "444455556666");
    let foreign_service = Actor { account: Some("444455556666".into()), ..backup.clone() };
    let root =
        Actor { account: Some("444455556666".into()), ..actor(ActorKind::Root, "arn:aws:iam::444455556666:root") };
    let unknown = actor(ActorKind::Unknown, "arn:aws:iam::111122223333:role/app/orders-api");
    let unreadable = role("AROAEXAMPLE:session");

    let cases = [
        // Names, paths and ARNs of roles
        ("- role: orders-api", &api, true),
        ("- role: orders-api", &bare, true),
        ("- role: orders-api", &forwarded, true),
        ("- role: orders-api", &foreign, false),
        ("- role: orders-*", &api, true),
        ("- role: Orders-api", &api, false),
        ("- role: app/orders-api", &api, true),
        ("- role: app/orders-api", &bare, false),
        ("- role: app/*", &api, true),
        ("- role: ap/*", &api, false),
        ("- role: /orders-api", &bare, true),
        ("- role: /orders-api", &api, false),
        ("- role: /app/orders-api", &api, true),
        ("- role: arn:aws:iam::444455556666:role/app/orders-api", &foreign, true),
        ("- role: arn:aws:iam::444455556666:role/app/orders-api", &api, false),
        ("- role: arn:aws:iam::*:role/app/orders-api", &foreign, true),
        ("- role: arn:aws:iam::*:role/orders-api", &foreign, false),
        ("- role: arn:aws-cn:iam::*:role/app/orders-api", &foreign, false),
        ("- role: '*'", &unreadable, false),
        ("- user: orders-api", &api, false),
        ("- service: athena.amazonaws.com", &forwarded, false),
        // Permission sets
        ("- permission-set: DataEngineer", &engineer, true),
        ("- permission-set: Data*", &engineer, true),
        ("- permission-set: Admin", &engineer, false),
        ("- permission-set: DataEngineer\n  person: alice@example.com", &engineer, true),
        ("- permission-set: DataEngineer\n  person: '*@example.com'", &engineer, true),
        ("- permission-set: DataEngineer\n  person: bob@example.com", &engineer, false),
        ("- permission-set: '*'", &api, false),
        ("- role: '*'", &engineer, false),
        ("- role: '*/*'", &engineer, false),
        ("- role: AWSReservedSSO_*", &engineer, false),
        ("- role: arn:aws:iam::111122223333:role/*", &engineer, false),
        ("- role: aws-reserved/sso.amazonaws.com/*", &engineer, true),
        ("- role: arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_DataEngineer_*", &engineer, true),
        // Users
        ("- user: alice", &user, true),
        ("- user: deploy/alice", &user, true),
        ("- user: ops/alice", &user, false),
        ("- user: arn:aws:iam::111122223333:user/deploy/alice", &user, true),
        ("- role: alice", &user, false),
        ("- user: broker", &federated, true),
        ("- user: arn:aws:iam::*:user/*", &federated, true),
        ("- user: alice", &federated, false),
        // Services and accounts
        ("- service: backup.amazonaws.com", &backup, true),
        ("- service: '*.amazonaws.com'", &backup, true),
        ("- service: dax.amazonaws.com", &backup, false),
        ("- account: \"444455556666\"", &foreign, true),
        ("- account: 444455556666", &account, true),
        ("- account: \"444455556666\"", &api, false),
        ("- account: \"444455556666\"", &foreign_service, false),
        ("- account: \"111122223333\"", &api, false),
        // Never
        ("- account: \"444455556666\"", &root, false),
        ("- user: arn:aws:iam::*:user/*", &root, false),
        ("- role: '*'", &unknown, false),
        ("[]", &api, false),
    ];
    for (lines, actor, want) in cases {
        assert_eq!(expects(lines, actor), want, "{lines} for {actor:?}");
    }
}

#[test]
fn a_permission_set_of_another_account_needs_its_roles_arn() {
    let arn = SSO_ROLE.replace("111122223333", "444455556666");
    let engineer = person(&arn, "DataEngineer", "alice@example.com");
    assert!(!expects("- permission-set: DataEngineer", &engineer));
    assert!(expects(&format!("- role: {arn}"), &engineer));
}

#[test]
fn an_expectation_tells_its_line_and_its_words() {
    let policy = expecting("- role: billing\n- permission-set: Data*\n  person: alice@example.com");
    let table = table("orders");
    let entry = policy.table(&table).unwrap();
    let engineer = person(SSO_ROLE, "DataEngineer", "alice@example.com");
    let expectation = naming(entry, &engineer, &table).unwrap();
    assert_eq!(expectation.line, 6);
    assert_eq!(expectation.to_string(), "permission-set: Data*, person: alice@example.com");
}

#[test]
fn without_a_list_nobody_is_judged_and_with_an_empty_one_everybody() {
    let judges = |yaml: &str| policy(yaml).table(&table("orders")).map(TablePolicy::judges);
    assert_eq!(judges("version: 1\ntables:\n  - table: orders\n"), Some(false));
    assert_eq!(judges("version: 1\ntables:\n  - table: orders\n    expected: []\n"), Some(true));
}

#[test]
fn what_is_suggested_names_the_actor_in_the_shortest_form_that_is_no_wider() {
    let api = "arn:aws:iam::111122223333:role/app/orders-api";
    let foreign = "arn:aws:iam::444455556666:role/orders-api";
    let foreign_sso = SSO_ROLE.replace("111122223333", "444455556666");
    let cases = [
        (role(api), Some("- role: app/orders-api")),
        (role("arn:aws:iam::111122223333:role/orders-api"), Some("- role: orders-api")),
        (role("arn:aws:iam::111122223333:role/null"), Some("- role: \"null\"")),
        (role("arn:aws:iam::111122223333:role/x:/\"#/evil"), Some("- role: \"x:/\\\"#/evil\"")),
        (role("arn:aws:iam::111122223333:role/arn:aws/evil"), Some("- role: \"/arn:aws/evil\"")),
        (role(foreign), Some("- role: arn:aws:iam::444455556666:role/orders-api")),
        (
            person(SSO_ROLE, "DataEngineer", "alice@example.com"),
            Some("- permission-set: DataEngineer\n  person: alice@example.com"),
        ),
        (
            person(&foreign_sso, "DataEngineer", "alice@example.com"),
            Some(
                "- role: arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/eu-west-1/\
                 AWSReservedSSO_DataEngineer_0123456789abcdef",
            ),
        ),
        (actor(ActorKind::User, "arn:aws:iam::111122223333:user/deploy/alice"), Some("- user: deploy/alice")),
        (actor(ActorKind::Federated, "arn:aws:iam::111122223333:user/apps/broker"), Some("- user: apps/broker")),
        (actor(ActorKind::Service, "backup.amazonaws.com"), Some("- service: backup.amazonaws.com")),
        (account("444455556666/AROAEXAMPLE", "444455556666"), Some("- account: \"444455556666\"")),
        (account("111122223333", "111122223333"), None),
        (actor(ActorKind::Federated, "erin"), None),
        (actor(ActorKind::Root, "arn:aws:iam::111122223333:root"), None),
        (actor(ActorKind::Unknown, api), None),
        (role("AROAEXAMPLE:session"), None),
        (role("arn:aws:iam::111122223333:role/*/evil"), None),
        (role("arn:aws:iam::111122223333:role/two\nlines"), None),
        (person(SSO_ROLE, "DataEngineer", "*"), None),
        (actor(ActorKind::Service, "evil\n- role: '*'"), None),
    ];
    for (actor, want) in cases {
        assert_eq!(suggest(&actor, &table("orders")).as_deref(), want, "{actor:?}");
    }
}

/// Names and paths as IAM allows them, but for `*`. A path holds any printable ASCII.
fn iam_path() -> impl Strategy<Value = String> {
    "([!-)+-~]{1,20}/){0,2}[a-zA-Z0-9+=,.@_-]{1,64}"
}

proptest! {
    #[test]
    fn a_suggested_line_expects_the_actor(
        path in iam_path(),
        account in prop::sample::select(&["111122223333", "444455556666"][..]),
        is_role: bool,
    ) {
        let (kind, resource) = if is_role { (ActorKind::Role, "role") } else { (ActorKind::User, "user") };
        let arn = format!("arn:aws:iam::{account}:{resource}/{path}");
        let actor = actor(kind, &arn);
        let lines = suggest(&actor, &table("orders")).expect("every name IAM allows has a line");
        prop_assert!(expects(&lines, &actor), "{lines}");
        let next = format!("{arn}x");
        prop_assert!(!expects(&lines, &Actor { name: next.into(), ..actor }), "{lines}");
    }

    #[test]
    fn a_suggested_permission_set_expects_the_person_alone(
        set in "[a-zA-Z0-9+=,.@_-]{1,32}",
        name in "[a-zA-Z0-9+=,.@_-]{2,64}",
    ) {
        let actor = person(SSO_ROLE, &set, &name);
        let lines = suggest(&actor, &table("orders")).expect("every name has a line");
        prop_assert!(expects(&lines, &actor), "{lines}");
        prop_assert!(!expects(&lines, &Actor { person: Some("other".into()), ..actor.clone() }), "{lines}");
        prop_assert!(!expects(&lines, &Actor { person: None, ..actor }), "{lines}");
    }

    #[test]
    fn whatever_is_suggested_for_hostile_names_reads_back_as_one_line_for_the_actor(
        name in "(arn:aws:(iam|sts)::[0-9]{0,12}:(role|user|federated-user)/)?\\PC{0,30}|.{0,30}",
        set in "[a-z]{1,3}|.{0,12}",
        who in "\\PC{0,12}|.{0,12}",
        kind in prop::sample::select(&[
            ActorKind::Role, ActorKind::User, ActorKind::PermissionSet, ActorKind::Service, ActorKind::Federated, ActorKind::Account,
        ][..]),
    ) {
        let account = Some(Cow::Borrowed("111122223333"));
        let actor = Actor { account, ..person(&name, &set, &who) };
        let actor = Actor { kind, ..actor };
        if let Some(lines) = suggest(&actor, &table("orders")) {
            prop_assert!(expects(&lines, &actor), "{lines}");
            prop_assert_eq!(expecting(&lines).tables.iter().map(|t| t.expected.as_ref().map_or(0, Vec::len)).sum::<usize>(), 1);
        }
    }
}
