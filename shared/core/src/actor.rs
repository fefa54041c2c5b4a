//! userIdentity ─► a stable principal.
//!
//! CloudTrail names the credentials of a call; an [`Actor`] is who holds them. Facts: "CloudTrail userIdentity element",
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::arn::Arn;
use crate::record::{Record, UserIdentity};

/// What kind of principal an [`Actor`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ActorKind {
    /// The account's root user.
    Root,
    /// An IAM user.
    User,
    /// An IAM role; its sessions are one actor.
    Role,
    /// A person in an IAM Identity Center permission set.
    PermissionSet,
    /// An AWS service acting for itself.
    Service,
    /// A user federated by `GetFederationToken`, SAML, a web identity or a directory, without a role of its own.
    Federated,
    /// A principal of another account, of which little but the account is known.
    Account,
    /// An identity CloudTrail did not tell, or told in a way not known here.
    Unknown,
}

/// Who stands behind a record, by a name that stays the same across sessions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor<'a> {
    /// What kind of principal it is.
    pub kind: ActorKind,
    /// The stable name: an IAM ARN (`arn:aws:iam::ACCOUNT:role/PATH/NAME`), a service's DNS name, or
    /// `ACCOUNT[/PRINCIPAL-ID]` for a principal of another account.
    pub name: Cow<'a, str>,
    /// The account the actor belongs to, where told.
    pub account: Option<Cow<'a, str>>,
    /// The name of the permission set, for [`ActorKind::PermissionSet`].
    pub permission_set: Option<Cow<'a, str>>,
    /// The person behind it, where AWS vouches for the name: Identity Center's user, `onBehalfOf`.
    pub person: Option<Cow<'a, str>>,
    /// The service that made the call for the actor (forward access), such as `athena.amazonaws.com`.
    pub via: Option<Cow<'a, str>>,
}

impl ActorKind {
    /// The word people and machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::User => "user",
            Self::Role => "role",
            Self::PermissionSet => "permission-set",
            Self::Service => "service",
            Self::Federated => "federated-user",
            Self::Account => "account",
            Self::Unknown => "unknown",
        }
    }
}

impl<'a> Actor<'a> {
    /// The actor of a record.
    pub fn of(record: &'a Record<'a>) -> Self {
        match record.user_identity.present() {
            Some(identity) => Self::from_identity(identity, record.region()),
            None => Self::unknown("unknown"),
        }
    }

    /// The actor behind an identity whose ARN tells all of it that a record's region would else have to; `None` for another.
    pub(crate) fn by_arn(identity: &'a UserIdentity<'a>) -> Option<Self> {
        Arn::parse(identity.arn.text()?)?;
        Some(Self::from_identity(identity, ""))
    }

    /// The account in its ARN, else the one that CloudTrail told.
    pub fn home(&self) -> Option<&str> {
        Arn::parse(&self.name).map(|arn| arn.account).or(self.account.as_deref())
    }

    /// What stands behind the account in its ARN, such as `role/app/orders-api`; any other name as it is.
    pub fn short_name(&self) -> &str {
        Arn::parse(&self.name).map_or(&self.name, |arn| arn.resource)
    }

    /// The same actor, owned.
    pub fn into_owned(self) -> Actor<'static> {
        let own = |text: Option<Cow<'a, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Actor {
            kind: self.kind,
            name: Cow::Owned(self.name.into_owned()),
            account: own(self.account),
            permission_set: own(self.permission_set),
            person: own(self.person),
            via: own(self.via),
        }
    }

    fn from_identity(identity: &'a UserIdentity<'a>, region: &str) -> Self {
        let arn = identity.arn.text();
        let account = identity.account_id.text().or_else(|| account_of_arn(arn?));
        let invoked_by = identity.invoked_by.text();
        let mut actor = match (identity.kind.text(), account, invoked_by) {
            (Some("Root"), Some(account), _) => {
                Self::new(ActorKind::Root, format!("arn:{}:iam::{account}:root", partition(arn, region)))
            }
            (Some("IAMUser"), ..) => user(identity, account, region),
            (Some("AssumedRole" | "Role"), ..) => role(identity, region),
            (Some("FederatedUser"), ..) => {
                // Whoever calls GetFederationToken chooses the name in `federated-user/NAME`: the IAM user stands behind it.
                Self::new(ActorKind::Federated, issuer(identity).unwrap_or_else(|| federated_name(identity)))
            }
            (Some("SAMLUser" | "WebIdentityUser" | "Directory" | "IdentityCenterUser"), ..) => {
                Self::new(ActorKind::Federated, federated_name(identity))
            }
            (Some("AWSAccount"), Some(account), _) => Self::new(ActorKind::Account, account_name(identity, account)),
            (Some("AWSService"), _, Some(service)) => Self::new(ActorKind::Service, service),
            // Next to a principal, `invokedBy` is who called for it.
            (None, _, Some(service)) if arn.is_none() && identity.principal_id.text().is_none() => {
                Self::new(ActorKind::Service, service)
            }
            _ => Self::unknown(
                arn.or_else(|| identity.principal_id.text()).or_else(|| identity.kind.text()).unwrap_or("unknown"),
            ),
        };
        actor.account = account.map(Cow::Borrowed);
        if actor.kind != ActorKind::Service {
            actor.via = invoked_by.map(Cow::Borrowed);
        }
        if actor.person.is_none() {
            let on_behalf_of = identity.on_behalf_of.present().and_then(|person| person.user_id.text());
            actor.person = on_behalf_of.map(Cow::Borrowed);
        }
        actor
    }

    fn new(kind: ActorKind, name: impl Into<Cow<'a, str>>) -> Self {
        Self { kind, name: name.into(), account: None, permission_set: None, person: None, via: None }
    }

    fn unknown(name: &'a str) -> Self {
        Self::new(ActorKind::Unknown, name)
    }
}

