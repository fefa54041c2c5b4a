"""The Terraform module by itself: form, documentation, what its switches do, and that applying it leaves nothing to do."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY
from stack_terraform import Terraform, TerraformStack

MODULE = REPOSITORY / "infra" / "terraform"
EXAMPLES = sorted(path.name for path in (MODULE / "examples").iterdir() if (path / "main.tf").is_file())


@pytest.fixture(scope="module")
def terraform(terraform_program: Path, tmp_path_factory: pytest.TempPathFactory, workspace: Path) -> Terraform:
    """Terraform on another copy: the first one is being applied meanwhile."""
    import shutil

    folder = tmp_path_factory.mktemp("terraform")
    shutil.copytree(REPOSITORY / "infra", folder / "infra", ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    (folder / "target").symlink_to(workspace / "target")
    return Terraform(terraform_program, folder)


def test_terraform_is_formatted(terraform: Terraform) -> None:
    terraform.run(MODULE, "fmt", "-check", "-diff", "-recursive")


@pytest.mark.parametrize("folder", [".", *(f"examples/{name}" for name in EXAMPLES)])
def test_configuration_is_valid(terraform: Terraform, folder: str) -> None:
    terraform.initialise(terraform.module / folder)
    terraform.run(terraform.module / folder, "validate", "-no-color")


def test_switches_do_what_the_module_says(terraform: Terraform) -> None:
    terraform.initialise(terraform.module)
    said = terraform.run(terraform.module, "test", "-no-color").stdout
    assert " passed, 0 failed" in said, said


def test_readme_lists_variables_and_outputs_as_they_are() -> None:
    subprocess.run(
        [sys.executable, REPOSITORY / "scripts" / "terraform-docs.py", "--check"], check=True, cwd=REPOSITORY
    )


def test_applied_example_has_nothing_left_to_do(terraform_stack: TerraformStack) -> None:
    planned = terraform_stack.run("plan", "-detailed-exitcode", fails=True)
    assert planned.returncode == 0, planned.stdout
