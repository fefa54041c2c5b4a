//! Hits ─► findings, folded as they come and in bounded memory.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Circumstances, Finding, Origin, Sighting, Subject};
use crate::access::{Access, Call};
use crate::actor::Actor;
use crate::detections::Hit;
use crate::relayed::Relayed;
use crate::table::TableId;

/// How many findings of one detection are told apart. A flood of names, such as denied calls on tables that were made up,
/// must not fill the memory nor bury a reader: from here on its tables are folded, and from twice as many on its actors too.
const MOST: usize = 250;

/// The findings of one run, folded as they come.
#[derive(Debug, Default)]
pub struct Findings {
    folded: IndexMap<Subject, Finding>,
    /// How many there are of each detection.
    counts: HashMap<&'static str, usize>,
}

impl Findings {
    /// Adds what a detection says about an access.
    pub fn add(&mut self, mut hit: Hit, call: &Call<'_>, access: &Access<'_>, origin: Origin<'_>) {
        let sighting = Sighting::of(call, access, std::mem::take(&mut hit.keys));
        let subject = Subject::of(hit.detection, call, access);
        self.fold(hit, subject, &sighting, &Circumstances::of(call, access, origin));
    }

    /// Adds what is told of what another service found, about this actor and this table, or none.
    pub(crate) fn add_relayed(
        &mut self,
        hit: Hit,
        relayed: &Relayed,
        actor: Actor<'static>,
        table: Option<TableId<'static>>,
        origin: Origin<'_>,
    ) {
        let (name, place) = (actor.name.clone(), table.clone());
        let circumstances = Circumstances::of_relayed(relayed, &name, place.as_ref(), origin);
        let subject = Subject::of_relayed(hit.detection, relayed, actor, table);
        let finding = self.fold(hit, subject, &Sighting::of_relayed(relayed), &circumstances);
        finding.relayed.add_ref(&relayed.original);
    }

    fn fold(
        &mut self,
        hit: Hit,
        subject: Subject,
        sighting: &Sighting,
        circumstances: &Circumstances<'_>,
    ) -> &mut Finding {
        let Hit { severity, reason, remedy, table_is_named, .. } = hit;
        let subject = self.admitted(subject, table_is_named);
        // Lines of policy for one of many would not help.
        let remedy = remedy.filter(|_| !subject.is_of_several_tables() && !subject.is_of_several_actors());
        let finding = self
            .folded
            .entry(subject)
            .or_insert_with_key(|subject| Finding::about(subject.clone(), sighting, circumstances));
        finding.explain(severity, &reason, remedy);
        finding.fold(sighting, circumstances);
        finding
    }

    /// Adds what was put together elsewhere.
    pub(crate) fn insert(&mut self, finding: Finding, table_is_named: bool) {
        let subject = self.admitted(finding.subject.clone(), table_is_named);
        if subject == finding.subject && !self.folded.contains_key(&subject) {
            self.folded.insert(subject, finding);
            return;
        }
        let folded = self
            .folded
            .entry(subject)
            .or_insert_with_key(|subject| Finding::new(subject.clone(), finding.first.clone()));
        folded.merge(&finding);
        for reason in finding.reasons.iter() {
            folded.explain(finding.severity, reason, None);
        }
    }

    /// The subject, or in a flood the wider one that it is folded into.
    ///
    /// Made-up names must not crowd out the ones that matter: a table that the policy names is never folded. Which of the
    /// others are told by name depends on which came first.
    fn admitted(&mut self, mut subject: Subject, table_is_named: bool) -> Subject {
        let count = self.counts.entry(subject.detection.id).or_default();
        if *count >= MOST && !table_is_named && !self.folded.contains_key(&subject) {
            subject = subject.of_several_tables();
        }
        if *count >= 2 * MOST && !self.folded.contains_key(&subject) {
            subject = subject.of_several_actors();
        }
        if !self.folded.contains_key(&subject) {
            *count += 1;
        }
        subject
    }

    /// The findings, the gravest first and then in an order that depends on what they say alone.
    pub fn into_sorted(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.folded.into_values().collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (std::cmp::Reverse(f.severity), f.first.time);
            key(a).cmp(&key(b)).then_with(|| a.subject.identity().cmp(&b.subject.identity()))
        });
        findings
    }
}

#[cfg(test)]
mod tests;
