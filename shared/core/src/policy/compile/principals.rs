//! The fields that name a principal.

use super::super::error::{Report, Wrong};
use super::super::file::{self, Place, Placed, Text};
use super::super::pattern::Pattern;
use super::super::principal::{Kind, Principal};
use super::{noted, one_line};

pub(super) const KINDS: &str = "one of: role, permission-set, user, service, account";

/// The principal of a line that has to have one, and that stands there.
pub(super) fn compile(line: file::Principal, at: Place, report: &mut Report<'_>) -> Option<Principal> {
    match optional(line, report) {
        Ok(None) => {
            report.add(at, Wrong::new("this line names no principal", KINDS));
            None
        }
        Ok(principal) => principal,
        Err(Noted) => None,
    }
}

/// What is wrong is noted already.
pub(super) struct Noted;

/// The principal of a line that need not have one.
pub(super) fn optional(line: file::Principal, report: &mut Report<'_>) -> Result<Option<Principal>, Noted> {
    let kinds = [
        (Kind::Role, placed(line.role)),
        (Kind::PermissionSet, placed(line.permission_set)),
        (Kind::User, placed(line.user)),
        (Kind::Service, placed(line.service)),
        (Kind::Account, placed(line.account)),
    ];
    let mut given = kinds.into_iter().filter_map(|(kind, text)| text.map(|text| (kind, text)));
    let first = given.next();
    let mut wanted = line.person;
    let Some((kind, text)) = first else {
        return match wanted {
            None => Ok(None),
            Some(person) => {
                report.add(person.at, Wrong::new(PERSON, "a field `permission-set` beside it"));
                Err(Noted)
            }
        };
    };
    for (other, text) in given {
        let message =
            format!("a line names one kind of principal, this one has `{}` and `{}`", kind.word(), other.word());
        report.add(text.at, Wrong::new(message, "a line of its own"));
    }
    if let Some(person) = wanted.take_if(|_| kind != Kind::PermissionSet) {
        report.add(person.at, Wrong::new(PERSON, "no `person` here"));
    }
    let person = wanted.and_then(|person| one_line(person, report));
    match noted(Principal::parse(kind, &text.value), text.at, report) {
        Some(Principal::PermissionSet { name, .. }) => {
            Ok(Some(Principal::PermissionSet { name, person: person.as_deref().map(Pattern::new) }))
        }
        Some(principal) => Ok(Some(principal)),
        None => Err(Noted),
    }
}

const PERSON: &str = "`person` goes with `permission-set` only";

/// The text, whatever it is meant to be.
fn placed<K>(text: Option<Text<K>>) -> Option<Placed<String>> {
    text.map(|Text { value, at, .. }| Placed { value, at })
}
