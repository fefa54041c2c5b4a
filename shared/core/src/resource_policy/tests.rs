use super::*;

const OWN: &str = "111122223333";

/// The outsiders of one statement, in words.
fn of(statement: &str) -> Result<String, &'static str> {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let outsiders = outsiders(&document, &|account| account == OWN).map_err(|UnreadablePolicy(why)| why)?;
    Ok(outsiders.iter().map(Outsider::to_string).collect::<Vec<_>>().join(", "))
}

#[test]
fn outsiders_are_told_by_whoever_a_statement_allows() {
    let cases = [
        (r#""Principal":"*""#, "everyone (*)"),
        (r#""Principal":{"AWS":"*"}"#, "everyone (*)"),
        (r#""Principal":{"AWS":["arn:aws:iam::111122223333:role/app","*"]}"#, "everyone (*)"),
        (
            r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
            "everyone but those whom it names (NotPrincipal)",
        ),
        (r#""Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#, "account 444455556666"),
        (r#""Principal":{"AWS":"444455556666"}"#, "account 444455556666"),
        (
            r#""principal":{"aws":["444455556666","arn:aws:sts::123456789012:assumed-role/a/b"]}"#,
            "account 123456789012, account 444455556666",
        ),
        (r#""Principal":{"AWS":"AROAEXAMPLEORDERS"}"#, "AROAEXAMPLEORDERS, whose account cannot be told"),
        (r#""Principal":{"Federated":"accounts.google.com"}"#, "accounts.google.com, whose account cannot be told"),
        (r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#, ""),
        (r#""Principal":{"AWS":"111122223333"}"#, ""),
        (r#""Principal":{"Service":"redshift.amazonaws.com"}"#, ""),
    ];
    for (principal, want) in cases {
        let allow = format!(r#"{{"Effect":"Allow",{principal},"Action":"dynamodb:*","Resource":"*"}}"#);
        assert_eq!(of(&allow), Ok(want.to_owned()), "{principal}");
        let deny = format!(r#"{{"Effect":"Deny",{principal},"Action":"dynamodb:*","Resource":"*"}}"#);
        assert_eq!(of(&deny), Ok(String::new()), "denied: {principal}");
    }
}

#[test]
fn only_a_condition_that_asks_for_a_fixed_value_narrows() {
    // (condition, whether everyone is still let in, whether account 444455556666 is)
    let cases = [
        (r#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#, false, false),
        (r#""StringEquals":{"AWS:principalorgid":["o-a1b2c3d4e5"]}"#, false, false),
        (r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a1b2c3d4e5/*"]}"#, false, false),
        (r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#, false, false),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app/*"}"#, false, false),
        (r#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::acme-exports"}"#, false, false),
        (r#""StringLike":{"aws:userid":"AROAEXAMPLEORDERS:*"}"#, false, false),
        (r#""Bool":{"aws:PrincipalIsAWSService":"true"}"#, false, false),
        (r#""StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}"#, false, true),
        (r#""StringEquals":{"aws:SourceVpc":["vpc-0a1b2c3d","vpc-1a2b3c4d"]}"#, false, true),
        (r#""StringEquals":{"aws:PrincipalAccount":"444455556666"}"#, true, true),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}"#, true, true),
        (r#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}"#, true, true),
        (r#""StringLike":{"aws:PrincipalOrgID":"*"}"#, true, true),
        (r#""StringLike":{"aws:PrincipalOrgID":["o-a1b2c3d4e5","o-*"]}"#, true, true),
        (r#""StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}"#, true, true),
        (r#""StringEquals":{"aws:PrincipalOrgID":[]}"#, true, true),
        (r#""StringEqualsIfExists":{"aws:SourceVpce":"vpce-0a1b2c3d"}"#, true, true),
        (r#""ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-1/"}"#, true, true),
        (r#""StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#, true, true),
        (r#""StringEquals":{"aws:PrincipalTag/team":"shop"}"#, true, true),
        (r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, true, true),
        (r#""Bool":{"aws:PrincipalIsAWSService":"false"}"#, true, true),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, true, true),
        (r#""StringEquals":"gone""#, true, true),
    ];
    for (condition, everyone, account) in cases {
        let admits = |principal: &str| {
            of(&format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Condition":{{{condition}}}}}"#))
        };
        assert_eq!(admits("*"), Ok(if everyone { "everyone (*)" } else { "" }.to_owned()), "{condition}");
        assert_eq!(
            admits("444455556666"),
            Ok(if account { "account 444455556666" } else { "" }.to_owned()),
            "{condition}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let read = |document: &str| outsiders(document, &|_| false).unwrap_err().0;
    let cases = [
        ("gone", "is no JSON"),
        ("{}", "has no statements"),
        (r#"{"Statement":[{"Effect":"Maybe","Principal":"*"}]}"#, "has a statement that neither allows nor denies"),
        (r#"{"Statement":["gone"]}"#, "has a statement that neither allows nor denies"),
        (r#"{"Statement":{"Effect":"Allow"}}"#, "has a statement whose principal cannot be read"),
        (r#"{"Statement":{"Effect":"Allow","Principal":"app"}}"#, "has a statement whose principal cannot be read"),
        (r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":[7]}}}"#, "has a principal that is no text"),
    ];
    for (document, want) in cases {
        assert_eq!(read(document), want, "{document}");
    }
    let single = r#"{"Statement":{"Effect":"Allow","Principal":"*"}}"#;
    assert_eq!(outsiders(single, &|_| true).unwrap(), BTreeSet::from([Outsider::Everyone]));
}
