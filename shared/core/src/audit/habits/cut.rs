//! A record taken apart into what it has in common with others and what is left out.

use std::ops::Range;

use super::outline::{Hole, Met, Outline};
use super::{identity, request};
use crate::record::Cursor;

/// How deep a value may nest before the walk gives up.
const DEEPEST: usize = 16;

/// What is left out of a record, in order, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    pub(super) holes: Vec<(Hole, Range<usize>)>,
    /// Where `userIdentity` stands.
    pub(super) identity: Range<usize>,
}

impl Cuts {
    /// Takes a record apart; `None` where it is not written as usual.
    pub(super) fn of(&mut self, json: &[u8]) -> Option<Outline> {
        self.holes.clear();
        self.identity = 0..0;
        let (mut met, mut cursor) = (Met::default(), Cursor::new(json));
        cursor.expect(b'{')?;
        loop {
            let key = cursor.string()?;
            cursor.expect(b':')?;
            let hole = match key {
                b"eventTime" => Some(Hole::Time),
                b"sourceIPAddress" => Some(Hole::Address),
                b"userAgent" => Some(Hole::Agent),
                b"requestID" => Some(Hole::Text),
                b"eventID" => Some(Hole::Event),
                _ => None,
            };
            match hole {
                Some(hole) => self.leave_out(hole, &mut cursor, |cursor| met.take(hole, cursor))?,
                None if key == b"userIdentity" => {
                    let from = cursor.at();
                    identity::walk(&mut cursor, self)?;
                    self.identity = from..cursor.at();
                }
                None if key == b"requestParameters" => request::walk(&mut cursor, self, DEEPEST)?,
                None => pass(&mut cursor, DEEPEST)?,
            }
            if hole == Some(Hole::Event) {
                // What comes after it is compared as it is.
                return met.outline();
            }
            cursor.expect(b',')?;
        }
    }

