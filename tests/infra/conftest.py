"""What the tests of the templates share. A stack is brought up once, both at the same time, and only where a test asks for it."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator
from end_to_end import Stack
from stack_sam import SamStack
from stack_terraform import Terraform, TerraformStack

REPOSITORY = Path(__file__).parents[2]
TOOLS = REPOSITORY / ".tools"
FUNCTIONS = Path(os.environ.get("TABLEWARDEN_FUNCTIONS", REPOSITORY / "target" / "lambda"))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is deployed, so that no tool leaves anything behind in the repository."""
    folder = tmp_path_factory.mktemp("workspace")
    shutil.copytree(
        REPOSITORY / "infra", folder / "infra", ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", ".aws-sam")
    )
    (folder / "target").mkdir()
    (folder / "target" / "lambda").symlink_to(FUNCTIONS)
    return folder


@pytest.fixture(scope="session")
def found_terraform(tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    """Terraform itself, which is looked for and not installed; or why it cannot be used: the provider must be to be had."""
    found = shutil.which("terraform")
    if found is None:
        return "terraform is not on the PATH"
    folder = tmp_path_factory.mktemp("provider")
    shutil.copy(REPOSITORY / "infra" / "terraform" / "versions.tf", folder)
    terraform = Terraform(Path(found), folder)
    said = terraform.initialise(folder, fails=True)
    if "Failed to query available provider packages" in said or "Failed to install provider" in said:
        return "terraform's AWS provider is not to be had: neither on this machine nor from the registry"
    return terraform.program


@pytest.fixture(scope="session")
def terraform_program(found_terraform: Path | str) -> Path:
    """Terraform, for what cannot do without."""
    if isinstance(found_terraform, str):
        pytest.skip(found_terraform)
    return found_terraform


def stacks(item: pytest.Item) -> set[str]:
    """Which stacks a test asks for."""
    if not isinstance(item, pytest.Function):
        return set()
    by_name = {name.removesuffix("_stack") for name in item.fixturenames if name.endswith("_stack")}
    return by_name | ({item.callspec.params["stack"]} if "stack" in item.fixturenames else set())


@pytest.fixture(scope="session")
def deployments(
    request: pytest.FixtureRequest,
    workspace: Path,
    found_terraform: Path | str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[Any]]]:
    """The stacks that tests ask for, on their way at the same time: what is slow about them is waiting."""
    wanted = {name for item in request.session.items for name in stacks(item)}
    policy = workspace / "infra" / "terraform" / "examples" / "complete" / "policy.yaml"
    deploy: dict[str, Callable[[Emulator], Any]] = {}
    if isinstance(found_terraform, Path) and "terraform" in wanted:
        deploy["terraform"] = lambda emulator: TerraformStack.apply(Terraform(found_terraform, workspace), emulator)
    if "sam" in wanted:
        deploy["sam"] = lambda emulator: SamStack.deploy(workspace, emulator, policy)
    emulators = {name: Emulator.start(tmp_path_factory.mktemp(f"emulator-{name}")) for name in deploy}
    try:
        with ThreadPoolExecutor() as pool:
            yield {name: pool.submit(start, emulators[name]) for name, start in deploy.items()}
    finally:
        for emulator in emulators.values():
            emulator.stop()


@pytest.fixture(scope="session")
def terraform_stack(terraform_program: Path, deployments: dict[str, Future[Any]]) -> TerraformStack:  # noqa: ARG001 (skips)
    """The Terraform example, applied."""
    return deployments["terraform"].result()


@pytest.fixture(scope="session")
def sam_stack(deployments: dict[str, Future[Any]]) -> SamStack:
    """The SAM template, deployed with the settings of the Terraform example."""
    return deployments["sam"].result()


@pytest.fixture(scope="session", params=["terraform", "sam"])
def stack(request: pytest.FixtureRequest) -> Stack:
    """One stack and then the other, for what has to hold of both."""
    return request.getfixturevalue(f"{request.param}_stack").stack


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a stack down comes last, whatever pytest makes of the order."""
    items.sort(key=lambda item: item.path.name == "test_uninstall.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody has to read the list of skips to learn that something was not proven."""
    for report in terminalreporter.stats.get("skipped", []):
        where, _, reason = report.longrepr
        terminalreporter.write_line(
            f"!!! NOT PROVEN: {report.nodeid or where}: {reason.removeprefix('Skipped: ')} !!!", red=True, bold=True
        )
