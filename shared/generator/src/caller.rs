//! Who called, from where: what stands in a record beside the call.

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::Value;

use crate::call::{Call, DYNAMODB};
use crate::random::{guid, request_id};
use crate::record::{Identity, Record, Tls};
use crate::{ACCOUNT, REGION};

/// A session of a principal.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    /// `sourceIPAddress`.
    pub(crate) address: String,
    pub(crate) agent: &'static str,
    pub(crate) vpc_endpoint: Option<&'static str>,
    pub(crate) from_console: bool,
    /// Whether its account is not the one that is called: then the record shares its id with one of the other account.
    pub(crate) cross_account: bool,
}

impl Caller {
    /// The record of its call.
    pub(crate) fn record(&self, at: Timestamp, call: Call, random: &mut Rng) -> Record {
        let host = format!("{}.{REGION}.amazonaws.com", call.service());
        let of_dynamodb = call.source == DYNAMODB;
        let Call { source, name, params, response, resources, read_only, data, failure } = call;
        let bare = failure.as_ref().is_some_and(|failure| failure.bare);
        let by_service = self.identity.invoked_by.is_some();
        Record {
            event_version: "1.11",
            user_identity: self.identity.clone(),
            event_time: at,
            event_source: source,
            event_name: name,
            aws_region: REGION,
            source_ip_address: self.address.clone(),
            user_agent: self.agent,
            error_code: failure.as_ref().map(|failure| failure.code),
            error_message: failure.map(|failure| failure.message),
            request_parameters: params,
            response_elements: if read_only { Value::Null } else { response },
            request_id: if of_dynamodb { request_id(random) } else { guid(random) },
            event_id: guid(random),
            read_only,
            resources: if bare { Vec::new() } else { resources },
            event_type: "AwsApiCall",
            api_version: of_dynamodb.then_some("2012-08-10"),
            management_event: !data,
            recipient_account_id: ACCOUNT,
            shared_event_id: self.cross_account.then(|| guid(random)),
            vpc_endpoint_id: self.vpc_endpoint,
            vpc_endpoint_account_id: self.vpc_endpoint.map(|_| ACCOUNT),
            event_category: if data { "Data" } else { "Management" },
            tls_details: (!by_service).then_some(Tls {
                version: "TLSv1.3",
                cipher_suite: "TLS_AES_128_GCM_SHA256",
                client_provided_host_header: host,
            }),
            session_credential_from_console: self.from_console.then_some("true"),
        }
    }
}
