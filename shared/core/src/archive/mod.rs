//! Findings ─► NDJSON of OCSF Detection Findings, in objects under Hive-style partitions by date and account.
//!
//! Nothing in an object, and nothing in its name, depends on when it was written or in which order its findings came: what
//! is found again is written over itself.

mod attack;
mod ocsf;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::tz::TimeZone;

use crate::arn::is_account_id;
use crate::finding::{Finding, SEVERAL, digest};
use crate::printable::printable_json;

/// What stands for the account in the path of findings about several accounts, and where it is no account's id.
const SEVERAL_ACCOUNTS: &str = "several";
const NO_ACCOUNT: &str = "unknown";

/// The findings of one date and account that go into one object.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The object's name below the archive's prefix: `date=2026-03-02/account=111122223333/DIGEST.ndjson.gz`. The date is
    /// that of each finding's earliest event in UTC, the digest that of the findings, of their events, and of nothing else.
    pub name: String,
    /// By their time and id.
    findings: Vec<Identified<'a>>,
}

/// A finding, and an id that changes with its events: [`Finding::id`] stays the same when more of them are found.
#[derive(Debug)]
struct Identified<'a> {
    uid: String,
    finding: &'a Finding,
}

/// Puts findings into batches, one for each date and account.
pub fn batches<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Batch<'a>> {
    let mut partitions: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for finding in findings {
        let date = finding.first.time.to_zoned(TimeZone::UTC).date();
        partitions.entry((date, account(finding))).or_default().push(Identified { uid: uid(finding), finding });
    }
    let batch = |((date, account), mut findings): ((_, _), Vec<Identified<'a>>)| {
        findings.sort_by(|a, b| (a.finding.first.time, &a.uid).cmp(&(b.finding.first.time, &b.uid)));
        let name = digest(findings.iter().map(|identified| &identified.uid));
        Batch { name: format!("date={date}/account={account}/{name}.ndjson.gz"), findings }
    };
    partitions.into_iter().map(batch).collect()
}

impl Batch<'_> {
    /// The object's content: gzip of one line of JSON for each finding. It is the same whenever the findings are.
    pub fn body(&self) -> io::Result<Vec<u8>> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        for Identified { uid, finding } in &self.findings {
            // Escaped as alerts are: whoever looks at a line must not be misled by what a caller wrote into it.
            gzip.write_all(printable_json(&ocsf::detection_finding(finding, uid).to_string()).as_bytes())?;
            gzip.write_all(b"\n")?;
        }
        gzip.finish()
    }

    /// The messages of the run that the findings came with, by their position.
    pub fn origins(&self) -> BTreeSet<usize> {
        self.findings.iter().flat_map(|identified| identified.finding.origins.iter().copied()).collect()
    }
}

fn account(finding: &Finding) -> &str {
    match finding.subject.account.as_str() {
        SEVERAL => SEVERAL_ACCOUNTS,
        account if is_account_id(account) => account,
        _ => NO_ACCOUNT,
    }
}

fn uid(finding: &Finding) -> String {
    let event_ids = finding.event_ids.iter().map(ToString::to_string);
    digest([finding.id(), finding.accesses.to_string()].into_iter().chain(event_ids))
}
