//! userIdentity ─► a stable principal.

use std::borrow::Cow;

/// What kind of principal an [`Actor`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// A user federated by `GetFederationToken`, SAML or a web identity without a role of its own.
    Federated,
    /// A principal of another account, of which only the account is known.
    Account,
    /// An identity CloudTrail did not tell, or told in a way not known here.
    Unknown,
}

/// Who stands behind a record, by a name that stays the same across sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor<'a> {
    /// What kind of principal it is.
    pub kind: ActorKind,
    /// The stable name: an IAM ARN (`arn:aws:iam::ACCOUNT:role/PATH/NAME`), a service's DNS name, or an account.
    pub name: Cow<'a, str>,
    /// The account the actor belongs to, where told.
    pub account: Option<Cow<'a, str>>,
    /// The name of the permission set, for [`ActorKind::PermissionSet`].
    pub permission_set: Option<Cow<'a, str>>,
    /// The person behind it, where AWS vouches for the name: Identity Center's user, `sourceIdentity`, `onBehalfOf`.
    pub person: Option<Cow<'a, str>>,
    /// The service that made the call for the actor (forward access), such as `athena.amazonaws.com`.
    pub via: Option<Cow<'a, str>>,
}
