//! Evidence ─► entries, lines and thresholds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::endpoints::Endpoints;
use super::evidence::{ActorKey, Api, Entry, Evidence, Place};
use super::left_out::{Events, LeftOut, LeftOuts, Why};
use super::rate::{Peak, Rates};
use super::{Accept, Learner};
use crate::correlation::with_head_room;
use crate::detections::{Judge, Unit};
use crate::finding::Finding;
use crate::policy::{OTHER_TABLES, Setting};

/// What was learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The accounts of the tables whose entries are to be made, with the number of calls that speak for their lines. A policy
    /// approves of the accounts that it names, so the account of a table that is only left out is none of them.
    pub accounts: BTreeMap<String, u64>,
    /// Entries and what is to stand in them, sorted by table.
    pub tables: Vec<LearnedTable>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// The first and the last event time.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// What is to stand in one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedTable {
    /// The line of the entry in the policy that is merged into; `None` for an entry to be made.
    pub existing: Option<usize>,
    /// The table's name, or an ARN where tables of several accounts have it.
    pub label: String,
    /// How many calls speak for its lines.
    pub calls: u64,
    /// The last of them.
    pub last: Timestamp,
    /// What is to be changed about detections.
    pub changes: Vec<Change>,
    /// Whom to expect.
    pub lines: Vec<Line>,
    /// What is accepted of the root user, whom no line can expect.
    pub root: Option<RootCalls>,
}

/// Calls of the root user that are accepted: `root-access` is to be suppressed about them, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootCalls {
    /// How many.
    pub calls: u64,
    /// The last of them.
    pub last: Timestamp,
}

/// What is to be changed about a detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub detection: &'static str,
    /// The thresholds.
    pub thresholds: BTreeMap<Unit, u64>,
    /// What speaks for it.
    pub why: String,
}

/// A line of `expected`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its first field as YAML: `- role: app/orders-api`.
    pub principal: String,
    /// The APIs to name.
    pub actions: BTreeSet<String>,
    /// The VPC endpoints; empty where it matters to nobody.
    pub vpc_endpoints: Vec<String>,
    /// The regions; empty where it matters to nobody.
    pub regions: Vec<String>,
    /// The people that are behind it, where AWS vouches for their names.
    pub people: BTreeSet<String>,
    /// How many calls speak for it.
    pub calls: u64,
    /// The last of them.
    pub last: Timestamp,
}

/// The detection that speaks of deletions in bulk, whoever's they are.
const BULK_DELETION: &str = "bulk-deletion";

impl Learner {
    /// Ends the learning. `findings` are those of the audit that the accesses came from, under the policy that what is learned
    /// is to be merged into, or under none: what it could not tell before its end is left out too.
    pub fn finish(self, findings: &[Finding]) -> Learned {
        let Self { accept, base, entries, mut left_out, span, .. } = self;
        let mut accounts = BTreeMap::new();
        let mut owners: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
        for place in entries.by_place.keys() {
            if let Place::New { name, account, partition } = place {
                owners.entry(name).or_default().insert((account, partition));
            }
        }
        let label = |place: &Place| match place {
            Place::Existing(_) => None,
            Place::New { name, account, partition } => {
                let is_alone =
                    owners.get(name.as_str()).is_some_and(|owners| owners.len() == 1) && name != OTHER_TABLES;
                Some(if is_alone { name.clone() } else { format!("arn:{partition}:dynamodb:*:{account}:table/{name}") })
            }
        };
        let labels: Vec<Option<String>> = entries.by_place.keys().map(label).collect();
        let mut tables = Vec::new();
        for ((place, entry), label) in entries.by_place.into_iter().zip(labels) {
            let policy = base.as_deref();
            let speaks = policy.and_then(|policy| entry.tables.iter().find_map(|table| policy.table(table)));
            let setting = |id: &str| policy.map_or_else(Setting::default, |policy| policy.setting(id, speaks));
            let (existing, account) = match place {
                Place::Existing(line) => (Some(line), None),
                Place::New { account, .. } => (None, Some(account)),
            };
            let label = label.or_else(|| speaks.map(|entry| entry.label.clone())).unwrap_or_default();
            let mut table = entry.learned(accept, &setting, &mut left_out);
            if existing.is_some() {
                table.lines.iter_mut().for_each(|line| line.regions.clear());
            }
            if table.has_entry() || table.root.is_some() {
                if let Some(account) = account.filter(|_| table.has_entry()) {
                    *accounts.entry(account).or_default() += table.calls;
                }
                tables.push(LearnedTable { existing, label, ..table });
            }
        }
        for finding in findings.iter().filter(|finding| matches!(finding.subject.detection.judge, Judge::Key(_))) {
            left_out.add_finding(finding);
        }
        Learned { accounts, tables, left_out: left_out.into_sorted(), span }
    }
}

impl LearnedTable {
    /// Whether an entry has to say anything of it.
    pub(super) fn has_entry(&self) -> bool {
        !self.lines.is_empty() || !self.changes.is_empty()
    }
}

