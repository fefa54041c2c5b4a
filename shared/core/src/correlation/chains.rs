//! Steps ─► chains: which of them belong together, and what is told of them.

use std::collections::{BTreeSet, HashMap};

use super::steps::Link;
use super::words;
use crate::access::Outcome;
use crate::actor::Actor;
use crate::detections::{ALL, Chain, Detection, Judge, Weighing};
use crate::finding::{Finding, SEVERAL, Subject};
use crate::policy::{Policy, Setting};
use crate::ports::Step;
use crate::table::TableId;

/// Whether what a detection finds is a step of a chain.
pub(super) fn has_step(detection: &Detection) -> bool {
    all().any(|(_, chain)| chain.first.contains(&detection.id) || chain.steps.contains(&detection.id))
}

/// The findings of all chains, whose steps were found in this run or in earlier ones.
pub(super) fn found(run: Vec<Link<'_>>, earlier: &[Step], policy: Option<&Policy>) -> Vec<Finding> {
    let mut links: Vec<Link<'_>> = run.into_iter().chain(earlier.iter().map(Link::earlier)).collect();
    links.sort_by(|a, b| {
        (a.first, a.last).cmp(&(b.first, b.last)).then_with(|| a.subject.identity().cmp(&b.subject.identity()))
    });
    all()
        .flat_map(|(detection, chain)| {
            sets(chain, &links).into_iter().filter_map(|set| told(detection, chain, &set, policy)).collect::<Vec<_>>()
        })
        .collect()
}

/// The sets of steps that a chain finds, each in the order of time; none is a part of another.
fn sets<'l, 'a>(chain: &Chain, links: &'l [Link<'a>]) -> Vec<Vec<&'l Link<'a>>> {
    let ours = |link: &Link<'_>| {
        chain.first.contains(&link.subject.detection.id) || chain.steps.contains(&link.subject.detection.id)
    };
    let (mut tables, mut actors) =
        (HashMap::<&TableId<'_>, Vec<usize>>::new(), HashMap::<&Actor<'_>, Vec<usize>>::new());
    for (index, link) in links.iter().enumerate().filter(|(_, link)| ours(link)) {
        if let Some(table) = link.subject.table.as_ref().filter(|table| table.name != SEVERAL) {
            tables.entry(table).or_default().push(index);
        }
        if !link.subject.is_of_several_actors() {
            actors.entry(&link.subject.actor).or_default().push(index);
        }
    }
    let of = |group: &Vec<usize>| {
        let group: Vec<(usize, &Link<'_>)> =
            group.iter().filter_map(|&index| Some((index, links.get(index)?))).collect();
        linked(chain, &group)
    };
    let mut sets: Vec<BTreeSet<usize>> = tables.values().chain(actors.values()).map(of).collect();
    sets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let mut kept: Vec<BTreeSet<usize>> = Vec::new();
    for set in sets.into_iter().filter(|set| !set.is_empty()) {
        if !kept.iter().any(|larger| set.is_subset(larger)) {
            kept.push(set);
        }
    }
    let links_of = |set: BTreeSet<usize>| set.into_iter().filter_map(|index| links.get(index)).collect::<Vec<_>>();
    let sets = kept.into_iter().map(links_of);
    // What earlier runs found alone, they told.
    sets.filter(|set| set.iter().any(|link| link.is_of_this_run())).collect()
}

