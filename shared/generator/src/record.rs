//! One CloudTrail record, as it will be written.
//!
//! Fields: "CloudTrail record contents for management, data, and network activity events",
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A record of version 1.11. Serialised, it is what CloudTrail would write.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub(crate) event_version: &'static str,
    pub(crate) user_identity: Identity,
    #[serde(serialize_with = "seconds")]
    pub(crate) event_time: Timestamp,
    pub(crate) event_source: &'static str,
    pub(crate) event_name: &'static str,
    pub(crate) aws_region: &'static str,
    #[serde(rename = "sourceIPAddress")]
    pub(crate) source_ip_address: String,
    pub(crate) user_agent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_message: Option<String>,
    pub(crate) request_parameters: Value,
    pub(crate) response_elements: Value,
    #[serde(rename = "requestID")]
    pub(crate) request_id: String,
    #[serde(rename = "eventID")]
    pub(crate) event_id: String,
    pub(crate) read_only: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<Resource>,
    pub(crate) event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_version: Option<&'static str>,
    pub(crate) management_event: bool,
    pub(crate) recipient_account_id: &'static str,
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    pub(crate) shared_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_account_id: Option<&'static str>,
    pub(crate) event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tls_details: Option<Tls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_credential_from_console: Option<&'static str>,
}

/// `userIdentity`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) principal_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    pub(crate) account_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_context: Option<Session>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_behalf_of: Option<OnBehalfOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoked_by: Option<&'static str>,
}

/// `userIdentity.sessionContext`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) session_issuer: Issuer,
    pub(crate) attributes: Attributes,
}

/// `userIdentity.sessionContext.sessionIssuer`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issuer {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) principal_id: String,
    pub(crate) arn: String,
    pub(crate) account_id: &'static str,
    pub(crate) user_name: String,
}

/// `userIdentity.sessionContext.attributes`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attributes {
    #[serde(serialize_with = "seconds")]
    pub(crate) creation_date: Timestamp,
    pub(crate) mfa_authenticated: &'static str,
}

/// `userIdentity.onBehalfOf`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OnBehalfOf {
    pub(crate) user_id: String,
    pub(crate) identity_store_arn: String,
}

/// One of `resources`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    pub(crate) account_id: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(rename = "ARN")]
    pub(crate) arn: String,
}

/// `tlsDetails`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tls {
    #[serde(rename = "tlsVersion")]
    pub(crate) version: &'static str,
    pub(crate) cipher_suite: &'static str,
    pub(crate) client_provided_host_header: String,
}

impl Record {
    /// When the call completed, to the second.
    pub fn time(&self) -> Timestamp {
        self.event_time
    }

    /// `eventSource`, such as `dynamodb.amazonaws.com`.
    pub fn event_source(&self) -> &'static str {
        self.event_source
    }

    /// `eventName`: the API.
    pub fn event_name(&self) -> &'static str {
        self.event_name
    }

    /// Whether it is of a data event, and no management event.
    pub fn is_data_event(&self) -> bool {
        !self.management_event
    }

    /// `eventID`, a GUID in lower case.
    pub fn event_id(&self) -> &str {
        &self.event_id
    }
}

/// A time as CloudTrail writes it: `2026-03-10T09:15:00Z`.
fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
