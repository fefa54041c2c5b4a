//! What an API call does: its plane, its effect, and where its request says so.

pub mod partiql;
mod service;

use serde::{Deserialize, Serialize};

pub use service::{Calls, Service};

/// Whether a call reaches into tables or works on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Plane {
    /// Items and streams: CloudTrail's data events.
    Data,
    /// Tables, backups, settings: CloudTrail's management events.
    Control,
}

/// What a call does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    /// Items are read.
    Read,
    /// Items are put or updated.
    Write,
    /// Items are deleted.
    Delete,
    /// The table or something about it is created, changed, deleted or described.
    Admin,
    /// Not known: an API or a request of a form that is not known here.
    Unknown,
}

/// Where a request tells what the call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One table, this effect, and this many items where the call fixes it.
    Table(Effect, Option<u64>),
    /// `requestItems` of `BatchGetItem`.
    BatchGet,
    /// `requestItems` of `BatchWriteItem`.
    BatchWrite,
    /// The items of `TransactGetItems` or `TransactWriteItems`, each with its operation.
    Transaction,
    /// One or more PartiQL statements.
    Statements,
    /// A call of the control plane.
    Control,
    /// A call of a service that owns no tables, on something that tables or this audit depend on.
    Dependency,
    /// An API that is not known here.
    Unknown,
    /// A call that is not audited, and that only [rules](crate::rules) ask for.
    Foreign,
}

/// One API of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Whose call it is.
    pub service: Service,
    /// Data or control.
    pub plane: Plane,
    /// Where its request tells the rest.
    pub shape: Shape,
}

impl Effect {
    /// All effects, in the order that people read them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Delete, Self::Admin, Self::Unknown];

    /// The word people and machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Admin => "admin",
            Self::Unknown => "unknown",
        }
    }
}

impl Plane {
    /// The word people and machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Control => "control",
        }
    }
}

impl Operation {
    /// A call that is not audited.
    pub fn foreign(service: Service) -> Self {
        Self { service, plane: Plane::Control, shape: Shape::Foreign }
    }
}

/// The operation behind an `eventName` of a service.
///
/// Data events: "Logging DynamoDB operations by using AWS CloudTrail",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html>; every other call is a
/// management event. `category` is the record's `eventCategory`. An API that is new since this was written is of unknown
/// effect, except where it is named as the control plane names its calls and CloudTrail does not call it a data event.
pub fn lookup(service: Service, event_name: &str, category: Option<&str>) -> Operation {
    use Effect::{Delete, Read, Write};
    let data = |shape| Operation { service, plane: Plane::Data, shape };
    let control = |shape| Operation { service, plane: Plane::Control, shape };
    if !service.owns_tables() {
        return control(Shape::Dependency);
    }
    match event_name {
        "GetItem" => data(Shape::Table(Read, Some(1))),
        // AWS does not say how CloudTrail logs a search; it returns items, whatever its record is called.
        "Query" | "Scan" | "SearchVectors" | "GetShardIterator" | "GetRecords" => data(Shape::Table(Read, None)),
        "PutItem" | "UpdateItem" => data(Shape::Table(Write, Some(1))),
        "DeleteItem" => data(Shape::Table(Delete, Some(1))),
        "BatchGetItem" => data(Shape::BatchGet),
        "BatchWriteItem" => data(Shape::BatchWrite),
        "TransactGetItems" | "TransactWriteItems" => data(Shape::Transaction),
        "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => data(Shape::Statements),
        _ if category == Some("Data") => data(Shape::Unknown),
        _ if is_control(event_name) => control(Shape::Control),
        _ => control(Shape::Unknown),
    }
}

/// The control planes of DynamoDB and its accelerator are named by a verb and a noun; a verb that is not known here makes the call an unknown one. So
/// does a noun of the data plane: the planes share verbs, and a `DeleteItems` to come must not pass for a call like
/// `DeleteBackup`.
///
/// The verbs are those of "Actions, resources, and condition keys for Amazon DynamoDB",
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>, and of the accelerator's
/// "Actions", <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Accelerator_(DAX).html>.
fn is_control(event_name: &str) -> bool {
    const VERBS: [&str; 17] = [
        "Associate",
        "Create",
        "Decrease",
        "Delete",
        "Describe",
        "Disable",
        "Disassociate",
        "Enable",
        "Export",
        "Get",
        "Import",
        "Increase",
        "List",
        "Put",
        "Reboot",
        "Restore",
        "Update",
    ];
    const DATA_NOUNS: [&str; 4] = ["Item", "Record", "ShardIterator", "Statement"];
    let of_data = |noun: &str| DATA_NOUNS.iter().any(|data| noun.contains(data));
    matches!(event_name, "TagResource" | "UntagResource" | "PurchaseReservedCapacityOfferings" | "StartAwsBackupJob")
        || VERBS
            .iter()
            .filter_map(|verb| event_name.strip_prefix(verb))
            .any(|noun| noun.starts_with(char::is_uppercase) && !of_data(noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_that_is_not_known_is_never_taken_for_a_known_one() {
        // (eventName, eventCategory, plane, known)
        let cases = [
            ("GetItem", None, Plane::Data, true),
            ("GetItem", Some("Data"), Plane::Data, true),
            ("SearchVectors", None, Plane::Data, true),
            ("SearchVectors", Some("Management"), Plane::Data, true),
            ("GetResourcePolicy", Some("Management"), Plane::Control, true),
            ("UpdateTable", None, Plane::Control, true),
            ("EvaporateItems", Some("Data"), Plane::Data, false),
            ("DeleteItems", Some("Data"), Plane::Data, false),
            ("DeleteItems", None, Plane::Control, false),
            ("DeleteItems", Some("Management"), Plane::Control, false),
            ("PutManyItemsFast", None, Plane::Control, false),
            ("GetRecordsOfShard", None, Plane::Control, false),
            ("ScanItems", None, Plane::Control, false),
            ("ExportTableToPointInTime", None, Plane::Control, true),
            ("EvaporateTable", Some("Management"), Plane::Control, false),
            ("EvaporateTable", None, Plane::Control, false),
            ("Getaway", None, Plane::Control, false),
            ("deleteitem", None, Plane::Control, false),
            ("", None, Plane::Control, false),
        ];
        for (name, category, plane, known) in cases {
            let operation = lookup(Service::DynamoDb, name, category);
            assert_eq!((operation.plane, operation.shape != Shape::Unknown), (plane, known), "{name} {category:?}");
        }
    }
}
