//! The report for machines, which may still end up on a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use tablewarden_core::finding::Finding;
use tablewarden_core::printable::printable_json;
use tablewarden_core::severity::Severity;

use super::Report;
use crate::summary::{Group, Sum};

/// One finding a line, nothing else.
pub(super) fn lines(findings: &[Finding], out: &mut impl Write) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{}", printable_json(&finding.to_json(usize::MAX).to_string()))?;
    }
    Ok(())
}

/// One object: `findings` as [`lines`] has them, and `summary`.
pub(super) fn object(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let findings: Vec<Value> = report.findings.iter().map(|finding| finding.to_json(usize::MAX)).collect();
    let json = serde_json::to_string_pretty(&json!({ "findings": findings, "summary": summary(report) }))?;
    writeln!(out, "{}", printable_json(&json))
}

fn summary(report: &Report<'_>) -> Value {
    let (tally, files) = (&report.summary.tally, &report.summary.files);
    let skipped = counts(tally.records_skipped.iter().map(|(reason, count)| (reason.as_str(), *count)));
    let rejected = counts(tally.records_rejected.iter().map(|(reason, count)| (reason.as_str(), *count)));
    let deliveries = counts(tally.deliveries_skipped.iter().map(|(reason, count)| (reason.as_str(), *count)));
    // Zeros too, so that a script can ask for any severity.
    let severities = Severity::ALL.iter().map(|severity| {
        let count = report.summary.severities.get(severity).copied().unwrap_or_default();
        (severity.as_str(), count)
    });
    let accesses: Vec<Value> = report.summary.accesses.iter().map(|(group, sum)| access(group, *sum)).collect();
    json!({
        "records": {
            "read": tally.records_read,
            "relevant": tally.records_relevant,
            "skipped": skipped,
            "rejected": rejected,
        },
        "deliveries_skipped": deliveries,
        "hits_suppressed": tally.hits_suppressed,
        "files": { "read": files.read, "failed": files.failed, "passed_over": files.passed_over },
        "findings_by_severity": severities.map(|(name, count)| (name.to_owned(), Value::from(count))).collect::<Value>(),
        "accesses": accesses,
    })
}

fn counts(counts: impl Iterator<Item = (&'static str, u64)>) -> BTreeMap<&'static str, u64> {
    counts.collect()
}

fn access(group: &Group<'_>, sum: Sum) -> Value {
    json!({
        "account": group.account,
        "region": group.region,
        "table": group.table.as_ref().map(|table| &table.name),
        "actor": group.actor.name,
        "actor_type": group.actor.kind.as_str(),
        "person": group.actor.person,
        "effect": group.effect.as_str(),
        "outcome": group.outcome.as_str(),
        "accesses": sum.accesses,
        "items": sum.known_items(),
        "accesses_of_unknown_size": sum.of_unknown_size,
    })
}
