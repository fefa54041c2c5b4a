//! `tables`: what is said of each, and which entry speaks where several match.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::error::{Report, Wrong};
use super::super::file::{self, Protection, Text, Watched, Words};
use super::super::kms::check_dependency;
use super::super::networks::NetworkIndex;
use super::super::table_spec::{Contest, TableSpec};
use super::super::{Policy, TablePolicy};
use super::{all, detections, expectations, line_of, noted, one_line, word};

/// Fills in the tables, and the ways to find the one that speaks.
pub(super) fn compile(entries: Vec<file::Entry>, policy: &mut Policy, report: &mut Report<'_>) {
    let named = policy.accounts.keys().chain(policy.approved.accounts.iter().flatten());
    let approved_accounts: Arc<HashSet<String>> = Arc::new(named.cloned().collect());
    let mut contests: HashMap<Contest, Vec<usize>> = HashMap::new();
    for entry in entries {
        let at = entry.table.at;
        let Some(table) = compile_table(entry, &approved_accounts, report) else { continue };
        let rivals = contests.entry(table.spec.contest()).or_default();
        let rival = rivals.iter().filter_map(|&i| policy.tables.get(i)).find(|rival| rival.spec.overlaps(&table.spec));
        if let Some(rival) = rival {
            report.add(at, equally_specific(rival, &table));
        }
        rivals.push(policy.tables.len());
        policy.tables.push(table);
    }
    let mut order: Vec<_> = policy.tables.iter().enumerate().collect();
    order.sort_by_key(|(_, table)| Reverse(table.spec.rank()));
    for (index, table) in order {
        match table.spec.exact_name() {
            Some(name) => policy.by_name.entry(name.to_owned()).or_default().push(index),
            None => policy.patterns.push(index),
        }
    }
    policy.networks = NetworkIndex::of(&policy.tables);
}

fn equally_specific(earlier: &TablePolicy, later: &TablePolicy) -> Wrong {
    let line = earlier.line;
    if earlier.label == later.label {
        return Wrong::new(format!("`{}` has an entry already", later.label), format!("it once; see line {line}"));
    }
    Wrong::new(
        format!("`{}` and `{}` can match the same table and are equally specific", earlier.label, later.label),
        format!("one of them to be more specific; see line {line}"),
    )
}

fn compile_table(
    entry: file::Entry,
    approved_accounts: &Arc<HashSet<String>>,
    report: &mut Report<'_>,
) -> Option<TablePolicy> {
    let spec = noted(TableSpec::parse(&entry.table.value), entry.table.at, report);
    let owner = entry.owner.and_then(|owner| one_line(owner, report));
    let sensitivity = choice(entry.sensitivity, report);
    let keys = choice(entry.keys, report);
    let watch = all(entry.watch.unwrap_or_default(), report, |text| word(text).map(|Watched(effect)| effect));
    let protection = choice(entry.deletion_protection, report);
    let by_tags = entry.access_by_tags.and_then(|text| noted(flag(&text.value), text.at, report));
    let encryption_keys = all(entry.encryption_keys.unwrap_or_default(), report, check_dependency);
    let detections = entry.detections.map(|list| detections::compile(list, report));
    let expected =
        entry.expected.map(|lines| lines.into_iter().filter_map(|line| expectations::compile(line, report)).collect());
    Some(TablePolicy {
        line: line_of(entry.table.at),
        label: entry.table.value,
        owner,
        sensitivity: sensitivity.unwrap_or_default(),
        watch,
        keys: keys.unwrap_or_default(),
        deletion_protection: protection.is_some_and(|Protection(required)| required),
        access_by_tags: by_tags.unwrap_or_default(),
        encryption_keys,
        spec: spec?,
        detections: detections.unwrap_or_default(),
        expected,
        approved_accounts: Arc::clone(approved_accounts),
    })
}

/// What the word stands for, where one is given.
fn choice<W: Words>(text: Option<Text<W>>, report: &mut Report<'_>) -> Option<W> {
    text.and_then(|text| noted(word(&text.value), text.at, report))
}

fn flag(text: &str) -> Result<bool, Wrong> {
    text.parse().map_err(|_| Wrong::new(format!("`{text}` is neither yes nor no"), "true or false"))
}
