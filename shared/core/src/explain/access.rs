//! One access as it was judged: what it reached, what the policy says, what each detection.

use serde::Serialize;

use crate::access::{Access, Call, Reach};
use crate::detections::{self, Context, Detection, Opinion, Weighing};
use crate::policy::{Standing, TablePolicy, Trial, TrialResult};

/// One access, judged.
#[derive(Debug, Clone, Serialize)]
pub struct AccessStory {
    /// The table as people read it.
    pub table: Option<String>,
    /// Its ARN.
    pub table_arn: Option<String>,
    /// `index/NAME`, `stream/LABEL`.
    pub part: Option<String>,
    /// What else than a table it is about.
    pub resource: Option<String>,
    /// What was done, or tried.
    pub effect: &'static str,
    /// How many items, where that is fixed.
    pub items: Option<u64>,
    /// How much of the table was asked for.
    pub reach: &'static str,
    /// The keys, as the policy lets them be shown.
    pub keys: Vec<String>,
    /// How many keys it does not let be shown.
    pub keys_withheld: usize,
    /// Why the request could not be understood in full.
    pub unreadable: Option<&'static str>,
    /// What the policy says.
    pub policy: PolicyStory,
    /// The detections that have something to say, in the order of the catalogue.
    pub detections: Vec<DetectionStory>,
    /// Those that have not.
    pub silent: Vec<&'static str>,
}

/// What the policy says of an access.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyStory {
    /// The entry that speaks for the table, the most specific one.
    pub entry: Option<EntryStory>,
    /// The entries that match too, and are less specific.
    pub less_specific: Vec<EntryStory>,
    /// Each line of `expected`, and how far the access came with it.
    pub tried: Vec<TrialStory>,
    /// What comes of it, in words.
    pub standing: String,
}

/// An entry of the policy.
#[derive(Debug, Clone, Serialize)]
pub struct EntryStory {
    /// As the policy writes it.
    pub table: String,
    /// Its line.
    pub line: usize,
    /// How specific it is.
    pub specificity: String,
}

/// A line of `expected`, held against an access.
#[derive(Debug, Clone, Serialize)]
pub struct TrialStory {
    /// The line.
    pub line: usize,
    /// Whom it expects.
    pub expects: String,
    /// Whether it expects the access.
    pub matches: bool,
    /// How far the access came.
    pub result: String,
}

/// What a detection says of an access.
#[derive(Debug, Clone, Serialize)]
pub struct DetectionStory {
    /// Its id.
    pub id: &'static str,
    /// `fired`, `suppressed`, `off`, `waits`, `counts` or `step`.
    pub said: &'static str,
    /// Why, or what it counts.
    pub reason: String,
    /// Where it fired.
    pub severity: Option<SeverityStory>,
    /// The line of the policy that suppresses it.
    pub suppressed_by: Option<usize>,
}

/// How a severity came about.
#[derive(Debug, Clone, Serialize)]
pub struct SeverityStory {
    /// The detection's own.
    pub own: &'static str,
    /// What moved it, and where to.
    pub moved: Vec<(&'static str, &'static str)>,
    /// What it comes to.
    pub severity: &'static str,
}

