//! An audit of anything at all, with what is promised of its counts and of what is told.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde_json::Value;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::alert::{self, Alert};
use tablewarden_core::audit::Audit;
use tablewarden_core::detections::Context;
use tablewarden_core::finding::{Finding, Origin};
use tablewarden_core::learn::{Accept, Learner, MergeError, merge};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::{ObjectRef, Place};
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Fate, Heard, Observer, RawRecord, Reject};
use tablewarden_core::tally::Tally;

/// One that speaks of every table, and makes use of most that a policy can say.
const YAML: &str = r#"
version: 1
accounts: {"111122223333": production}
approved: {regions: [eu-*], accounts: ["111122223333"], buckets: [acme-*]}
pipeline: {resources: ["arn:aws:*:*:*:*"], log-buckets: [acme-cloudtrail]}
detections: {human-access: {severity: low}, table-updated: off}
tables:
  - table: orders
    owner: shop-team@example.com
    sensitivity: high
    keys: show
    watch: [read, write, delete]
    expected:
      - {role: app/orders-api, actions: [Query], vpc-endpoints: [vpce-0a1b2c3d4e5f67890]}
      - {user: "*", effects: [read], cidrs: [198.51.100.0/24]}
      - {role: "*", windows: [{from: "23:00", to: "05:00", zone: Europe/Berlin}]}
  - table: "*"
    expected: []
suppressions:
  - {detection: item-deletion, table: orders, role: app/orders-api, until: 2026-12-31, reason: emptied on check-out}
"#;

/// What learning takes in.
const ALL: Accept = Accept { root: true, other_accounts: true, bulk_deletions: true };

static POLICY: LazyLock<Arc<Policy>> =
    LazyLock::new(|| Arc::new(Policy::parse("policy.yaml", YAML).unwrap_or_else(|error| panic!("{error}"))));

/// When the audits are.
pub fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 365 * 56)
}

/// What an audit said as it went.
pub struct Watch {
    /// How many records were not understood.
    pub rejected: u64,
    /// How many records became of what was read.
    pub judged: u64,
    /// How many accesses there were.
    pub accesses: u64,
    /// Learns along, where it is asked to: that takes longer than all the rest.
    learner: Option<Learner>,
}

impl Observer for Watch {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejected += 1;
        assert_one_line(&reject.detail);
    }

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        self.accesses += 1;
        if let Some(learner) = &mut self.learner {
            learner.add(call, access);
        }
    }

    fn read(&mut self, _: &RawRecord<'_>, fate: Fate) {
        self.judged += u64::from(fate == Fate::Judged);
    }

    fn heard(&mut self, heard: &Heard<'_>) {
        self.judged += u64::from(heard.fate == Fate::Judged);
        // Of what another service found, each actor and table that it names.
        self.accesses += heard.said.len() as u64;
    }
}

/// Audits under [`POLICY`], and returns what was counted.
pub fn audited(limits: Limits, feed: impl FnOnce(&mut Audit, Origin<'_>, &mut Watch)) -> Tally {
    watched(Some(&POLICY), limits, None, feed).0
}

/// The same, and what was found can be told, with a policy and without.
pub fn told(limits: Limits, feed: impl Fn(&mut Audit, Origin<'_>, &mut Watch)) -> Tally {
    let (tally, findings, _) = watched(Some(&POLICY), limits, None, &feed);
    alert::fold(findings, Some(&POLICY)).iter().for_each(assert_told);
    if tally.records_relevant > 0 {
        let (without, findings, _) = watched(None, limits, None, &feed);
        assert_eq!((without.records_read, without.records_relevant), (tally.records_read, tally.records_relevant));
        alert::fold(findings, None).iter().for_each(assert_told);
    }
    tally
}

/// What is learned from the input alone is a policy.
pub fn learned(feed: impl FnOnce(&mut Audit, Origin<'_>, &mut Watch)) {
    let (_, findings, learner) = watched(None, Limits::default(), Some(Learner::new(ALL, None)), feed);
    let yaml = learner.map(|learner| learner.finish(&findings).to_yaml()).unwrap_or_default();
    if let Err(error) = Policy::parse("learned.yaml", &yaml) {
        panic!("{error}\n{yaml}");
    }
}

/// Audits under a policy of any kind, and what is learned fits into it: nothing is taken out of its text.
pub fn audited_under(policy: &Arc<Policy>, yaml: &str, feed: impl FnOnce(&mut Audit, Origin<'_>, &mut Watch)) {
    let onto = Learner::new(ALL, Some(Arc::clone(policy)));
    let (_, findings, learner) = watched(Some(policy), Limits::default(), Some(onto), feed);
    let Some(lesson) = learner.map(|learner| learner.finish(&findings)) else { return };
    match merge("merged.yaml", yaml, &lesson) {
        Ok(merged) => assert!(is_kept(yaml, &merged.yaml), "{yaml}\nbecame\n{}", merged.yaml),
        Err(MergeError::Form { line, .. }) => assert!(line <= yaml.split(['\n', '\r']).count(), "{line}"),
        // Of a form that nobody writes.
        Err(MergeError::Unfit(_)) => {}
    }
}

fn watched(
    policy: Option<&Arc<Policy>>,
    limits: Limits,
    learner: Option<Learner>,
    feed: impl FnOnce(&mut Audit, Origin<'_>, &mut Watch),
) -> (Tally, Vec<Finding>, Option<Learner>) {
    let mut audit = Audit::new(policy.cloned(), now(), limits);
    let mut watch = Watch { rejected: 0, judged: 0, accesses: 0, learner };
    let place = Place::Object(ObjectRef { bucket: "acme-cloudtrail".to_owned(), key: "AWSLogs/x.json.gz".to_owned() });
    feed(&mut audit, Origin { place: &place, message: 0 }, &mut watch);

    let tally = audit.take_tally();
    let skipped: u64 = tally.records_skipped.values().sum();
    let rejected: u64 = tally.records_rejected.values().sum();
    assert_eq!(tally.records_read, tally.records_relevant + skipped + rejected, "{tally:?}");
    assert_eq!((watch.rejected, watch.judged), (rejected, tally.records_relevant), "{tally:?}");
    assert_eq!(watch.accesses > 0, tally.records_relevant > 0, "what is relevant is an access of something");
    (tally, audit.into_findings(), watch.learner)
}

/// An alert is within SNS's limits and breaks no line: "Publish",
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
fn assert_told(alert: &Alert) {
    let message = alert.message();
    let subject = &message.subject;
    assert!((1..100).contains(&subject.len()), "{subject}");
    assert!(subject.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{subject:?}");
    assert!(message.body.len() <= 256 * 1024 && serde_json::from_str::<Value>(&message.body).is_ok());
    for line in alert.text().split('\n') {
        assert_one_line(line);
    }
    for (_, value) in alert.attributes() {
        assert!(!value.is_empty());
        assert_one_line(&value);
    }
}

/// Nothing that others wrote breaks a line, or does what a terminal would obey.
pub fn assert_one_line(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// Whether a text became another by additions alone.
fn is_kept(text: &str, longer: &str) -> bool {
    let mut rest = longer.bytes();
    text.bytes().all(|wanted| rest.any(|byte| byte == wanted))
}
