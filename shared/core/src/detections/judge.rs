//! Verdict ─► hit, and what is behind the silence of the detections that have none.

use super::ALL;
use super::detection::{Chain, Context, Counter, Detection, Judge, Verdict, Window};
use super::weighing::Weighing;
use crate::access::{Access, Call, Outcome};
use crate::actor::Actor;
use crate::operation::Shape;
use crate::policy::{Suppression, TablePolicy};
use crate::relayed::Relayed;
use crate::rules::Match;
use crate::severity::Severity;
use crate::table::TableId;
use crate::tally::Skip;

/// A verdict with everything weighed in.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The detection that spoke up.
    pub detection: &'static Detection,
    /// How much it matters.
    pub severity: Severity,
    /// How that came about.
    pub weighing: Weighing,
    /// Why.
    pub reason: String,
    /// What would make it expected.
    pub remedy: Option<String>,
    /// Whether the policy names the table itself, and not by a pattern.
    pub table_is_named: bool,
    /// The keys of the items, as far as the policy lets them be shown.
    pub keys: Vec<String>,
    /// The line of policy that keeps it from being told, and why.
    pub suppressed: Option<(usize, String)>,
}

/// What a detection has to say of one access.
#[derive(Debug, Clone)]
pub enum Opinion {
    /// Nothing.
    Silent,
    /// This reason, but the policy has switched it off.
    Off(String),
    /// It speaks up.
    Hit(Hit),
    /// It waits until the run has told which tables depend on the key.
    Waits,
    /// It speaks up where this is the first access of the actor to the table.
    IfFirst,
    /// It counts, and speaks up once enough has come together.
    Counts {
        /// Which of its counters.
        counter: &'static Counter,
        /// What the access adds to it.
        adds: u64,
        /// How much is enough.
        threshold: u64,
        /// The line of policy that keeps the access from being counted, and why.
        suppressed: Option<(usize, String)>,
    },
    /// It puts together what these detections say of the access with what is said of others.
    Step(Vec<&'static str>),
}

/// What the detections that look at one access at a time say about it, and the user's rules about its record.
pub fn judge<'a>(
    call: &'a Call<'_>,
    access: &'a Access<'_>,
    context: &'a Context<'a>,
) -> impl Iterator<Item = Hit> + 'a {
    let of_detections = looking_at(call).iter().filter_map(move |detection| {
        let Judge::Access(judge) = detection.judge else { return None };
        hit(detection, judge(call, access, context)?, call, access, context)
    });
    let of_rules = context.rules.iter().filter_map(|rule| hit(rule.detection, rule.verdict(), call, access, context));
    of_detections.chain(of_rules)
}

