//! Who works with the tables.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use crate::caller::Caller;
use crate::random::{hash, id, one_of};
use crate::record::{Attributes, Identity, Issuer, OnBehalfOf, Session};
use crate::{ACCOUNT, PARTNER, REGION};

/// Someone with credentials.
#[derive(Debug)]
pub(crate) struct Principal {
    /// Path and name; of a permission set its name.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) network: Network,
    pub(crate) agent: &'static str,
}

/// How it comes by its credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A role in which this many tasks run, each in a session of its own, a new one every hour.
    Role(u64),
    /// A role that an AWS service assumes, in sessions of this name.
    OfService(&'static str),
    /// A permission set of IAM Identity Center with its people.
    PermissionSet(&'static [&'static str]),
    /// An IAM user.
    User,
    /// A role of the partner's account, of which the application's account sees little.
    Partner,
}

/// Where its calls come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Network {
    /// The application's VPC endpoint, and the first three numbers of the addresses behind it.
    Endpoint(&'static str),
    /// One of these addresses.
    Addresses(&'static [&'static str]),
    /// An AWS service.
    Service(&'static str),
}

/// The endpoint that the application's subnets reach DynamoDB through.
const ENDPOINT: &str = "vpce-0c4f1d7e2a9b83f56";

impl Principal {
    /// One of its sessions at a time: of a role one of its tasks, of a permission set one of its people.
    pub(crate) fn caller(&'static self, seed: u64, at: Timestamp, random: &mut Rng) -> Caller {
        match self.kind {
            Kind::PermissionSet(people) => self.person(seed, at, one_of(random, people, "nobody"), random),
            Kind::Role(tasks) => {
                let hour = at.as_second().div_euclid(3600);
                let task = hash(seed, &format!("{} {hour} {}", self.name, random.u64(..tasks.max(1))));
                let start = at - SignedDuration::from_secs(at.as_second().rem_euclid(3600));
                self.behind(self.session(seed, &format!("{task:016x}"), task, start), task, random)
            }
            Kind::OfService(session) => {
                let identity = Identity { invoked_by: self.service(), ..self.session(seed, session, 0, at) };
                self.behind(identity, 0, random)
            }
            Kind::User => self.behind(self.user(seed), 0, random),
            Kind::Partner => {
                let unique = self.unique_id("AROA", seed);
                let principal_id = format!("{unique}:{}", self.short());
                let identity =
                    Identity { kind: "AWSAccount", principal_id, account_id: PARTNER, ..Identity::default() };
                Caller { cross_account: true, ..self.behind(identity, 0, random) }
            }
        }
    }

    /// A person of a permission set.
    pub(crate) fn person(&'static self, seed: u64, at: Timestamp, person: &str, random: &mut Rng) -> Caller {
        let day = at.as_second().div_euclid(86_400);
        let begun = SignedDuration::from_secs(day * 86_400 + 7 * 3600);
        let number = hash(seed, &format!("{person} {day}"));
        let session = self.session(seed, person, number, Timestamp::UNIX_EPOCH + begun);
        let of_person = hash(seed, person);
        let user = format!("{:08x}-{:04x}-4a1b-9c2d-{:012x}", of_person >> 32, of_person & 0xffff, of_person >> 16);
        let on_behalf_of = OnBehalfOf {
            user_id: user,
            identity_store_arn: format!("arn:aws:identitystore::{ACCOUNT}:identitystore/d-93670f1a2b"),
        };
        let identity = Identity { on_behalf_of: Some(on_behalf_of), ..session };
        Caller { from_console: self.agent.starts_with("Mozilla/"), ..self.behind(identity, number, random) }
    }

    /// The ARN that policies call it by.
    pub(crate) fn arn(&self) -> String {
        let account = if matches!(self.kind, Kind::Partner) { PARTNER } else { ACCOUNT };
        match self.kind {
            Kind::User => format!("arn:aws:iam::{account}:user/{}", self.name),
            Kind::PermissionSet(_) => {
                let path = format!("aws-reserved/sso.amazonaws.com/{REGION}");
                format!("arn:aws:iam::{account}:role/{path}/{}", self.role_name())
            }
            _ => format!("arn:aws:iam::{account}:role/{}", self.name),
        }
    }

    /// The ARN of its sessions of this name.
    pub(crate) fn session_arn(&self, session: &str) -> String {
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{session}", self.role_name())
    }

    fn behind(&self, identity: Identity, task: u64, random: &mut Rng) -> Caller {
        let (address, vpc_endpoint) = match self.network {
            Network::Endpoint(subnet) => (format!("{subnet}.{}", 4 + task % 240), Some(ENDPOINT)),
            Network::Addresses(addresses) => (one_of(random, addresses, "192.0.2.1").to_owned(), None),
            Network::Service(service) => (service.to_owned(), None),
        };
        Caller { identity, address, agent: self.agent, vpc_endpoint, from_console: false, cross_account: false }
    }

    fn service(&self) -> Option<&'static str> {
        match self.network {
            Network::Service(service) => Some(service),
            Network::Endpoint(_) | Network::Addresses(_) => None,
        }
    }

    fn user(&self, seed: u64) -> Identity {
        Identity {
            kind: "IAMUser",
            principal_id: self.unique_id("AIDA", seed),
            arn: Some(self.arn()),
            account_id: ACCOUNT,
            access_key_id: Some(access_key("AKIA", hash(seed, self.name))),
            user_name: Some(self.short()),
            ..Identity::default()
        }
    }

    fn session(&self, seed: u64, name: &str, number: u64, start: Timestamp) -> Identity {
        let unique = self.unique_id("AROA", seed);
        Identity {
            kind: "AssumedRole",
            principal_id: format!("{unique}:{name}"),
            arn: Some(self.session_arn(name)),
            account_id: ACCOUNT,
            access_key_id: Some(access_key("ASIA", hash(number, self.name))),
            session_context: Some(Session {
                session_issuer: Issuer {
                    kind: "Role",
                    principal_id: unique,
                    arn: self.arn(),
                    account_id: ACCOUNT,
                    user_name: self.role_name(),
                },
                attributes: Attributes { creation_date: start, mfa_authenticated: "false" },
            }),
            ..Identity::default()
        }
    }

    fn unique_id(&self, prefix: &str, seed: u64) -> String {
        format!("{prefix}EXAMPLE{}", id(hash(seed, self.name), 10))
    }

    /// Its name without the path.
    fn short(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }

    fn role_name(&self) -> String {
        match self.kind {
            // The suffix is random where it is real, and the same for as long as the permission set is assigned.
            Kind::PermissionSet(_) => format!("AWSReservedSSO_{}_{:016x}", self.name, hash(0, self.name)),
            _ => self.short().to_owned(),
        }
    }
}

fn access_key(prefix: &str, number: u64) -> String {
    format!("{prefix}{}EXAMPLE", id(number, 9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::SWEEPER;

    #[test]
    fn sessions_change_with_the_hour_and_principals_do_not() {
        let at = |time: &str| {
            let time = time.parse().unwrap();
            let caller = SWEEPER.caller(7, time, &mut Rng::with_seed(1));
            let issuer = caller.identity.session_context.unwrap().session_issuer.arn;
            (caller.identity.arn.unwrap(), caller.identity.access_key_id.unwrap(), issuer)
        };
        let (early, late, later) = (at("2026-03-10T09:01:00Z"), at("2026-03-10T09:59:00Z"), at("2026-03-10T10:00:00Z"));
        assert_eq!(early, late);
        assert_ne!((&late.0, &late.1), (&later.0, &later.1));
        assert_eq!(late.2, later.2);
    }
}
