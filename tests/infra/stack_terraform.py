"""The Terraform module: its commands, and examples/complete applied to an emulator."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from emulator import Emulator, outside
from end_to_end import Stack

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
NAME = "tablewarden"


@dataclass(frozen=True)
class Terraform:
    """Terraform, run on a copy of the repository's `infra`."""

    program: Path
    workspace: Path

    @property
    def module(self) -> Path:
        return self.workspace / "infra" / "terraform"

    def run(
        self, folder: Path, *arguments: str, environment: dict[str, str] | None = None, fails: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in a folder. What it says is in the error where it fails, unless that `fails` is for the caller."""
        done = subprocess.run(
            [self.program, f"-chdir={folder}", *arguments],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=(environment or outside()) | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        )
        if done.returncode != 0 and not fails:
            raise AssertionError(f"terraform {' '.join(arguments)} in {folder.name}:\n{done.stdout[-6000:]}")
        return done

    def initialise(self, folder: Path, fails: bool = False) -> str:
        """Gets the provider, from this machine where it is on it, else from the registry; gives what was said."""
        plugins = subprocess.run(
            [REPOSITORY / "scripts" / "terraform-plugins.sh"], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
        where = [f"-plugin-dir={plugins}"] if plugins else []
        return self.run(folder, "init", "-input=false", "-no-color", *where, fails=fails).stdout


@dataclass(frozen=True)
class TerraformStack:
    """examples/complete, applied."""

    terraform: Terraform
    folder: Path
    stack: Stack

    @classmethod
    def apply(cls, terraform: Terraform, emulator: Emulator) -> Self:
        """Applies the example, with tests/infra/terraform_override.tf beside it."""
        folder = terraform.module / "examples" / "complete"
        (folder / "emulator_override.tf").write_text((HERE / "terraform_override.tf").read_text())
        terraform.initialise(folder)
        applied = cls(terraform, folder, Stack(emulator, NAME, {}))
        applied.run("apply", "-auto-approve", "-parallelism=30")
        outputs = json.loads(applied.run("output", "-json", "tablewarden").stdout)
        return cls(terraform, folder, Stack(emulator, NAME, outputs))

    def run(self, command: str, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Runs a command on what is applied, with the settings that the SAM template is deployed with too."""
        endpoint = {"AWS_ENDPOINT_URL": self.stack.emulator.endpoint}
        environment = self.stack.emulator.environment() | {
            "TF_VAR_extra_environment": json.dumps(endpoint),
            # The emulator has none of them: test_views.py reads what the templates say.
            "TF_VAR_insights_queries": "false",
            "TF_VAR_contributor_insights": "false",
            # What costs or stays is off in the example, and tried here.
            "TF_VAR_object_lock_days": "30",
            "TF_VAR_data_event_rule": "true",
            "TF_VAR_busy_tables": json.dumps(["orders"]),
            # The SAM template subscribes one address for alerts.
            "TF_VAR_alert_emails": json.dumps({"soc@example.com": "medium"}),
        }
        asks = ("-input=false",) if command in ("apply", "plan", "destroy") else ()
        plain = () if command == "output" else ("-no-color",)
        return self.terraform.run(self.folder, command, *plain, *asks, *arguments, environment=environment, fails=fails)


def resources(module: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a module and of those in it, as `terraform show -json` has them."""
    inner = [resource for child in module.get("child_modules", []) for resource in resources(child)]
    return module.get("resources", []) + inner
