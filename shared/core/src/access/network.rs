//! Where a call came from.

use std::net::IpAddr;

use crate::record::Record;

/// The network that a call came from, as far as AWS vouches for it: the user agent is the caller's to write, and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network<'a> {
    /// The caller's address, where `sourceIPAddress` is one; for a service it is a DNS name or `AWS Internal`.
    pub address: Option<IpAddr>,
    /// The VPC endpoint that the call came through.
    pub vpc_endpoint: Option<&'a str>,
    /// The account of that endpoint.
    pub vpc_endpoint_account: Option<&'a str>,
}

impl<'a> Network<'a> {
    pub(super) fn of(record: &'a Record<'a>) -> Self {
        Self {
            address: record.source_ip_address.text().and_then(|text| text.parse().ok()),
            vpc_endpoint: record.vpc_endpoint_id.text(),
            vpc_endpoint_account: record.vpc_endpoint_account_id.text(),
        }
    }
}
