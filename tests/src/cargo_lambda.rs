//! Cargo Lambda's own Runtime API, which people try a function with.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::eventually;

/// A running `cargo lambda watch` that starts no function by itself. It is killed when this value is dropped.
#[derive(Debug)]
pub struct CargoLambda {
    program: PathBuf,
    port: u16,
    _watch: Child,
}

impl CargoLambda {
    /// Starts it on a free loopback port.
    ///
    /// The program is `TABLEWARDEN_CARGO_LAMBDA`, or the one that `make setup` installs.
    pub async fn start() -> anyhow::Result<Self> {
        let program = program()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut watch = command(&program, "watch", port);
        watch.arg("--only-lambda-apis").stdout(Stdio::null()).stderr(Stdio::null());
        let child = watch.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        eventually("cargo lambda watch", Duration::from_secs(20), async || {
            // Refused connections are what waiting is for.
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok().then_some(()))
        })
        .await?;
        Ok(Self { program, port, _watch: child })
    }

    /// For `AWS_LAMBDA_RUNTIME_API` of the function that is to be invoked as `name`.
    pub fn runtime_api(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/.rt/{name}", self.port)
    }

    /// `cargo lambda invoke NAME --data-file FILE`, and the answer that it prints.
    pub async fn invoke(&self, name: &str, file: &Path) -> anyhow::Result<Value> {
        let mut invoke = command(&self.program, "invoke", self.port);
        let run = invoke.arg(name).arg("--data-file").arg(file).output();
        let output = tokio::time::timeout(Duration::from_mins(1), run).await.context("no answer within a minute")??;
        let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            bail!("cargo lambda invoke: {}\n{printed}{said}", output.status);
        }
        serde_json::from_str(&printed).with_context(|| format!("not JSON: {printed}"))
    }
}

fn command(program: &Path, what: &str, port: u16) -> Command {
    let mut command = Command::new(program);
    command.args(["lambda", what, "--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::var_os("TABLEWARDEN_CARGO_LAMBDA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/lambda/bin/cargo-lambda"), PathBuf::from);
    if !program.is_file() {
        bail!("cargo-lambda is not installed at {}: run `make setup`", program.display());
    }
    Ok(program)
}
