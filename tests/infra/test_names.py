"""What the templates name, the functions read and write: settings, metrics with their dimensions, fields of log lines."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from conftest import REPOSITORY
from contract import CODE, log_fields, log_messages, metrics, settings
from end_to_end import NAMESPACE, Stack, eventually
from inventory import inventory
from records import data_event, deleted_table

INFRA = REPOSITORY / "infra"

# What no template has to set, and why.
NOT_SET = {
    "TABLEWARDEN_MAX_OBJECT_MIB": "a limit that nobody met; extra_environment sets it",
    "TABLEWARDEN_MAX_RECORD_KIB": "a limit that nobody met; extra_environment sets it",
}
# What is AWS's own, and is read by the SDK.
OF_AWS = {"AWS_ENDPOINT_URL"}

# Logs Insights' own words.
WORDS = {"fields", "filter", "stats", "sort", "limit", "by", "as", "and", "or", "not", "asc", "desc", "in", "like"}
FUNCTIONS = {"ispresent", "max", "min", "sum", "count"}


@pytest.fixture(scope="module")
def found(stack: Stack) -> dict[str, Any]:
    return inventory(stack.emulator, stack.name)


@pytest.mark.parametrize(("function", "code"), CODE.items())
def test_environment_is_what_the_function_reads(stack: Stack, found: dict[str, Any], function: str, code: str) -> None:
    given = set(found["functions"][f"{stack.name}-{function}"]["Environment"]) - OF_AWS
    read = settings(code)
    assert given - read == set(), "set, and nobody reads it: the function would refuse to start"
    assert read - given - set(NOT_SET) == set(), "read, and no template sets it"


def test_alarms_watch_metrics_that_the_functions_put(found: dict[str, Any]) -> None:
    watched = set()
    for name, alarm in found["alarms"].items():
        if alarm.get("Namespace") == NAMESPACE:
            watched.add((alarm["MetricName"], frozenset(alarm["Dimensions"])))
        else:
            # A service's own metrics, or metric math, which test_same_system.py holds to the same for both.
            assert alarm.get("Namespace", "AWS/").startswith("AWS/"), name
    assert watched - metrics() == set()
    assert len(watched) >= 9


def test_alarms_say_what_to_do_and_where_it_is_written(found: dict[str, Any]) -> None:
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text()
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", runbook, re.M)
    }
    anchors |= set(re.findall(r'<a (?:id|name)="([^"]+)"', runbook))
    for name, alarm in found["alarms"].items():
        named = re.search(r"docs/runbook\.md#([a-z-]+)", alarm["AlarmDescription"])
        assert named, name
        assert named[1] in anchors, f"{name}: the runbook has no {named[1]}"
        assert "First:" in alarm["AlarmDescription"], name
        assert alarm["AlarmActions"] == ["arn:aws:sns:eu-west-1:123456789012:tablewarden-operations"], name


def test_dashboard_shows_metrics_that_the_functions_put(found: dict[str, Any]) -> None:
    shown = set(dashboard_metrics(found["dashboards"]["tablewarden"]))
    assert shown - metrics() == set()
    assert {"Findings", "Accesses", "ItemsDeleted", "Denials", "DeliveryDelay"} <= {name for name, _ in shown}


def dashboard_metrics(body: dict[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Our metrics on a dashboard, by name and dimensions. In a row, `.` and `...` stand for what is above."""
    for widget in body["widgets"]:
        above: list[str] = []
        for row in widget["properties"].get("metrics", []):
            words = [word for word in row if isinstance(word, str)]
            expressions = [word["expression"] for word in row if isinstance(word, dict) and "expression" in word]
            for expression in expressions:
                for schema, search in re.findall(r"SEARCH\('\{([^}]*)\}([^']*)'", expression):
                    namespace, *dimensions = schema.split(",")
                    for name in re.findall(r'MetricName="?(\w+)"?', search):
                        if namespace.strip('"') == NAMESPACE:
                            yield name, frozenset(dimensions)
            if words and words[0] == "...":
                words = above[: len(above) - len(words) + 1] + words[1:]
            words = [above[at] if word == "." else word for at, word in enumerate(words)]
            above = words or above
            if words and words[0] == NAMESPACE:
                yield words[1], frozenset(words[2::2])


@pytest.mark.parametrize("query", sorted((INFRA / "queries").glob("*.logs")), ids=lambda path: path.stem)
def test_saved_query_asks_for_fields_that_are_logged(query: Any) -> None:
    text = re.sub(r"^#.*$", "", query.read_text(), flags=re.M)
    quoted = set(re.findall(r'"([^"]*)"', text))
    plain = re.sub(r'"[^"]*"', "", text)
    made = set(re.findall(r"\bas (\w+)", plain))
    asked = set(re.findall(r"(?<![@\w])[a-z_]+", plain)) - WORDS - FUNCTIONS - made
    assert asked
    assert asked - log_fields() - {"message"} == set()
    assert not {word for word in quoted if word.startswith("alert")} - log_messages()


@pytest.mark.parametrize("rule", sorted((INFRA / "contributor-insights").glob("*.json")), ids=lambda path: path.stem)
def test_contributor_rule_counts_fields_that_are_logged(rule: Any) -> None:
    contribution = json.loads(rule.read_text())["Contribution"]
    paths = [*contribution["Keys"], contribution.get("ValueOf"), *(one["Match"] for one in contribution["Filters"])]
    asked = {path.removeprefix("$.") for path in paths if path}
    assert asked - log_fields() - {"message"} == set()
    messages = {word for one in contribution["Filters"] if one["Match"] == "$.message" for word in one["In"]}
    assert messages <= log_messages()


def test_functions_log_these_fields(stack: Stack) -> None:
    stack.deliver("logged", [data_event("app/logged", "DeleteItem", "logged", timedelta(minutes=10))])
    assert_logged(stack, "trail-log", "logged")
    stack.announce(deleted_table("logged-too"))
    assert_logged(stack, "ddl-event", "logged-too")


def assert_logged(stack: Stack, function: str, table: str) -> None:
    stack.told(lambda alert: alert["table"] == table)

    def written() -> list[dict[str, Any]]:
        return [line for line in stack.log_lines(function) if line.get("about") == table]

    # Logs are there when the invocation is over, the alert is out before.
    for line in eventually("the log line", written, stack.emulator.log):
        assert line["message"] in log_messages()
        # An error is there where there was one, and items where they are known.
        assert log_fields() - set(line) <= {"error", "items"}, line
