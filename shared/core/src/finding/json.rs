//! A finding as machines read it.

use serde_json::{Value, json};

use super::{EventId, Finding, SEVERAL, Sample, Subject};
use crate::table::TableId;

impl Finding {
    /// The finding as machines read it: one object, keys in this order, with at most so many of its event ids.
    pub fn to_json(&self, most_event_ids: usize) -> Value {
        let event_ids: Vec<String> = self.event_ids.iter().take(most_event_ids).map(EventId::to_string).collect();
        let left_out = self.accesses.saturating_sub(event_ids.len() as u64);
        let Subject { detection, actor, table, resource, account, region, effect: _, outcome } = &self.subject;
        let mut finding = json!({
            "id": self.id(),
            "detection": detection.id,
            "severity": self.severity.as_str(),
            "techniques": self.techniques(),
            "actor": actor.name,
            "actor_type": actor.kind.as_str(),
            "actor_account": actor.account,
            "permission_set": actor.permission_set,
            "person": actor.person,
            "source_identities": list(&self.source_identities),
            "via": list(&self.via),
            "account": account,
            "region": region,
            "table": table.as_ref().map(|table| &table.name),
            "table_arn": table.as_ref().filter(|table| table.name != SEVERAL).map(TableId::arn),
            "parts": list(&self.parts),
            "resource": resource,
            "tables": list(&self.tables),
            "actors": list(&self.actors),
            "effect": self.subject.effect_word(),
            "outcome": outcome.as_str(),
            "operations": list(&self.operations),
            "accesses": self.accesses,
            "items": self.known_items(),
            "keys": list(&self.keys),
            "accesses_of_unknown_size": self.accesses_of_unknown_size,
            "first_seen": self.first.time.to_string(),
            "last_seen": self.last_seen.to_string(),
            "source_ips": list(&self.sources),
            "vpc_endpoints": list(&self.vpc_endpoints),
            "user_agents": list(&self.user_agents),
            "error_codes": list(&self.error_codes),
            "reason": self.reason(),
            "event_ids": event_ids,
            "event_ids_left_out": left_out,
            "places": list(&self.places),
        });
        // Few findings have it.
        if let (Some(object), false) = (finding.as_object_mut(), self.relayed.is_empty()) {
            object.insert("relayed".into(), self.relayed.iter().map(|original| json!(original)).collect());
        }
        finding
    }
}

fn list<T: Ord + ToString>(sample: &Sample<T>) -> Vec<String> {
    sample.iter().map(ToString::to_string).collect()
}
