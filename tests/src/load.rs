//! A seeded load of log objects: much that is nobody's business, some that is to be told, and attacks cut into pieces.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::records::{data_event, denied, event_id, other_service, seconds, with};

/// How many roles delete items here and there, and from how many tables.
const APPS: u64 = 5;
const TABLES: u64 = 8;

/// Log objects that are drawn from a seed, each when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// What it is drawn from.
    pub seed: u64,
    /// How many log objects.
    pub objects: u64,
    /// How many records each has.
    pub records: u64,
    /// The time of its first event; the last is two hours later.
    pub start: Timestamp,
}

/// The attacks in every load: the detection that has to speak up, and the role that it has to name.
pub const PLANTED: [(&str, &str); 5] = [
    ("bulk-deletion", "mallory"),
    ("recovery-destruction", "eve"),
    ("table-deleted", "eve"),
    ("denied-burst", "guest"),
    ("unreadable-request", "ghost"),
];

impl Load {
    /// How many records there are in all.
    pub fn sent(&self) -> u64 {
        self.objects * self.records
    }

    /// The records of one object.
    pub fn object(&self, number: u64) -> Vec<Value> {
        let mut random = fastrand::Rng::with_seed(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let first = number * self.records;
        let planted = self.planted(number);
        let mut records = Vec::new();
        for (position, id) in (first..first + self.records).enumerate() {
            let second = i64::try_from(number * 7200 / self.objects.max(1)).unwrap_or_default();
            let time = self.start + SignedDuration::from_secs(second);
            let record = match planted.get(position) {
                Some(attack) => attack(id),
                None => match random.u32(..1000) {
                    0..5 => {
                        let (app, table) = (random.u64(..APPS), random.u64(..TABLES));
                        data_event(id, &format!("app-{app}"), "DeleteItem", &format!("table-{table}"))
                    }
                    5..40 => data_event(id, "app-0", "GetItem", "table-0"),
                    _ => other_service(id),
                },
            };
            let at_once = planted.get(position).is_some();
            // What is planted happens within minutes, however many files it is cut into.
            let time = if at_once { self.start + SignedDuration::from_secs(60 + second % 60) } else { time };
            records.push(with(record, [("eventTime", json!(seconds(time)))]));
        }
        random.shuffle(&mut records);
        records
    }

    /// What of the attacks lies in an object: each is cut into as many pieces as there are objects in its third of them.
    fn planted(&self, number: u64) -> Vec<Box<dyn Fn(u64) -> Value>> {
        let mut planted: Vec<Box<dyn Fn(u64) -> Value>> = Vec::new();
        let pieces = self.objects.div_ceil(3).min(60);
        let step = (self.objects / pieces.max(1)).max(1);
        if number.is_multiple_of(step) && number / step < pieces {
            for _ in 0..240_u64.div_ceil(pieces) {
                planted.push(Box::new(|id| data_event(id, "mallory", "DeleteItem", "customers")));
            }
            for _ in 0..60_u64.div_ceil(pieces) {
                planted.push(Box::new(|id| denied(data_event(id, "guest", "GetItem", "vault"))));
            }
        }
        if number == self.objects / 4 {
            planted.push(Box::new(|id| {
                let off = json!({"tableName": "ledger", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}});
                with(control(id, "eve", "UpdateContinuousBackups"), [("requestParameters", off)])
            }));
        }
        if number == self.objects * 3 / 4 {
            planted.push(Box::new(|id| control(id, "eve", "DeleteTable")));
            planted.push(Box::new(|id| {
                let omitted =
                    json!({"reason": "requestParameters too large", "omitted": true, "originalSize": 213_441});
                with(data_event(id, "ghost", "BatchWriteItem", "orders"), [("requestParameters", omitted)])
            }));
        }
        planted
    }
}

/// A call on the table `ledger` that changes it.
fn control(id: u64, caller: &str, operation: &str) -> Value {
    let fields =
        [("eventCategory", json!("Management")), ("managementEvent", json!(true)), ("eventID", json!(event_id(id)))];
    with(data_event(id, caller, operation, "ledger"), fields)
}
