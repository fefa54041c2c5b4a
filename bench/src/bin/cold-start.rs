//! Prints how long each function takes from the start of its process to the first event that it asks for, how much memory it has
//! then, and how large what is deployed is.
//!
//! `cold-start FUNCTIONS FOLDER [STARTS]`: where `make build` left the functions, and where the policy is kept. See
//! `make cold-start`. The functions have the settings that the templates give, and the policy as a file: one at `s3://` would add
//! the time of a `GetObject`, which is the network's. The page cache is warm. The reference is this program itself, which connects
//! and asks, and does nothing else: the rest is what the function does.
#![expect(clippy::print_stdout, reason = "to be read")]

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use tablewarden_bench::corpus;

const STARTS: usize = 100;

/// How many starts before those that count: they bring the files into the page cache.
const WARMING: usize = 5;

/// How long a function is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

const FUNCTIONS: [&str; 2] = ["trail-log", "ddl-event"];

/// What asks a function's Runtime API for an event:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";

/// What Lambda gives to a function, and then what both templates do, with everything on that may be.
const ENVIRONMENT: [(&str, &str); 17] = [
    ("AWS_REGION", "eu-west-1"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "key"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_SESSION_TOKEN", "token"),
    ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/measured"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0"),
    ("TABLEWARDEN_ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts"),
    ("TABLEWARDEN_CHAT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:chat"),
    ("TABLEWARDEN_STATE_TABLE", "tablewarden-state"),
    ("TABLEWARDEN_COOLDOWN_MINUTES", "60"),
    ("TABLEWARDEN_METRICS_NAMESPACE", "Tablewarden"),
    ("TABLEWARDEN_ARCHIVE_BUCKET", "tablewarden-findings"),
    ("TABLEWARDEN_ARCHIVE_PREFIX", "findings"),
];
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// The argument with which this program is the reference.
const ASK: &str = "--ask";

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: cold-start FUNCTIONS FOLDER [STARTS]";
    let functions = PathBuf::from(arguments.next().context(usage)?);
    if functions.as_os_str() == ASK {
        return ask();
    }
    let folder = PathBuf::from(arguments.next().context(usage)?);
    let starts = match arguments.next() {
        Some(starts) => starts.to_str().and_then(|starts| starts.parse().ok()).context(usage)?,
        None => STARTS,
    };
    ensure!(starts > 0, usage);
    corpus::policy(&folder)?;
    let policy = fs::canonicalize(folder.join("policy.yaml"))?;

    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["process", "policy", "ms", "at best", "resident MiB", "binary MB", "zip MB"]);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut row = |name: &str, kind: &str, measured: &Measured, sizes: [String; 2]| {
        let [binary, zip] = sizes;
        let Measured { median, least, resident } = measured;
        let [median, least] = [median, least].map(|time| format!("{:.2}", time.as_secs_f64() * 1e3));
        table.add_row([name.to_owned(), kind.to_owned(), median, least, mega(*resident, 1 << 20), binary, zip]);
    };
    let itself = std::env::current_exe()?;
    row("asks, no more", "", &measure(&itself, &[OsStr::new(ASK)], &[], starts)?, [String::new(), String::new()]);
    for name in FUNCTIONS {
        let binary = functions.join(name).join("bootstrap");
        let size = |path: &Path| -> Result<String> {
            let data = fs::metadata(path).with_context(|| format!("{}: run `make build`", path.display()))?;
            Ok(mega(data.len(), 1_000_000))
        };
        let sizes = [size(&binary)?, size(&binary.with_extension("zip"))?];
        for (kind, setting) in [("none", None), ("500 lines", Some(("TABLEWARDEN_POLICY", policy.as_os_str())))] {
            row(name, kind, &measure(&binary, &[], setting.as_slice(), starts)?, sizes.clone());
        }
    }
    println!("{table}");
    Ok(())
}

/// The reference: a client of the Runtime API that has nothing to do.
fn ask() -> Result<()> {
    let address = std::env::var(RUNTIME_API)?;
    let mut connection = TcpStream::connect(&address)?;
    write!(connection, "{NEXT}HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// What was measured of a program: times from its start to its first question, and the memory that is resident then, in bytes.
struct Measured {
    median: Duration,
    least: Duration,
    resident: u64,
}

fn measure(program: &Path, arguments: &[&OsStr], settings: &[(&str, &OsStr)], starts: usize) -> Result<Measured> {
    let runtime_api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (mut times, mut resident) = (Vec::with_capacity(starts), Vec::with_capacity(starts));
    for number in 0..WARMING + starts {
        let (time, bytes) = start(&runtime_api, program, arguments, settings)?;
        if number >= WARMING {
            times.push(time);
            resident.push(bytes);
        }
    }
    times.sort();
    resident.sort_unstable();
    let (median, least) = times.get(starts / 2).zip(times.first()).context("no starts")?;
    let resident = *resident.get(starts / 2).context("no starts")?;
    Ok(Measured { median: *median, least: *least, resident })
}

fn start(
    runtime_api: &TcpListener,
    program: &Path,
    arguments: &[&OsStr],
    settings: &[(&str, &OsStr)],
) -> Result<(Duration, u64)> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT)
        .env(RUNTIME_API, runtime_api.local_addr()?.to_string())
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let patience = Patience::begins(runtime_api.local_addr()?);
    let from = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
    let asked = first_question(runtime_api);
    let time = from.elapsed();
    let resident = resident(child.id());
    drop(patience);
    child.kill()?;
    child.wait()?;
    let (question, connection) = asked.with_context(|| format!("{} asked nothing", program.display()))?;
    drop(connection);
    ensure!(question.starts_with(NEXT), "{} asked {question:?}", program.display());
    Ok((time, resident?))
}

/// Connects, and says nothing, where nobody else has in time.
struct Patience {
    _until_dropped: mpsc::Sender<()>,
}

impl Patience {
    fn begins(address: SocketAddr) -> Self {
        let (sender, dropped) = mpsc::channel::<()>();
        thread::spawn(move || {
            if dropped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = TcpStream::connect(address);
            }
        });
        Self { _until_dropped: sender }
    }
}

/// The head of the first request, and its connection: the one who asks waits for an answer until that is closed.
fn first_question(runtime_api: &TcpListener) -> Result<(String, TcpStream)> {
    let (mut connection, _) = runtime_api.accept()?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut head = vec![0; NEXT.len()];
    connection.read_exact(&mut head)?;
    Ok((String::from_utf8(head)?, connection))
}

/// The resident memory of a process, in bytes: its own pages, and those of files that it has touched.
fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS: it has ended")?;
    let kibibytes = kibibytes.trim().strip_suffix(" kB").context("VmRSS is not in kB")?;
    Ok(kibibytes.parse::<u64>()? * 1024)
}

fn mega(bytes: u64, unit: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "of some millions")]
    let number = bytes as f64 / unit as f64;
    format!("{number:.1}")
}
