//! What a record says of the call, the caller and the way it came.

use serde::Serialize;

use crate::access::{Call, Outcome};
use crate::actor::{Actor, ActorKind};
use crate::record::Record;

/// What a record says, before anything is judged. Texts stand as they were written, by the caller too.
#[derive(Debug, Clone, Serialize)]
pub struct EventStory {
    /// When the call completed.
    pub time: Option<String>,
    /// `eventSource`.
    pub source: String,
    /// `eventName`.
    pub name: String,
    /// `eventCategory`.
    pub category: Option<String>,
    /// The region that was called.
    pub region: String,
    /// The account that the record was delivered to.
    pub recipient: Option<String>,
    /// `data` or `control`; `None` for a service that is not audited.
    pub plane: Option<&'static str>,
    /// `succeeded`, `denied`, `failed` or `unknown`.
    pub outcome: &'static str,
    /// What the service answered, where the call did not succeed.
    pub error_code: Option<String>,
    /// The same in words, where it cannot hold the key of an item, or the policy shows these.
    pub error_message: Option<String>,
    /// Why it is not told.
    pub error_message_withheld: Option<&'static str>,
    /// Who called.
    pub actor: ActorStory,
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
    /// The VPC endpoint that the call came through.
    pub vpc_endpoint: Option<String>,
    /// The account of that endpoint.
    pub vpc_endpoint_account: Option<String>,
    /// What the caller called itself.
    pub user_agent: Option<String>,
}

/// Who called, and how that is known.
#[derive(Debug, Clone, Serialize)]
pub struct ActorStory {
    /// What kind of principal.
    pub kind: &'static str,
    /// As people read it.
    pub shown: String,
    /// The name that stays the same across sessions.
    pub name: String,
    /// Where that name stands in the record.
    pub named_by: String,
    /// Its account.
    pub account: Option<String>,
    /// The permission set.
    pub permission_set: Option<String>,
    /// The person, where AWS vouches for the name.
    pub person: Option<String>,
    /// The service that called for it.
    pub via: Option<String>,
    /// Whom it said to stand for.
    pub source_identity: Option<String>,
    /// Whether a person made the call, and not a machine; `None` for a service that is not audited.
    pub is_person: Option<bool>,
}

/// A denial names who may not do what to which resource; what else a service answers with may quote the request. DynamoDB's
/// `ValidationException` does, keys included.
const WITHHELD: &str = "the message of a call that was not denied may hold the key of an item, and the policy does not show the keys of its tables";

impl EventStory {
    /// `shows_keys` says whether the policy lets the keys of all tables that the call is about be shown as they are.
    pub(super) fn of(record: &Record<'_>, shows_keys: bool) -> Self {
        let outcome = Outcome::of(record);
        let message = record.error_message.text();
        let shown = message.filter(|_| shows_keys || outcome == Outcome::Denied);
        let own = |text: Option<&str>| text.map(str::to_owned);
        // Of a service that is not audited there is no call.
        let call = Call::read(record).ok();
        let actor = Actor::of(record);
        Self {
            time: record.time().ok().map(|time| time.to_string()),
            source: record.event_source().to_owned(),
            name: record.event_name().to_owned(),
            category: own(record.event_category.text()),
            region: record.region().to_owned(),
            recipient: own(record.recipient_account_id.text()),
            plane: call.as_ref().map(|call| call.operation.plane.as_str()),
            outcome: outcome.as_str(),
            error_code: own(record.error_code.text()),
            error_message: own(shown),
            error_message_withheld: (message.is_some() && shown.is_none()).then_some(WITHHELD),
            source_ip: own(record.source_ip_address.text()),
            vpc_endpoint: own(record.vpc_endpoint_id.text()),
            vpc_endpoint_account: own(record.vpc_endpoint_account_id.text()),
            user_agent: own(record.user_agent.text()),
            actor: ActorStory {
                kind: actor.kind.as_str(),
                shown: actor.to_string(),
                named_by: named_by(record, &actor),
                account: own(actor.account.as_deref()),
                permission_set: own(actor.permission_set.as_deref()),
                person: own(actor.person.as_deref()),
                via: own(actor.via.as_deref()),
                source_identity: own(record.source_identity()),
                is_person: call.as_ref().map(Call::is_by_person),
                name: actor.name.into_owned(),
            },
        }
    }
}

/// The field that an actor's name stands in, or those that it is made of.
fn named_by(record: &Record<'_>, actor: &Actor<'_>) -> String {
    let Some(identity) = record.user_identity.present() else { return "the record tells no identity".to_owned() };
    let session = identity.session_context.present();
    let issuer = session.and_then(|session| session.session_issuer.present());
    let on_behalf_of = identity.on_behalf_of.present();
    let fields = [
        ("sessionContext.sessionIssuer.arn", issuer.and_then(|issuer| issuer.arn.text())),
        ("arn", identity.arn.text()),
        ("userName", identity.user_name.text()),
        ("principalId", identity.principal_id.text()),
        ("invokedBy", identity.invoked_by.text()),
        ("accountId", identity.account_id.text()),
        ("onBehalfOf.userId", on_behalf_of.and_then(|person| person.user_id.text())),
        ("type", identity.kind.text()),
    ];
    let stands_in = fields.into_iter().find(|(_, text)| *text == Some(actor.name.as_ref())).map(|(field, _)| field);
    let remark = match (actor.kind, stands_in) {
        (ActorKind::Role, Some("sessionContext.sessionIssuer.arn")) => ", the same for all sessions of the role",
        (ActorKind::PermissionSet, Some("sessionContext.sessionIssuer.arn")) => {
            ", a role that only IAM Identity Center can make; the person is the name of its session"
        }
        (ActorKind::Federated, Some("sessionContext.sessionIssuer.arn")) => ", the user who federated the session",
        _ => "",
    };
    match (actor.kind, stands_in) {
        (_, Some(field)) => format!("userIdentity.{field}{remark}"),
        (ActorKind::Root, None) => "userIdentity.type Root, with the account".to_owned(),
        (ActorKind::User, None) => "userIdentity.userName, with the account".to_owned(),
        (ActorKind::Account, None) => "userIdentity.accountId and principalId, without the session's name".to_owned(),
        (ActorKind::Role | ActorKind::PermissionSet, None) if actor.name.starts_with("arn:") => {
            "the session's ARN in userIdentity.arn: the role's path is not told".to_owned()
        }
        (ActorKind::Role, None) => "userIdentity.principalId, without the session's name".to_owned(),
        (_, None) => "userIdentity tells none".to_owned(),
    }
}
