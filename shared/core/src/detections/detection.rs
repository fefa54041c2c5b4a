//! What a detection is, and what it is given to look at.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use crate::access::{Access, Call, Outcome};
use crate::operation::Effect;
use crate::policy::{Policy, Setting, Standing, TablePolicy};
use crate::relayed::{Relayed, Reporter};
use crate::rules::Match;
use crate::severity::Severity;
use crate::table::TableId;
use crate::tally::Skip;

/// A reason to speak up: what people read about it, and how it looks at what was done.
#[derive(Debug)]
pub struct Detection {
    /// The public id, in kebab-case: users name it in policy and filter alerts by it.
    pub id: &'static str,
    /// What happened, in the fewest words: the head of an alert's subject.
    pub title: &'static str,
    /// When it fires, as a phrase that goes on from "fires when".
    pub fires_when: &'static str,
    /// Its severity before sensitivity and outcome move it, in words: `medium`, `read medium, write high`.
    pub severity: &'static str,
    /// The techniques of MITRE ATT&CK that it is a sign of, <https://attack.mitre.org/techniques/enterprise/>.
    pub techniques: &'static [&'static str],
    /// Why it matters, in one sentence.
    pub why: &'static str,
    /// What a responder does first: imperative sentences, the first one first.
    pub first_steps: &'static [&'static str],
    /// How it looks at what was done.
    pub(crate) judge: Judge,
}

