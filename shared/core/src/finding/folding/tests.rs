use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::detections::{Context, judge};
use crate::finding::{EventId, SEVERAL};
use crate::place::Place;
use crate::policy::Policy;
use crate::record::Record;

/// Every deletion is told, and one table is named.
const POLICY: &str =
    "version: 1\ntables:\n  - table: vault\n    watch: [delete]\n  - table: '*'\n    watch: [delete]\n";

/// A call that fires at least one detection: of a user, on a table, in this way.
type Fired = (usize, usize, &'static str);

fn record(id: usize, (user, table, way): Fired) -> String {
    // Table 0 is the one that the policy names.
    let table = if table == 0 { "vault".to_owned() } else { format!("table-{table}") };
    let id = uuid::Uuid::from_u128(id as u128);
    format!(
        r#"{{"eventID":"{id}","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",{way},"awsRegion":"eu-west-1",
            "recipientAccountId":"111122223333","requestParameters":{{"tableName":"{table}"}},
            "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/user-{user}"}}}}"#
    )
}

fn fired() -> impl Strategy<Value = Fired> {
    let others = select(&[
        r#""eventName":"Scan","errorCode":"AccessDenied""#,
        r#""eventName":"EvaporateItems""#,
        r#""eventName":"DeleteTable""#,
    ]);
    // Of the first there are so many that both their tables and their users are folded.
    (0..600_usize, 0..20_usize, prop_oneof![3 => Just(r#""eventName":"DeleteItem""#), 1 => others])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn folding_loses_no_event_and_puts_none_where_it_does_not_belong(calls in vec(fired(), 1000..3000)) {
        let policy = Policy::parse("policy.yaml", POLICY).unwrap();
        let place = Place::File("test".into());
        let mut findings = Findings::default();
        // What was added: the detection, the event, and the names in full.
        let mut added: HashMap<(&str, EventId), (String, Option<String>)> = HashMap::new();
        for (id, fired) in calls.iter().enumerate() {
            let json = record(id, *fired);
            let record = Record::parse(&json).unwrap();
            let call = Call::read(&record).unwrap();
            for access in call.accesses() {
                let context = Context::of(Some(&policy), &call, &access);
                let hits: Vec<Hit> = judge(&call, &access, &context).collect();
                prop_assert!(!hits.is_empty(), "{json}");
                for hit in hits {
                    let names = (call.actor.name.to_string(), access.table.as_ref().map(|table| table.name.to_string()));
                    added.insert((hit.detection.id, EventId::new(record.event_id())), names);
                    findings.add(hit, &call, &access, Origin { place: &place, message: 0 });
                }
            }
        }
        for finding in findings.into_sorted() {
            let Subject { detection, actor, table, .. } = &finding.subject;
            prop_assert_eq!(finding.accesses, finding.event_ids.iter().count() as u64);
            for event in finding.event_ids.iter() {
                // Each is taken out where it is found, so that it cannot be found twice.
                let names = added.remove(&(detection.id, event.clone()));
                let (actor_name, table_name) = names.ok_or_else(|| TestCaseError::fail(format!("{event} of {}", detection.id)))?;
                prop_assert!(actor.name == SEVERAL || actor.name == actor_name);
                let told = table.as_ref().map(|table| table.name.to_string());
                prop_assert!(told.as_deref() == Some(SEVERAL) && table_name.as_deref() != Some("vault") || told == table_name);
            }
        }
        prop_assert!(added.is_empty(), "{} lost", added.len());
    }
}
