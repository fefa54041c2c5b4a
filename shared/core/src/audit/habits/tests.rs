//! What is counted without being judged anew comes to what judging each record comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use fastrand::Rng;
use indexmap::IndexMap;
use jiff::civil::Date;
use tablewarden_generator::{Application, Attack, Day};

use crate::access::{Access, Call};
use crate::audit::Audit;
use crate::detections::Context;
use crate::finding::{Finding, Origin};
use crate::log_file::Limits;
use crate::place::Place;
use crate::policy::Policy;
use crate::ports::{Observer, Reject};
use crate::tally::Tally;

/// Adds up what was done, the one way or the other.
struct Sums {
    repeats: bool,
    repeated: u64,
    rejects: u64,
    /// Accesses, and items as far as their number is known.
    groups: IndexMap<String, (u64, u64)>,
}

impl Sums {
    fn new(repeats: bool) -> Self {
        Self { repeats, repeated: 0, rejects: 0, groups: IndexMap::new() }
    }

    fn group(&mut self, call: &Call<'_>, access: &Access<'_>) -> usize {
        let Access { table, part, effect, .. } = access;
        let group = format!("{:?} {table:?} {part:?} {effect:?} {:?}", call.actor.name, call.outcome);
        self.groups.insert_full(group.clone(), self.groups.get(&group).copied().unwrap_or_default()).0
    }

    fn add(&mut self, group: usize, items: Option<u64>) {
        self.groups[group].0 += 1;
        self.groups[group].1 += items.unwrap_or(1_000_000);
    }
}

impl Observer for Sums {
    fn rejected(&mut self, _: &Reject<'_>) {
        self.rejects += 1;
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        let group = self.group(call, access);
        self.add(group, access.items);
    }

    fn number(&mut self, call: &Call<'_>, access: &Access<'_>) -> Option<usize> {
        self.repeats.then(|| self.group(call, access))
    }

    fn repeated(&mut self, number: usize, items: Option<u64>) {
        self.repeated += 1;
        self.add(number, items);
    }
}

struct Came {
    findings: Vec<Finding>,
    tally: Tally,
    sums: BTreeMap<String, (u64, u64)>,
    rejects: u64,
    repeated: u64,
}

/// How records come to be judged.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// Each for itself.
    Each,
    /// One after the other, and counted where they repeat.
    Repeats,
    /// The same, in files.
    Files,
}

