"""The commands that deploy, with tools that only write down how they are called: what is checked first, and what is refused."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import REPOSITORY

TOOLS = ("cargo", "terraform", "sam", "python")

# Writes its name and arguments down. What checks a policy fails where the test says so.
FAKE = """#!/bin/sh
name=$(basename "$0")
echo "$name $*" >> "$CALLS"
case "$name $*" in
"cargo run"*) exit "${CHECK:-0}" ;;
"terraform "*apply*) env | grep ^TF_VAR_ >> "$CALLS" ;;
esac
"""


class Deploy:
    """scripts/deploy.sh among fakes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        (folder / "bin").mkdir()
        for tool in TOOLS:
            fake = folder / "bin" / tool
            fake.write_text(FAKE)
            fake.chmod(0o755)
        for function in ("trail-log", "ddl-event"):
            made = folder / "made" / "lambda" / function
            made.mkdir(parents=True)
            (made / "bootstrap.zip").write_bytes(b"zip")
        (folder / "policy.yaml").write_text("version: 1\n")

    def run(self, *arguments: str, **settings: str) -> tuple[int, str, list[str]]:
        """Runs it; gives the exit code, what it said, and what it called."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "CALLS": str(self.calls),
            "CARGO_TARGET_DIR": str(self.folder / "made"),
        }
        done = subprocess.run(
            [REPOSITORY / "scripts" / "deploy.sh", *arguments],
            env=environment | settings,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout, self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def deploy(tmp_path: Path) -> Deploy:
    return Deploy(tmp_path)


def position(calls: list[str], what: str) -> int:
    """Where a call stands that holds these words."""
    found = [at for at, call in enumerate(calls) if what in call]
    assert found, (what, calls)
    return found[0]


def test_policy_is_checked_before_terraform_applies_it(deploy: Deploy) -> None:
    code, said, calls = deploy.run("terraform", "up", POLICY=str(deploy.folder / "policy.yaml"))
    assert code == 0, said
    assert position(calls, "policy check") < position(calls, " init ") < position(calls, " apply")
    assert f"TF_VAR_policy_file={deploy.folder / 'policy.yaml'}" in calls
    assert not any("-auto-approve" in call for call in calls), "nobody said yes"
    assert "policy.yaml" in said


@pytest.mark.parametrize("tool", ["terraform", "sam"])
def test_policy_that_does_not_pass_stops_everything(deploy: Deploy, tool: str) -> None:
    policy = str(deploy.folder / "policy.yaml")
    code, _, calls = deploy.run(tool, "up", POLICY=policy, POLICY_URI="s3://config/policy.yaml", CHECK="1")
    assert code == 1
    assert [call.split()[:2] for call in calls] == [["cargo", "run"]]


def test_sam_puts_the_policy_where_it_then_says_it_is(deploy: Deploy) -> None:
    code, said, calls = deploy.run(
        "sam",
        "up",
        POLICY=str(deploy.folder / "policy.yaml"),
        POLICY_URI="s3://config/some/policy.yaml",
        PARAMETERS="AlertEmail=soc@example.com Chat=true",
        STACK="watch",
        YES="1",
    )
    assert code == 0, said
    assert position(calls, "policy check") < position(calls, "sam build") < position(calls, "sam deploy")
    put = calls[position(calls, "python -")]
    assert put.endswith("policy.yaml config some/policy.yaml")
    deployed = calls[position(calls, "sam deploy")]
    assert "--stack-name watch" in deployed
    assert "--no-confirm-changeset" in deployed
    assert "Policy=s3://config/some/policy.yaml AlertEmail=soc@example.com Chat=true" in deployed


REFUSED = [
    ("terraform", {"POLICY": "/nowhere.yaml"}, "there is no such file"),
    ("terraform", {"EXAMPLE": "/nowhere"}, "there is no such folder"),
    ("terraform", {"CARGO_TARGET_DIR": "/nowhere"}, "run make build"),
    ("sam", {"POLICY": __file__}, "POLICY_URI=s3://BUCKET/KEY"),
    ("sam", {"RULES": "/rules"}, "PARAMETERS="),
    ("pulumi", {}, "terraform or sam"),
]


@pytest.mark.parametrize(("tool", "settings", "why"), REFUSED, ids=[why for _, _, why in REFUSED])
def test_what_is_missing_is_said_and_nothing_is_deployed(
    deploy: Deploy, tool: str, settings: dict[str, str], why: str
) -> None:
    code, said, calls = deploy.run(tool, "up", **settings)
    assert code == 2, said
    assert why in said
    assert not [call for call in calls if call.startswith(("terraform", "sam"))]


@pytest.mark.parametrize(("tool", "command"), [("terraform", "destroy"), ("sam", "delete")])
def test_taking_down_asks_unless_told(deploy: Deploy, tool: str, command: str) -> None:
    code, said, calls = deploy.run(tool, "down")
    assert code == 0
    assert "empty those of logs and findings first" in said
    asked = calls[position(calls, command)]
    assert "-auto-approve" not in asked
    assert "--no-prompts" not in asked
    _, _, calls = deploy.run(tool, "down", YES="1")
    assert "-auto-approve" in calls[-1] or "--no-prompts" in calls[-1]
