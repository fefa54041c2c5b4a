//! The line of policy that would make an actor expected.

use super::iam::{self, is_name};
use super::pattern::Pattern;
use super::principal::{Kind, Principal};
use crate::actor::{Actor, ActorKind};
use crate::table::TableId;

/// The YAML to add under a table's `expected`, without indentation: `- role: app/orders-api`, for a person in a permission
/// set two lines. It expects this actor and no other, but for a principal of another account that CloudTrail does not name:
/// there it is the account.
///
/// `None` for the root user, for an unknown identity, and for an actor that no line can name without naming others: one
/// whose path holds a `*`, a federated user without an IAM user behind it.
pub fn suggest(actor: &Actor<'_>, table: &TableId<'_>) -> Option<String> {
    let (kind, value) = match actor.kind {
        ActorKind::Root | ActorKind::Unknown => return None,
        ActorKind::PermissionSet if actor.home() == Some(&table.account) => {
            (Kind::PermissionSet, actor.permission_set.clone()?.into_owned())
        }
        ActorKind::Role | ActorKind::PermissionSet => (Kind::Role, iam_name(actor, table, "role/")?),
        ActorKind::User | ActorKind::Federated => (Kind::User, iam_name(actor, table, "user/")?),
        ActorKind::Service => (Kind::Service, actor.name.clone().into_owned()),
        ActorKind::Account => (Kind::Account, actor.home()?.to_owned()),
    };
    let person = actor.person.as_deref().filter(|_| kind == Kind::PermissionSet);
    // A session's name, which is where Identity Center puts the person, has the characters of a name.
    if value.contains('*') || person.is_some_and(|person| person.contains('*') || !is_name(person)) {
        return None;
    }
    let principal = match (Principal::parse(kind, &value).ok()?, person) {
        (Principal::PermissionSet { name, .. }, Some(person)) => {
            Principal::PermissionSet { name, person: Some(Pattern::new(person)) }
        }
        (principal, _) => principal,
    };
    // The names are an attacker's to choose: only a line that is known to work is shown.
    if !principal.matches(actor, &table.account) {
        return None;
    }
    let mut lines = format!("- {}: {}", kind.word(), scalar(&value));
    if let Some(person) = person {
        lines.push_str("\n  person: ");
        lines.push_str(&scalar(person));
    }
    Some(lines)
}

/// Path and name for the table's own account, the ARN for any other.
fn iam_name(actor: &Actor<'_>, table: &TableId<'_>, resource: &str) -> Option<String> {
    let arn = iam::parse(&actor.name)?;
    if arn.account != table.account {
        return Some(actor.name.clone().into_owned());
    }
    let path = arn.resource.strip_prefix(resource)?;
    // A path may begin like an ARN or with a slash of its own; a leading slash tells them apart.
    Some(if ["arn:", "/", resource].iter().any(|start| path.starts_with(start)) {
        format!("/{path}")
    } else {
        path.to_owned()
    })
}

/// A YAML scalar that reads back as the text: plain where that is safe beyond doubt, else quoted as in JSON.
pub(crate) fn scalar(text: &str) -> String {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"/_.@+=:-".contains(&b);
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(':')
        && text.bytes().all(safe)
        && !words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