    /// Leaves out what is walked over.
    pub(super) fn leave_out(
        &mut self,
        hole: Hole,
        cursor: &mut Cursor<'_>,
        walk: impl FnOnce(&mut Cursor<'_>) -> Option<()>,
    ) -> Option<()> {
        let from = cursor.at();
        walk(cursor)?;
        self.holes.push((hole, from..cursor.at()));
        Some(())
    }
}

/// Walks over a value.
pub(super) fn pass(cursor: &mut Cursor<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match cursor.peek()? {
        b'{' => cursor.members(|cursor, _| pass(cursor, depth)),
        b'[' => cursor.elements(|cursor| pass(cursor, depth)),
        b'"' => cursor.string().map(|_| ()),
        _ => cursor.scalar(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stays of a record, with a mark for each thing that is left out. With the rest of a text its quote is, too.
    fn common(json: &str) -> Option<String> {
        let mut cuts = Cuts::default();
        cuts.of(json.as_bytes())?;
        let mut common = json.to_owned();
        for (hole, at) in cuts.holes.iter().rev() {
            common.replace_range(at.clone(), &format!("<{hole:?}>"));
        }
        Some(common)
    }

    fn record(identity: &str, request: &str) -> String {
        format!(
            r#"{{"userIdentity":{identity},"eventTime":"2026-03-02T09:15:00Z","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{request},"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e","readOnly":true}}"#
        )
    }

    #[test]
    fn what_makes_a_record_this_event_is_left_out() {
        assert_eq!(
            common(&record("{}", "null")).unwrap(),
            r#"{"userIdentity":{},"eventTime":<Time>,"sourceIPAddress":<Address>,"userAgent":<Agent>,"requestParameters":null,"requestID":<Text>,"eventID":<Event>,"readOnly":true}"#
        );
    }

    #[test]
    fn of_an_identity_the_session_is_left_out() {
        let cases = [
            (
                r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/app/s","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/app"},"attributes":{"creationDate":"2026-03-02T09:00:00Z","mfaAuthenticated":"false"},"sourceIdentity":"alice"}}"#,
                r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:<Session>,"arn":"arn:aws:sts::111122223333:assumed-role/app/<Session>,"accessKeyId":<Text>,"sessionContext":{"sessionIssuer":{"principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/app"},"attributes":{"creationDate":<Text>,"mfaAuthenticated":"false"},"sourceIdentity":"alice"}}"#,
            ),
            // Here the session has the name of a person.
            (
                r#"{"arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com"}"#,
                r#"{"arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com"}"#,
            ),
            (
                r#"{"principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/alice"}"#,
                r#"{"principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/alice"}"#,
            ),
            (r#"{"sessionContext":null,"mfa":{"n":[1,true]}}"#, r#"{"sessionContext":null,"mfa":{"n":[1,true]}}"#),
        ];
        for (identity, left) in cases {
            let common = common(&record(identity, "null")).unwrap();
            let (ahead, _) = common.split_once(r#","eventTime""#).unwrap();
            assert_eq!(ahead, format!(r#"{{"userIdentity":{left}"#));
        }
    }

    #[test]
    fn of_a_request_the_keys_of_items_are_left_out() {
        let same = |request| (request, Some(request));
        let cases = [
            (r#"{"tableName":"t","key":{"id":"1","n":2}}"#, Some(r#"{"tableName":"t","key":<Key>}"#)),
            (
                r#"{"requestItems":{"t":{"keys":[{"id":"1"},{"id":"2"}]}}}"#,
                Some(r#"{"requestItems":{"t":{"keys":[<Key>,<Key>]}}}"#),
            ),
            (r#"{"shardIterator":"arn|1|AAA"}"#, Some(r#"{"shardIterator":"arn|1<Iterator>}"#)),
            (
                r#"{"statement":"SELECT * FROM t WHERE id = 'a 1'"}"#,
                Some(r#"{"statement":"SELECT * FROM t WHERE id = '<Literal>'"}"#),
            ),
            (
                r#"{"statements":[{"statement":"DELETE FROM \"a'b\" WHERE id = '' AND s='x'"}]}"#,
                Some(
                    r#"{"statements":[{"statement":"DELETE FROM \"a'b\" WHERE id = '<Literal>' AND s='<Literal>'"}]}"#,
                ),
            ),
            same(r#"{"statement":"SELECT * FROM t WHERE id = 5"}"#),
            // What could be read in another way, or is not written as usual.
            (r#"{"statement":"SELECT * FROM t WHERE id = 'a''b'"}"#, None),
            (r#"{"statement":"SELECT * FROM t -- 'a'"}"#, None),
            (r#"{"statement":"SELECT * FROM t /* 'a' */"}"#, None),
            (r#"{"statement":"SELECT * FROM t WHERE id = `'a'`"}"#, None),
            (r#"{"statement":"SELECT * FROM t WHERE id = '***(Redacted)'"}"#, None),
            (r#"{"statement":"SELECT * FROM t WHERE id = 'a\u0027 OR 1=1'"}"#, None),
            (r#"{"statement":"SELECT * FROM \"t WHERE id = 'a'"}"#, None),
            (r#"{"statement":"SELECT * FROM t WHERE id = 'ä'"}"#, None),
            (r#"{"key":"x"}"#, None),
            (r#"{"key":{}}"#, None),
            (r#"{"key":{"id":{"S":"x"}}}"#, None),
            (r#"{"key":{"id":"\u0041"}}"#, None),
            (r#"{"shardIterator":"AAA"}"#, None),
            (r#"{"tableName": "t"}"#, None),
        ];
        for (request, left) in cases {
            let record = record("{}", request);
            let common = common(&record);
            let found = common
                .as_deref()
                .and_then(|common| common.split_once(r#""requestParameters":"#)?.1.split_once(r#","requestID""#));
            assert_eq!(found.map(|(request, _)| request), left, "{request}");
        }
    }
}
