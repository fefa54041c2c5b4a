use super::*;

/// The actor of a record with this `userIdentity`, as (kind, name, person or permission set and person, via, shown).
fn actor(identity: &str) -> (ActorKind, String, Option<String>, Option<String>, String) {
    let json = format!(
        r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"Scan",
            "awsRegion":"eu-west-1","userIdentity":{identity}}}"#
    );
    let record = Record::parse(&json).unwrap();
    let actor = Actor::of(&record).into_owned();
    let shown = actor.to_string();
    (actor.kind, actor.name.into(), actor.person.map(Into::into), actor.via.map(Into::into), shown)
}

/// (userIdentity, kind, name, person, via, shown)
type Case = (String, ActorKind, &'static str, Option<&'static str>, Option<&'static str>, &'static str);

#[test]
fn every_identity_type_gives_a_name_that_no_session_changes() {
    use ActorKind::{Account, Federated, PermissionSet, Role, Root, Service, Unknown, User};
    let role_session = |role_arn: &str, session: &str| {
        let name = role_arn.rsplit('/').next().unwrap();
        format!(
            r#"{{"type":"AssumedRole","principalId":"AROAEXAMPLE:{session}","accountId":"111122223333",
                "arn":"arn:aws:sts::111122223333:assumed-role/{name}/{session}",
                "sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"{role_arn}"}},"attributes":{{}}}}}}"#
        )
    };
    let app = "arn:aws:iam::111122223333:role/app/orders-api";
    let sso = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Data_Engineer_0123456789abcdef";
    let sso_home =
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    let imitation = "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef";
    let imitated_path =
        "arn:aws:iam::111122223333:role/x:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    let cases: Vec<Case> = vec![
        (
            r#"{"type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root","principalId":"111122223333"}"#.into(),
            Root, "arn:aws:iam::111122223333:root", None, None, "root",
        ),
        (
            r#"{"type":"IAMUser","userName":"intern","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/staff/intern"}"#.into(),
            User, "arn:aws:iam::111122223333:user/staff/intern", None, None, "user/staff/intern",
        ),
        (
            r#"{"type":"IAMUser","userName":"intern","accountId":"111122223333"}"#.into(),
            User, "arn:aws:iam::111122223333:user/intern", None, None, "user/intern",
        ),
        (role_session(app, "i-0abc"), Role, app, None, None, "role/app/orders-api"),
        (role_session(app, "i-0def"), Role, app, None, None, "role/app/orders-api"),
        (
            r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc","sessionContext":{"sessionIssuer":{}}}"#.into(),
            Role, "arn:aws:iam::111122223333:role/orders-api", None, None, "role/orders-api",
        ),
        (
            r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0abc","accountId":"111122223333"}"#.into(),
            Role, "AROAEXAMPLE", None, None, "AROAEXAMPLE",
        ),
        (
            r#"{"type":"Role","accountId":"111122223333","arn":"arn:aws:iam::111122223333:role/app/orders-api","invokedBy":"athena.amazonaws.com"}"#.into(),
            Role, app, None, Some("athena.amazonaws.com"), "role/app/orders-api",
        ),
        (role_session(sso, "alice@example.com"), PermissionSet, sso, Some("alice@example.com"), None, "alice@example.com (SSO Data_Engineer)"),
        (role_session(sso_home, "bob"), PermissionSet, sso_home, Some("bob"), None, "bob (SSO Admin)"),
        // Anyone may name a role like this, so its session name vouches for nothing.
        (role_session(imitation, "ceo@example.com"), Role, imitation, None, None, "role/AWSReservedSSO_Admin_0123456789abcdef"),
        // The same with a path that looks like the one that only AWS can create roles in.
        (role_session(imitated_path, "ceo@example.com"), Role, imitated_path, None, None, imitated_path.split_once("::111122223333:").unwrap().1),
        (
            role_session(app, "x").replace(r#""attributes":{}"#, r#""attributes":{},"sourceIdentity":"carol""#),
            Role, app, None, None, "role/app/orders-api",
        ),
        (
            r#"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/dave","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/broker"}}}"#.into(),
            Federated, "arn:aws:iam::111122223333:user/broker", None, None, "user/broker",
        ),
        (
            r#"{"type":"SAMLUser","principalId":"IdP:erin","userName":"erin"}"#.into(),
            Federated, "erin", None, None, "erin",
        ),
        (
            r#"{"type":"WebIdentityUser","principalId":"accounts.example.com:client:frank","userName":"frank","identityProvider":"accounts.example.com"}"#.into(),
            Federated, "frank", None, None, "frank",
        ),
        (r#"{"type":"Directory","userName":"grace"}"#.into(), Federated, "grace", None, None, "grace"),
        (
            r#"{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"94482488-1234","identityStoreArn":"arn:aws:identitystore::111122223333:identitystore/d-9067642ac7"}}"#.into(),
            Federated, "94482488-1234", Some("94482488-1234"), None, "94482488-1234 (94482488-1234)",
        ),
        (
            r#"{"type":"AWSAccount","principalId":"AROAOTHER:session-7","accountId":"444455556666"}"#.into(),
            Account, "444455556666/AROAOTHER", None, None, "account 444455556666/AROAOTHER",
        ),
        (r#"{"type":"AWSAccount","accountId":"444455556666"}"#.into(), Account, "444455556666", None, None, "account 444455556666"),
        (r#"{"type":"AWSService","invokedBy":"backup.amazonaws.com"}"#.into(), Service, "backup.amazonaws.com", None, None, "backup.amazonaws.com"),
        (r#"{"invokedBy":"replication.dynamodb.amazonaws.com"}"#.into(), Service, "replication.dynamodb.amazonaws.com", None, None, "replication.dynamodb.amazonaws.com"),
        (r#"{"arn":"arn:aws:iam::111122223333:user/intern","invokedBy":"backup.amazonaws.com"}"#.into(), Unknown, "arn:aws:iam::111122223333:user/intern", None, Some("backup.amazonaws.com"), "user/intern"),
        (r#"{"type":"Unknown","principalId":"P"}"#.into(), Unknown, "P", None, None, "P"),
        (r#"{"type":"Novelty","arn":"arn:aws:iam::111122223333:novelty/x"}"#.into(), Unknown, "arn:aws:iam::111122223333:novelty/x", None, None, "novelty/x"),
        (r"{}".into(), Unknown, "unknown", None, None, "an unknown identity"),
        ("null".into(), Unknown, "unknown", None, None, "an unknown identity"),
        (r#""omitted""#.into(), Unknown, "unknown", None, None, "an unknown identity"),
    ];
    for (identity, kind, name, person, via, shown) in cases {
        let got = actor(&identity);
        let want = (kind, name.to_owned(), person.map(Into::into), via.map(Into::into), shown.to_owned());
        assert_eq!(got, want, "{identity}");
    }
}
