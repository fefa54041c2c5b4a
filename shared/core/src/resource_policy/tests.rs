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
fn only_a_condition_that_can_be_checked_narrows() {
    let everyone = "everyone (*)";
    let account = "account 444455556666";
    let both = |only: &str| {
        let limited = |who| format!("{who}, only from {only}, which cannot be checked");
        (limited(everyone), limited(account))
    };
    let neither_but = |who: &str| (who.to_owned(), account.to_owned());
    // (condition, what everyone comes to under it, what account 444455556666 does)
    let cases = [
        (r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#, neither_but("")),
        (r#""StringEquals":{"AWS:sourceaccount":["111122223333"]}"#, neither_but("")),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app/*"}"#, neither_but("")),
        (r#""StringEquals":{"aws:PrincipalAccount":"444455556666"}"#, neither_but(account)),
        (r#""StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}"#, neither_but(account)),
        (
            r#""StringEquals":{"aws:PrincipalAccount":"444455556666","aws:SourceAccount":"111122223333"}"#,
            neither_but(""),
        ),
        (
            r#""StringEquals":{"aws:PrincipalAccount":"111122223333","aws:SourceAccount":"444455556666"}"#,
            neither_but(""),
        ),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}"#, neither_but(everyone)),
        // The path of a role may hold colons: `arn:aws:iam::444455556666:role/:iam::111122223333:role/app`.
        (r#""StringLike":{"aws:PrincipalArn":"arn:*:iam::111122223333:role/app"}"#, neither_but(everyone)),
        (r#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}"#, neither_but(everyone)),
        (r#""StringLike":{"aws:PrincipalOrgID":"*"}"#, neither_but(everyone)),
        (r#""StringLike":{"aws:PrincipalOrgID":["o-a1b2c3d4e5","o-*"]}"#, neither_but(everyone)),
        (r#""StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}"#, neither_but(everyone)),
        (
            r#""StringEquals":{"aws:PrincipalAccount":["111122223333","${aws:PrincipalAccount}"]}"#,
            neither_but(everyone),
        ),
        (r#""StringEquals":{"aws:PrincipalAccount":[]}"#, neither_but(everyone)),
        (r#""StringEquals":{"aws:PrincipalOrgID":[]}"#, neither_but(everyone)),
        (r#""StringEquals":{"aws:PrincipalOrgID":""}"#, neither_but(everyone)),
        (r#""StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}"#, neither_but(everyone)),
        (r#""ForAllValues:StringEquals":{"aws:PrincipalAccount":"111122223333"}"#, neither_but(everyone)),
        (r#""StringNotEquals":{"aws:PrincipalAccount":"111122223333"}"#, neither_but(everyone)),
        (r#""StringEquals":{"aws:PrincipalTag/team":"shop"}"#, neither_but(everyone)),
        (r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, neither_but(everyone)),
        (r#""Bool":{"aws:PrincipalIsAWSService":"false"}"#, neither_but(everyone)),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, neither_but(everyone)),
        (r#""StringEquals":"gone""#, neither_but(everyone)),
        (r#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#, both("organisation o-a1b2c3d4e5")),
        (
            r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a1b2c3d4e5/*"]}"#,
            both("organisation path o-a1b2c3d4e5/*"),
        ),
        (r#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::acme-exports"}"#, both("ARN arn:aws:s3:::acme-exports")),
        (r#""StringLike":{"aws:userid":"AROAEXAMPLEORDERS:*"}"#, both("user id AROAEXAMPLEORDERS:*")),
        (r#""Bool":{"aws:PrincipalIsAWSService":"true"}"#, both("services of AWS")),
        (
            r#""StringEquals":{"aws:SourceVpc":["vpc-0a1b2c3d","vpc-1a2b3c4d"]}"#,
            both("VPC vpc-0a1b2c3d or vpc-1a2b3c4d"),
        ),
        (
            r#""StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d","aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#,
            both("VPC endpoint vpce-0a1b2c3d and organisation o-a1b2c3d4e5"),
        ),
    ];
    for (condition, (of_everyone, of_account)) in cases {
        let admits = |principal: &str| {
            of(&format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Condition":{{{condition}}}}}"#))
        };
        assert_eq!(admits("*"), Ok(of_everyone), "{condition}");
        assert_eq!(admits("444455556666"), Ok(of_account), "{condition}");
    }
}

#[test]
fn what_a_policy_writes_is_fit_for_a_line() {
    let long = "o".repeat(500);
    let condition = format!(r#""StringEquals":{{"aws:PrincipalOrgID":"{long}"}}"#);
    let words = |principal: &str| {
        of(&format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Condition":{{{condition}}}}}"#)).unwrap()
    };
    let told = words(r"no\none");
    assert!(told.starts_with(r"no\none, whose account cannot be told, only from organisation ooo"), "{told}");
    assert!(told.len() < 250, "{told}");
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
    assert_eq!(
        outsiders(single, &|_| true).unwrap(),
        BTreeSet::from([Outsider { who: Who::Everyone, only: Vec::new() }])
    );
}
