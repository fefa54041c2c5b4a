//! A function's own process, as in one Lambda sandbox.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};

use crate::REGION;
use crate::runtime_api::{FunctionError, RuntimeApi};

/// What an invocation may take unless the test says otherwise.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// One process of a function and its Runtime API. The process is killed when this value is dropped.
#[derive(Debug)]
pub struct Function {
    runtime_api: RuntimeApi,
    process_id: u32,
    lines: Lines,
    kill: Arc<Notify>,
    exit: watch::Receiver<Option<String>>,
}

impl Function {
    /// Starts the deployable `name`, for instance `trail-log`, as `make build` left it: `NAME/bootstrap` in the folder
    /// `TABLEWARDEN_FUNCTIONS`, or in target/lambda.
    pub async fn start(name: &str, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::spawn(&artefact(name, "bootstrap")?, environment).await
    }

    /// Starts `program` in its own folder, as Lambda does where it unpacked a zip. Besides `environment` it sees what Lambda
    /// gives every function and nothing of this machine.
    pub async fn spawn(program: &Path, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let runtime_api = RuntimeApi::start().await?;
        let folder = program.parent().context("the program is in no folder")?;
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .envs(given_by_lambda())
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api.address())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let process_id = child.id().context("the process is gone at once")?;
        let lines = Lines::default();
        let readers = [
            child.stdout.take().map(|pipe| tokio::spawn(collect(pipe, lines.clone()))),
            child.stderr.take().map(|pipe| tokio::spawn(collect(pipe, lines.clone()))),
        ];
        let kill = Arc::new(Notify::new());
        let (exited, exit) = watch::channel(None);
        tokio::spawn({
            let kill = Arc::clone(&kill);
            async move {
                let status = killed_or_ended(&mut child, &kill).await;
                // Its last words first: they are in the pipes still, and say why it ended.
                for reader in readers.into_iter().flatten() {
                    let _ = reader.await;
                }
                exited.send_replace(Some(status.map_or_else(|error| error.to_string(), |status| status.to_string())));
            }
        });
        Ok(Self { runtime_api, process_id, lines, kill, exit })
    }

    /// Hands `payload` to the function and waits for its answer.
    pub async fn invoke(&self, payload: &Value) -> Result<Value, FunctionError> {
        self.invoke_within(TIMEOUT, payload).await
    }

    /// The same with a timeout of its own, which the function is told; past it the process is killed, as Lambda does.
    pub async fn invoke_within(&self, timeout: Duration, payload: &Value) -> Result<Value, FunctionError> {
        let mut exit = self.exit.clone();
        let answer = tokio::select! {
            // What it answered counts even if it ended right after.
            biased;
            answer = self.runtime_api.invoke(payload, timeout) => answer,
            status = exited(&mut exit) => Err(FunctionError::Exited { status, log: self.log().join("\n") }),
        };
        if matches!(answer, Err(FunctionError::TimedOut(_))) {
            self.kill().await;
        }
        answer
    }

    /// Kills the process as a crash would, with nothing flushed or finished, and waits until it is gone.
    pub async fn kill(&self) {
        self.kill.notify_one();
        exited(&mut self.exit.clone()).await;
    }

    /// The lines of standard output and error so far.
    pub fn log(&self) -> Vec<String> {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most memory that was resident at any time so far, in bytes (`VmHWM` of Linux).
    pub fn peak_rss_bytes(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.process_id);
        let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM: it has ended")?;
        let kibibytes = line.trim().strip_suffix(" kB").context("VmHWM is not in kB")?;
        Ok(kibibytes.parse::<u64>()? * 1024)
    }
}

/// The file of a built function: `bootstrap` or `bootstrap.zip`.
pub fn artefact(function: &str, file: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("TABLEWARDEN_FUNCTIONS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/lambda"), PathBuf::from);
    let path = folder.join(function).join(file);
    if !path.is_file() {
        bail!("{function} is not built at {}: run `make build`", path.display());
    }
    Ok(path)
}

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

/// See <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>. The emulator takes any credentials.
fn given_by_lambda() -> [(&'static str, &'static str); 9] {
    [
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "under-test"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/under-test"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0"),
    ]
}

async fn collect(pipe: impl AsyncRead + Unpin, lines: Lines) -> std::io::Result<()> {
    let mut reader = BufReader::new(pipe).lines();
    while let Some(line) = reader.next_line().await? {
        lines.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
    Ok(())
}

async fn killed_or_ended(child: &mut Child, kill: &Notify) -> std::io::Result<ExitStatus> {
    tokio::select! {
        status = child.wait() => return status,
        () = kill.notified() => {}
    }
    child.kill().await?;
    child.wait().await
}

async fn exited(exit: &mut watch::Receiver<Option<String>>) -> String {
    match exit.wait_for(Option::is_some).await {
        Ok(status) => status.clone().unwrap_or_default(),
        Err(_) => "unknown: the harness no longer watches it".to_owned(),
    }
}
