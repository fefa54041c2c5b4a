//! PartiQL statements: any text is taken, and what is told of it is in it.

use serde_json::json;
use tablewarden_core::log_file::Limits;
use tablewarden_core::operation::Effect;
use tablewarden_core::operation::partiql::{self, Keyed, Literal};

use super::audited::audited;

/// Holds a statement to what is promised.
pub fn check(statement: &[u8]) {
    let statement = &*String::from_utf8_lossy(statement);
    let parsed = partiql::parse(statement);
    if let Some(parsed) = &parsed {
        assert!(matches!(parsed.effect, Effect::Read | Effect::Write | Effect::Delete));
        assert!(!parsed.table.is_empty() && statement.contains(parsed.table));
        assert!(parsed.index.is_none_or(|index| !index.is_empty() && statement.contains(index)));
        assert!(parsed.key.len() <= 2 && (parsed.key.is_empty() || parsed.keyed == Keyed::Yes));
        assert!(parsed.key.iter().all(|(_, literal)| *literal != Literal::Parameter));
    }
    let commented = format!("/* a 'comment */ {statement} -- another");
    assert_eq!(partiql::parse(&commented), parsed, "comments say nothing");

    let record = json!({
        "eventID": "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e", "eventTime": "2026-03-02T09:15:00Z",
        "eventSource": "dynamodb.amazonaws.com", "eventName": "ExecuteStatement", "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/intern"},
        "requestParameters": {"statement": statement},
    });
    let tally = audited(Limits::default(), |audit, origin, watch| {
        audit.event(record.to_string().as_bytes(), origin, watch);
    });
    assert_eq!(tally.records_relevant, 1, "no statement hides a call");
}
