//! What a JSON Schema says of each kind of text.

use schemars::{Schema, json_schema};
use serde_json::{Value, json};

use super::super::file::{
    AccountId, Api, Arn, Bucket, Cidr, Clock, ClockEnd, Count, DataKey, DetectionId, End, Endpoint, Flag, IamName,
    KeyName, Line, Person, Region, ResourceName, ServiceName, SetName, TableName, Version, Words, Zone,
};
use crate::detections::ALL;

/// A kind of text.
pub(super) trait Kind {
    fn schema() -> Schema;
}

/// A kind of text that keys of maps are of.
pub(super) trait Key {
    fn keys() -> Keys;
}

/// What the keys of a map may be.
pub(super) enum Keys {
    /// Any that this regular expression matches.
    Pattern(&'static str),
    /// These, each with what it means, and any that this regular expression matches.
    Known(Vec<(&'static str, String)>, &'static str),
}

impl<W: Words> Kind for W {
    fn schema() -> Schema {
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

/// Kinds whose texts follow a regular expression, and examples of them.
macro_rules! patterns {
    ($($kind:ty: $pattern:expr, $examples:tt;)*) => {$(
        impl Kind for $kind {
            fn schema() -> Schema {
                json_schema!({"type": "string", "pattern": $pattern, "examples": $examples})
            }
        }
    )*};
}

patterns! {
    TableName: r"^(arn:[a-z0-9*-]+:dynamodb:[a-z0-9*-]+:[0-9*]+:table/)?[A-Za-z0-9_.*-]{1,255}$", ["orders", "orders-*"];
    Region: "^[a-z0-9*-]+$", ["eu-west-1", "eu-*"];
    Bucket: "^[a-z0-9.*-]{1,63}$", ["acme-exports-*"];
    KeyName: "^(arn:[^:]+:kms:[^:]*:[0-9*]*:(key/|alias/|\\*).*|alias/[A-Za-z0-9/_*-]+|[0-9a-fmrk-]{32,})$", ["alias/orders"];
    DataKey: "^(arn:[^:]+:kms:[^:]*:[0-9*]*:(key/|\\*).*|[0-9a-fmrk-]{32,})$", ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"];
    Arn: "^arn:[^:]+:[^:]+:[^:]*:[0-9*]*:.+$", ["arn:aws:sqs:*:111122223333:tablewarden-*"];
    ResourceName: r"^(?!(arn:)?[*:]+$)(arn:[^:]+:[^:]+:[^:]*:[0-9*]*:[!-~]+|(?!arn:)[!-~]+)$", ["arn:aws:cloudtrail:eu-west-1:111122223333:trail/main", "acme-logs"];
    IamName: r"^(arn:[^:]+:iam::[0-9*]+:(role|user)/.+|(?!arn:)[!-~]*[A-Za-z0-9+=,.@_*-])$", ["orders-api", "app/orders-api"];
    SetName: "^[A-Za-z0-9+=,.@_*-]+$", ["DataEngineer"];
    ServiceName: r"^[a-z0-9.*-]*\.[a-z0-9.*-]*$", ["backup.amazonaws.com"];
    Api: "^[A-Za-z0-9*]+$", ["Query", "Describe*"];
    Endpoint: "^vpce-[0-9a-fA-F]+$", ["vpce-0a1b2c3d"];
    Cidr: "^[0-9a-fA-F.:]+/[0-9]{1,3}$", ["10.0.0.0/8", "2001:db8::/32"];
    Clock: "^([01][0-9]|2[0-3]):[0-5][0-9]$", ["08:00"];
    ClockEnd: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", ["18:00"];
    Zone: "^[A-Za-z0-9_+/-]+$", ["Europe/Berlin", "UTC"];
    End: "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+))?$", ["2026-12-31", "2026-04-01T00:00:00Z"];
}

/// Something, in one line.
const ONE_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

impl Kind for Line {
    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": ONE_LINE})
    }
}

impl Kind for Person {
    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": ONE_LINE, "examples": ["alice@example.com"]})
    }
}

impl Kind for Version {
    fn schema() -> Schema {
        json_schema!({"enum": [1, "1"]})
    }
}

/// What 12 digits without quotes become is for YAML to say.
const ACCOUNT: &str = "^[0-9]{12}$";

impl Kind for AccountId {
    fn schema() -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": ACCOUNT,
            "minimum": 0,
            "maximum": 999_999_999_999_u64,
            "examples": ["111122223333"],
        })
    }
}

impl Key for AccountId {
    fn keys() -> Keys {
        Keys::Pattern(ACCOUNT)
    }
}

/// The id of a rule of the user's.
const RULE: &str = "^sigma:.+$";

impl Kind for DetectionId {
    fn schema() -> Schema {
        let ids: Vec<Value> = ALL.iter().map(|detection| json!(detection.id)).collect();
        json_schema!({"type": "string", "anyOf": [{"enum": ids}, {"pattern": RULE}]})
    }
}

impl Key for DetectionId {
    fn keys() -> Keys {
        Keys::Known(
            ALL.iter().map(|detection| (detection.id, format!("Fires when {}.", detection.fires_when))).collect(),
            RULE,
        )
    }
}

impl Kind for Count {
    fn schema() -> Schema {
        json_schema!({"type": "integer", "minimum": 1})
    }
}

impl Kind for Flag {
    fn schema() -> Schema {
        json_schema!({"type": "boolean"})
    }
}
