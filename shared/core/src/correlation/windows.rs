//! Accesses ─► what was done too much of within a stretch of event time.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;

use super::aftermath::{Attempt, Successes};
use super::reach::{Limit, Peak, Stretch, WIDTH, span, start, with_head_room};
use super::series::{Amount, Fired, Series, Taken};
use super::steps::Link;
use super::words;
use super::{Again, Called, Observed};
use crate::access::{Access, Call, Outcome};
use crate::detections::{self, Counter, Detection, Judge, Unit, Weighing, Window};
use crate::finding::{Burst, Circumstances, Finding, Sighting, Subject};
use crate::policy::{Policy, Setting, TablePolicy};
use crate::ports::{Counted, Counts};
use crate::severity::Severity;

/// How much is kept of what has not fired.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// How many accesses with their details, before it is looked which of them are to be told.
    pub(super) notes: usize,
    /// How many buckets make a generation. Those that were not touched in the last one are forgotten.
    pub(super) generation: usize,
    /// How many actors and tables of one detection that fired are told apart. Further ones that the policy does not name are
    /// folded: names that are made up must not fill the memory.
    pub(super) fired: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { notes: 50_000, generation: 20_000, fired: 1_000 }
    }
}

/// What is counted in a run.
#[derive(Debug, Default)]
pub(super) struct Windows {
    room: Room,
    /// In the order that they came: who is told apart and who is folded is the same each time.
    series: IndexMap<Subject, Series>,
    /// What fired of more actors and tables than are told apart.
    folded: IndexMap<Subject, Series>,
    successes: Successes,
    /// The notes that are kept, and the buckets that came since the last generation.
    taken: Taken,
    /// How many notes were left when it was looked last.
    left: usize,
    generation: u32,
    /// Whether other runs have to know which events were counted.
    pub(super) is_among_others: bool,
}

/// What an access adds to a window when it is done again.
#[derive(Debug)]
pub(super) struct Share {
    /// Which of the series, for as long as none is forgotten.
    series: usize,
    generation: u32,
    unit: Unit,
    count: u64,
    circumstances: Circumstances<'static>,
}

/// What was counted in a run that has ended, in the order in which histories are asked.
#[derive(Debug)]
pub(super) struct Ended {
    series: Vec<(Subject, Series)>,
    successes: Successes,
}

/// One window's finding, and when it fired.
#[derive(Debug)]
pub(super) struct FiredWindow {
    pub(super) finding: Box<Finding>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) table_is_named: bool,
}

impl Windows {
    #[cfg(test)]
    pub(super) fn new(room: Room) -> Self {
        Self { room, ..Self::default() }
    }

    /// Counts an access for each window that measures it.
    pub(super) fn observe(&mut self, seen: &Observed<'_, '_>, called: Called) {
        for (detection, window) in windows() {
            if let Some((unit, count)) = (window.measure)(seen.call, seen.access, seen.context) {
                let is_off = seen.context.setting(detection).off;
                let suppressed = || detections::suppression(detection, seen.call, seen.access, seen.context).is_some();
                if count > 0 && !is_off && !suppressed() {
                    let event = self.is_among_others.then_some(called.event);
                    self.count(detection, window, seen, &Amount { unit, count, call: called.number, event });
                }
            }
        }
        if seen.call.outcome == Outcome::Succeeded && seen.access.table.is_some() {
            self.successes.add(self.attempt(seen), seen.call.time);
        }
        self.relieve();
    }

    /// What tells an attempt from every other.
    pub(super) fn attempt(&self, seen: &Observed<'_, '_>) -> Attempt {
        self.successes.attempt(seen.call, seen.access)
    }

