//! `tablewarden policy test`: a policy held against cases.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::{Finding, Origin};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Fate, Observer, RawRecord, Reject};
use tablewarden_core::printable::printable;

use super::cases::{self, Case, Event};
use crate::exit::Exit;
use crate::reading;
use crate::render;

/// What `policy test` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct TestArgs {
    /// The policy (YAML)
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// The cases; without it, NAME.tests.yaml beside NAME.yaml
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
}

const HELP: &str = "\
A case is an event and the findings that are to come of it, all of them and no other:

  cases:
    - name: the API may read orders
      event: events/read.json         # a file of any form that replay takes, from the cases' folder on
      expect: []
    - name: a stranger may not
      event:                          # or one CloudTrail record
        eventID: 5b8f7a52-1d1e-4a53-9d0b-0f6ea3b3a1c4
        eventTime: 2026-03-02T09:15:00Z
        eventSource: dynamodb.amazonaws.com
        eventName: GetItem
        awsRegion: eu-west-1
        userIdentity: {type: IAMUser, arn: \"arn:aws:iam::111122223333:user/mallory\"}
        requestParameters: {tableName: orders}
      expect:
        - {detection: unexpected-principal, severity: high}   # or just the detection

Exit status:
  0  each case gave what it expects
  1  a case did not
  2  the policy or the cases are not valid, or an event of them could not be read or understood";

/// How a case went.
struct Verdict {
    /// What differs, a line each; empty where nothing does.
    differences: Vec<String>,
    /// Whether its event was understood.
    is_understood: bool,
}

/// Runs the cases of a policy.
pub(super) fn test(args: &TestArgs) -> anyhow::Result<Exit> {
    let policy = Arc::new(reading::policy(&args.policy)?);
    let path = args.cases.clone().unwrap_or_else(|| args.policy.with_extension("tests.yaml"));
    let folder = path.parent().unwrap_or(Path::new(""));
    let cases = cases::read(&path)?;
    let verdicts: Vec<Verdict> = cases.iter().map(|case| run(case, folder, &policy)).collect();

    let failed = verdicts.iter().filter(|verdict| !verdict.differences.is_empty()).count();
    render::to_stdout(|out| {
        for (case, verdict) in cases.iter().zip(&verdicts) {
            let head = if verdict.differences.is_empty() { "ok  " } else { "FAIL" };
            writeln!(out, "{head}  {}", printable(&case.name, LINE))?;
            verdict.differences.iter().try_for_each(|line| writeln!(out, "        {}", printable(line, LINE)))?;
        }
        writeln!(out, "{} of {} cases passed", cases.len() - failed, cases.len())
    })?;
    Ok(if verdicts.iter().any(|verdict| !verdict.is_understood) {
        Exit::BadInput
    } else if failed > 0 {
        Exit::Findings
    } else {
        Exit::NothingFound
    })
}

/// The longest line, in characters: what stands in it may come from an event.
const LINE: usize = 600;

fn run(case: &Case, folder: &Path, policy: &Arc<Policy>) -> Verdict {
    let mut audit = Audit::new(Some(Arc::clone(policy)), Timestamp::now(), Limits::default());
    let mut fates = Fates::default();
    if let Err(error) = read(&case.event, folder, &mut audit, &mut fates) {
        fates.not_understood.push(format!("not understood: {error:#}"));
    }
    let is_understood = fates.not_understood.is_empty();
    let mut differences = fates.not_understood;
    if is_understood && !fates.is_judged {
        let why = fates.skipped.map_or(String::new(), |why| format!(": {why}"));
        differences.push(format!("not judged: its event holds no call that is audited{why}"));
    }
    differences.extend(compare(case, &audit.into_findings()));
    Verdict { differences, is_understood }
}

fn read(event: &Event, folder: &Path, audit: &mut Audit, fates: &mut Fates) -> anyhow::Result<()> {
    match event {
        Event::Record(record) => {
            let place = Place::Event("the case".to_owned());
            audit.event(&serde_json::to_vec(record)?, Origin { place: &place, message: 0 }, fates);
        }
        Event::File(path) => {
            let path = folder.join(path);
            let place = Place::File(path.display().to_string());
            let file = File::open(&path).with_context(|| format!("cannot open {place}"))?;
            let origin = Origin { place: &place, message: 0 };
            audit.any_file(BufReader::new(file), origin, fates).with_context(|| place.to_string())?;
        }
    }
    Ok(())
}

/// What is expected and not found, and found and not expected.
fn compare(case: &Case, findings: &[Finding]) -> Vec<String> {
    let id = |finding: &Finding| finding.subject.detection.id;
    let missing = case.expect.iter().filter(|expected| {
        !findings.iter().any(|finding| id(finding) == expected.detection() && expected.is_graded(finding.severity))
    });
    let unexpected = findings.iter().filter(|finding| {
        !case.expect.iter().any(|expected| id(finding) == expected.detection() && expected.is_graded(finding.severity))
    });
    let missing = missing.map(|expected| format!("missing     {expected}"));
    let unexpected =
        unexpected.map(|finding| format!("unexpected  {} ({}): {}", id(finding), finding.severity, finding.reason()));
    missing.chain(unexpected).collect()
}

/// What became of the records of an event.
#[derive(Debug, Default)]
struct Fates {
    is_judged: bool,
    /// Why one was passed over.
    skipped: Option<&'static str>,
    /// What was not, and why.
    not_understood: Vec<String>,
}

impl Observer for Fates {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.not_understood.push(format!("not understood: record {}: {}", reject.index, reject.detail));
    }

    fn read(&mut self, _: &RawRecord<'_>, fate: Fate) {
        match fate {
            Fate::Judged => self.is_judged = true,
            Fate::Skipped(skip) => self.skipped = Some(skip.as_str()),
            Fate::Rejected(_) => {}
        }
    }
}
