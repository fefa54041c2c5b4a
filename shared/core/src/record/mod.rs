//! One CloudTrail event as it stands on the wire, borrowed from its bytes.
//!
//! Fields: "CloudTrail record contents for management, data, and network activity events",
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
//! Versions 1.03 to 1.11 are read; a field that a version lacks is absent.

mod cursor;
mod fast;
pub mod screen;
mod walk;
mod wire;

use jiff::Timestamp;
use serde::Deserialize;

pub(crate) use cursor::Cursor;
pub use wire::{Field, ObjectField, Text, TextField};

/// The fields of a record that the audit looks at.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    /// A GUID that CloudTrail gives each event.
    #[serde(borrow, rename = "eventID")]
    event_id: Text<'a>,
    /// When the call completed, as `YYYY-MM-DDThh:mm:ssZ`.
    #[serde(borrow)]
    event_time: Text<'a>,
    #[serde(borrow)]
    event_source: Text<'a>,
    #[serde(borrow)]
    event_name: Text<'a>,
    #[serde(borrow)]
    aws_region: Text<'a>,
    /// `Management`, `Data`, `Insight`, `NetworkActivity`; absent in version 1.03.
    #[serde(borrow, default)]
    pub event_category: TextField<'a>,
    /// Who called, in the terms of the credentials that were used.
    #[serde(borrow, default)]
    pub user_identity: ObjectField<UserIdentity<'a>>,
    /// An address, a service's DNS name or `AWS Internal`.
    #[serde(borrow, rename = "sourceIPAddress", default)]
    pub source_ip_address: TextField<'a>,
    /// Written by the caller.
    #[serde(borrow, default)]
    pub user_agent: TextField<'a>,
    /// Absent where the call succeeded.
    #[serde(borrow, default)]
    pub error_code: TextField<'a>,
    /// What the service answered to a call that failed.
    #[serde(borrow, default)]
    pub error_message: TextField<'a>,
    /// The parameters of the request, unparsed.
    #[serde(borrow, default, deserialize_with = "wire::unparsed")]
    pub request_parameters: Option<&'a str>,
    /// The response of a call that changes something, unparsed.
    #[serde(borrow, default, deserialize_with = "wire::unparsed")]
    pub response_elements: Option<&'a str>,
    /// The resources the call touched, unparsed: a list of `{accountId, type, ARN}`.
    #[serde(borrow, default, deserialize_with = "wire::unparsed")]
    pub resources: Option<&'a str>,
    /// The account that the event was delivered to.
    #[serde(borrow, default)]
    pub recipient_account_id: TextField<'a>,
    /// The same in the records that two accounts get of one call.
    #[serde(borrow, rename = "sharedEventID", default)]
    pub shared_event_id: TextField<'a>,
    /// The VPC endpoint the call came through.
    #[serde(borrow, default)]
    pub vpc_endpoint_id: TextField<'a>,
    /// The account that endpoint belongs to.
    #[serde(borrow, default)]
    pub vpc_endpoint_account_id: TextField<'a>,
    /// `true` where the session began in the console.
    #[serde(borrow, default)]
    pub session_credential_from_console: TextField<'a>,
}

/// `userIdentity`: "CloudTrail userIdentity element",
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity<'a> {
    /// `Root`, `IAMUser`, `AssumedRole`, …
    #[serde(borrow, rename = "type", default)]
    pub kind: TextField<'a>,
    /// The unique id of the principal, `ID[:SESSION]`.
    #[serde(borrow, default)]
    pub principal_id: TextField<'a>,
    /// The ARN of the principal; for a role that of the session.
    #[serde(borrow, default)]
    pub arn: TextField<'a>,
    /// The account of the principal.
    #[serde(borrow, default)]
    pub account_id: TextField<'a>,
    /// The friendly name.
    #[serde(borrow, default)]
    pub user_name: TextField<'a>,
    /// The service that made the call, for itself or for the identity it stands next to.
    #[serde(borrow, default)]
    pub invoked_by: TextField<'a>,
    /// About the session, where temporary credentials were used.
    #[serde(borrow, default)]
    pub session_context: ObjectField<SessionContext<'a>>,
    /// The person of IAM Identity Center for whom the call was made.
    #[serde(borrow, default)]
    pub on_behalf_of: ObjectField<OnBehalfOf<'a>>,
}

/// `userIdentity.sessionContext`.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext<'a> {
    /// Who the session's credentials were issued for.
    #[serde(borrow, default)]
    pub session_issuer: ObjectField<SessionIssuer<'a>>,
    /// Set when a role is assumed, and kept along a chain of roles.
    #[serde(borrow, default)]
    pub source_identity: TextField<'a>,
}

/// `userIdentity.sessionContext.sessionIssuer`.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionIssuer<'a> {
    /// The role's ARN with its path.
    #[serde(borrow, default)]
    pub arn: TextField<'a>,
}

/// `userIdentity.onBehalfOf`.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnBehalfOf<'a> {
    /// The id of the person in the identity store.
    #[serde(borrow, default)]
    pub user_id: TextField<'a>,
}

