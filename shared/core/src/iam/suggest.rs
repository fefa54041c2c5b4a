//! Conditions that would narrow the document further.
//!
//! Condition keys: "Using IAM policy conditions for fine-grained access control",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>, and `aws:SourceVpce` in "AWS
//! global condition context keys", <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::attributes;
use super::usage::Usage;
use crate::access::{Access, Call, Reach};
use crate::learn::Endpoints;
use crate::operation::Plane;

/// A condition that everything that was used would have met.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The condition key.
    pub key: &'static str,
    /// The ARN of the table whose statements it is for; `None`: every statement.
    pub table: Option<String>,
    /// The value of `Condition`.
    pub condition: Value,
    /// What speaks for it, and what to look to.
    pub why: String,
}

/// How a principal calls.
#[derive(Debug, Default)]
pub(super) struct Habits {
    endpoints: Endpoints,
    /// By the table's ARN.
    tables: BTreeMap<String, TableHabits>,
}

/// How a principal reaches into one table.
#[derive(Debug)]
struct TableHabits {
    accesses: u64,
    /// Whether each access named the partitions that it reached.
    by_key: bool,
    /// The attributes that the accesses named; `None` as soon as one did not name all.
    attributes: Option<BTreeSet<String>>,
}

impl Habits {
    pub(super) fn add(&mut self, call: &Call<'_>, access: &Access<'_>) {
        self.endpoints.add(call);
        let Some(table) = access.table.as_ref().filter(|_| call.operation.plane == Plane::Data) else { return };
        let fresh = || TableHabits { accesses: 0, by_key: true, attributes: Some(BTreeSet::new()) };
        let habits = self.tables.entry(table.arn()).or_insert_with(fresh);
        habits.accesses += 1;
        habits.by_key &= matches!(access.reach, Reach::Items | Reach::Partition);
        if let Some(known) = &mut habits.attributes {
            match attributes::named(call) {
                Some(named) => known.extend(named),
                None => habits.attributes = None,
            }
        }
    }
}

impl Usage {
    /// Conditions that would narrow the document further, and that all that was seen would have met.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        if let Some(endpoints) = self.habits.endpoints.all_through() {
            suggestions.push(Suggestion {
                key: "aws:SourceVpce",
                table: None,
                why: format!(
                    "all of {} accesses came through {}",
                    self.habits.endpoints.accesses(),
                    endpoints.join(", ")
                ),
                condition: json!({ "StringEquals": { "aws:SourceVpce": endpoints } }),
            });
        }
        for (table, habits) in &self.habits.tables {
            let accesses = habits.accesses;
            if habits.by_key {
                suggestions.push(Suggestion {
                    key: "dynamodb:LeadingKeys",
                    table: Some(table.clone()),
                    why: format!(
                        "all of {accesses} accesses named the partitions that they reached: where callers have partitions of \
                         their own, put what tells a caller's in place of the tag"
                    ),
                    condition: json!({ "ForAllValues:StringEquals": {
                        "dynamodb:LeadingKeys": ["${aws:PrincipalTag/partition}"],
                    } }),
                });
            }
            if let Some(attributes) = habits.attributes.as_ref().filter(|attributes| !attributes.is_empty()) {
                suggestions.push(Suggestion {
                    key: "dynamodb:Attributes",
                    table: Some(table.clone()),
                    why: format!("all of {accesses} accesses named the attributes that they touched"),
                    condition: json!({
                        "ForAllValues:StringEquals": { "dynamodb:Attributes": attributes },
                        "StringEqualsIfExists": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
                    }),
                });
            }
        }
        suggestions
    }
}