impl Entry {
    /// What is to stand in the entry; place and label are not known here.
    fn learned(self, accept: Accept, setting: &impl Fn(&str) -> Setting, left_out: &mut LeftOuts) -> LearnedTable {
        let Self { tables, by_actor, mut root } = self;
        let regions: BTreeSet<&str> = tables.iter().map(|table| table.region.as_ref()).collect();
        let mut peaks = Peaks::default();
        let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
        for (ActorKey { principal, who }, mut evidence) in by_actor {
            evidence.take_peaks(&who, accept, setting, &mut peaks, left_out);
            if let Some(principal) = principal {
                drafts.entry(principal).or_default().add(&who, evidence);
            }
        }
        root.take_peaks("root", accept, setting, &mut peaks, left_out);
        let lines: Vec<Line> = drafts
            .into_iter()
            .filter_map(|(principal, draft)| draft.into_line(principal, &regions, left_out))
            .collect();
        LearnedTable {
            existing: None,
            label: String::new(),
            calls: lines.iter().map(|line| line.calls).sum(),
            last: lines.iter().map(|line| line.last).max().unwrap_or_default(),
            changes: changes(peaks),
            lines,
            root: root_calls(root),
        }
    }
}

/// The busiest stretches that make a detection fire, and whose they are.
type Peaks = BTreeMap<(&'static str, Unit), (Peak, String)>;

impl Evidence {
    /// Hands over how much was done, where that makes a detection fire; what a person deleted in bulk is left out instead.
    fn take_peaks(
        &mut self,
        who: &str,
        accept: Accept,
        setting: &impl Fn(&str) -> Setting,
        peaks: &mut Peaks,
        left_out: &mut LeftOuts,
    ) {
        let fires = |peak: &Peak| {
            let setting = setting(peak.detection);
            !setting.off && peak.most >= peak.counter.threshold_under(setting)
        };
        let mut is_bulk = false;
        for peak in self.rates.values().flat_map(Rates::peaks).filter(fires) {
            if peak.detection == BULK_DELETION && self.by_person && !accept.bulk_deletions {
                is_bulk = true;
                continue;
            }
            let highest = peaks.entry((peak.detection, peak.counter.unit)).or_insert_with(|| (peak, who.to_owned()));
            if peak.most > highest.0.most {
                *highest = (peak, who.to_owned());
            }
        }
        for (name, api) in self.apis.extract_if(.., |_, api| is_bulk && api.deletes) {
            left_out.add_all(Why::BulkDeletion, who, &name, api);
        }
    }
}

/// The changes of detections that keep them quiet about what is learned.
fn changes(peaks: Peaks) -> Vec<Change> {
    let mut changes: BTreeMap<&'static str, Change> = BTreeMap::new();
    for ((detection, unit), (peak, who)) in peaks {
        let change = changes.entry(detection).or_insert_with(|| Change {
            detection,
            thresholds: BTreeMap::new(),
            why: format!("{} by {who} at {}", peak.most, peak.at),
        });
        change.thresholds.insert(unit, with_head_room(peak.most));
    }
    changes.into_values().collect()
}

fn root_calls(root: Evidence) -> Option<RootCalls> {
    let mut events = root.apis.into_values().map(|api| api.events);
    let first = events.next()?;
    let Events { calls, last, .. } = events.fold(first, |mut all, events| {
        all.extend(events);
        all
    });
    Some(RootCalls { calls, last })
}

/// A line as it comes together from those that are behind it.
#[derive(Debug, Default)]
struct Draft {
    /// By API, whoever called it.
    apis: BTreeMap<String, Vec<(String, Api)>>,
    endpoints: Endpoints,
    by_person: bool,
    regions: BTreeSet<String>,
    people: BTreeSet<String>,
}

impl Draft {
    fn add(&mut self, who: &str, evidence: Evidence) {
        let Evidence { apis, endpoints, regions, by_person, person, .. } = evidence;
        if apis.is_empty() {
            return;
        }
        for (name, api) in apis {
            self.apis.entry(name).or_default().push((who.to_owned(), api));
        }
        self.endpoints.extend(endpoints);
        self.regions.extend(regions);
        self.people.extend(person);
        self.by_person |= by_person;
    }

    /// The line; `None` where nothing of it was ever allowed.
    fn into_line(self, principal: String, regions: &BTreeSet<&str>, left_out: &mut LeftOuts) -> Option<Line> {
        let mut line = Line {
            principal,
            actions: BTreeSet::new(),
            vpc_endpoints: Vec::new(),
            regions: Vec::new(),
            people: self.people,
            calls: 0,
            last: Timestamp::MIN,
        };
        for (name, callers) in self.apis {
            let is_allowed = callers.iter().any(|(_, api)| api.allowed);
            for (who, api) in callers {
                if is_allowed {
                    line.calls += api.events.calls;
                    line.last = line.last.max(api.events.last);
                    line.actions.extend(api.actions);
                } else {
                    left_out.add_all(Why::OnlyFailed, &who, &name, api);
                }
            }
        }
        // People move; machines stay where they were put.
        if !self.by_person {
            line.vpc_endpoints = self.endpoints.all_through().into_iter().flatten().map(str::to_owned).collect();
        }
        if self.regions.len() < regions.len() {
            line.regions = self.regions.into_iter().collect();
        }
        (!line.actions.is_empty()).then_some(line)
    }
}