    /// What an access that was just observed adds when it is done again; `None` where that cannot be told.
    pub(super) fn shares(&self, seen: &Observed<'_, '_>) -> Option<Vec<Share>> {
        let Observed { call, access, context, origin, .. } = *seen;
        let mut shares = Vec::new();
        for (detection, window) in windows() {
            let Some((unit, count)) = (window.measure)(call, access, context) else { continue };
            if count == 0 || context.setting(detection).off {
                continue;
            }
            let is_plain =
                !window.aftermath && !window.across_tables && detections::shown_keys(access, context).is_empty();
            if !is_plain || context.policy.is_some_and(Policy::suppresses) {
                return None;
            }
            shares.push(Share {
                series: self.series.get_index_of(&subject(detection, window, call, access))?,
                generation: self.generation,
                unit,
                count,
                circumstances: Circumstances::of(call, access, origin).into_owned(),
            });
        }
        Some(shares)
    }

    /// Whether what was kept still holds.
    pub(super) fn holds(&self, share: &Share) -> bool {
        share.generation == self.generation
    }

    /// Counts an access that is done again.
    pub(super) fn repeat(&mut self, attempt: Option<Attempt>, shares: &[Share], again: &Again<'_>, called: Called) {
        for Share { series, unit, count, circumstances, .. } in shares {
            let Some((_, series)) = self.series.get_index_mut(*series) else { continue };
            let event = self.is_among_others.then_some(called.event);
            let amount = Amount { unit: *unit, count: *count, call: called.number, event };
            let sighting = Sighting::again(again);
            let taken = series.add(&amount, sighting, circumstances.again(again), self.generation);
            self.taken.notes += taken.notes;
            self.taken.buckets += taken.buckets;
        }
        if let Some(attempt) = attempt {
            self.successes.add(attempt, again.time);
        }
        self.relieve();
    }

    fn count(&mut self, detection: &'static Detection, window: &Window, seen: &Observed<'_, '_>, amount: &Amount) {
        let subject = subject(detection, window, seen.call, seen.access);
        if window.across_tables {
            let of_all = seen.context.policy.map_or_else(Setting::default, |policy| policy.setting(detection.id, None));
            let limits = limits(window, |counter| counter.threshold_under(of_all));
            self.add(window, subject.clone().of_all_tables(), seen, amount, limits);
        }
        let limits = limits(window, |counter| seen.context.threshold(detection, counter));
        self.add(window, subject, seen, amount, limits);
    }

    fn add(&mut self, window: &Window, subject: Subject, seen: &Observed<'_, '_>, amount: &Amount, limits: Vec<Limit>) {
        let Observed { call, access, context, origin, .. } = *seen;
        let attempt = window.aftermath.then(|| self.successes.attempt(call, access));
        let is_of_several = subject.is_of_several_tables();
        let series = self.series.entry(subject).or_insert_with(Series::new);
        series.limit_to(limits);
        series.is_unexpected |= context.standing.is_unexpected();
        series.is_named = !is_of_several && detections::is_named(context.table);
        series.sensitivity = series.sensitivity.max(context.table.map(|table| table.sensitivity));
        if is_of_several {
            let (account, region) = call.account_and_region(access);
            series.homes.add((account.to_owned(), region.to_owned()));
        }
        if let Some(attempt) = attempt {
            series.attempt(attempt, || words::attempt(call, access));
        }
        let sighting = Sighting::of(call, access, detections::shown_keys(access, context));
        let circumstances = Circumstances::of(call, access, origin);
        let taken = series.add(amount, sighting, circumstances, self.generation);
        self.taken.notes += taken.notes;
        self.taken.buckets += taken.buckets;
    }

    /// Keeps the memory flat: what fires already is told, and of the rest the details go first, then what is oldest in the
    /// input.
    fn relieve(&mut self) {
        let is_old = self.taken.buckets >= self.room.generation;
        // Half of the room at least is filled anew before it is looked again.
        if !is_old && self.taken.notes < self.room.notes.max(self.left + self.room.notes / 2) {
            return;
        }
        let mut fired: HashMap<(&str, bool), usize> = HashMap::new();
        for (subject, series) in &mut self.series {
            let Judge::Window(window) = subject.detection.judge else { continue };
            series.tell(subject, window, None);
            if series.has_fired() && !series.is_named {
                let count = fired.entry((subject.detection.id, subject.is_of_several_tables())).or_default();
                *count += 1;
                if *count > self.room.fired {
                    fold(&mut self.folded, subject.clone(), series, self.room.fired);
                }
            }
        }
        let generation = self.generation;
        if is_old {
            self.series.retain(|_, series| series.forget(generation));
            self.generation = self.generation.wrapping_add(1);
            self.taken.buckets = 0;
        }
        if self.notes() > self.room.notes / 2 {
            self.series.values_mut().for_each(Series::thin_out);
        }
        self.taken.notes = self.notes();
        self.left = self.taken.notes;
    }