/// Why a record cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON, a field twice, or a field without which a record says nothing is missing or no string.
    #[error("not a CloudTrail record: {0}")]
    Json(#[from] serde_json::Error),
    /// A name that is longer than AWS makes any. Names tell findings apart, so they cannot be cut.
    #[error("a name of {0} bytes, the longest is {LONGEST_NAME}")]
    LongName(usize),
    /// Of a service that is not audited.
    #[error("eventSource {0} is not audited")]
    Source(String),
    /// It cannot be held against the user's rules, and is read for nothing else.
    #[error("not to be held against the rules: {0}")]
    Rules(String),
    /// `eventTime` is no timestamp.
    #[error("eventTime is no timestamp of the form 2026-01-31T23:59:59Z: {0}")]
    Time(#[from] jiff::Error),
}

/// The longest that a name in a record may be, in bytes: an ARN of IAM has at most 2,048.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html>
const LONGEST_NAME: usize = 2048;

impl<'a> Record<'a> {
    /// Reads one record from its JSON.
    pub fn parse(json: &'a str) -> Result<Self, RecordError> {
        // What is not written as CloudTrail writes it is read by serde, which says what is wrong with it.
        let record = Self::fast(json).map_or_else(|| serde_json::from_str(json), Ok)?;
        match record.names().map(str::len).max() {
            Some(length) if length > LONGEST_NAME => Err(RecordError::LongName(length)),
            _ => Ok(record),
        }
    }

    /// Every text that tells one event, caller or place from another.
    fn names(&self) -> impl Iterator<Item = &str> {
        let identity = self.user_identity.present();
        let session = identity.and_then(|identity| identity.session_context.present());
        let issuer = session.and_then(|session| session.session_issuer.present());
        let on_behalf_of = identity.and_then(|identity| identity.on_behalf_of.present());
        let of_identity = identity.map(|identity| {
            let UserIdentity { kind, principal_id, arn, account_id, user_name, invoked_by, .. } = identity;
            [kind, principal_id, arn, account_id, user_name, invoked_by]
        });
        let fields = [
            Some(&self.recipient_account_id),
            Some(&self.shared_event_id),
            session.map(|session| &session.source_identity),
            issuer.map(|issuer| &issuer.arn),
            on_behalf_of.map(|person| &person.user_id),
        ];
        let fields = fields.into_iter().flatten().chain(of_identity.into_iter().flatten());
        [self.event_id(), self.event_name(), self.region()].into_iter().chain(fields.filter_map(Field::text))
    }

    /// `eventID`.
    pub fn event_id(&self) -> &str {
        &self.event_id.0
    }

    /// `eventTime`.
    pub fn time(&self) -> Result<Timestamp, RecordError> {
        Ok(self.event_time.0.parse()?)
    }

    /// The DNS name of the service, such as `dynamodb.amazonaws.com`.
    pub fn event_source(&self) -> &str {
        &self.event_source.0
    }

    /// Whom the caller said to stand for when it assumed its role. It cannot be changed along a chain of roles, but whoever
    /// assumes the first one writes it:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>.
    pub fn source_identity(&self) -> Option<&str> {
        self.user_identity.present()?.session_context.present()?.source_identity.text()
    }

    /// The API that was called.
    pub fn event_name(&self) -> &str {
        &self.event_name.0
    }

    /// The region the call was made to.
    pub fn region(&self) -> &str {
        &self.aws_region.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(extra: &str) -> String {
        format!(
            r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"Scan","awsRegion":"eu-west-1"{extra}}}"#
        )
    }

    #[test]
    fn a_field_of_the_wrong_type_is_odd_and_costs_nothing_beside_itself() {
        let json = record(
            r#","userIdentity":"gone","sourceIPAddress":7,"userAgent":["x",{"y":1}],"errorCode":{"a":{}},"vpcEndpointId":null"#,
        );
        let record = Record::parse(&json).unwrap();
        assert!(matches!(record.user_identity.0, Field::Odd));
        assert_eq!(record.source_ip_address, Field::Odd);
        assert_eq!(record.user_agent, Field::Odd);
        assert_eq!(record.error_code, Field::Odd);
        assert_eq!(record.vpc_endpoint_id, Field::Absent);
        assert_eq!(record.event_name(), "Scan");
    }

    #[test]
    fn strings_without_escapes_are_borrowed() {
        let json = record(r#","userAgent":"plain","sourceIPAddress":"with \" quote""#);
        let record = Record::parse(&json).unwrap();
        assert!(matches!(&record.user_agent, Field::Present(Text(std::borrow::Cow::Borrowed("plain")))));
        assert_eq!(record.source_ip_address.text(), Some("with \" quote"));
    }

    #[test]
    fn what_is_no_text_in_a_string_costs_that_character_alone() {
        let json = record(r#","userAgent":"a\ud800b","sourceIPAddress":"\u00e4\ud83d\ude00""#);
        let record = Record::parse(&json).unwrap();
        assert!(record.user_agent.text().is_some_and(|text| text.starts_with("a\u{fffd}") && text.ends_with('b')));
        assert_eq!(record.source_ip_address.text(), Some("ä😀"));
    }

    proptest! {
        /// Members in any order, some twice, with values of any type and form.
        #[test]
        fn one_walk_gives_what_serde_gives_or_nothing(members in proptest::collection::vec((member(), value()), 0..24), pretty: bool) {
            let gap = if pretty { "\n " } else { "" };
            let members: Vec<String> = members.iter().map(|(key, value)| format!("{gap}\"{key}\"{gap}:{gap}{value}{gap}")).collect();
            let json = record(&format!(",{}", members.join(",")).replace(",}", "}")).replace(",}", "}");
            if let Some(fast) = Record::fast(&json) {
                prop_assert_eq!(Some(fast), serde_json::from_str(&json).ok(), "{}", json);
            }
        }
    }

    fn member() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "userIdentity",
            "sourceIPAddress",
            "userAgent",
            "errorCode",
            "requestParameters",
            "resources",
            "sharedEventID",
            "vpcEndpointId",
            "eventCategory",
            "eventID",
            "awsRegion",
            "event\\u0049D",
            "additionalEventData",
            "tlsDetails",
            "sessionCredentialFromConsole",
        ])
    }

    fn value() -> impl Strategy<Value = String> {
        proptest::sample::select(vec![
            r#""text""#,
            r#""""#,
            r#""a \"b\" \u00e4 \ud800""#,
            "null",
            "true",
            "7",
            "-0.5e3",
            "01",
            "tru",
            "[]",
            r#"["x",{"y":1}]"#,
            "{}",
            r#"{"arn":"a","type":"AssumedRole","sessionContext":{"sessionIssuer":{"arn":"b"},"attributes":{"x":"y"}}}"#,
            r#"{"arn":"a","arn":"b"}"#,
            r#"{"arn":"a","sessionContext":{"sessionIssuer":{}},"onBehalfOf":{"userId":"u"}}"#,
            r#"{ "type" : "Root" , "principalId" : null , "accountId" : 7 }"#,
            r#"{"ty\u0070e":"Root"}"#,
            r#"{"type":"Root",}"#,
            r#"{"type":"4"4}"#,
            r#"{"sessionContext":{"sessionIssuer":{"userName":"\3"}}}"#,
            r#"{"onBehalfOf":{"identityStoreArn":[}}"#,
            r#"{"sessionContext":{"attributes":{"a" "b"}}}"#,
            r#"["a" "b"]"#,
            r#""\q""#,
        ])
        .prop_map(str::to_owned)
    }

    #[test]
    fn records_as_cloudtrail_writes_them_are_read_in_one_walk() {
        let json = record(
            r#","userIdentity":{"type":"IAMUser","arn":"a"},"requestParameters":{"tableName":"orders"},"resources":null"#,
        );
        let fast = Record::fast(&json).unwrap();
        assert_eq!(fast.request_parameters, Some(r#"{"tableName":"orders"}"#));
        assert_eq!(Some(fast), serde_json::from_str(&json).ok());
        for odd in [",\n\"errorCode\":null", r#","errorCode":7"#, r#","eventID":"f""#, r#","error\u0043ode":"x""#] {
            assert_eq!(Record::fast(&record(odd)), None, "{odd}");
        }
    }

    #[test]
    fn an_object_with_a_field_twice_is_odd() {
        let json = record(r#","userIdentity":{"arn":"a","arn":"b"}"#);
        assert!(matches!(Record::parse(&json).unwrap().user_identity.0, Field::Odd));
    }

    #[test]
    fn what_makes_a_record_unreadable_is_said() {
        let cases = [
            ("{}", "missing field `eventID`"),
            ("{\"eventID\":7}", "expected a string"),
            ("[", "EOF while parsing"),
            ("{\"eventID\":\"a\",\"eventID\":\"b\"}", "duplicate field `eventID`"),
        ];
        for (json, want) in cases {
            let error = Record::parse(json).unwrap_err().to_string();
            assert!(error.contains(want), "{json}: {error}");
        }
        let long = "x".repeat(2049);
        for extra in [
            format!(r#","recipientAccountId":"{long}""#),
            format!(r#","userIdentity":{{"arn":"{long}"}}"#),
            format!(r#","userIdentity":{{"sessionContext":{{"sessionIssuer":{{"arn":"{long}"}}}}}}"#),
        ] {
            let error = Record::parse(&record(&extra)).unwrap_err().to_string();
            assert_eq!(error, "a name of 2049 bytes, the longest is 2048");
        }
        Record::parse(&record(&format!(r#","userAgent":"{long}","errorMessage":"{long}""#))).unwrap();
        let json = record("").replace("2026-03-02T09:15:00Z", "yesterday");
        let error = Record::parse(&json).unwrap().time().unwrap_err().to_string();
        assert!(error.contains("eventTime is no timestamp"), "{error}");
    }
}
