"""Starts the AWS emulator, run by its own Python, with six things put right that the tests stand on.

Nobody but AWS may put events whose source begins with `aws.`, and the emulator refuses them as AWS does. The tests have to put
them in AWS's name, so that the rules of the templates are tried as they are.

Asked for alarms in XML, which is how Terraform asks, the emulator leaves out half of what it knows of each.

A connection that lies idle for 75 seconds is closed by it, whatever comes in just then: a request is done, and its answer
lost. So none is closed for that.

The client asks again where an answer is lost. Granted already is granted: Terraform would take the conflict for one that passes,
and try for five minutes before it gives up
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/permission.go).
And a state machine that is gone is deleted:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html knows no such error.

A Distributed Map of it knows neither batches nor where results are written: it hands on each item by itself, and gives their
results as output. Here the items come in batches as Step Functions makes them, and the output says which Map Run it was. What a
writer writes is not imitated.
"""

import threading
from html import escape
from typing import Any

from hypercorn.config import Config
from ministack import app
from ministack.services import cloudwatch, eventbridge, lambda_svc, stepfunctions

ALARM = (
    "AlarmName AlarmArn AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions StateValue StateReason "
    "MetricName Namespace Statistic ExtendedStatistic Dimensions Period Unit EvaluationPeriods DatapointsToAlarm Threshold "
    "ComparisonOperator TreatMissingData"
).split()
# What an alarm with metric math has not, and the emulator makes up.
OF_ONE_METRIC = ("Statistic", "Period")

put_events = eventbridge._put_events
describe_alarms = cloudwatch._describe_alarms
add_permission = lambda_svc._add_permission
delete_state_machine = stepfunctions._delete_state_machine


def describe_alarms_in_full(
    params: dict[str, Any], body: dict[str, Any], is_cbor: bool, is_json: bool = False
) -> tuple[int, dict[str, str], bytes]:
    if is_cbor or is_json:
        return describe_alarms(params, body, is_cbor, is_json)
    named = [
        value[0] if isinstance(value, list) else value for key, value in params.items() if key.startswith("AlarmNames.")
    ]
    alarms = [alarm for name, alarm in sorted(cloudwatch._alarms.items()) if not named or name in named]
    members = "".join(f"<member>{xml(described(alarm))}</member>" for alarm in alarms)
    result = f"<DescribeAlarmsResult><MetricAlarms>{members}</MetricAlarms></DescribeAlarmsResult>"
    return cloudwatch._xml(200, "DescribeAlarmsResponse", result)


def described(alarm: dict[str, Any]) -> dict[str, Any]:
    fields = [field for field in ALARM if alarm.get("MetricName") or field not in OF_ONE_METRIC]
    return {field: alarm[field] for field in fields if alarm.get(field) is not None}


def xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(inner)}</member>" for inner in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def add_permission_once(function: str, asked: dict[str, Any], *rest: Any, **named: Any) -> Any:
    granted = lambda_svc._functions.get(function, {}).get("policy", {}).get("Statement", [])
    before = [statement for statement in granted if statement.get("Sid") == asked.get("StatementId")]
    for statement in before:
        granted.remove(statement)
    answer = add_permission(function, asked, *rest, **named)
    if before and before != granted[-1:]:
        granted[-1:] = before
        return add_permission(function, asked, *rest, **named)
    return answer


def run_in_batches(
    state: dict[str, Any],
    raw_input: Any,
    effective: Any,
    iterator: dict[str, Any],
    execution: dict[str, Any],
    ctx: dict[str, Any],
) -> tuple[Any, str | None]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html, …/input-output-resultwriter.html"""
    batcher = state["ItemBatcher"]
    items, size = stepfunctions._read_map_items(state["ItemReader"], effective, ctx), batcher["MaxItemsPerBatch"]
    batches = [
        {"BatchInput": batcher["BatchInput"], "Items": items[at : at + size]} for at in range(0, len(items), size)
    ]
    apart = ("ItemReader", "ItemBatcher", "ResultWriter", "ResultSelector", "ResultPath")
    plain = {field: value for field, value in state.items() if field not in apart}
    # One at a time, so that the last run is this one's.
    with one_map:
        results, following = run_distributed_map(plain, raw_input, batches, iterator, execution, ctx)
        run = list(stepfunctions._map_runs.values())[-1]
    # AWS counts items and batches, the emulator has taken batches for items.
    done = sum(len(batch["Items"]) for batch, result in zip(batches, results, strict=True) if result is not None)
    run["itemCounts"] |= {"total": len(items), "succeeded": done, "failed": len(items) - done}
    result = stepfunctions._apply_result_selector(state, {"MapRunArn": run["mapRunArn"]})
    return stepfunctions._apply_result_path(state, raw_input, result), following


def delete_state_machine_once(data: dict[str, Any]) -> Any:
    if data.get("stateMachineArn") in stepfunctions._state_machines:
        return delete_state_machine(data)
    return stepfunctions.json_response({})


one_map = threading.Lock()
run_distributed_map = stepfunctions._run_distributed_map

stepfunctions._run_distributed_map = run_in_batches
eventbridge._put_events = lambda data, **_: put_events(data, allow_aws_source=True)
cloudwatch._describe_alarms = describe_alarms_in_full
lambda_svc._add_permission = add_permission_once
stepfunctions._delete_state_machine = delete_state_machine_once
# The emulator sets its own on the object: nothing comes of that.
Config.keep_alive_timeout = property(lambda _: 24 * 3600.0, lambda _, __: None)
Config.keep_alive_max_requests = 1 << 30

if __name__ == "__main__":
    app.main()
