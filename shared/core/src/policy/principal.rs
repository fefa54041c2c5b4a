//! Whom a line names: those of `expected`, of `suppressions`, and of the pipeline's deployer.

use std::fmt;

use super::error::Wrong;
use super::iam::{IamName, is_name};
use super::pattern::Pattern;
use crate::actor::{Actor, ActorKind};
use crate::arn::is_account_id;

/// The fields of which a line has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Role,
    User,
    PermissionSet,
    Service,
    Account,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::User => "user",
            Self::PermissionSet => "permission-set",
            Self::Service => "service",
            Self::Account => "account",
        }
    }
}

/// Whom a line names. Displays as it is written, such as `role: app/orders-api`.
#[derive(Debug, Clone)]
pub(super) enum Principal {
    Role(IamName),
    User(IamName),
    PermissionSet { name: Pattern, person: Option<Pattern> },
    Service(Pattern),
    Account(String),
}

impl Principal {
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, Wrong> {
        match kind {
            Kind::Role => IamName::parse(text, "role/").map(Self::Role),
            Kind::User => IamName::parse(text, "user/").map(Self::User),
            Kind::PermissionSet if is_name(text) => Ok(Self::PermissionSet { name: Pattern::new(text), person: None }),
            Kind::PermissionSet => Err(Wrong::new(
                format!("`{text}` cannot be a permission set's name"),
                "letters, digits or any of `+=,.@_-`; for its role, write `role:` and the ARN",
            )),
            Kind::Service => {
                let dns = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.*".contains(&b);
                if text.contains('.') && text.bytes().all(dns) {
                    Ok(Self::Service(Pattern::new(text)))
                } else {
                    Err(Wrong::new(
                        format!("`{text}` is not a service's DNS name"),
                        "a name such as `backup.amazonaws.com`",
                    ))
                }
            }
            Kind::Account if is_account_id(text) => Ok(Self::Account(text.to_owned())),
            Kind::Account => Err(Wrong::account(text)),
        }
    }

    /// The field and the value that make this principal.
    pub(super) fn written(&self) -> (Kind, &str) {
        match self {
            Self::Role(name) => (Kind::Role, &name.written),
            Self::User(name) => (Kind::User, &name.written),
            Self::PermissionSet { name, .. } => (Kind::PermissionSet, name.as_str()),
            Self::Service(name) => (Kind::Service, name.as_str()),
            Self::Account(id) => (Kind::Account, id),
        }
    }

    /// Whether it names the actor. What is no ARN is meant in the given account: the table's, or that of what was called.
    pub(super) fn matches(&self, actor: &Actor<'_>, home: &str) -> bool {
        use ActorKind as A;
        match (self, actor.kind) {
            (Self::Role(name), A::Role | A::PermissionSet) => name.matches(actor, home, "role/"),
            (Self::User(name), A::User | A::Federated) => name.matches(actor, home, "user/"),
            (Self::PermissionSet { name, person }, A::PermissionSet) => {
                actor.home() == Some(home)
                    && actor.permission_set.as_deref().is_some_and(|set| name.matches(set))
                    && person.as_ref().is_none_or(|wanted| actor.person.as_deref().is_some_and(|p| wanted.matches(p)))
            }
            (Self::Service(name), A::Service) => name.matches(&actor.name),
            (Self::Account(id), A::User | A::Role | A::PermissionSet | A::Federated | A::Account) => {
                id != home && actor.home() == Some(id)
            }
            // Kinds are named one by one above, so that neither root nor an unknown identity is ever expected.
            _ => false,
        }
    }

    /// Whether it names the actor, or would under some path: of the actor, the ARN without a path is known. What is no ARN may
    /// be meant in any account. A role of Identity Center is known by its name alone here.
    pub(super) fn may_name(&self, actor: &Actor<'_>) -> bool {
        use ActorKind as A;
        match (self, actor.kind) {
            (Self::Role(name), A::Role) => name.may_name(actor, "role/"),
            (Self::User(name), A::User) => name.may_name(actor, "user/"),
            (Self::PermissionSet { name, .. }, A::Role) => {
                let set = actor.short_name().strip_prefix("role/AWSReservedSSO_");
                set.and_then(|set| set.rsplit_once('_')).is_some_and(|(set, _)| name.matches(set))
            }
            (Self::Account(id), A::User | A::Role | A::Federated | A::Account) => actor.home() == Some(id),
            _ => false,
        }
    }

    /// Whether it names everyone whom the other names, wherever that can be told.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Role(name), Self::Role(other)) | (Self::User(name), Self::User(other)) => name.covers(other),
            (Self::PermissionSet { name, person }, Self::PermissionSet { name: other, person: one }) => {
                let anyone = person.is_none();
                name.covers(other)
                    && (anyone || person.as_ref().zip(one.as_ref()).is_some_and(|(p, one)| p.covers(one)))
            }
            (Self::Service(name), Self::Service(other)) => name.covers(other),
            (Self::Account(id), Self::Account(other)) => id == other,
            _ => false,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, value) = self.written();
        write!(f, "{}: {value}", kind.word())?;
        match self {
            Self::PermissionSet { person: Some(person), .. } => write!(f, ", person: {}", person.as_str()),
            _ => Ok(()),
        }
    }
}