fn audit(records: &[String], policy: &str, way: Way) -> Came {
    let policy = (!policy.is_empty()).then(|| Arc::new(Policy::parse("policy.yaml", policy).unwrap()));
    let mut audit = Audit::new(policy, "2026-03-20T06:00:00Z".parse().unwrap(), Limits::default());
    let mut sums = Sums::new(way != Way::Each);
    // Files of some thousand records, and messages of some files.
    for (number, file) in records.chunks(1000).enumerate() {
        let place = Place::File(format!("{number}.json"));
        let origin = Origin { place: &place, message: number / 3 };
        if way == Way::Files {
            let file = format!(r#"{{"Records":[{}]}}"#, file.join(","));
            audit.log_file(file.as_bytes(), origin, &mut sums).unwrap();
        } else {
            for record in file {
                audit.event(record.as_bytes(), origin, &mut sums);
            }
        }
    }
    let mut tally = audit.take_tally();
    tally.objects_done = 0;
    assert!(tally.reconciles(), "{tally:?}");
    let Sums { groups, rejects, repeated, .. } = sums;
    Came { findings: audit.into_findings(), tally, sums: groups.into_iter().collect(), rejects, repeated }
}

/// Both ways come to the same; how many accesses were only counted.
fn assert_same(claim: &str, records: &[String], policy: &str, way: Way) -> u64 {
    let (each, repeats) = (audit(records, policy, Way::Each), audit(records, policy, way));
    assert_eq!(each.tally, repeats.tally, "{claim}");
    assert_eq!((&each.sums, each.rejects), (&repeats.sums, repeats.rejects), "{claim}");
    let told = |came: &Came| came.findings.iter().map(|finding| format!("{finding:#?}")).collect::<Vec<_>>();
    let (each_told, repeats_told) = (told(&each), told(&repeats));
    for (one, other) in each_told.iter().zip(&repeats_told) {
        assert_eq!(one, other, "{claim}");
    }
    assert_eq!(each_told.len(), repeats_told.len(), "{claim}");
    repeats.repeated
}

/// Days with attacks in them: a week apart, so that who comes first is told.
fn days(records: u64) -> Vec<String> {
    let shop = Application::new(11);
    let dates = [Date::constant(2026, 3, 2), Date::constant(2026, 3, 11)];
    let days = dates.map(|date| {
        let attacks: Vec<Attack> = shop.attacks(date);
        attacks.iter().fold(shop.day(date).records(records), Day::plant)
    });
    let files = days.into_iter().flat_map(Day::log_files);
    files.flat_map(|file| file.records).map(|record| serde_json::to_string(&record).unwrap()).collect()
}

const POLICIES: [(&str, &str); 6] = [
    ("no policy", ""),
    ("nobody is judged", "version: 1\ntables: [{table: '*'}]\n"),
    (
        "networks, and a low threshold",
        "version: 1\ntables:\n  - table: '*'\n    detections: {bulk-deletion: {items: 40}}\n    expected:\n      - {role: '*', cidrs: [10.20.0.0/17]}\n      - {role: '*', vpc-endpoints: [vpce-0c4f1d7e2a9b83f56], effects: [read, write]}\n      - {permission-set: '*', cidrs: [203.0.113.0/24]}\n",
    ),
    (
        "hours",
        "version: 1\ntables:\n  - table: '*'\n    expected:\n      - role: '*'\n        windows:\n          - {days: [mon, tue, wed, thu, fri], from: '06:00', to: '18:30', zone: Europe/Berlin}\n",
    ),
    (
        "keys are shown, and some is not told",
        "version: 1\ntables:\n  - table: '*'\n    keys: show\n    watch: [delete]\nsuppressions:\n  - {detection: bulk-deletion, role: 'app/*', until: 2026-03-11, reason: test}\n",
    ),
    ("keys are shown", "version: 1\ntables:\n  - {table: '*', keys: show}\n"),
];

#[test]
fn counting_repeated_calls_comes_to_what_judging_each_comes_to() {
    let records = days(6000);
    for (claim, policy) in POLICIES {
        let repeated = assert_same(claim, &records, policy, Way::Repeats);
        let is_timeless = claim != "hours";
        assert!(!is_timeless || repeated > 1000, "{claim}: {repeated} of {}", records.len());
    }
}

/// Something unusual, or broken, in a record that is else like others.
fn disturbed(record: &str, rng: &mut Rng) -> String {
    let replace = |from: &str, to: &str| record.replacen(from, to, 1);
    match rng.u8(..35) {
        0 => replace("\"eventName\":\"", "\"eventName\": \""),
        1 => replace("\"eventTime\":\"2026-03-0", "\"eventTime\":\"2026-13-0"),
        2 => replace("\"eventID\":\"", "\"eventID\":\"A"),
        3 => replace("\"sourceIPAddress\":\"10.", "\"sourceIPAddress\":\"11."),
        4 => replace("\"userAgent\":\"", "\"userAgent\":\"\\u00e4"),
        5 => replace("\"userAgent\":\"", "\"userAgent\":\"ä"),
        6 => replace("\"requestParameters\":", "\"errorCode\":\"AccessDenied\",\"requestParameters\":"),
        7 => replace(
            "\"requestParameters\":",
            "\"errorCode\":\"ConditionalCheckFailedException\",\"requestParameters\":",
        ),
        8 => replace("\"requestParameters\":", "\"eventTime\":\"2026-03-02T00:00:00Z\",\"requestParameters\":"),
        9 => replace("\"key\":{", "\"key\":{\"eventTime\":\"2026-03-02T00:00:00Z\",\"eventID\":\"x\","),
        10 => replace("\"key\":{", "\"key\":{\"a\":01,"),
        11 => replace("\"key\":{", "\"key\":{\"a\":{\"S\":\"b\"},"),
        12 => replace("\"key\":{", "\"key\":{\"tableName\":\"carts\","),
        13 => replace("\"requestParameters\":{", "\"requestParameters\":{\"tableName\":\"other\","),
        14 => replace("\"requestParameters\":{", "\"requestParameters\":{\"key\":\"x\","),
        15 => replace("\"requestParameters\":{", "\"requestParameters\":{\"omitted\":true,\"reason\":\"too large\","),
        16 => replace("\"accessKeyId\":\"", "\"accessKeyId\":\"\u{1}"),
        17 => replace("\"principalId\":\"", "\"principalId\":\"\\u0041"),
        18 => replace("\"arn\":\"arn:aws:sts::1", "\"arn\":\"arn:aws:sts::2"),
        19 => replace("\"eventCategory\":\"Data\"", "\"eventCategory\":\"NetworkActivity\""),
        20 => replace(
            "\"recipientAccountId\":",
            "\"sharedEventID\":\"7c0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e\",\"recipientAccountId\":",
        ),
        21 => replace("\"recipientAccountId\":\"1", "\"recipientAccountId\":\"2"),
        22 => replace("\"sessionContext\":{", "\"sessionContext\":{\"sourceIdentity\":\"alice\","),
        23 => replace("\"eventSource\":", "\"eventSource\":\"s3.amazonaws.com\",\"eventSource\":"),
        24 => record.get(..rng.usize(..record.len())).unwrap_or_default().to_owned(),
        25 => replace("\"principalId\":\"A", "\"principalId\":\"B"),
        26 => replace("assumed-role/", "assumed-role/AWSReservedSSO_"),
        27 => replace("\"type\":\"AssumedRole\"", "\"type\":\"FederatedUser\""),
        28 => replace("\"creationDate\":\"2026", "\"creationDate\":\"\",\"invokedBy\":\"2026"),
        29 => replace(" = '", " = 'a''b"),
        30 => replace(" = '", " = 'a' -- '"),
        31 => replace(" = '", " > '"),
        32 => replace(" = '", " = '***(Redacted)' AND \\\"b\\\" = '"),
        33 => replace(" = '", " = '\\u0027"),
        _ => format!("{record} "),
    }
}

/// The same with another event id: as if it came again.
fn again(record: &str, rng: &mut Rng) -> String {
    let Some((ahead, behind)) = record.split_once("\"eventID\":\"") else { return record.to_owned() };
    let Some((_, behind)) = behind.split_at_checked(12) else { return record.to_owned() };
    format!("{ahead}\"eventID\":\"{:08x}-{:03x}{behind}", rng.u32(..), rng.u16(..4096))
}

#[test]
fn what_is_unusual_is_judged_for_itself() {
    let mut rng = Rng::with_seed(5);
    let mut records = Vec::new();
    for record in days(3000) {
        if rng.u8(..3) > 0 {
            records.push(record);
            continue;
        }
        let disturbed = disturbed(&record, &mut rng);
        for _ in 0..3 {
            records.push(again(&record, &mut rng));
            records.push(again(&disturbed, &mut rng));
        }
    }
    for (claim, policy) in POLICIES {
        let repeated = assert_same(claim, &records, policy, Way::Repeats);
        assert!(claim == "hours" || repeated > 500, "{claim}: {repeated} of {}", records.len());
    }
    // What is no JSON would end the file that it stands in.
    records.retain(|record| serde_json::from_str::<serde::de::IgnoredAny>(record).is_ok());
    for (claim, policy) in &POLICIES[2..5] {
        let repeated = assert_same(claim, &records, policy, Way::Files);
        assert!(*claim == "hours" || repeated > 500, "{claim}: {repeated} of {}", records.len());
    }
}
