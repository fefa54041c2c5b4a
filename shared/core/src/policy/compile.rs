//! From the YAML shapes to a [`Policy`], with every wrong value noted.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_saphyr::{Location, Spanned};

use super::error::{PolicyError, Report, Wrong};
use super::file::{self, Text};
use super::pattern::Pattern;
use super::principal::{Expectation, Kind, Principal};
use super::table_spec::{Contest, TableSpec, is_account_id};
use super::{KeyDisplay, Policy, Sensitivity, TablePolicy};
use crate::operation::Effect;

pub(super) fn parse(name: &str, yaml: &str) -> Result<Policy, PolicyError> {
    let yaml = yaml.strip_prefix('\u{feff}').unwrap_or(yaml);
    let mut report = Report::new(name, yaml);
    let policy = read(yaml, &mut report).map(|file| compile(file, &mut report));
    report.finish()?;
    // Without a policy there is a problem, which `finish` returned.
    Ok(policy.unwrap_or_default())
}

fn read(yaml: &str, report: &mut Report<'_>) -> Option<file::File> {
    if yaml.len() > Policy::MAX_BYTES {
        let message = format!("the policy has {} bytes", yaml.len());
        report.add(Location::UNKNOWN, Wrong::new(message, format!("at most {}", Policy::MAX_BYTES)));
        return None;
    }
    let wrong = match serde_saphyr::from_str::<Option<file::Head>>(yaml) {
        Ok(Some(file::Head { version: Some(version) })) if version.value == "1" => {
            return serde_saphyr::from_str(yaml).map_err(|error| report.add_yaml(&error)).ok();
        }
        Ok(Some(file::Head { version: Some(version) })) => {
            let message = format!("version `{}` of the policy format is not known here", version.value);
            report.add(version.defined, Wrong::new(message, "1"));
            return None;
        }
        Ok(Some(file::Head { version: None })) => "the policy does not say its version",
        Ok(None) => "the policy is empty",
        Err(error) => {
            report.add_yaml(&error);
            return None;
        }
    };
    report.add(Location::UNKNOWN, Wrong::new(wrong, "`version: 1`"));
    None
}

fn compile(file: file::File, report: &mut Report<'_>) -> Policy {
    let mut policy = Policy::default();
    for (id, name) in file.accounts.into_iter().flat_map(|accounts| accounts.0) {
        if !is_account_id(&id.value) {
            report.add(id.defined, Wrong::account(&id.value));
        }
        let Some(name) = one_line(name, report) else { continue };
        // To the YAML reader, an id in quotes and the same without are two keys.
        if policy.accounts.contains_key(&id.value) {
            report.add(id.defined, Wrong::twice(&id.value));
        }
        policy.accounts.insert(id.value, name);
    }
    let mut contests: HashMap<Contest, Vec<usize>> = HashMap::new();
    for entry in file.tables.into_iter().flatten() {
        let at = entry.table.defined;
        let Some(table) = compile_table(entry, report) else { continue };
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
    policy
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

fn compile_table(entry: file::Entry, report: &mut Report<'_>) -> Option<TablePolicy> {
    let spec = noted(TableSpec::parse(&entry.table.value), entry.table.defined, report);
    let owner = entry.owner.and_then(|owner| one_line(owner, report));
    let sensitivity = entry.sensitivity.map(|word| match word.value.as_str() {
        "low" => Sensitivity::Low,
        "normal" => Sensitivity::Normal,
        "high" => Sensitivity::High,
        other => {
            report.add(word.defined, Wrong::unknown("sensitivity", other, &["low", "normal", "high"]));
            Sensitivity::Normal
        }
    });
    let mut watch = Vec::new();
    for effect in entry.watch.into_iter().flatten() {
        match effect.value.as_str() {
            "delete" => watch.push(Effect::Delete),
            other => report.add(effect.defined, Wrong::unknown("effect", other, &["delete"])),
        }
    }
    let expected =
        entry.expected.map(|lines| lines.into_iter().filter_map(|line| compile_expectation(line, report)).collect());
    Some(TablePolicy {
        line: line_of(entry.table.defined),
        label: entry.table.value,
        owner,
        sensitivity: sensitivity.unwrap_or_default(),
        watch,
        keys: KeyDisplay::default(),
        deletion_protection: false,
        access_by_tags: false,
        encryption_keys: Vec::new(),
        spec: spec?,
        expected,
    })
}

const KINDS: &str = "one of: role, permission-set, user, service, account";

fn compile_expectation(entry: Spanned<file::Expected>, report: &mut Report<'_>) -> Option<Expectation> {
    let Spanned { value: line, defined, .. } = entry;
    let kinds = [
        (Kind::Role, line.role),
        (Kind::PermissionSet, line.permission_set),
        (Kind::User, line.user),
        (Kind::Service, line.service),
        (Kind::Account, line.account),
    ];
    let mut given = kinds.into_iter().filter_map(|(kind, text)| text.map(|text| (kind, text)));
    let Some((kind, text)) = given.next() else {
        report.add(defined, Wrong::new("this line does not say whom it expects", KINDS));
        return None;
    };
    let mut principal = noted(Principal::parse(kind, &text.value), text.defined, report);
    for (other, text) in given {
        let message =
            format!("a line expects one kind of principal, this one has `{}` and `{}`", kind.word(), other.word());
        report.add(text.defined, Wrong::new(message, "a line of its own"));
    }
    if let Some(wanted) = line.person {
        let at = wanted.defined;
        let wanted = one_line(wanted, report);
        match &mut principal {
            Some(Principal::PermissionSet { person, .. }) => *person = wanted.as_deref().map(Pattern::new),
            _ if kind == Kind::PermissionSet => {}
            _ => report.add(at, Wrong::new("`person` goes with `permission-set` only", "no `person` here")),
        }
    }
    Some(Expectation { line: line_of(defined), principal: principal? })
}

/// Names and addresses are shown in one-line places.
fn one_line(text: Text, report: &mut Report<'_>) -> Option<String> {
    if text.value.trim().is_empty() || text.value.contains(char::is_control) {
        report.add(text.defined, Wrong::new("this text is empty or has line breaks", "one line of text"));
        return None;
    }
    Some(text.value)
}

/// The value, or a note of what is wrong with it.
fn noted<T>(value: Result<T, Wrong>, at: Location, report: &mut Report<'_>) -> Option<T> {
    value.map_err(|wrong| report.add(at, wrong)).ok()
}

fn line_of(at: Location) -> usize {
    usize::try_from(at.line()).unwrap_or(usize::MAX)
}