/// The steps of a group, sorted by time, that belong to a chain.
fn linked(chain: &Chain, group: &[(usize, &Link<'_>)]) -> BTreeSet<usize> {
    let mut members = BTreeSet::new();
    for (position, (index, link)) in group.iter().enumerate() {
        let near = |(_, other): &&(usize, &Link<'_>)| {
            other.first.as_second().saturating_sub(link.last.as_second()) <= chain.seconds
        };
        for (other_index, other) in group.iter().skip(position + 1).take_while(near) {
            if belong(chain, link, other) || belong(chain, other, link) {
                members.extend([*index, *other_index]);
            }
        }
    }
    members
}

/// Whether the second step, which is near the first, makes a chain with it.
fn belong(chain: &Chain, first: &Link<'_>, second: &Link<'_>) -> bool {
    let (one, other) = (first.subject.detection.id, second.subject.detection.id);
    if chain.first.is_empty() {
        return one != other;
    }
    let is_own = !chain.own.contains(&one) || first.subject.actor == second.subject.actor;
    is_own && chain.first.contains(&one) && chain.steps.contains(&other) && second.last > first.first
}

/// The finding about a set of steps; `None` where the policy keeps it from being told.
fn told(detection: &'static Detection, chain: &Chain, set: &[&Link<'_>], policy: Option<&Policy>) -> Option<Finding> {
    let subject = subject(detection, set)?;
    let policy_of = |table: Option<&TableId<'_>>| policy?.table(table?);
    let setting =
        policy.map_or_else(Setting::default, |policy| policy.setting(detection.id, policy_of(subject.table.as_ref())));
    let last = set.iter().map(|link| link.last).max()?;
    let suppressed = policy.and_then(|policy| {
        let (table, resource) = (subject.table.as_ref(), subject.resource.as_deref());
        policy.suppression(detection.id, &subject.actor, &subject.account, table, resource, last)
    });
    if setting.off || suppressed.is_some() {
        return None;
    }
    let sensitivity =
        set.iter().filter_map(|link| policy_of(link.subject.table.as_ref())).map(|table| table.sensitivity).max();
    let weighing =
        Weighing { own: chain.severity, set: setting.severity, aggravated: false, sensitivity, attempt: None };
    let mut finding = None;
    // Those of this run first: what earlier runs found cannot begin a finding.
    let (of_this_run, earlier): (Vec<&Link<'_>>, Vec<&Link<'_>>) = set.iter().partition(|link| link.is_of_this_run());
    let mut shown: Vec<&Finding> = Vec::new();
    for link in of_this_run.into_iter().chain(earlier) {
        if let Some(window) = link.window() {
            if shown.iter().any(|known| std::ptr::eq(*known, window)) {
                continue;
            }
            shown.push(window);
        }
        link.show(&mut finding, &subject);
    }
    let mut finding = *finding?;
    if set.iter().all(|link| link.is_complete()) {
        finding.count_events();
    }
    finding.explain(weighing.severity(), &words::steps(set, &subject), None);
    Some(finding)
}

/// Whom and what a set of steps is about.
fn subject(detection: &'static Detection, set: &[&Link<'_>]) -> Option<Subject> {
    let first = set.first()?.subject;
    let same = |of: fn(&Subject) -> &str| set.iter().all(|link| of(link.subject) == of(first));
    let tables: BTreeSet<&TableId<'_>> = set.iter().filter_map(|link| link.subject.table.as_ref()).collect();
    let mut subject = Subject { detection, effect: None, outcome: Outcome::Succeeded, ..first.clone() };
    let mut named = tables.iter();
    match (named.next(), named.next()) {
        (None, _) if set.iter().all(|link| link.subject.resource == first.resource) => {}
        // A step that is of no table, such as one of a key, belongs to the table of the others.
        (Some(table), None) => {
            let (account, region) = (table.account.as_ref().into(), table.region.as_ref().into());
            subject = Subject { table: Some((*table).clone()), resource: None, account, region, ..subject };
        }
        _ => {
            subject = subject.of_all_tables();
            for (part, of) in [
                (&mut subject.account, (|subject| &subject.account) as fn(&Subject) -> &str),
                (&mut subject.region, |subject| &subject.region),
            ] {
                if same(of) {
                    of(first).clone_into(part);
                }
            }
        }
    }
    if set.iter().any(|link| link.subject.actor != first.actor) {
        subject = subject.of_several_actors();
    }
    Some(subject)
}

fn all() -> impl Iterator<Item = (&'static Detection, &'static Chain)> {
    ALL.iter().filter_map(|detection| match detection.judge {
        Judge::Chain(chain) => Some((*detection, chain)),
        Judge::Access(_) | Judge::Key(_) | Judge::Window(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => {
            None
        }
    })
}
