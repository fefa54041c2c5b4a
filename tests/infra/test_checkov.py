"""Both templates hold to the practices that others agreed on; each exception stands beside what it is about, with its reason."""

import json
import subprocess
from typing import Any

import pytest
from conftest import REPOSITORY, TOOLS
from emulator import outside

TEMPLATES = {
    "terraform": ["--directory", "infra/terraform", "--framework", "terraform"],
    "sam": ["--file", "infra/sam/template.yaml", "--framework", "cloudformation"],
}


def checked(template: str) -> dict[str, Any]:
    """What checkov says of a template."""
    command = [TOOLS / "checkov" / "bin" / "checkov", *TEMPLATES[template], "--skip-download", "--compact"]
    done = subprocess.run(
        [*command, "--output", "json"],
        text=True,
        capture_output=True,
        cwd=REPOSITORY,
        env=outside(),
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_check_fails_and_each_exception_says_why(template: str) -> None:
    said = checked(template)
    results = said["results"]
    failed = {f"{one['check_id']} {one['resource']}: {one['check_name']}" for one in results["failed_checks"]}
    assert not failed, "\n".join(sorted(failed))
    assert said["summary"]["passed"] > 40
    assert said["summary"]["parsing_errors"] == 0
    for skipped in results["skipped_checks"]:
        reason = skipped["check_result"]["suppress_comment"]
        assert len(reason) > 20, (skipped["check_id"], skipped["resource"], reason)
