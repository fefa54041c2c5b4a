//! What became of a call.

use serde::{Deserialize, Serialize};

use crate::record::{Field, Record};

/// Whether a call did what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// It did.
    Succeeded,
    /// Refused for lack of permission or of valid credentials.
    Denied,
    /// It failed for another reason, and changed nothing.
    Failed,
    /// The record does not say, or not in a form that is known here.
    Unknown,
}

impl Outcome {
    /// The word people and machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the call did what it asked for, or may have.
    pub fn may_have_happened(self) -> bool {
        matches!(self, Self::Succeeded | Self::Unknown)
    }

    /// The outcome that a record tells.
    pub fn of(record: &Record<'_>) -> Self {
        match &record.error_code {
            Field::Absent => Self::Succeeded,
            Field::Odd => Self::Unknown,
            Field::Present(code) if code.0.is_empty() => Self::Succeeded,
            Field::Present(code) if is_denial(&code.0) => Self::Denied,
            Field::Present(code) if is_fault(&code.0) => Self::Unknown,
            Field::Present(_) => Self::Failed,
        }
    }
}

/// The error codes that say "you may not", as opposed to "this cannot be done".
///
/// Source: "Common Error Types", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html>, and
/// the codes that CloudTrail shortens, such as `AccessDenied` and `Client.UnauthorizedOperation`.
fn is_denial(code: &str) -> bool {
    const PREFIXES: [&str; 8] = [
        "UnrecognizedClient",
        "InvalidSignature",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "IncompleteSignature",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "NotAuthorized",
    ];
    const SUFFIXES: [&str; 2] = ["UnauthorizedOperation", "UnauthorizedAccess"];
    code.contains("AccessDenied")
        || PREFIXES.iter().any(|prefix| code.starts_with(prefix))
        || SUFFIXES.iter().any(|suffix| code.ends_with(suffix))
}

/// The error codes of the service's own faults: what it did before it failed is not told.
///
/// Source: "Error handling with DynamoDB",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
fn is_fault(code: &str) -> bool {
    ["Internal", "ServiceUnavailable"].iter().any(|prefix| code.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_told_from_failures() {
        let cases = [
            ("", Outcome::Succeeded),
            (r#","errorCode":null"#, Outcome::Succeeded),
            (r#","errorCode":"AccessDenied""#, Outcome::Denied),
            (r#","errorCode":"AccessDeniedException""#, Outcome::Denied),
            (r#","errorCode":"Client.UnauthorizedOperation""#, Outcome::Denied),
            (r#","errorCode":"UnrecognizedClientException""#, Outcome::Denied),
            (r#","errorCode":"InvalidSignatureException""#, Outcome::Denied),
            (r#","errorCode":"ConditionalCheckFailedException""#, Outcome::Failed),
            (r#","errorCode":"TransactionCanceledException""#, Outcome::Failed),
            (r#","errorCode":"ProvisionedThroughputExceededException""#, Outcome::Failed),
            (r#","errorCode":"ThrottlingException""#, Outcome::Failed),
            (r#","errorCode":"ResourceNotFoundException""#, Outcome::Failed),
            (r#","errorCode":"ValidationException""#, Outcome::Failed),
            (r#","errorCode":{"code":"AccessDenied"}"#, Outcome::Unknown),
            (r#","errorCode":"VpceAccessDenied""#, Outcome::Denied),
            (r#","errorCode":"ExpiredTokenException""#, Outcome::Denied),
            (r#","errorCode":"SignatureDoesNotMatch""#, Outcome::Denied),
            (r#","errorCode":"InternalServerError""#, Outcome::Unknown),
            (r#","errorCode":"InternalFailure""#, Outcome::Unknown),
            (r#","errorCode":"ServiceUnavailable""#, Outcome::Unknown),
        ];
        for (extra, want) in cases {
            let json = format!(
                r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"s","eventName":"n","awsRegion":"r"{extra}}}"#
            );
            assert_eq!(Outcome::of(&Record::parse(&json).unwrap()), want, "{extra}");
        }
    }
}
