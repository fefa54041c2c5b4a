//! From the YAML shapes to a [`Policy`], with every wrong value noted. One file for each part of the format.

mod approvals;
mod detections;
mod expectations;
mod principals;
mod suppressions;
mod tables;
mod windows;

use super::Policy;
use super::error::{PolicyError, Report, Wrong};
use super::file::{self, Place, Text};
use super::plain;
use crate::arn::is_account_id;

/// The version of the format that is read here.
const VERSION: &str = "1";

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
        report.add(Place::FIRST_LINE, Wrong::new(message, format!("at most {}", Policy::MAX_BYTES)));
        return None;
    }
    // Reading it can take as long as all else at the start of a function: what is right is read once, and mostly in a short way.
    if let Ok(file) = plain::read(yaml)
        && file.version.value == VERSION
    {
        return Some(file);
    }
    let problem = match serde_saphyr::from_str::<file::File>(yaml) {
        Ok(file) if file.version.value == VERSION => return Some(file),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let wrong = match serde_saphyr::from_str::<Option<file::Head>>(yaml) {
        Ok(Some(file::Head { version: Some(version) })) => {
            if let Some(problem) = problem.filter(|_| version.value == VERSION) {
                report.add_yaml(&problem);
            } else {
                let message = format!("version `{}` of the policy format is not known here", version.value);
                report.add(version.at, Wrong::new(message, VERSION));
            }
            return None;
        }
        Ok(Some(file::Head { version: None })) => "the policy does not say its version",
        Ok(None) => "the policy is empty",
        Err(error) => {
            report.add_yaml(&error);
            return None;
        }
    };
    report.add(Place::FIRST_LINE, Wrong::new(wrong, "`version: 1`"));
    None
}

fn compile(file: file::File, report: &mut Report<'_>) -> Policy {
    let mut policy = Policy::default();
    for (id, name) in file.accounts.into_iter().flat_map(|accounts| accounts.0) {
        if !is_account_id(&id.value) {
            report.add(id.at, Wrong::account(&id.value));
        }
        let Some(name) = one_line(name, report) else { continue };
        // To the YAML reader, an id in quotes and the same without are two keys.
        if policy.accounts.contains_key(&id.value) {
            report.add(id.at, Wrong::twice(&id.value));
        }
        policy.accounts.insert(id.value, name);
    }
    if let Some(approved) = file.approved {
        policy.approved = approvals::approved(approved, report);
    }
    if let Some(pipeline) = file.pipeline {
        policy.pipeline = approvals::pipeline(pipeline, report);
    }
    if let Some(list) = file.detections {
        policy.detections = detections::compile(list, report);
    }
    tables::compile(file.tables.unwrap_or_default(), &mut policy, report);
    let suppressions = file.suppressions.into_iter().flatten();
    policy.suppressions = suppressions.filter_map(|line| suppressions::compile(line, report)).collect();
    policy
}

/// Names and addresses are shown in one-line places.
fn one_line<K>(text: Text<K>, report: &mut Report<'_>) -> Option<String> {
    if text.value.trim().is_empty() || text.value.contains(char::is_control) {
        report.add(text.at, Wrong::new("this text is empty or has line breaks", "one line of text"));
        return None;
    }
    Some(text.value)
}

/// The value, or a note of what is wrong with it.
fn noted<T>(value: Result<T, Wrong>, at: Place, report: &mut Report<'_>) -> Option<T> {
    value.map_err(|wrong| report.add(at, wrong)).ok()
}

/// Each text read, and the wrong ones noted.
fn all<K, T>(texts: Vec<Text<K>>, report: &mut Report<'_>, read: impl Fn(&str) -> Result<T, Wrong>) -> Vec<T> {
    texts.into_iter().filter_map(|text| noted(read(&text.value), text.at, report)).collect()
}

/// What a word stands for.
fn word<W: file::Words>(text: &str) -> Result<W, Wrong> {
    let found = W::WORDS.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let known: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        Wrong::unknown(W::WHAT, text, &known)
    })
}

fn line_of(at: Place) -> usize {
    at.line
}