impl AccessStory {
    pub(super) fn of(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Self {
        let shown = |key| context.policy.and_then(|policy| policy.shown_key(context.table, key));
        let keys: Vec<String> = access.keys.iter().filter_map(shown).collect();
        let opinions = detections::explain(call, access, context);
        let silent = opinions.iter().filter(|(_, opinion)| matches!(opinion, Opinion::Silent));
        Self {
            table: access.table.as_ref().map(ToString::to_string),
            table_arn: access.table.as_ref().map(crate::table::TableId::arn),
            part: access.part.as_ref().map(crate::access::TablePart::path),
            resource: access.resource.as_ref().map(|resource| resource.name.clone().into_owned()),
            effect: access.effect.as_str(),
            items: access.items,
            reach: match access.reach {
                Reach::Items => "items",
                Reach::Partition => "partition",
                Reach::Whole => "whole",
                Reach::Unknown => "unknown",
            },
            keys_withheld: access.keys.len() - keys.len(),
            keys,
            unreadable: access.unreadable,
            policy: PolicyStory::of(call, access, context),
            silent: silent.map(|(detection, _)| detection.id).collect(),
            detections: opinions.iter().filter_map(|(detection, said)| DetectionStory::of(detection, said)).collect(),
        }
    }
}

impl PolicyStory {
    fn of(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Self {
        let matching = context.policy.zip(access.table.as_ref()).map(|(policy, table)| policy.entries(table));
        let mut entries = matching.into_iter().flatten().map(EntryStory::of);
        let entry = entries.next();
        let less_specific = entries.collect();
        let trials = context.table.map(|table| table.trace(call, access)).unwrap_or_default();
        Self {
            entry,
            less_specific,
            tried: trials.iter().map(TrialStory::of).collect(),
            standing: standing(access, context),
        }
    }
}

/// How an access stands, in words that say why it is not judged where it is not.
fn standing(access: &Access<'_>, context: &Context<'_>) -> String {
    match &context.standing {
        Standing::Expected(line) => format!("expected by line {}", line.line),
        Standing::Stranger => "not expected: no line names the actor".to_owned(),
        Standing::OtherAction(line, why) | Standing::OtherNetwork(line, why) | Standing::OtherTime(line, why) => {
            format!("not expected: line {} comes nearest: {why}", line.line)
        }
        Standing::NotJudged => {
            let why = match (context.policy, &access.table, context.table) {
                (None, ..) => "there is no policy",
                (Some(_), None, _) => "no table is named",
                (Some(_), Some(_), None) => "no entry speaks for the table",
                (Some(_), Some(_), Some(_)) => "the entry does not say who is expected",
            };
            format!("not judged: {why}")
        }
    }
}

impl EntryStory {
    fn of(entry: &TablePolicy) -> Self {
        Self { table: entry.label.clone(), line: entry.line, specificity: entry.specificity() }
    }
}

impl TrialStory {
    fn of(Trial { expectation, result }: &Trial<'_>) -> Self {
        Self {
            line: expectation.line,
            expects: expectation.to_string(),
            matches: *result == TrialResult::Expected,
            result: match result {
                TrialResult::Expected => match &expectation.reason {
                    Some(reason) => format!("expects it: {reason}"),
                    None => "expects it".to_owned(),
                },
                TrialResult::OtherPrincipal => "names another principal".to_owned(),
                TrialResult::OtherAction(why) => format!("names the actor, not the action: {why}"),
                TrialResult::OtherNetwork(why) => format!("names actor and action, not from there: {why}"),
                TrialResult::OtherTime(why) => format!("names all of it, not at that time: {why}"),
            },
        }
    }
}

impl DetectionStory {
    /// `None` where it says nothing.
    pub(super) fn of(detection: &Detection, opinion: &Opinion) -> Option<Self> {
        let story = |said, reason| Self { id: detection.id, said, reason, severity: None, suppressed_by: None };
        Some(match opinion {
            Opinion::Silent => return None,
            Opinion::Off(reason) => story("off", reason.clone()),
            Opinion::Hit(hit) => {
                let severity = Some(SeverityStory::of(hit.weighing));
                match &hit.suppressed {
                    None => Self { severity, ..story("fired", hit.reason.clone()) },
                    Some((line, why)) => {
                        let reason = format!("{}: {why}", hit.reason);
                        Self { severity, suppressed_by: Some(*line), ..story("suppressed", reason) }
                    }
                }
            }
            Opinion::Waits => {
                story("waits", "speaks up once the policy or another record ties a table to the key".to_owned())
            }
            Opinion::IfFirst => story(
                "waits",
                "speaks up if the actor was never seen at the table before, in seven days or more of logs".to_owned(),
            ),
            Opinion::Counts { counter, adds, threshold, suppressed } => {
                let reason = format!("adds {adds} to the {}, of which {threshold} are enough", counter.noun);
                match suppressed {
                    None => story("counts", reason),
                    Some((line, why)) => {
                        Self { suppressed_by: Some(*line), ..story("suppressed", format!("{reason}: {why}")) }
                    }
                }
            }
            Opinion::Step(steps) => {
                story("step", format!("puts {} together with what else is found", steps.join(", ")))
            }
        })
    }
}

impl SeverityStory {
    fn of(weighing: Weighing) -> Self {
        Self {
            own: weighing.own.as_str(),
            moved: weighing.steps().map(|(why, severity)| (why, severity.as_str())).collect(),
            severity: weighing.severity().as_str(),
        }
    }
}