    pub(super) fn notes(&self) -> usize {
        self.series.values().map(Series::notes).sum()
    }

    /// Ends the run.
    pub(super) fn end(self) -> Ended {
        let Self { series, folded, successes, .. } = self;
        let mut series: Vec<(Subject, Series)> = series.into_iter().chain(folded).collect();
        series.sort_by(|(a, _), (b, _)| a.identity().cmp(&b.identity()));
        Ended { series, successes }
    }
}

impl Ended {
    /// What was counted, for a history.
    pub(super) fn counted(&self) -> Vec<Counted> {
        let counted = |(subject, series): &(Subject, Series)| {
            let Judge::Window(window) = subject.detection.judge else { return None };
            Some(Counted { subject: subject.clone(), span: span(window.seconds), buckets: series.counted() })
        };
        self.series.iter().filter_map(counted).collect()
    }

    /// What fired, by what this run counted, and where a history answered, by what it says.
    pub(super) fn fired(self, policy: Option<&Policy>, known: Option<Vec<BTreeMap<i64, Counts>>>) -> Vec<FiredWindow> {
        let Self { series, successes } = self;
        let mut known = known.map(Vec::into_iter);
        let mut fired = Vec::new();
        for (subject, mut series) in series {
            let Judge::Window(window) = subject.detection.judge else { continue };
            series.tell(&subject, window, known.as_mut().and_then(Iterator::next).as_ref());
            let told = series.take_fired().map(|told| explained(told, &series, window, &successes, policy));
            if let Some(told) = told {
                fired.push((series.is_flooded, told));
            }
        }
        without_sums_of_told_tables(fired)
    }
}

/// Takes what fired of a series into that of all tables of the actor or, where there are too many of these too, of all
/// actors.
fn fold(folded: &mut IndexMap<Subject, Series>, subject: Subject, series: &mut Series, most: usize) {
    let is_sum = subject.is_of_several_tables();
    let mut subject = subject.of_all_tables();
    if is_sum || (folded.len() >= most && !folded.contains_key(&subject)) {
        subject = subject.of_several_actors();
    }
    let wide = folded.entry(subject.clone()).or_insert_with(Series::new);
    wide.absorb(&subject, series);
}

/// A fired window with its severity and reasons, and its accounts and regions.
fn explained(
    fired: Fired,
    series: &Series,
    window: &Window,
    successes: &Successes,
    policy: Option<&Policy>,
) -> FiredWindow {
    let Fired { mut finding, stretches, peaks } = fired;
    if finding.subject.is_of_several_tables() {
        let home = series.homes.first().filter(|_| !series.homes.has_more());
        if let Some((account, region)) = home {
            (finding.subject.account, finding.subject.region) = (account.clone(), region.clone());
        }
    }
    let detection = finding.subject.detection;
    let table = finding.subject.table.as_ref().and_then(|table| policy?.table(table));
    let setting = policy.map_or_else(Setting::default, |policy| policy.setting(detection.id, table));
    let through = breakthrough(&stretches, series, successes);
    let base = if through.is_some() { Severity::Critical } else { window.severity };
    let weighing = Weighing {
        own: base,
        set: setting.severity,
        aggravated: through.is_some(),
        sensitivity: series.sensitivity,
        attempt: None,
    };
    finding.bursts = stretches.iter().map(burst).collect();
    for peak in &peaks {
        let from = start(peak.first).unwrap_or(finding.first.time);
        let mut reason = words::peak(peak, window, &finding, from);
        if let Some(through) = &through {
            reason.push_str(through);
        }
        let remedy = remedy(detection, window, peak, table, series.is_unexpected)
            .filter(|_| !finding.subject.is_of_several_tables());
        finding.explain(weighing.severity(), &reason, remedy);
    }
    FiredWindow { finding, stretches, table_is_named: series.is_named }
}

