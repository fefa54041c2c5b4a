//! Holds the archive to OCSF's schema, to its table in Athena, and to names that depend on what is found alone.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod hive;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use flate2::read::GzDecoder;
use hive::Type;
use jsonschema::Validator;
use serde_json::{Value, json};
use tablewarden_core::archive::{Batch, batches};
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::{EventId, Finding, Origin, Share};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_sigma::SigmaRules;
use tablewarden_testkit::{Scenario, scenarios};

const SCHEMA: &str = include_str!("ocsf/detection_finding-1.8.0.schema.json");
const TABLE: &str = include_str!("../../../infra/athena/findings.sql");

/// The scenario in which the order of files decides who is named.
const SHARED_BY_ACCOUNTS: &str = "cross-account";

struct Silent;

impl Observer for Silent {
    fn rejected(&mut self, _: &Reject<'_>) {}
}

fn findings(scenario: &Scenario, files: &[PathBuf]) -> Vec<Finding> {
    let policy = scenario.policy.as_ref().map(|yaml| Arc::new(Policy::parse("policy.yaml", yaml).unwrap()));
    let rules = scenario.rules.as_ref().and_then(|folder| {
        let files = tablewarden_sigma::read(folder).unwrap();
        tablewarden_sigma::load(&files).unwrap().map(SigmaRules::into_port)
    });
    let now = "2026-03-31T00:00:00Z".parse().unwrap();
    let mut audit = Audit::new(policy, now, Limits::default()).with_rules(rules);
    for (message, file) in files.iter().enumerate() {
        let place = Place::File(file.file_name().unwrap().display().to_string());
        let bytes = fs::read(file).unwrap();
        audit.any_file(bytes.as_slice(), Origin { place: &place, message }, &mut Silent).unwrap();
    }
    audit.into_findings()
}

/// The findings of all scenarios.
fn all_findings() -> Vec<Finding> {
    scenarios().iter().flat_map(|scenario| findings(scenario, &scenario.events)).collect()
}

/// One finding, to be changed.
fn some_finding() -> Finding {
    all_findings().remove(0)
}

/// One with all that no scenario has.
fn rich_finding() -> Finding {
    let mut finding = some_finding();
    finding.vpc_endpoints.add("vpce-0a1b2c3d4e5f60718".into());
    finding.sources.add("athena.amazonaws.com".into());
    finding.sources.add("2001:db8::ffff:198.51.100.7".into());
    finding.via.add("athena.amazonaws.com".into());
    finding.source_identities.add("carla@example.com".into());
    finding.keys.add(r#"{"id":"i-1"}"#.into());
    finding
}

fn text(batch: &Batch<'_>) -> String {
    let mut text = String::new();
    GzDecoder::new(batch.body().unwrap().as_slice()).read_to_string(&mut text).unwrap();
    text
}

fn lines(batch: &Batch<'_>) -> Vec<Value> {
    text(batch).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is written of findings, whichever objects it is in.
fn written(findings: &[Finding]) -> Vec<Value> {
    batches(findings).iter().flat_map(lines).collect()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

fn errors(validator: &Validator, event: &Value) -> Vec<String> {
    validator.iter_errors(event).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_finding_of_the_scenarios_is_a_detection_finding_of_ocsf() {
    let (validator, mut events) = (validator(), written(&all_findings()));
    assert!(events.len() > 100);
    events.extend(written(&[rich_finding()]));
    for event in events {
        assert_eq!(errors(&validator, &event), [""; 0], "{event:#}");
    }
}

#[test]
fn the_schema_refuses_what_ocsf_does_not_know() {
    let (validator, event) = (validator(), written(&[some_finding()]).remove(0));
    let wrongs: [(&str, Value); 6] = [
        ("/finding_info/uid", Value::Null),
        ("/severity_id", json!(7)),
        ("/class_uid", json!(2001)),
        ("/cloud", json!({})),
        ("/evidences/0", json!({ "name": "nobody" })),
        ("/resources/0", json!({ "arn": "arn:aws:s3:::acme" })),
    ];
    for (field, value) in wrongs {
        let mut changed = event.clone();
        *changed.pointer_mut(field).unwrap() = value;
        assert!(!errors(&validator, &changed).is_empty(), "{field}");
    }
}

#[test]
fn each_finding_is_a_line_under_its_date_and_account() {
    let findings = all_findings();
    let batches = batches(&findings);
    let mut uids = Vec::new();
    for batch in &batches {
        let text = text(batch);
        // What a caller wrote neither breaks a line nor is obeyed by who looks at it.
        let plain =
            |c: char| c == '\n' || c.is_ascii_graphic() || c == ' ' || !c.is_ascii() && c.escape_debug().len() == 1;
        assert!(text.ends_with('\n') && text.chars().all(plain), "{text}");
        for event in lines(batch) {
            let time = event["start_time"].as_i64().and_then(|time| jiff::Timestamp::from_millisecond(time).ok());
            let date = &time.unwrap().to_string()[..10];
            let partition = format!("date={date}/account={}/", event["cloud"]["account"]["uid"].as_str().unwrap());
            assert_eq!(batch.name[..partition.len()], partition);
            uids.push(event["finding_info"]["uid"].as_str().unwrap().to_owned());
        }
        let digest = batch.name.rsplit('/').next().and_then(|name| name.strip_suffix(".ndjson.gz")).unwrap();
        assert!(digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    }
    let mut want: Vec<String> = findings.iter().map(Finding::id).collect();
    uids.sort();
    want.sort();
    assert_eq!(uids, want);
    let names: BTreeSet<&str> = batches.iter().map(|batch| batch.name.as_str()).collect();
    assert!(names.len() == batches.len() && names.len() > 1);
}

#[test]
fn what_is_found_again_is_written_over_itself() {
    let objects = |findings: &[Finding]| -> BTreeMap<String, Vec<u8>> {
        batches(findings).iter().map(|batch| (batch.name.clone(), batch.body().unwrap())).collect()
    };
    for scenario in scenarios() {
        let mut found = findings(&scenario, &scenario.events);
        let first = objects(&found);
        found.reverse();
        assert_eq!(objects(&found), first, "{}: the order of findings", scenario.name);
        let backwards: Vec<PathBuf> = scenario.events.iter().rev().cloned().collect();
        let again = objects(&findings(&scenario, &backwards));
        if scenario.name != SHARED_BY_ACCOUNTS {
            // What stands in two files is told of the first of them: the place may change, the name must not.
            assert!(again.keys().eq(first.keys()), "{}: the order of files", scenario.name);
        }
    }
}

#[test]
fn other_events_of_the_same_finding_are_another_object() {
    let name = |finding: &Finding| batches([finding]).remove(0).name;
    let finding = some_finding();
    let mut more = finding.clone();
    more.event_ids.add(&EventId::new("ffffffff-ffff-4fff-8fff-ffffffffffff"), Share::of(more.first.time, Some(1)));
    assert_eq!(more.id(), finding.id());
    assert_ne!(name(&more), name(&finding));
    // Where there are more events than are remembered, their number still tells.
    let mut more = finding.clone();
    more.accesses += 1;
    assert_ne!(name(&more), name(&finding));
}

#[test]
fn of_a_flood_the_first_events_are_listed_and_the_others_counted() {
    let mut finding = some_finding();
    for n in 0..5000_u32 {
        let id = EventId::new(&format!("00000000-0000-4000-8000-{n:012}"));
        finding.event_ids.add(&id, Share::of(finding.first.time, Some(1)));
    }
    finding.accesses = 1_000_000;
    let event = written(&[finding]).remove(0);
    assert_eq!(event["finding_info"]["related_events"].as_array().unwrap().len(), 1000);
    assert_eq!(event["finding_info"]["related_events_count"], 1_000_000);
    assert_eq!(event["count"], 1_000_000);
    assert_eq!(event["unmapped"]["events_left_out"], 999_000);
}

#[test]
fn what_is_no_account_stays_out_of_the_path() {
    for (account, partition) in
        [("*", "several"), ("", "unknown"), ("../../111122223333", "unknown"), ("1/2", "unknown")]
    {
        let mut finding = some_finding();
        finding.subject.account = account.into();
        let findings = [finding];
        let batch = batches(&findings).remove(0);
        assert_eq!(batch.name.split('/').nth(1), Some(format!("account={partition}").as_str()), "{account}");
        assert_eq!(errors(&validator(), &lines(&batch)[0]), [""; 0], "{account}");
    }
}

#[test]
fn a_batch_knows_the_messages_of_its_findings() {
    let [mut one, mut two] = [some_finding(), some_finding()];
    one.origins = [0, 3].into();
    two.origins = [3, 7].into();
    two.event_ids.add(&EventId::new("ffffffff-ffff-4fff-8fff-ffffffffffff"), Share::of(two.first.time, Some(1)));
    assert_eq!(batches([&one, &two]).remove(0).origins(), [0, 3, 7].into());
}

#[test]
fn actors_addresses_and_tables_are_where_ocsf_has_them() {
    let events = written(&all_findings());
    let by = |actor: &str| events.iter().find(|event| event["evidences"][0]["actor"]["user"]["uid"] == actor).unwrap();
    let intern = by("arn:aws:iam::111122223333:user/people/intern");
    let user = &intern["evidences"][0]["actor"]["user"];
    assert_eq!(
        (&user["type_id"], &user["type"], &user["account"]["uid"]),
        (&json!(1), &json!("user"), &json!("111122223333"))
    );
    let table = &intern["resources"][0];
    assert_eq!(
        table["uid"],
        format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{}", table["name"].as_str().unwrap())
    );
    assert_eq!(intern["cloud"]["region"], "eu-west-1");
    let addresses =
        intern["evidences"].as_array().unwrap().iter().filter_map(|evidence| evidence["src_endpoint"]["ip"].as_str());
    assert!(addresses.count() > 0, "{intern:#}");
    let kinds: HashMap<i64, &str> = events
        .iter()
        .flat_map(|event| event["observables"].as_array().unwrap())
        .map(|observable| (observable["type_id"].as_i64().unwrap(), observable["type"].as_str().unwrap()))
        .collect();
    let want = [(31, "User Object: uid"), (2, "IP Address"), (10, "Resource UID"), (16, "HTTP User-Agent")];
    assert_eq!(kinds, want.into());
}

/// Athena fills a column that no line has with nothing, and does not say so.
#[test]
fn the_table_has_a_column_for_each_field_and_a_field_for_each_column() {
    let mut events = written(&all_findings());
    events.extend(written(&[rich_finding()]));
    let columns = Type::columns(TABLE);
    let mut differences = Vec::new();
    columns.compare("", &events.iter().collect::<Vec<_>>(), &mut differences);
    assert_eq!(differences, [""; 0]);
    // The comparison does see what is missing.
    columns.compare("", &[&json!({ "severity_id": "high", "extra": 1 })], &mut differences);
    for want in [".extra: no column", ".severity_id: not all of it is a int", ".message: no line has it"] {
        assert!(differences.iter().any(|difference| difference == want), "{want} in {differences:?}");
    }
}

#[test]
fn the_table_is_partitioned_as_names_are() {
    let finding = some_finding();
    let name = batches([&finding]).remove(0).name;
    let partitions: Vec<&str> = name.split('/').filter_map(|part| Some(part.split_once('=')?.0)).collect();
    assert_eq!(partitions, ["date", "account"]);
    assert!(TABLE.contains("PARTITIONED BY (`date` string, `account` string)"));
    for column in partitions {
        assert!(TABLE.contains(&format!("'projection.{column}.type'")), "{column}");
    }
}
