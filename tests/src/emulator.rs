//! One AWS emulator for one test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::{ACCOUNT, REGION, eventually};

/// A running emulator. It is stopped, with all it started, when this value is dropped or the test's process dies.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    endpoint: String,
    leash: Child,
    folder: TempDir,
}

impl Emulator {
    /// Starts an emulator on a free loopback port and waits until it answers, which takes about 0.3 s.
    ///
    /// The program is `TABLEWARDEN_EMULATOR`, or the one that `make setup` installs.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let leash = start_on_leash(&program()?, address, folder.path())?;
        let emulator = Self { address, endpoint: format!("http://{address}"), leash, folder };
        let ready = eventually("the emulator", Duration::from_secs(30), async || {
            // Refused connections are what waiting is for.
            Ok(emulator.is_ready().unwrap_or(false).then_some(()))
        });
        ready.await.with_context(|| emulator.log())?;
        Ok(emulator)
    }

    /// Where every AWS service answers, for `AWS_ENDPOINT_URL`: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the emulator has written so far, and what the functions deployed in it have.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_file(self.folder.path())).unwrap_or_else(|error| format!("no log: {error}"))
    }

    fn is_ready(&self) -> std::io::Result<bool> {
        let mut connection = TcpStream::connect_timeout(&self.address, Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(connection, "GET /_ministack/ready HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.lines().next().is_some_and(|status| status.contains(" 200 ")))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        let _ = self.leash.wait();
    }
}

fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::var_os("TABLEWARDEN_EMULATOR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/emulator/bin/ministack"), PathBuf::from);
    if !program.is_file() {
        bail!("the AWS emulator is not installed at {}: run `make setup`", program.display());
    }
    Ok(program)
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("emulator.log")
}

/// The emulator in a process group that lives as long as our end of its standard input is open.
///
/// The pipe closes however the test ends, killed by its runner's time limit too, and then the whole group goes: the
/// emulator and the functions deployed in it.
fn start_on_leash(program: &Path, address: SocketAddr, folder: &Path) -> anyhow::Result<Child> {
    use std::os::unix::process::CommandExt;

    let log = std::fs::File::create(log_file(folder))?;
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", r#""$@" </dev/null & cat >/dev/null; kill -KILL $!; wait $!; kill -KILL 0"#, "leash"])
        .arg(program)
        // What this machine or its user set up for the real AWS is none of the emulator's business, and functions that are
        // deployed in it inherit what it has.
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            !name.starts_with("AWS_") && !name.starts_with("TABLEWARDEN_")
        }))
        .env("BIND_HOST", address.ip().to_string())
        .env("MINISTACK_HOST", address.ip().to_string())
        .env("GATEWAY_PORT", address.port().to_string())
        .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
        .env("MINISTACK_REGION", REGION)
        // Listeners on fixed ports, over which emulators that run side by side would fight.
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0")
        .env("TMPDIR", folder)
        .stdin(Stdio::piped())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    command.spawn().with_context(|| format!("cannot start {}", program.display()))
}
