"""The SAM template by itself."""

import subprocess
from pathlib import Path

from conftest import REPOSITORY, TOOLS
from emulator import outside

TEMPLATE = REPOSITORY / "infra" / "sam" / "template.yaml"


def run(*command: str | Path) -> str:
    """Runs a tool; what it says is in the error where it fails."""
    quiet = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=REPOSITORY, env=outside() | quiet
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_sam_validates_the_template() -> None:
    assert "is a valid SAM Template" in run(TOOLS / "sam" / "bin" / "sam", "validate", "--lint", "--template", TEMPLATE)


def test_cfn_lint_has_nothing_to_say() -> None:
    assert run(TOOLS / "sam" / "bin" / "cfn-lint", TEMPLATE) == ""
