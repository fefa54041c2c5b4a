"""Starts the AWS emulator, run by its own Python, with two things put right that the tests stand on.

Nobody but AWS may put events whose source begins with `aws.`, and the emulator refuses them as AWS does. The tests have to put
them in AWS's name, so that the rules of the templates are tried as they are.

Asked for alarms in XML, which is how Terraform asks, the emulator leaves out half of what it knows of each.
"""

from html import escape
from typing import Any

from ministack import app
from ministack.services import cloudwatch, eventbridge

ALARM = (
    "AlarmName AlarmArn AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions StateValue StateReason "
    "MetricName Namespace Statistic ExtendedStatistic Dimensions Period Unit EvaluationPeriods DatapointsToAlarm Threshold "
    "ComparisonOperator TreatMissingData"
).split()
# What an alarm with metric math has not, and the emulator makes up.
OF_ONE_METRIC = ("Statistic", "Period")

put_events = eventbridge._put_events
describe_alarms = cloudwatch._describe_alarms


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


eventbridge._put_events = lambda data, **_: put_events(data, allow_aws_source=True)
cloudwatch._describe_alarms = describe_alarms_in_full

if __name__ == "__main__":
    app.main()