impl fmt::Display for Actor<'_> {
    /// Short, for a line that a person reads: `role/app/orders-api`, `alice@example.com (SSO DataEngineer)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.short_name();
        match (self.kind, &self.permission_set, &self.person) {
            (_, Some(set), Some(person)) => write!(f, "{person} (SSO {set})"),
            (_, Some(set), None) => write!(f, "SSO {set}"),
            (ActorKind::Account, ..) => write!(f, "account {}", self.name),
            (ActorKind::Unknown, ..) if self.name == "unknown" => f.write_str("an unknown identity"),
            (_, None, Some(person)) => write!(f, "{short} ({person})"),
            (_, None, None) => f.write_str(short),
        }
    }
}

fn user<'a>(identity: &'a UserIdentity<'a>, account: Option<&str>, region: &str) -> Actor<'a> {
    let built = || {
        let (account, name) = (account?, identity.user_name.text()?);
        Some(Cow::Owned(format!("arn:{}:iam::{account}:user/{name}", partition(None, region))))
    };
    let name = identity.arn.text().map(Cow::Borrowed).or_else(built);
    let name = name.or_else(|| identity.principal_id.text().map(Cow::Borrowed));
    Actor::new(ActorKind::User, name.unwrap_or(Cow::Borrowed("unknown")))
}

/// The ARN of whom the session's credentials were issued for.
fn issuer<'a>(identity: &'a UserIdentity<'a>) -> Option<&'a str> {
    identity.session_context.present()?.session_issuer.present()?.arn.text()
}

/// A role by the ARN of the session's issuer, which keeps the path; a session ARN alone has lost it.
fn role<'a>(identity: &'a UserIdentity<'a>, region: &str) -> Actor<'a> {
    let arn = identity.arn.text();
    let issuer = issuer(identity);
    let session = arn.and_then(assumed_role);
    let name = match (issuer, session, arn) {
        (Some(issuer), ..) => Cow::Borrowed(issuer),
        (None, Some((account, role, _)), _) => {
            Cow::Owned(format!("arn:{}:iam::{account}:role/{role}", partition(arn, region)))
        }
        (None, None, Some(arn)) => Cow::Borrowed(arn),
        (None, None, None) => Cow::Borrowed(identity.principal_id.text().map_or("unknown", unique_id)),
    };
    let Some(set) = permission_set(&name) else { return Actor::new(ActorKind::Role, name) };
    let permission_set = Some(Cow::Owned(set.to_owned()));
    // Only Identity Center can assume its own roles, and it sets the session's name to the user's.
    let person = session.map(|(_, _, session)| Cow::Borrowed(session));
    Actor { permission_set, person, ..Actor::new(ActorKind::PermissionSet, name) }
}

/// The name of the permission set in the ARN of a role under `aws-reserved/`, a path that only AWS can create roles in.
///
/// Source: "Referencing permission sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS key policies",
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>.
fn permission_set(role_arn: &str) -> Option<&str> {
    // A path may hold colons, so that only its beginning tells whose it is.
    let path = Arn::parse(role_arn)?.resource.strip_prefix("role/aws-reserved/sso.amazonaws.com/")?;
    let name = path.rsplit('/').next()?.strip_prefix("AWSReservedSSO_")?;
    let (set, suffix) = name.rsplit_once('_')?;
    (suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(set)
}

/// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` ─► account, name, session.
fn assumed_role(arn: &str) -> Option<(&str, &str, &str)> {
    let arn = Arn::parse(arn).filter(|arn| !arn.account.is_empty())?;
    let (role, session) = arn.resource.strip_prefix("assumed-role/")?.split_once('/')?;
    Some((arn.account, role, session))
}

fn federated_name<'a>(identity: &'a UserIdentity<'a>) -> &'a str {
    let names = [&identity.arn, &identity.user_name, &identity.principal_id];
    let on_behalf_of = || identity.on_behalf_of.present()?.user_id.text();
    names.into_iter().find_map(|name| name.text()).or_else(on_behalf_of).unwrap_or("unknown")
}

/// Another account's principal: its ARN where told, else its unique id, which a session's name may follow.
fn account_name<'a>(identity: &'a UserIdentity<'a>, account: &str) -> Cow<'a, str> {
    match (identity.arn.text(), identity.principal_id.text()) {
        (Some(arn), _) => Cow::Borrowed(arn),
        (None, Some(id)) if id != account => Cow::Owned(format!("{account}/{}", unique_id(id))),
        _ => Cow::Owned(account.to_owned()),
    }
}

/// A principal's unique id, `ID[:SESSION]`, without the session.
fn unique_id(principal_id: &str) -> &str {
    principal_id.split_once(':').map_or(principal_id, |(id, _)| id)
}

fn account_of_arn(arn: &str) -> Option<&str> {
    Arn::parse(arn).map(|arn| arn.account).filter(|account| !account.is_empty())
}

/// The partition of an ARN, else that of the region.
fn partition<'a>(arn: Option<&'a str>, region: &str) -> &'a str {
    match arn.and_then(Arn::parse) {
        Some(arn) => arn.partition,
        None => crate::table::partition_of_region(region),
    }
}

#[cfg(test)]
mod tests;