/// How a detection looks at what was done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Judge {
    /// At one access at a time.
    Access(fn(&Call<'_>, &Access<'_>, &Context<'_>) -> Option<Verdict>),
    /// At a call on a KMS key, once it is known which tables depend on the key.
    Key(&'static KeyJudge),
    /// At how much is done in a stretch of event time, by one actor to one table.
    Window(&'static Window),
    /// At an access as if it were the first of its actor to its table; it is told where it is.
    First(fn(&Call<'_>, &Access<'_>, &Context<'_>) -> Option<Verdict>),
    /// At what other detections found.
    Chain(&'static Chain),
    /// At what another service found; why it is passed over where that is nothing to this audit.
    Relayed(Reporter, fn(&Relayed, &Context<'_>) -> Result<Verdict, Skip>),
    /// Not by itself: it stands for one of the [rules](crate::rules) that users bring.
    Rule,
}

/// Looking at calls on KMS keys.
#[derive(Debug)]
pub(crate) struct KeyJudge {
    /// Whether a call is of interest, if only a table depends on its key.
    pub(crate) endangers: fn(&Call<'_>) -> bool,
    /// What is found in it, for one table, or none where it is not known which; the words say what ties it to the key.
    pub(crate) judge: fn(&Call<'_>, &Access<'_>, &Context<'_>, &str) -> Option<Verdict>,
}

/// Counting over event time, for each actor and table.
#[derive(Debug)]
pub struct Window {
    /// The stretch of event time, in seconds.
    pub seconds: i64,
    /// What is counted; any of them that reaches its threshold fires.
    pub counters: &'static [Counter],
    /// Before the table's sensitivity is weighed in.
    pub severity: Severity,
    /// What an access adds, and to which counter; `None` where it is none of those that are counted.
    pub measure: fn(&Call<'_>, &Access<'_>, &Context<'_>) -> Option<(Unit, u64)>,
    /// What is done by all accesses that are counted; `None` where they differ in it.
    pub effect: Option<Effect>,
    /// What became of them; [`Outcome::Succeeded`] takes in those of which nobody knows.
    pub outcome: Outcome,
    /// Whether it becomes critical where the actor then succeeds on the table, and did not just before.
    pub aftermath: bool,
    /// Whether the actor's accesses of all tables are counted together too, for when no single table reaches the threshold.
    pub across_tables: bool,
}

/// One of the things that a window counts.
#[derive(Debug)]
pub struct Counter {
    /// What it counts: the field of the policy that changes its threshold.
    pub unit: Unit,
    /// What it counts, in words that follow a number: `items deleted`.
    pub noun: &'static str,
    /// The least that fires.
    pub threshold: u64,
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Items, as far as their number is known.
    Items,
    /// Calls.
    Calls,
}

/// What other detections found, put together.
#[derive(Debug)]
pub struct Chain {
    /// The stretch of event time within which the steps belong together, in seconds.
    pub seconds: i64,
    /// The detections that have to come first, at least one of them; empty where the order does not matter.
    pub first: &'static [&'static str],
    /// Those of `first` that count only for what the same actor does.
    pub own: &'static [&'static str],
    /// The detections that are the steps: two different ones, or one after one of `first`.
    pub steps: &'static [&'static str],
    /// Its severity.
    pub severity: Severity,
}

/// What people read about a rule that a user brings: the fields of a [`Detection`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// `sigma:ID`.
    pub id: String,
    /// What happened, in few words.
    pub title: String,
    /// When it fires, as a phrase.
    pub fires_when: String,
    /// Before the table's sensitivity is weighed in.
    pub severity: Severity,
    /// Techniques of MITRE ATT&CK.
    pub techniques: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// What a responder does first.
    pub first_steps: Vec<String>,
}

/// What is known beside the access.
#[derive(Debug, Clone)]
pub struct Context<'p> {
    /// The user's policy, where there is one.
    pub policy: Option<&'p Policy>,
    /// What the policy says of the table.
    pub table: Option<&'p TablePolicy>,
    /// How the access stands with what the policy expects of the table.
    pub standing: Standing<'p>,
    /// Whether the access is of a bucket that the audit reads its logs from.
    pub is_log_bucket: bool,
    /// What the user's rules say of the record.
    pub rules: &'p [Match],
}

/// What a detection found in one access.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Before the table's sensitivity and the outcome are weighed in.
    pub severity: Severity,
    /// Why, in words that go on from "because".
    pub reason: String,
    /// The lines of policy that would make it expected, or words about them.
    pub remedy: Option<String>,
    /// Whether the table's sensitivity moves it. Not so for a detection that is about the sensitivity.
    pub sensitivity_weighs: bool,
    /// Whether a failed or denied attempt weighs less. Not so for a detection that is about the denial.
    pub attempts_weigh_less: bool,
    /// Whether the case is graver than the detection's usual ones: a severity that the policy sets for those does not lower it.
    pub aggravated: bool,
}

impl<'p> Context<'p> {
    /// What a policy, or none, says about an access.
    pub fn of(policy: Option<&'p Policy>, call: &Call<'_>, access: &Access<'_>) -> Self {
        let table = access.table.as_ref().and_then(|table| policy?.table(table));
        let standing = table.map_or(Standing::NotJudged, |table| table.standing(call, access));
        Self { policy, table, standing, is_log_bucket: false, rules: &[] }
    }

    /// What a policy, or none, says about a table that another service names: nobody is held against its lines.
    pub(crate) fn of_relayed(policy: Option<&'p Policy>, table: Option<&TableId<'_>>) -> Self {
        let table = table.and_then(|table| policy?.table(table));
        Self { policy, table, standing: Standing::NotJudged, is_log_bucket: false, rules: &[] }
    }

    /// Whether the line of policy that expects the access names the very API, as it takes for a grave change: a line that
    /// expects `admin` at large does not mean that.
    pub fn names_api(&self, call: &Call<'_>) -> bool {
        matches!(&self.standing, Standing::Expected(line) if line.names(call.record.event_name()))
    }

    /// How much makes a counter of a detection fire. A threshold of the table's entry is for what it expects there: what
    /// nobody expects is held to the one for all tables too, where that is lower.
    pub fn threshold(&self, detection: &Detection, counter: &Counter) -> u64 {
        let here = counter.threshold_under(self.setting(detection));
        if !self.standing.is_unexpected() {
            return here;
        }
        let of_all = self.policy.map_or_else(Setting::default, |policy| policy.setting(detection.id, None));
        here.min(counter.threshold_under(of_all))
    }

    /// What the policy changes about a detection here.
    pub fn setting(&self, detection: &Detection) -> Setting {
        self.policy.map_or_else(Setting::default, |policy| policy.setting(detection.id, self.table))
    }
}

impl Detection {
    /// How it counts, where it does.
    pub fn window(&self) -> Option<&'static Window> {
        match self.judge {
            Judge::Window(window) => Some(window),
            Judge::Access(_) | Judge::Key(_) | Judge::Chain(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => {
                None
            }
        }
    }

    /// What it puts together, where it does.
    pub fn chain(&self) -> Option<&'static Chain> {
        match self.judge {
            Judge::Chain(chain) => Some(chain),
            Judge::Access(_)
            | Judge::Key(_)
            | Judge::Window(_)
            | Judge::First(_)
            | Judge::Relayed(..)
            | Judge::Rule => None,
        }
    }

    /// The detection that stands for a rule. It lives as long as the process, like those of the catalogue: rules are loaded
    /// once, at the start.
    pub fn of_rule(rule: RuleText) -> &'static Self {
        let leak = |text: String| -> &'static str { text.leak() };
        let leak_all =
            |texts: Vec<String>| -> &'static [&'static str] { texts.into_iter().map(leak).collect::<Vec<_>>().leak() };
        let RuleText { id, title, fires_when, severity, techniques, why, first_steps } = rule;
        Box::leak(Box::new(Self {
            id: leak(id),
            title: leak(title),
            fires_when: leak(fires_when),
            severity: severity.as_str(),
            techniques: leak_all(techniques),
            why: leak(why),
            first_steps: leak_all(first_steps),
            judge: Judge::Rule,
        }))
    }

    /// The lines of a policy that change it, to be adapted: a severity, its thresholds, or `off`.
    pub fn policy_lines(&self) -> String {
        let mut change = "severity: low".to_owned();
        for counter in self.window().map(|window| window.counters).unwrap_or_default() {
            // Writing to a string does not fail.
            let _ = write!(change, ", {}: {}", counter.unit.as_str(), counter.threshold);
        }
        format!("detections:\n  {}: {{{change}}} # or: off\n", self.id)
    }
}

impl Window {
    /// What fires, in words: `100 items deleted within 5 minutes`.
    pub fn thresholds(&self) -> String {
        let counters: Vec<String> =
            self.counters.iter().map(|counter| format!("{} {}", counter.threshold, counter.noun)).collect();
        format!("{} within {}", counters.join(" or "), stretch(self.seconds))
    }
}

impl Chain {
    /// What fires, in words.
    pub fn sequence(&self) -> String {
        let within = stretch(self.seconds);
        if self.first.is_empty() {
            return format!("two or more of {} within {within}", self.steps.join(", "));
        }
        format!("{}, then {} within {within}", self.first.join(" or "), self.steps.join(" or "))
    }
}

impl Counter {
    /// How much fires under a setting.
    pub(crate) fn threshold_under(&self, setting: Setting) -> u64 {
        let set = match self.unit {
            Unit::Items => setting.items,
            Unit::Calls => setting.calls,
        };
        set.unwrap_or(self.threshold).max(1)
    }
}

impl Unit {
    /// The field of the policy that sets such a threshold.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Calls => "calls",
        }
    }
}

