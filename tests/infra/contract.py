"""schema/contract.json: what the code of the functions reads, calls, measures and logs, written by a test of the code."""

import json
from functools import cache
from pathlib import Path
from typing import Any

# The functions of a deployment, and whose code each runs.
CODE = {"trail-log": "trail-log", "ddl-event": "ddl-event", "backfill": "trail-log"}

CONTRACT = Path(__file__).parents[2] / "schema" / "contract.json"


@cache
def contract() -> dict[str, Any]:
    return json.loads(CONTRACT.read_text())


def settings(function: str) -> set[str]:
    """The environment variables that a function reads."""
    return {setting["name"] for setting in contract()["settings"] if function in setting["functions"]}


def calls(function: str, environment: dict[str, str]) -> set[tuple[str, str]]:
    """The calls on AWS that a function makes with these settings: action, and what on."""
    return {
        (call["action"], call["resource"])
        for call in contract()["calls"]
        if call["function"] == function
        and (call["when"] is None or environment.get(call["when"], "none") not in ("", "none"))
    }


def metrics() -> set[tuple[str, frozenset[str]]]:
    """The metrics that the functions put, each with a set of dimensions that it has."""
    return {
        (metric["name"], frozenset(dimensions))
        for metric in contract()["metrics"]
        for dimensions in metric["dimensions"]
    }


def log_fields() -> set[str]:
    """The fields of a log line about a finding."""
    return set(contract()["log_lines"]["fields"])


def log_messages() -> set[str]:
    """The messages of log lines about findings."""
    return set(contract()["log_lines"]["messages"])
