//! Log files to measure with, drawn from a seed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::detections::Context;
use tablewarden_core::finding::Origin;
use tablewarden_core::learn::{Accept, Learner};
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_generator::{Application, LogFile, Record};

const SEED: u64 = 7;
const FIRST_DAY: Date = Date::constant(2026, 3, 10);

/// How many files a corpus has, and how large each is, decompressed, in bytes.
const FILES: usize = 4;
const FILE_BYTES: usize = 25_000_000;

/// How many tables the policy has, and how many lines of `expected` in all.
const TABLES: usize = 50;
const EXPECTATIONS: usize = 500;

/// What a corpus is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Calls of all services, of which one in twenty is DynamoDB's: a trail of an account.
    Mixed,
    /// Calls on items of DynamoDB tables alone: a trail of data events.
    Ddb,
}

impl Kind {
    /// Both, in the order in which tables show them.
    pub const ALL: [Self; 2] = [Self::Mixed, Self::Ddb];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mixed => "MIXED",
            Self::Ddb => "DDB",
        }
    }
}

/// A file as it is stored, and how much is in it.
#[derive(Debug)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes, gzip.
    pub gzip: Vec<u8>,
    /// How many bytes it has, decompressed.
    pub bytes: usize,
    /// How many records.
    pub records: usize,
}

/// The files of a kind. They are made in a folder where they are not there yet.
pub fn files(kind: Kind, folder: &Path) -> Result<Vec<File>> {
    let folder = folder.join(kind.name().to_lowercase());
    if !folder.join("whole").exists() {
        make(kind, &folder)?;
        fs::write(folder.join("whole"), "")?;
    }
    (0..FILES).map(|number| read(folder.join(format!("{number}.json.gz")))).collect()
}

/// The text of the policy: what a day teaches, with as many tables and expectations more as are missing.
pub fn policy(folder: &Path) -> Result<String> {
    let path = folder.join("policy.yaml");
    if let Ok(yaml) = fs::read_to_string(&path) {
        return Ok(yaml);
    }
    let yaml = padded(&learned()?);
    Policy::parse("policy.yaml", &yaml)?;
    fs::create_dir_all(folder)?;
    fs::write(path, &yaml)?;
    Ok(yaml)
}

fn read(path: PathBuf) -> Result<File> {
    let gzip = fs::read(&path).with_context(|| path.display().to_string())?;
    let mut json = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(gzip.as_slice()), &mut json)?;
    let records = json.windows(10).filter(|window| *window == b"\"eventID\":").count();
    Ok(File { path, gzip, bytes: json.len(), records })
}

fn make(kind: Kind, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let shop = Application::new(SEED);
    let mut records = days().flat_map(|date| shop.day(date).log_files().records()).filter(chosen(kind));
    for number in 0..FILES {
        let mut file = LogFile { key: String::new(), records: Vec::new() };
        let mut json = Vec::new();
        // Records have nearly the same size: some hundred at a time come near enough.
        while json.len() < FILE_BYTES {
            file.records.extend(records.by_ref().take(500));
            json.clear();
            if file.records.len() % 4000 < 500 {
                file.write_json(&mut json)?;
            }
        }
        let to = fs::File::create(folder.join(format!("{number}.json.gz")))?;
        let mut encoder = GzEncoder::new(to, Compression::default());
        std::io::Write::write_all(&mut encoder, &json)?;
        encoder.finish()?;
    }
    Ok(())
}

fn days() -> impl Iterator<Item = Date> {
    std::iter::successors(Some(FIRST_DAY), |date| date.tomorrow().ok())
}

/// Which records of the application's days a corpus takes: of those of a mixed one that are DynamoDB's, so few that they
/// are a twentieth.
fn chosen(kind: Kind) -> impl FnMut(&Record) -> bool {
    let (mut others, mut ours) = (0, 0);
    move |record| {
        let is_ours = record.event_source() == "dynamodb.amazonaws.com";
        match kind {
            Kind::Ddb => is_ours && record.is_data_event(),
            Kind::Mixed if is_ours => {
                let is_wanted = (ours + 1) * 19 <= others;
                ours += usize::from(is_wanted);
                is_wanted
            }
            Kind::Mixed => {
                others += 1;
                true
            }
        }
    }
}

struct Student(Learner);

impl Observer for Student {
    fn rejected(&mut self, _: &Reject<'_>) {}

    fn accessed(&mut self, call: &Call<'_>, access: &Access<'_>, _: &Context<'_>) {
        self.0.add(call, access);
    }
}

/// The policy that a day teaches.
fn learned() -> Result<String> {
    let mut student = Student(Learner::new(Accept { other_accounts: true, ..Accept::default() }, None));
    let mut audit = Audit::new(None, stage_time()?, Limits::default());
    let mut json = Vec::new();
    for file in Application::new(SEED).day(FIRST_DAY).log_files() {
        json.clear();
        file.write_json(&mut json)?;
        let place = Place::File(file.key);
        audit.log_file(json.as_slice(), Origin { place: &place, message: 0 }, &mut student)?;
    }
    Ok(student.0.finish(&audit.into_findings()).to_yaml())
}

fn padded(yaml: &str) -> String {
    let mut yaml = yaml.to_owned();
    let is_table = |line: &&str| line.trim_start().starts_with("- table:");
    let tables = yaml.lines().filter(is_table).count();
    let expectations = yaml.lines().filter(|line| line.trim_start().starts_with("- {")).count();
    let missing = TABLES.saturating_sub(tables);
    for table in 0..missing {
        // Writing to a string does not fail.
        let _ = write!(yaml, "  - table: archive-{table}\n    expected:\n");
        let lines = EXPECTATIONS.saturating_sub(expectations) * (table + 1) / missing
            - EXPECTATIONS.saturating_sub(expectations) * table / missing;
        for line in 0..lines {
            let _ = writeln!(
                yaml,
                "      - {{role: app/archive-{table}-{line}-*, effects: [read], cidrs: [10.{table}.0.0/16]}}"
            );
        }
    }
    yaml
}

/// The time at which everything is audited.
pub(crate) fn stage_time() -> Result<jiff::Timestamp> {
    Ok("2026-03-20T06:00:00Z".parse()?)
}

/// The policy, compiled.
pub fn compiled(yaml: &str) -> Result<Arc<Policy>> {
    Ok(Arc::new(Policy::parse("policy.yaml", yaml)?))
}
