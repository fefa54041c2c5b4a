"""The rules on the event bus let through every change that the engine tells of, as far as events/scenarios shows them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY
from emulator import ACCOUNT, REGION, Emulator
from records import EVENTS

PATTERNS = REPOSITORY / "infra" / "event-patterns"
# One scenario has records on purpose that are no JSON.
SCENARIOS = sorted(
    {path.parent for path in (EVENTS / "scenarios").glob("*/expected.ndjson")} - {EVENTS / "scenarios" / "odd-records"}
)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator.start(tmp_path_factory.mktemp("emulator-patterns"))
    yield emulator
    emulator.stop()


def records(value: Any) -> Iterator[dict[str, Any]]:
    """The CloudTrail records in any of the forms that a scenario has them in."""
    if isinstance(value, dict) and "eventID" in value and "eventName" in value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from records(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from records(inner)


def told_changes(scenario: Path) -> list[dict[str, Any]]:
    """The records of changes that a scenario's findings tell of: API calls of the control plane that are not mere reads.

    EventBridge does not get reads unless a rule asks for all management events; rules of users ask for what they like.
    """
    findings = [json.loads(line) for line in (scenario / "expected.ndjson").read_text().splitlines()]
    told = {event for one in findings if not one["detection"].startswith("sigma:") for event in one["event_ids"]}
    found = {}
    for path in scenario.glob("*.json"):
        if not path.name.startswith("expected"):
            for record in records(json.loads(path.read_text())):
                found[record["eventID"]] = record
    return [
        record
        for event, record in found.items()
        if event in told
        and record.get("eventCategory") == "Management"
        and record.get("eventType") == "AwsApiCall"
        and not record.get("readOnly")
    ]


def test_changes_that_are_told_of_come_over_the_bus(emulator: Emulator) -> None:
    client = emulator.client("events")
    patterns = [path.read_text() for path in PATTERNS.glob("control-plane*.json")]
    tried, missed = 0, set()
    for scenario in SCENARIOS:
        for record in told_changes(scenario):
            event = {
                "version": "0",
                "id": record["eventID"],
                "detail-type": "AWS API Call via CloudTrail",
                "source": f"aws.{record['eventSource'].removesuffix('.amazonaws.com')}",
                "account": ACCOUNT,
                "time": record["eventTime"],
                "region": REGION,
                "resources": [],
                "detail": record,
            }
            text = json.dumps(event)
            tried += 1
            if not any(client.test_event_pattern(EventPattern=one, Event=text)["Result"] for one in patterns):
                missed.add((scenario.name, record["eventSource"], record["eventName"]))
    assert tried > 50
    assert not missed


@pytest.mark.parametrize("kind", ["data-events", "guardduty", "config"])
def test_optional_rules_let_nothing_of_the_control_plane_through(emulator: Emulator, kind: str) -> None:
    """An event that two rules let through is audited twice, and paid for twice."""
    client = emulator.client("events")
    pattern = (PATTERNS / f"{kind}.json").read_text()
    deleted = json.loads((EVENTS / "deliveries" / "eventbridge-api-call.json").read_text())
    assert not client.test_event_pattern(EventPattern=pattern, Event=json.dumps(deleted))["Result"]
