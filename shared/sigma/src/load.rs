//! Texts of files ─► rules, with everything that is wrong with any of them.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use rsigma_eval::Engine;
use rsigma_parser::ast::{FilterRule, FilterRuleTarget, LogSource, SigmaCollection, SigmaRule};
use rsigma_parser::parse_sigma_yaml;
use tablewarden_core::detections::Detection;
use tablewarden_core::rules::Asked;
use thiserror::Error;

use crate::admission::{self, Values};
use crate::{Rule, SigmaRules, words};

/// How many rules there are. Displays in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Rules for CloudTrail.
    pub rules: usize,
    /// Those of them that name no `eventSource`.
    pub general: usize,
    /// Rules and files that are about something else.
    pub passed_over: usize,
}

/// Everything that is wrong with rules, a line each, after the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .0.join("\n"))]
pub struct LoadError(pub(crate) Vec<String>);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rules, general, passed_over } = self;
        write!(f, "{rules} Sigma rule{}", if *rules == 1 { "" } else { "s" })?;
        if *general > 0 {
            write!(f, "; {general} without eventSource, held against audited calls alone")?;
        }
        if *passed_over > 0 {
            write!(f, "; {passed_over} passed over, not for CloudTrail")?;
        }
        Ok(())
    }
}

/// What is being put together.
#[derive(Default)]
struct Loading {
    rules: Vec<(SigmaRule, String)>,
    filters: Vec<(FilterRule, String)>,
    passed_over: usize,
    errors: Vec<String>,
}

pub(crate) fn load(files: &[(String, String)]) -> Result<SigmaRules, LoadError> {
    let mut loading = Loading::default();
    for (name, text) in files {
        loading.file(name, text);
    }
    let Loading { rules, filters, passed_over, mut errors } = loading;
    let mut loaded = SigmaRules {
        engine: Engine::new(),
        rules: HashMap::new(),
        asked: Asked::default(),
        count: Count { passed_over, ..Count::default() },
    };
    for (rule, file) in &rules {
        if let Err(error) = loaded.add(rule) {
            errors.push(format!("{file}: {error}"));
        }
    }
    for (filter, file) in &filters {
        if let Err(error) = loaded.filter(filter, &rules) {
            errors.push(format!("{file}: {error}"));
        }
    }
    if errors.is_empty() && loaded.count.rules == 0 {
        errors.push(format!("no Sigma rule for CloudTrail (product aws, service cloudtrail), files: {}", files.len()));
    }
    errors.sort();
    if errors.is_empty() { Ok(loaded) } else { Err(LoadError(errors)) }
}

impl Loading {
    fn file(&mut self, name: &str, text: &str) {
        // What never says it cannot be for CloudTrail, whatever else may be wrong with it.
        if !text.to_ascii_lowercase().contains("cloudtrail") {
            self.passed_over += 1;
            return;
        }
        let SigmaCollection { rules, correlations, filters, errors } = match parse_sigma_yaml(text) {
            Ok(collection) => collection,
            Err(error) => {
                self.errors.push(format!("{name}: {error}"));
                return;
            }
        };
        self.errors.extend(errors.iter().map(|error| format!("{name}: {error}")));
        if let Some(correlation) = correlations.first() {
            let title = &correlation.title;
            self.errors.push(format!("{name}: correlations are not evaluated, such as \"{title}\""));
        }
        let stem = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        for (number, mut rule) in rules.into_iter().enumerate() {
            if !is_for_cloudtrail(&rule.logsource) {
                self.passed_over += 1;
                continue;
            }
            let by_file = || if number == 0 { stem.clone() } else { format!("{stem}-{}", number + 1) };
            rule.id = Some(rule.id.unwrap_or_else(by_file));
            self.rules.push((rule, name.to_owned()));
        }
        let (ours, others): (Vec<_>, Vec<_>) =
            filters.into_iter().partition(|filter| filter.logsource.as_ref().is_none_or(is_for_cloudtrail));
        self.passed_over += others.len();
        self.filters.extend(ours.into_iter().map(|filter| (filter, name.to_owned())));
    }
}

fn is_for_cloudtrail(source: &LogSource) -> bool {
    let says =
        |field: &Option<String>, word: &str| field.as_deref().is_some_and(|said| said.eq_ignore_ascii_case(word));
    says(&source.product, "aws") && says(&source.service, "cloudtrail")
}

impl SigmaRules {
    fn add(&mut self, rule: &SigmaRule) -> Result<(), String> {
        let id = rule.id.as_deref().unwrap_or_default();
        if !is_id(id) {
            return Err(format!(
                "the id {id:?} has other characters than letters, digits, `.`, `_` and `-`: give it an id"
            ));
        }
        if self.rules.contains_key(id) {
            return Err(format!("there is another rule of the id {id}"));
        }
        self.engine.add_rule(rule).map_err(|error| one_line(&error))?;
        let sources = admission::values(rule, "eventSource");
        let is_general = sources == Values::Any;
        if let Values::Of(sources) = sources {
            let names = match admission::values(rule, "eventName") {
                Values::Of(names) => Some(names),
                Values::Any => None,
            };
            for source in sources {
                self.asked.add(&source, names.as_ref());
            }
        }
        let detection = Detection::of_rule(words::text(rule, id));
        let (severity, false_positives) = (words::severity(rule), words::false_positives(rule));
        self.rules.insert(id.to_owned(), Rule { detection, severity, false_positives, is_general });
        self.count.rules += 1;
        self.count.general += usize::from(is_general);
        Ok(())
    }

    fn filter(&mut self, filter: &FilterRule, rules: &[(SigmaRule, String)]) -> Result<(), String> {
        if let FilterRuleTarget::Specific(names) = &filter.rules {
            let is_named =
                |name: &String| rules.iter().any(|(rule, _)| rule.id.as_ref() == Some(name) || rule.title == *name);
            if let Some(unknown) = names.iter().find(|name| !is_named(name)) {
                return Err(format!("the filter \"{}\" is about a rule that is not there: {unknown}", filter.title));
            }
        }
        self.engine.apply_filter(filter).map_err(|error| one_line(&error))
    }
}

/// Errors in regular expressions show where, on lines of their own.
fn one_line(error: &impl ToString) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// It is an attribute of messages, and a word in policies.
fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