/// A stretch in seconds.
fn burst(stretch: &Stretch) -> Burst {
    Burst {
        first: stretch.first.saturating_mul(WIDTH),
        last: stretch.last.saturating_add(1).saturating_mul(WIDTH),
        level: stretch.level,
    }
}

/// What the actor then succeeded with, in words.
fn breakthrough(stretches: &[Stretch], series: &Series, successes: &Successes) -> Option<String> {
    let found = stretches.iter().flat_map(|stretch| {
        let (first, reached) = (stretch.first.saturating_mul(WIDTH), stretch.reached.saturating_mul(WIDTH));
        let of_attempt = move |(attempt, words): (&Attempt, &String)| {
            Some((successes.breakthrough(*attempt, first, reached)?, words.clone()))
        };
        series.attempts.iter().filter_map(of_attempt)
    });
    let (time, words) = found.min()?;
    Some(format!(", and then {words} succeeded at {}", words::clock(time)))
}

/// The line of policy that raises the threshold; what should not have succeeded at all is not made expected this way.
fn remedy(
    detection: &Detection,
    window: &Window,
    peak: &Peak,
    table: Option<&TablePolicy>,
    is_unexpected: bool,
) -> Option<String> {
    if window.outcome != Outcome::Succeeded {
        return None;
    }
    if let Some(table) = table.filter(|_| is_unexpected) {
        let line = table.line;
        return Some(format!(
            "Expect what was done under `expected:` of the table in line {line} of the policy: a threshold there is for what is expected."
        ));
    }
    let unit = peak.limit.unit.as_str();
    let place = match table {
        Some(table) => format!("`detections:` of the table in line {} of the policy", table.line),
        None => "`detections:` of the policy, for all tables".to_owned(),
    };
    let threshold = with_head_room(peak.sum);
    Some(format!("Raise the threshold under {place}:\n{}: {{{unit}: {threshold}}}", detection.id))
}

/// Without what was counted of several tables together where something else of the actor is told.
fn without_sums_of_told_tables(fired: Vec<(bool, FiredWindow)>) -> Vec<FiredWindow> {
    let is_sum =
        |(is_flooded, fired): &(bool, FiredWindow)| !is_flooded && fired.finding.subject.is_of_several_tables();
    let whose =
        |(_, fired): &(bool, FiredWindow)| (fired.finding.subject.detection.id, fired.finding.subject.actor.clone());
    let told: HashSet<_> = fired.iter().filter(|fired| !is_sum(fired)).map(whose).collect();
    let wanted = |fired: &(bool, FiredWindow)| !is_sum(fired) || !told.contains(&whose(fired));
    fired.into_iter().filter(wanted).map(|(_, fired)| fired).collect()
}

impl FiredWindow {
    /// The stretches in which it fired, as steps of chains.
    pub(super) fn links(&self) -> impl Iterator<Item = Link<'_>> {
        self.stretches.iter().filter_map(|stretch| {
            let (first, last) = (start(stretch.first)?, start(stretch.last.saturating_add(1))?);
            Some(Link::of_window(&self.finding, first, last))
        })
    }
}

fn windows() -> impl Iterator<Item = (&'static Detection, &'static Window)> {
    detections::ALL.iter().filter_map(|detection| match detection.judge {
        Judge::Window(window) => Some((*detection, window)),
        Judge::Access(_) | Judge::Key(_) | Judge::Chain(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => None,
    })
}

/// What a window counts together.
fn subject(detection: &'static Detection, window: &Window, call: &Call<'_>, access: &Access<'_>) -> Subject {
    Subject { effect: window.effect, outcome: window.outcome, ..Subject::of(detection, call, access) }
}

fn limits(window: &Window, threshold: impl Fn(&Counter) -> u64) -> Vec<Limit> {
    window.counters.iter().map(|counter| Limit { unit: counter.unit, threshold: threshold(counter) }).collect()
}
