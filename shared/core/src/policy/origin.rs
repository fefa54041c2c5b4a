//! Where a line of `expected` lets its principal come from.

use std::collections::HashSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::expectation::some_of;
use super::pattern::Pattern;
use crate::access::{Call, Network};

/// Where a line lets its principal come from, and what region it may call. An empty list is anywhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    pub(super) vpc_endpoints: Vec<String>,
    pub(super) cidrs: Vec<IpNet>,
    pub(super) accounts: Vec<String>,
    pub(super) regions: Vec<Pattern>,
}

/// Whose networks count as ours: the table's account, and those that the policy approves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ours<'p> {
    pub(super) account: &'p str,
    pub(super) approved: &'p HashSet<String>,
}

impl Ours<'_> {
    fn has(self, account: &str) -> bool {
        account == self.account || self.approved.contains(account)
    }
}

impl Origin {
    /// Where the call came from and what was expected instead; `None` where it is right.
    pub(super) fn refuse(&self, call: &Call<'_>, ours: Ours<'_>) -> Option<(String, String)> {
        let account = call.actor.home();
        if !self.accounts.is_empty() && !self.accounts.iter().any(|id| account == Some(id)) {
            let there = account.map_or("from an unknown account".to_owned(), |id| format!("from account {id}"));
            return Some((there, some_of(&self.accounts)));
        }
        let region = call.record.region();
        if !self.regions.is_empty() && !self.regions.iter().any(|pattern| pattern.matches(region)) {
            return Some((format!("in {region}"), some_of(&self.regions)));
        }
        (!self.admits(&call.network, ours)).then(|| {
            let expected: Vec<String> =
                self.vpc_endpoints.iter().cloned().chain(self.cidrs.iter().map(IpNet::to_string)).collect();
            (self.describe(call, ours), some_of(&expected))
        })
    }

    fn admits(&self, network: &Network<'_>, ours: Ours<'_>) -> bool {
        let anywhere = self.vpc_endpoints.is_empty() && self.cidrs.is_empty();
        let endpoint = network.vpc_endpoint.is_some_and(|endpoint| self.vpc_endpoints.iter().any(|id| id == endpoint));
        anywhere || endpoint || (self.covers(network) && tells_whose(network, ours))
    }

    /// Whether the address is in one of the networks.
    fn covers(&self, network: &Network<'_>) -> bool {
        canonical(network).is_some_and(|address| self.cidrs.iter().any(|net| net.contains(&address)))
    }

    /// Where a call came from: `from 203.0.113.7`, `from 10.0.0.7 through vpce-0a1b2c3d`, `from athena.amazonaws.com`.
    fn describe(&self, call: &Call<'_>, ours: Ours<'_>) -> String {
        let network = &call.network;
        let address = network.address.map(|address| address.to_string());
        let address = address.as_deref().or(call.record.source_ip_address.text()).unwrap_or("an unknown address");
        let through = network.vpc_endpoint.map(|endpoint| format!(" through {endpoint}")).unwrap_or_default();
        let whose = match network.vpc_endpoint_account {
            Some(account) if !ours.has(account) => format!(" of account {account}"),
            None if self.covers(network) => " of a network that no account is told of".to_owned(),
            Some(_) | None => String::new(),
        };
        format!("from {address}{through}{whose}")
    }
}

/// Whether an address says where a call came from. What comes through a VPC endpoint shows an address of the VPC, which its
/// owner chooses: it has to be one of ours.
///
/// `vpcEndpointAccountId`: "CloudTrail record contents",
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
fn tells_whose(network: &Network<'_>, ours: Ours<'_>) -> bool {
    match network.vpc_endpoint_account {
        Some(account) => ours.has(account),
        None => network.vpc_endpoint.is_none() && canonical(network).is_some_and(|address| !is_private(address)),
    }
}

/// The address; one of IPv4 in IPv6's clothes is an address of IPv4.
fn canonical(network: &Network<'_>) -> Option<IpAddr> {
    network.address.as_ref().map(IpAddr::to_canonical)
}

/// Whether anybody's network may use the address: RFC 1918, RFC 6598 and RFC 4193.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => address.is_unique_local(),
    }
}
