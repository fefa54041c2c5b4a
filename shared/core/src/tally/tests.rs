use std::collections::BTreeSet;

use super::*;
use crate::policy::Policy;
use crate::table::TableId;

const NOW: &str = "2026-03-02T10:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn access(effect: Effect, items: Option<u64>) -> Access<'static> {
    let table = TableId {
        partition: "aws".into(),
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        name: "orders".into(),
    };
    Access::new(Some(table), effect, items)
}

fn tally() -> Tally {
    let mut tally = Tally { records_read: 5, ..Tally::default() };
    let accesses = [
        (Effect::Read, None, Outcome::Succeeded, "2026-03-02T09:15:10Z", Some("orders")),
        (Effect::Delete, Some(3), Outcome::Succeeded, "2026-03-02T09:15:59Z", Some("orders")),
        (Effect::Delete, Some(7), Outcome::Denied, "2026-03-02T09:16:00Z", Some("orders")),
        (Effect::Delete, Some(2), Outcome::Succeeded, "2026-03-02T09:15:00Z", None),
    ];
    for (effect, items, outcome, at, label) in accesses {
        tally.relevant(time(at), time(NOW));
        tally.access(&access(effect, items), outcome, time(at), label);
    }
    tally.records_skipped.insert(Skip::OtherService, 1);
    tally
}

/// A metric's points as `minute dimensions value`.
fn points(tally: &Tally, metric: &str) -> Vec<String> {
    let line = |point: &Point| {
        let dimensions: Vec<String> = point.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {} {:?}", point.at.strftime("%H:%M:%S"), dimensions.join(","), point.value)
    };
    tally.points(time(NOW)).iter().filter(|point| point.metric == metric).map(line).collect()
}

#[test]
fn what_callers_did_is_stamped_with_the_minute_they_did_it() {
    let tally = tally();
    assert!(tally.reconciles());
    assert_eq!(
        points(&tally, "Accesses"),
        [
            "09:15:00 Table=orders,Effect=read Number(1.0)",
            "09:15:00 Table=orders,Effect=delete Number(1.0)",
            "09:15:00 Table=other,Effect=delete Number(1.0)",
            "09:16:00 Table=orders,Effect=delete Number(1.0)",
        ]
    );
}

#[test]
fn no_entry_of_a_policy_shares_its_metrics_with_the_tables_that_none_names() {
    let read = |name: &str| Policy::parse("policy.yaml", &format!("version: 1\ntables:\n  - table: '{name}'\n"));
    let error = read(OTHER_TABLES).unwrap_err().to_string();
    assert!(error.contains("expected the table's ARN, such as `arn:*:dynamodb:*:*:table/other`"), "{error}");
    let policy = read("arn:*:dynamodb:*:*:table/other").unwrap();
    let table = TableId { name: "other".into(), ..access(Effect::Read, None).table.unwrap() };
    assert_ne!(policy.table(&table).unwrap().label, OTHER_TABLES);
}

#[test]
fn only_deletions_that_succeeded_count_as_deleted_items_and_totals_are_the_sums() {
    assert_eq!(
        points(&tally(), "ItemsDeleted"),
        ["09:15:00 Table=orders Number(3.0)", "09:15:00 Table=other Number(2.0)", "09:15:00  Number(5.0)"]
    );
    assert_eq!(points(&tally(), "Denials"), ["09:16:00 Table=orders Number(1.0)", "09:16:00  Number(1.0)"]);
}

#[test]
fn what_the_pipeline_did_is_stamped_with_now_zeros_too() {
    assert_eq!(points(&tally(), "RecordsRead"), ["10:00:00  Number(5.0)"]);
    assert_eq!(points(&tally(), "RecordsRejected"), ["10:00:00  Number(0.0)"]);
    let delay = "Spread { count: 4.0, sum: 10671.0, min: 2640.0, max: 2700.0 }";
    assert_eq!(points(&tally(), "DeliveryDelay"), [format!("10:00:00  Spread({delay})")]);
}

#[test]
fn points_that_cloudwatch_would_refuse_are_left_out_and_counted() {
    let mut tally = Tally::default();
    for at in ["2026-02-01T00:00:00Z", "2026-03-02T14:00:00Z", "2026-03-01T00:00:00Z"] {
        tally.access(&access(Effect::Delete, Some(1)), Outcome::Succeeded, time(at), None);
    }
    assert_eq!(points(&tally, "Accesses").len(), 1);
    // Of each of the two days: the accesses, the items of the table and the items in all.
    assert_eq!(points(&tally, "PointsOutOfRange"), ["10:00:00  Number(6.0)"]);
}

#[test]
fn the_metrics_that_are_listed_are_those_that_are_put() {
    let mut tally = tally();
    tally.access(&access(Effect::Read, None), Outcome::Succeeded, time("2026-01-02T09:15:00Z"), None);
    tally.findings.insert((minute(time(NOW)), Severity::High), 1);
    tally.deliveries_skipped.insert(SkipReason::NotCloudTrail, 1);
    let line = |name: &str, dimensions: &[&str], unit: Unit| format!("{name} {dimensions:?} {unit:?}");
    let of_the_policy = [Point::policy_rejected(time(NOW)), Point::policy_read_failure(time(NOW))];
    let put: BTreeSet<String> = tally
        .points(time(NOW))
        .iter()
        .chain(&of_the_policy)
        .map(|point| {
            let names: Vec<&str> = point.dimensions.iter().map(|(name, _)| *name).collect();
            line(point.metric, &names, point.unit)
        })
        .collect();
    let listed = METRICS
        .iter()
        .flat_map(|metric| metric.dimensions.iter().map(|dimensions| line(metric.name, dimensions, metric.unit)));
    assert_eq!(put, listed.collect());
}

#[test]
fn merging_adds_everything_up() {
    let (mut twice, once) = (tally(), tally());
    twice.merge(tally());
    let sum = |tally: &Tally| -> f64 {
        tally
            .points(time(NOW))
            .iter()
            .map(|point| match point.value {
                Value::Number(n) => n,
                Value::Spread(s) => s.sum,
            })
            .sum()
    };
    assert!((sum(&twice) - 2.0 * sum(&once)).abs() < 1e-6);
    assert!(twice.reconciles());
}

#[test]
fn a_message_that_comes_again_is_not_counted_but_for_its_failure() {
    let failed = Tally { objects_done: 2, objects_failed: 1, ..tally() }.of_failure();
    assert_eq!(failed, Tally { objects_failed: 3, ..Tally::default() });
}
