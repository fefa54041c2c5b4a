"""What the emulator forgets of the Terraform stack, put into its inventory as Terraform knows it."""

import json
from typing import Any

from inventory import Inventory
from stack_terraform import TerraformStack, resources


def with_metric_math(found: Inventory, stack: TerraformStack) -> None:
    """Puts the metric math of alarms into the inventory: the emulator takes such an alarm, and keeps nothing of it."""
    shown = json.loads(stack.run("show", "-json").stdout)
    for resource in resources(shown["values"]["root_module"]):
        queries = resource["values"].get("metric_query") if resource["type"] == "aws_cloudwatch_metric_alarm" else None
        if queries:
            alarm = found["alarms"][resource["values"]["alarm_name"]]
            for made_up in ("Period", "Statistic"):
                alarm.pop(made_up, None)
            alarm["Metrics"] = sorted((_query(query) for query in queries), key=lambda query: query["Id"])


def _query(query: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"Id": query["id"], "ReturnData": bool(query["return_data"])}
    if query["expression"]:
        plain["Expression"] = query["expression"]
    if query["label"]:
        plain["Label"] = query["label"]
    for metric in query["metric"]:
        dimensions = [{"Name": name, "Value": value} for name, value in sorted(metric["dimensions"].items())]
        plain["MetricStat"] = {
            "Metric": {
                "Namespace": metric["namespace"],
                "MetricName": metric["metric_name"],
                "Dimensions": dimensions,
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
        }
    return plain
