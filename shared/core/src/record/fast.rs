//! Reads a record as CloudTrail writes it, in one walk over its bytes.
//!
//! It gives what serde makes of the same text, or nothing where anything is unusual or broken: then serde decides.

use serde::de::IgnoredAny;

use super::walk::members;
use super::wire::{Field, ObjectField, Text, TextField};
use super::{OnBehalfOf, Record, SessionContext, SessionIssuer, UserIdentity};

/// Which fields of an object were met, a bit for each.
#[derive(Default)]
struct Met(u32);

impl Met {
    /// Notes a field; `None` where it was met before.
    fn once(&mut self, bit: u32) -> Option<()> {
        let is_new = self.0 & (1 << bit) == 0;
        self.0 |= 1 << bit;
        is_new.then_some(())
    }

    /// Whether the fields of the lowest so many bits were met.
    fn has_first(&self, bits: u32) -> bool {
        let mask = (1 << bits) - 1;
        self.0 & mask == mask
    }
}

impl<'a> Record<'a> {
    /// The record, where it is written as CloudTrail writes records.
    pub(super) fn fast(json: &'a str) -> Option<Self> {
        // Within a string they are broken JSON, and CloudTrail writes none between members.
        // Without an early exit, compilers look at many bytes at a time.
        if json.bytes().fold(u8::MAX, u8::min) < b' ' {
            return None;
        }
        let (mut record, mut met) = (Self::default(), Met::default());
        members(json, |key, value| {
            let (bit, ()) = match key {
                b"eventID" => (0, string(&mut record.event_id, value)?),
                b"eventTime" => (1, string(&mut record.event_time, value)?),
                b"eventSource" => (2, string(&mut record.event_source, value)?),
                b"eventName" => (3, string(&mut record.event_name, value)?),
                b"awsRegion" => (4, string(&mut record.aws_region, value)?),
                b"eventCategory" => (5, text(&mut record.event_category, value)?),
                b"userIdentity" => (6, object(&mut record.user_identity, value, UserIdentity::fast)?),
                b"sourceIPAddress" => (7, text(&mut record.source_ip_address, value)?),
                b"userAgent" => (8, text(&mut record.user_agent, value)?),
                b"errorCode" => (9, text(&mut record.error_code, value)?),
                b"errorMessage" => (10, text(&mut record.error_message, value)?),
                b"requestParameters" => (11, unparsed(&mut record.request_parameters, value)?),
                b"responseElements" => (12, unparsed(&mut record.response_elements, value)?),
                b"resources" => (13, unparsed(&mut record.resources, value)?),
                b"recipientAccountId" => (14, text(&mut record.recipient_account_id, value)?),
                b"sharedEventID" => (15, text(&mut record.shared_event_id, value)?),
                b"vpcEndpointId" => (16, text(&mut record.vpc_endpoint_id, value)?),
                b"vpcEndpointAccountId" => (17, text(&mut record.vpc_endpoint_account_id, value)?),
                b"sessionCredentialFromConsole" => (18, text(&mut record.session_credential_from_console, value)?),
                _ => return is_whole(value),
            };
            met.once(bit)
        })?;
        met.has_first(5).then_some(record)
    }
}

impl<'a> UserIdentity<'a> {
    /// The identity, where it is written as CloudTrail writes identities.
    pub(crate) fn plain(json: &'a str) -> Option<Self> {
        if json.bytes().fold(u8::MAX, u8::min) < b' ' {
            return None;
        }
        Self::fast(json)
    }

    fn fast(json: &'a str) -> Option<Self> {
        let (mut identity, mut met) = (Self::default(), Met::default());
        members(json, |key, value| {
            let (bit, ()) = match key {
                b"type" => (0, text(&mut identity.kind, value)?),
                b"principalId" => (1, text(&mut identity.principal_id, value)?),
                b"arn" => (2, text(&mut identity.arn, value)?),
                b"accountId" => (3, text(&mut identity.account_id, value)?),
                b"userName" => (4, text(&mut identity.user_name, value)?),
                b"invokedBy" => (5, text(&mut identity.invoked_by, value)?),
                b"sessionContext" => (6, object(&mut identity.session_context, value, SessionContext::fast)?),
                b"onBehalfOf" => (7, object(&mut identity.on_behalf_of, value, OnBehalfOf::fast)?),
                _ => return is_whole(value),
            };
            met.once(bit)
        })?;
        Some(identity)
    }
}

impl<'a> SessionContext<'a> {
    fn fast(json: &'a str) -> Option<Self> {
        let (mut session, mut met) = (Self::default(), Met::default());
        members(json, |key, value| {
            let (bit, ()) = match key {
                b"sessionIssuer" => (0, object(&mut session.session_issuer, value, SessionIssuer::fast)?),
                b"sourceIdentity" => (1, text(&mut session.source_identity, value)?),
                _ => return is_whole(value),
            };
            met.once(bit)
        })?;
        Some(session)
    }
}

impl<'a> SessionIssuer<'a> {
    fn fast(json: &'a str) -> Option<Self> {
        let (mut issuer, mut met) = (Self::default(), Met::default());
        members(json, |key, value| match key {
            b"arn" => text(&mut issuer.arn, value).and_then(|()| met.once(0)),
            _ => is_whole(value),
        })?;
        Some(issuer)
    }
}

impl<'a> OnBehalfOf<'a> {
    fn fast(json: &'a str) -> Option<Self> {
        let (mut person, mut met) = (Self::default(), Met::default());
        members(json, |key, value| match key {
            b"userId" => text(&mut person.user_id, value).and_then(|()| met.once(0)),
            _ => is_whole(value),
        })?;
        Some(person)
    }
}

fn string<'a>(to: &mut Text<'a>, value: &'a str) -> Option<()> {
    *to = Text::of_json(value)?;
    is_whole(value)
}

fn text<'a>(to: &mut TextField<'a>, value: &'a str) -> Option<()> {
    *to = TextField::of_json(value);
    is_whole(value)
}

fn unparsed<'a>(to: &mut Option<&'a str>, value: &'a str) -> Option<()> {
    *to = (value != "null").then_some(value);
    is_whole(value)
}

fn object<'a, T>(to: &mut ObjectField<T>, value: &'a str, fast: impl FnOnce(&'a str) -> Option<T>) -> Option<()> {
    if value.starts_with('{') {
        *to = ObjectField(Field::Present(fast(value)?));
        return Some(());
    }
    *to = ObjectField(if value == "null" { Field::Absent } else { Field::Odd });
    is_whole(value)
}

/// Whether a value that was passed over is JSON within. What is seldom, such as a number, is left to serde as it is.
fn is_whole(value: &str) -> Option<()> {
    let is_plain = match value.as_bytes().first()? {
        b'"' => memchr::memchr(b'\\', value.as_bytes()).is_none(),
        b'{' | b'[' => false,
        _ => return matches!(value, "null" | "true" | "false").then_some(()),
    };
    (is_plain || serde_json::from_str::<IgnoredAny>(value).is_ok()).then_some(())
}
