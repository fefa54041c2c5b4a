//! Which networks of a policy an address is in.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::origin::is_private;
use super::{Policy, TablePolicy};

/// The networks of a policy, to be found by an address: each length of prefix is looked up once, however many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct NetworkIndex {
    numbers: HashMap<IpNet, usize>,
    lengths: BTreeSet<u8>,
}

/// All that a policy can ask about the address of a call: two addresses of which the same is true are judged alike.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Networks {
    /// Whether it is an address, and whether anybody's network may use it.
    address: Option<bool>,
    /// The networks that hold it, by their number in the policy.
    within: Vec<usize>,
}

impl NetworkIndex {
    /// The networks that the lines of tables name.
    pub(super) fn of(tables: &[TablePolicy]) -> Self {
        let mut index = Self::default();
        let lines = tables.iter().flat_map(|table| table.expected.iter().flatten());
        for network in lines.flat_map(|line| &line.origin.cidrs) {
            let number = index.numbers.len();
            index.numbers.entry(network.trunc()).or_insert(number);
            index.lengths.insert(network.prefix_len());
        }
        index
    }

    /// Those that hold an address, the widest first.
    fn holding(&self, address: IpAddr) -> Vec<usize> {
        let networks = self.lengths.iter().filter_map(|length| IpNet::new(address, *length).ok());
        networks.filter_map(|network| self.numbers.get(&network.trunc()).copied()).collect()
    }
}

impl Networks {
    /// Those of `sourceIPAddress`.
    pub(crate) fn of(address: &str, policy: Option<&Policy>) -> Self {
        let address = address.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        let within = policy.zip(address).map(|(policy, address)| policy.networks.holding(address));
        Self { within: within.unwrap_or_default(), address: address.map(is_private) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_alike_where_no_line_can_tell_them_apart() {
        let yaml = "version: 1\ntables:\n  - table: orders\n    expected:\n      - {user: a, cidrs: [10.0.0.0/8]}\n      - {user: b, cidrs: [10.1.0.0/16, 203.0.113.0/24]}\n";
        let policy = Policy::parse("policy.yaml", yaml).unwrap();
        let of = |address| Networks::of(address, Some(&policy));
        for (one, other, want) in [
            ("10.1.0.1", "10.1.2.3", true),
            ("10.1.0.1", "::ffff:10.1.2.3", true),
            ("10.1.0.1", "10.2.0.1", false),
            ("203.0.113.1", "198.51.100.1", false),
            ("192.168.0.1", "198.51.100.1", false),
            ("198.51.100.1", "198.51.100.2", true),
            ("athena.amazonaws.com", "AWS Internal", true),
            ("athena.amazonaws.com", "198.51.100.1", false),
        ] {
            assert_eq!(of(one) == of(other), want, "{one} {other}");
        }
        assert_eq!(Networks::of("10.1.0.1", None), Networks::of("10.2.0.1", None));
    }
}