/// `24 hours`, `5 minutes`, `90 seconds`.
pub(crate) fn stretch(seconds: i64) -> String {
    match seconds {
        1.. if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        1.. if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

impl Verdict {
    pub(crate) fn new(severity: Severity, reason: impl Into<String>) -> Self {
        Self {
            severity,
            reason: reason.into(),
            remedy: None,
            sensitivity_weighs: true,
            attempts_weigh_less: true,
            aggravated: false,
        }
    }

    pub(super) fn aggravated_if(self, aggravated: bool) -> Self {
        Self { aggravated, ..self }
    }
}

// There is one of each, so its id is its identity.
impl PartialEq for Detection {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Detection {}

impl Hash for Detection {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static COUNTS: Window = Window {
        seconds: 300,
        counters: &[
            Counter { unit: Unit::Items, noun: "items asked for", threshold: 1000 },
            Counter { unit: Unit::Calls, noun: "queries", threshold: 100 },
        ],
        severity: Severity::Medium,
        measure: |_, _, _| None,
        effect: Some(Effect::Write),
        outcome: Outcome::Succeeded,
        aftermath: false,
        across_tables: false,
    };

    #[test]
    fn thresholds_and_sequences_are_said_in_words_and_as_lines_of_policy() {
        let detection = Detection {
            id: "counts",
            title: "",
            fires_when: "",
            severity: "",
            techniques: &[],
            why: "",
            first_steps: &[],
            judge: Judge::Window(&COUNTS),
        };
        assert_eq!(COUNTS.thresholds(), "1000 items asked for or 100 queries within 5 minutes");
        assert_eq!(
            detection.policy_lines(),
            "detections:\n  counts: {severity: low, items: 1000, calls: 100} # or: off\n"
        );
        let chain =
            |first| Chain { seconds: 24 * 3600, first, own: &[], steps: &["c", "d"], severity: Severity::Critical };
        assert_eq!(chain(&[]).sequence(), "two or more of c, d within 24 hours");
        assert_eq!(chain(&["a", "b"]).sequence(), "a or b, then c or d within 24 hours");
        assert_eq!(stretch(90), "90 seconds");
    }
}