/// What every detection says about one access, in the order of the catalogue, and the user's rules after them: the hits of
/// [`judge`], and what is behind the silence of the others.
pub fn explain(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> Vec<(&'static Detection, Opinion)> {
    let mut opinions: Vec<(&'static Detection, Opinion)> = Vec::new();
    for detection in looking_at(call) {
        let opinion = match detection.judge {
            Judge::Access(judge) => judge(call, access, context)
                .map_or(Opinion::Silent, |verdict| opinion(detection, verdict, call, access, context)),
            Judge::Key(judge) if (judge.endangers)(call) => Opinion::Waits,
            Judge::First(judge) => judge(call, access, context).map_or(Opinion::Silent, |_| Opinion::IfFirst),
            Judge::Key(_) | Judge::Relayed(..) | Judge::Rule => Opinion::Silent,
            Judge::Window(window) => count(detection, window, call, access, context),
            Judge::Chain(chain) => link(detection, chain, &opinions, call, context),
        };
        opinions.push((detection, opinion));
    }
    let of_rule = |rule: &Match| (rule.detection, opinion(rule.detection, rule.verdict(), call, access, context));
    opinions.extend(context.rules.iter().map(of_rule));
    opinions
}

/// The detections that look at a call: none at one that only rules ask for.
fn looking_at(call: &Call<'_>) -> &'static [&'static Detection] {
    if call.operation.shape == Shape::Foreign { &[] } else { &ALL }
}

/// The hit behind a verdict; `None` where the policy has switched the detection off.
pub(crate) fn hit(
    detection: &'static Detection,
    verdict: Verdict,
    call: &Call<'_>,
    access: &Access<'_>,
    context: &Context<'_>,
) -> Option<Hit> {
    match opinion(detection, verdict, call, access, context) {
        Opinion::Hit(hit) => Some(hit),
        _ => None,
    }
}

/// What is said of what another service found, as far as it is about this actor and this table, or none: by the one
/// detection that listens to the service. Why it is passed over where it is nothing to this audit.
pub(crate) fn hear(
    relayed: &Relayed,
    actor: &Actor<'_>,
    table: Option<&TableId<'_>>,
    context: &Context<'_>,
) -> Result<(&'static Detection, Opinion), Skip> {
    let listens = |detection: &&'static Detection| match detection.judge {
        Judge::Relayed(reporter, judge) if reporter == relayed.original.service => Some((*detection, judge)),
        _ => None,
    };
    // Each service has its detection.
    let (detection, judge) = ALL.iter().find_map(listens).ok_or(Skip::Unrelated)?;
    let verdict = judge(relayed, context)?;
    let (account, _) = relayed.account_and_region(table);
    let kind = Some(relayed.original.kind.as_str());
    let suppression = || context.policy?.suppression(detection.id, actor, account, table, kind, relayed.time);
    Ok((detection, weighed(detection, verdict, None, context, Vec::new(), suppression)))
}

/// What a detection says where this is its verdict.
fn opinion(
    detection: &'static Detection,
    verdict: Verdict,
    call: &Call<'_>,
    access: &Access<'_>,
    context: &Context<'_>,
) -> Opinion {
    let in_vain = matches!(call.outcome, Outcome::Denied | Outcome::Failed).then_some(call.outcome);
    let keys = shown_keys(access, context);
    weighed(detection, verdict, in_vain, context, keys, || suppression(detection, call, access, context))
}

/// A verdict with what the policy says of the detection and of the table, and with what became of the attempt.
fn weighed<'p>(
    detection: &'static Detection,
    verdict: Verdict,
    in_vain: Option<Outcome>,
    context: &Context<'p>,
    keys: Vec<String>,
    suppression: impl FnOnce() -> Option<&'p Suppression>,
) -> Opinion {
    let setting = context.setting(detection);
    if setting.off {
        return Opinion::Off(verdict.reason);
    }
    let weighing = Weighing {
        own: verdict.severity,
        set: setting.severity,
        aggravated: verdict.aggravated,
        sensitivity: context.table.map(|table| table.sensitivity).filter(|_| verdict.sensitivity_weighs),
        attempt: in_vain.filter(|_| verdict.attempts_weigh_less),
    };
    Opinion::Hit(Hit {
        detection,
        severity: weighing.severity(),
        weighing,
        reason: verdict.reason,
        remedy: verdict.remedy,
        table_is_named: is_named(context.table),
        keys,
        suppressed: suppression().map(|suppression| (suppression.line, suppression.reason.clone())),
    })
}

/// What a detection that counts makes of an access.
fn count(
    detection: &'static Detection,
    window: &'static Window,
    call: &Call<'_>,
    access: &Access<'_>,
    context: &Context<'_>,
) -> Opinion {
    let Some((unit, adds)) = (window.measure)(call, access, context) else { return Opinion::Silent };
    let counter = window.counters.iter().find(|counter| counter.unit == unit && adds > 0);
    let Some(counter) = counter else { return Opinion::Silent };
    if context.setting(detection).off {
        return Opinion::Off(format!("counts {}", counter.noun));
    }
    let suppressed = suppression(detection, call, access, context);
    Opinion::Counts {
        counter,
        adds,
        threshold: context.threshold(detection, counter),
        suppressed: suppressed.map(|suppression| (suppression.line, suppression.reason.clone())),
    }
}

/// What a chain makes of an access that these were said of.
fn link(
    detection: &'static Detection,
    chain: &Chain,
    said: &[(&'static Detection, Opinion)],
    call: &Call<'_>,
    context: &Context<'_>,
) -> Opinion {
    let is_step = |opinion: &Opinion| {
        call.outcome.may_have_happened() && matches!(opinion, Opinion::Hit(Hit { suppressed: None, .. }))
    };
    let spoke = said.iter().filter(|(_, opinion)| is_step(opinion)).map(|(step, _)| step.id);
    let steps: Vec<&str> = spoke.filter(|id| chain.first.contains(id) || chain.steps.contains(id)).collect();
    if steps.is_empty() {
        Opinion::Silent
    } else if context.setting(detection).off {
        Opinion::Off(format!("takes up {}", steps.join(", ")))
    } else {
        Opinion::Step(steps)
    }
}

/// The line of policy that keeps a detection from being told of an access.
pub(crate) fn suppression<'p>(
    detection: &Detection,
    call: &Call<'_>,
    access: &Access<'_>,
    context: &Context<'p>,
) -> Option<&'p Suppression> {
    let (account, _) = call.account_and_region(access);
    let resource = access.resource.as_ref().map(|resource| resource.name.as_ref());
    context.policy?.suppression(detection.id, &call.actor, account, access.table.as_ref(), resource, call.time)
}

/// Whether the policy names a table itself, and not by a pattern.
pub(crate) fn is_named(table: Option<&TablePolicy>) -> bool {
    table.is_some_and(|table| !table.label.contains('*'))
}

/// The keys of the items, as far as the policy lets them be shown.
pub(crate) fn shown_keys(access: &Access<'_>, context: &Context<'_>) -> Vec<String> {
    let shown = |key| context.policy.and_then(|policy| policy.shown_key(context.table, key));
    access.keys.iter().filter_map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Unit;
    use super::*;
    use crate::operation::Effect;
    use crate::policy::Policy;
    use crate::record::Record;

    /// What is said of a call of the user `alice`, by detection.
    fn said<T>(
        policy: &str,
        event_name: &str,
        error: &str,
        look: impl Fn(Vec<(&'static Detection, Opinion)>) -> T,
    ) -> T {
        let json = format!(
            r#"{{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"{event_name}",
                "awsRegion":"eu-west-1","recipientAccountId":"111122223333","requestParameters":{{"tableName":"orders"}},
                "userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"}}{error}}}"#
        );
        let policy = Policy::parse("policy.yaml", policy).unwrap();
        let record = Record::parse(&json).unwrap();
        let call = Call::read(&record).unwrap();
        let access = &call.accesses()[0];
        let context = Context::of(Some(&policy), &call, access);
        look(explain(&call, access, &context))
    }

    #[test]
    fn an_explanation_holds_every_detection_and_the_hits_of_judging() {
        let policy =
            "version: 1\ntables:\n  - table: orders\n    sensitivity: high\n    watch: [delete]\n    expected: []\n";
        said(policy, "DeleteItem", "", |opinions| {
            assert!(opinions.iter().map(|(detection, _)| detection.id).eq(ALL.map(|detection| detection.id)));
            let hit = |opinion: &Opinion| match opinion {
                Opinion::Hit(hit) => Some((hit.detection.id, hit.weighing.own, hit.severity)),
                _ => None,
            };
            let hits: Vec<_> = opinions.iter().filter_map(|(_, opinion)| hit(opinion)).collect();
            assert!(hits.contains(&("item-deletion", Severity::Low, Severity::Medium)), "{hits:?}");
            assert!(
                opinions.iter().any(|(one, opinion)| one.id == "table-deleted" && matches!(opinion, Opinion::Silent))
            );
        });
    }

    static COUNTS: Window = Window {
        seconds: 300,
        counters: &[Counter { unit: Unit::Items, noun: "items written", threshold: 1000 }],
        severity: Severity::Medium,
        measure: |_, access, _| (access.effect == Effect::Write).then_some((Unit::Items, access.items?)),
        effect: Some(Effect::Write),
        outcome: Outcome::Succeeded,
        aftermath: false,
        across_tables: false,
    };
    static CHAIN: Chain = Chain {
        seconds: 60,
        first: &["access-denied"],
        own: &[],
        steps: &["item-deletion"],
        severity: Severity::Critical,
    };
    static DETECTION: Detection = Detection {
        id: "test",
        title: "",
        fires_when: "",
        severity: "",
        techniques: &[],
        why: "",
        first_steps: &[],
        judge: Judge::Window(&COUNTS),
    };

    #[test]
    fn a_count_and_a_chain_say_what_an_access_adds_to_them() {
        let json = r#"{"eventID":"e","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com",
            "eventName":"PutItem","awsRegion":"eu-west-1"}"#;
        let record = Record::parse(json).unwrap();
        let call = Call::read(&record).unwrap();
        let opinion = |effect, items| {
            let access = Access::new(None, effect, items);
            count(&DETECTION, &COUNTS, &call, &access, &Context::of(None, &call, &access))
        };
        assert!(matches!(opinion(Effect::Write, Some(25)), Opinion::Counts { adds: 25, threshold: 1000, .. }));
        for (effect, items) in [(Effect::Write, None), (Effect::Read, Some(1))] {
            assert!(matches!(opinion(effect, items), Opinion::Silent));
        }
        let access = Access::new(None, Effect::Write, None);
        let context = Context::of(None, &call, &access);
        let said = |id: &str| -> Vec<(&'static Detection, Opinion)> {
            let detection = ALL.into_iter().find(|detection| detection.id == id).unwrap();
            let verdict = Verdict::new(Severity::Low, "");
            vec![(detection, super::opinion(detection, verdict, &call, &access, &context))]
        };
        for id in ["access-denied", "item-deletion"] {
            assert!(
                matches!(link(&DETECTION, &CHAIN, &said(id), &call, &context), Opinion::Step(steps) if steps == [id])
            );
        }
        assert!(matches!(link(&DETECTION, &CHAIN, &said("table-created"), &call, &context), Opinion::Silent));
    }
}
