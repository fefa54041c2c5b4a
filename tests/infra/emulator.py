"""An AWS emulator for one stack: started on a free port, and gone with all that it started."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

REPOSITORY = Path(__file__).parents[2]

ACCOUNT = "123456789012"
REGION = "eu-west-1"

# The pipe closes however the tests end, and then the whole group goes: the emulator and the functions in it.
LEASH = '"$@" </dev/null & cat >/dev/null; kill -KILL $!; wait $!; kill -KILL 0'


class Emulator:
    """A running emulator."""

    def __init__(self, endpoint: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.endpoint = endpoint
        self._process = process
        self._log = log

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Starts an emulator that keeps what it writes in `folder`.

        Its program is `TABLEWARDEN_EMULATOR`, or what `make setup` installs.
        """
        program = Path(os.environ.get("TABLEWARDEN_EMULATOR", REPOSITORY / ".tools/emulator/bin/ministack"))
        python = program.with_name("python")
        main = Path(__file__).with_name("emulator_main.py")
        log = folder / "emulator.log"
        port = free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["/bin/sh", "-c", LEASH, "leash", str(python), str(main)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=folder,
                start_new_session=True,
                env=outside()
                | {
                    "BIND_HOST": "127.0.0.1",
                    "MINISTACK_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(port),
                    "MINISTACK_ACCOUNT_ID": ACCOUNT,
                    "MINISTACK_REGION": REGION,
                    # Listeners on fixed ports, over which emulators that run side by side would fight.
                    "IOT_MTLS_ENABLED": "0",
                    # State machines try again at once.
                    "SFN_WAIT_SCALE": "0",
                    "SFTP_ENABLED": "0",
                    "TMPDIR": str(folder),
                },
            )
        emulator = cls(f"http://127.0.0.1:{port}", process, log)
        emulator._wait_until_ready()
        return emulator

    def client(self, service: str) -> Any:
        """A client of one service of it."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def environment(self) -> dict[str, str]:
        """What a program needs to take the emulator for AWS."""
        return outside() | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """Stops it. What it resets before are the functions: their processes would stay behind."""
        reset = urllib.request.Request(f"{self.endpoint}/_ministack/reset", method="POST")
        try:
            urllib.request.urlopen(reset, timeout=30).close()
        finally:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(f"the emulator does not answer: {self.log()}")


def outside() -> dict[str, str]:
    """The environment without what this machine or its user set up for the real AWS, and without settings of the functions."""
    ours = ("AWS_", "TABLEWARDEN_", "SAM_", "TF_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
