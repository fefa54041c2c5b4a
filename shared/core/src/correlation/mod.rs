//! Accesses over event time ─► findings about how much was done at once, and about what was done after what.
//!
//! ```text
//! access ─► buckets ─► windows that fire ─► findings of windows
//! hit ────► hours ───► steps ─► sets ─────► findings of chains
//! ```
//!
//! # Windows
//!
//! What an access adds is summed for each detection, actor and table in buckets of ten seconds of event time. A window
//! covers every bucket that it can touch: no stretch of its length that reaches the threshold is missed, wherever it
//! begins, and one that is up to ten seconds longer may fire. All windows of one detection, actor and table that fire in a
//! run are one finding, about what lies in them. The order in which records come makes no difference.
//!
//! Accesses that a line of policy suppresses, or whose detection it has switched off, are not counted.
//!
//! # Chains
//!
//! The steps of a chain are what other detections found in calls that were not in vain, told or not by itself: by one actor
//! on whichever tables, or on one table by whichever actors. Of several such sets, one that is part of another is not told.
//! What is switched off or suppressed is no step.
//!
//! # Meetings
//!
//! Who reaches which table for the first time, by event time and so in whichever order the records come. It is told only
//! from seven days after the first access of anyone to the table on: before, everybody is new there.
//!
//! # Memory
//!
//! It is flat. What already fires goes into its finding, which is bounded. Of what does not, 50,000 accesses are kept with
//! their details, and 20,000 buckets at least with their sums; past that, the details go first, then the buckets that were
//! not touched since as many came. So a window is missed only where other traffic of as many buckets comes in between its
//! parts. Of a thousand actors and tables that fired, further ones are folded.

mod aftermath;
mod bucket;
mod chains;
mod meetings;
mod reach;
mod series;
mod steps;
mod trace;
mod windows;
mod words;

use crate::access::{Access, Call};
use crate::detections::{self, Context, Hit};
use crate::finding::{EventId, Finding, Findings, Origin};
use crate::policy::Policy;
use crate::ports::History;
use meetings::{FirstAccess, Meetings};
pub(crate) use reach::{bucket_of, busiest, with_head_room};
use steps::{Link, Steps};
pub(crate) use trace::{Again, Trace};
use windows::{FiredWindow, Windows};

/// What a run has seen, for windows and chains.
#[derive(Debug, Default)]
pub struct Correlation {
    windows: Windows,
    steps: Steps,
    meetings: Meetings,
    /// The call whose accesses are observed.
    called: Called,
}

/// A call, among those of a run.
#[derive(Debug, Clone, Copy, Default)]
struct Called {
    /// How many came before it, and it.
    number: u64,
    /// A digest of what its event is known again by.
    event: u64,
}

/// One access, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a, 'r> {
    /// The call.
    pub call: &'a Call<'r>,
    /// The access.
    pub access: &'a Access<'r>,
    /// What the policy says.
    pub context: &'a Context<'a>,
    /// What the detections found in it.
    pub hits: &'a [Hit],
    /// Where its record came from.
    pub origin: Origin<'a>,
}

impl Correlation {
    /// The same as one of several runs over the same logs, which have to know which events it counted.
    #[must_use]
    pub fn among_others(mut self) -> Self {
        self.windows.is_among_others = true;
        self
    }

    /// A new call begins, whose event is known again by this: accesses that are observed until the next one are its.
    pub fn begin_call(&mut self, event: &EventId) {
        self.called = Called { number: self.called.number + 1, event: event.short() };
    }

    /// Takes an access in.
    pub fn observe(&mut self, seen: &Observed<'_, '_>) {
        self.windows.observe(seen, self.called);
        self.meetings.observe(seen);
        self.link(seen);
    }

    /// Takes in what is found in an access later than in its own turn.
    pub fn link(&mut self, seen: &Observed<'_, '_>) {
        self.steps.observe(seen);
    }

    /// Ends a run that knows of no other: adds what windows and chains found to the findings.
    pub fn settle_alone(self, policy: Option<&Policy>, findings: &mut Findings) {
        let Self { windows, steps, meetings, .. } = self;
        let fired = windows.end().fired(policy, None);
        let firsts = meetings.told(&meetings.met());
        let chains = chains::found(links(&fired, &firsts, &steps), &[], policy);
        add(findings, fired, firsts, chains, policy);
    }

    /// Ends a run that goes on from others.
    pub async fn settle(self, policy: Option<&Policy>, history: &mut impl History, findings: &mut Findings) {
        let Self { windows, steps, meetings, .. } = self;
        let windows = windows.end();
        let known = history.count(windows.counted()).await;
        let fired = windows.fired(policy, Some(known));
        let met = history.meet(meetings.met()).await;
        let firsts = meetings.told(&met);
        let run = links(&fired, &firsts, &steps);
        let earlier = history.link(&run.iter().map(Link::to_step).collect::<Vec<_>>()).await;
        let chains = chains::found(run, &earlier, policy);
        add(findings, fired, firsts, chains, policy);
    }
}

/// What was found in this run that can be a step of a chain.
fn links<'a>(fired: &'a [FiredWindow], firsts: &'a [FirstAccess], steps: &'a Steps) -> Vec<Link<'a>> {
    let of_first =
        |first: &'a FirstAccess| Link::of_window(&first.finding, first.finding.first.time, first.finding.last_seen);
    let links = fired.iter().flat_map(FiredWindow::links).chain(firsts.iter().map(of_first)).chain(steps.links());
    links.filter(|link| chains::has_step(link.subject.detection)).collect()
}

fn add(
    findings: &mut Findings,
    fired: Vec<FiredWindow>,
    firsts: Vec<FirstAccess>,
    chains: Vec<Finding>,
    policy: Option<&Policy>,
) {
    for finding in chains {
        let table = finding.subject.table.as_ref().and_then(|table| policy?.table(table));
        findings.insert(finding, detections::is_named(table));
    }
    for FiredWindow { finding, table_is_named, .. } in fired {
        findings.insert(*finding, table_is_named);
    }
    for FirstAccess { finding, table_is_named } in firsts {
        findings.insert(finding, table_is_named);
    }
}

#[cfg(test)]
mod tests;
