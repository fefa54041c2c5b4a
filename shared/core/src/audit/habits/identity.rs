//! Who calls, without the session: a role is the same actor in each of its sessions.

use memchr::{memchr, memmem};

use super::cut::{Cuts, pass};
use super::outline::Hole;
use crate::actor::{Actor, ActorKind};
use crate::record::{Cursor, UserIdentity};

/// How deep an identity may nest before the walk gives up.
const DEEPEST: usize = 8;

/// Walks over a `userIdentity`, and leaves out what is new in each session.
pub(super) fn walk(cursor: &mut Cursor<'_>, cuts: &mut Cuts) -> Option<()> {
    cursor.members(|cursor, name| match name {
        // `ID:SESSION`.
        b"principalId" => session(cursor, cuts, |text| memchr(b':', text).map(|at| at + 1)),
        b"arn" => session(cursor, cuts, before_session),
        b"accessKeyId" => text(cursor, cuts),
        b"sessionContext" if cursor.peek() == Some(b'{') => cursor.members(|cursor, name| match name {
            b"attributes" if cursor.peek() == Some(b'{') => cursor.members(|cursor, name| match name {
                b"creationDate" => text(cursor, cuts),
                _ => pass(cursor, DEEPEST),
            }),
            _ => pass(cursor, DEEPEST),
        }),
        _ => pass(cursor, DEEPEST),
    })
}

fn text(cursor: &mut Cursor<'_>, cuts: &mut Cuts) -> Option<()> {
    cuts.leave_out(Hole::Text, cursor, |cursor| cursor.string().map(|_| ()))
}

/// Leaves out what stands in a text behind so many bytes.
fn session(cursor: &mut Cursor<'_>, cuts: &mut Cuts, before: impl Fn(&[u8]) -> Option<usize>) -> Option<()> {
    let text = { *cursor }.string()?;
    let Some(before) = before(text) else { return cursor.string().map(|_| ()) };
    cursor.pass(1 + before);
    cuts.leave_out(Hole::Session, cursor, |cursor| cursor.text().map(|_| ()))
}

/// How much of `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` is ahead of the session; `None` for what is none, and for the
/// roles of IAM Identity Center, whose sessions have the names of people.
fn before_session(arn: &[u8]) -> Option<usize> {
    const ROLE: &[u8] = b":assumed-role/";
    let name = memmem::find(arn, ROLE)? + ROLE.len();
    let (ahead, rest) = arn.split_at_checked(name)?;
    let session = memchr(b'/', rest)? + 1;
    (!rest.starts_with(b"AWSReservedSSO_")).then_some(ahead.len() + session)
}

/// Whether who called is told by the identity without what was left out of it.
pub(super) fn is_told(json: &[u8], cuts: &Cuts) -> bool {
    let text = json.get(cuts.identity.clone()).and_then(|identity| str::from_utf8(identity).ok());
    let Some(identity) = text.and_then(UserIdentity::plain) else { return false };
    let Some(actor) = Actor::by_arn(&identity) else { return false };
    // The name of a role of which no session is known comes from its session's issuer, or from the role's part of the ARN.
    let is_role = || actor.kind == ActorKind::Role && actor.short_name().starts_with("role/");
    is_role() || !cuts.holes.iter().any(|(hole, _)| *hole == Hole::Session)
}
