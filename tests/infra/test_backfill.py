"""Log objects that lie in the bucket already go through the state machine: what they tell of is archived, and nobody is woken."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import REPOSITORY
from emulator import ACCOUNT, REGION
from end_to_end import Stack, archived_ids, eventually
from inventory import inventory
from records import Record, data_event, log_file

DEFINITION = REPOSITORY / "infra" / "backfill.asl.json"
SCRIPT = REPOSITORY / "scripts" / "backfill.py"
DAY = datetime(2024, 5, 1, 9, 15, tzinfo=UTC)


def past(table: str, day: datetime = DAY) -> Record:
    """A deletion by a stranger, long ago."""
    return data_event("app/past", "DeleteItem", table, datetime.now(UTC) - day)


def key(day: str, name: str, kind: str = "CloudTrail", account: str = ACCOUNT) -> str:
    return f"AWSLogs/{account}/{kind}/{REGION}/{day}/{account}_{kind}_{REGION}_20240501T0915Z_{name:0>16}.json.gz"


@contextmanager
def unannounced(stack: Stack, objects: dict[str, bytes]) -> Iterator[None]:
    """Objects that lie in the bucket, and that no queue was told of: as if they were older than the deployment."""
    client = stack.emulator.client("s3")
    announced = client.get_bucket_notification_configuration(Bucket=stack.log_bucket)
    announced.pop("ResponseMetadata")
    client.put_bucket_notification_configuration(Bucket=stack.log_bucket, NotificationConfiguration={})
    try:
        for where, body in objects.items():
            client.put_object(Bucket=stack.log_bucket, Key=where, Body=body)
        yield
    finally:
        client.put_bucket_notification_configuration(Bucket=stack.log_bucket, NotificationConfiguration=announced)


def start(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs what `make backfill` runs."""
    return subprocess.run(
        [sys.executable, SCRIPT, f"--name={stack.name}", *arguments],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=stack.emulator.environment() | {"PATH": os.environ["PATH"]},
    )


def ended(stack: Stack, started: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What became of the execution that was started."""
    assert started.returncode == 0, started.stdout
    arn, client = started.stdout.splitlines()[-1], stack.emulator.client("stepfunctions")

    def over() -> dict[str, Any] | None:
        described = client.describe_execution(executionArn=arn)
        return described if described["status"] != "RUNNING" else None

    return eventually("the end of the execution", over, stack.emulator.log)


def measured(stack: Stack, namespace: str, metric: str) -> float:
    now = datetime.now(UTC)
    answer = stack.emulator.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def remembered(stack: Stack) -> int:
    return stack.emulator.client("dynamodb").scan(TableName=stack.outputs["state_table"], Select="COUNT")["Count"]


def test_past_is_archived_and_summed_up_in_one_message_and_nobody_is_told_of_findings(stack: Stack) -> None:
    objects = {
        key("2024/05/01", "1"): log_file([past("past-orders")]),
        key("2024/05/01", "2"): log_file([past("past-carts")]),
        key("2024/05/02", "3"): log_file([past("past-late", DAY + timedelta(days=1))]),
        key("2024/05/03", "4"): log_file([past("past-other", DAY + timedelta(days=2))]),
        key("2024/05/01", "5", account="444455556666"): log_file([past("past-member")]),
        key("2024/05/01", "6", kind="CloudTrail-Digest"): b"a digest",
    }
    before, live = remembered(stack), measured(stack, "Tablewarden", "RecordsRead")
    with (
        unannounced(stack, objects),
        stack.listening("alerts") as alerts,
        stack.listening("operations") as operations,
    ):
        found = len(archived_ids(stack))
        started = start(stack, "--from=2024-05-01", "--to=2024-05-02")
        execution = ended(stack, started)
        assert execution["status"] == "SUCCEEDED", execution
        assert started.stdout.startswith("3 folders of s3://"), started.stdout
        assert json.loads(execution["output"]) == {"objects": 4, "done": 4}
        # Publishing is over when the execution is.
        told = eventually("the summary", operations, stack.emulator.log)
        assert [message["Subject"] for message in told if "backfill" in message["Subject"]] == [
            "Tablewarden: backfill done"
        ]
        (summary,) = (message["Message"] for message in told if "backfill" in message["Subject"])
        assert "Objects listed: 4\nOf these in batches that failed: 0\nPrefixes: 3, from AWSLogs/" in summary
        assert f"Findings: s3://{stack.archive_bucket}/findings/" in summary
        assert alerts() == []
    assert len(archived_ids(stack)) - found >= 4
    dates = stack.emulator.client("s3").list_objects_v2(Bucket=stack.archive_bucket, Prefix="findings/date=2024-05-")
    assert {one["Key"].split("/")[1] for one in dates["Contents"]} == {"date=2024-05-01", "date=2024-05-02"}
    # Neither is anything noted for the other functions, nor measured beside what they measure.
    assert remembered(stack) == before
    assert measured(stack, "Tablewarden", "RecordsRead") == live
    assert measured(stack, "Tablewarden/Backfill", "RecordsRead") == 4
    assert measured(stack, "Tablewarden/Backfill", "AlertsSent") == 0
    held = [line["about"] for line in stack.log_lines("backfill") if line.get("message") == "alert held back"]
    assert {"past-orders", "past-carts", "past-late", "past-member"} <= set(held)
    assert "past-other" not in held


def test_object_that_cannot_be_read_stops_it_by_name_and_the_others_are_archived(stack: Stack) -> None:
    torn = log_file([past("torn", datetime(2023, 5, 1, tzinfo=UTC))])[:-6]
    whole = log_file([past("whole", datetime(2023, 5, 1, tzinfo=UTC))])
    with unannounced(stack, {key("2023/05/01", "1"): torn, key("2023/05/01", "2"): whole}):
        execution = ended(stack, start(stack, f"--prefix=AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2023/"))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    client = stack.emulator.client("stepfunctions")
    (run,) = client.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    (child,) = client.list_executions(mapRunArn=run["mapRunArn"], statusFilter="FAILED")["executions"]
    cause = client.describe_execution(executionArn=child["executionArn"])["cause"]
    assert key("2023/05/01", "1") in cause, cause
    assert key("2023/05/01", "2") not in cause, cause
    archived = stack.emulator.client("s3").list_objects_v2(
        Bucket=stack.archive_bucket, Prefix="findings/date=2023-05-01/"
    )
    assert archived["KeyCount"] >= 1


def test_command_says_what_it_lacks(stack: Stack) -> None:
    cases = {
        (): "say which days",
        ("--to=2024-05-01",): "say from which day on",
        ("--from=2024-05-01", "--name=elsewhere"): "There is no state machine elsewhere-backfill here",
        ("--from=2019-05-01", "--to=2019-05-31"): "There are no log objects of these days in s3://",
    }
    for arguments, said in cases.items():
        done = start(stack, *arguments)
        assert done.returncode != 0
        assert said in done.stdout, done.stdout


def test_state_machine_may_do_what_its_definition_says_and_nothing_else(stack: Stack) -> None:
    place, name = f"{REGION}:{ACCOUNT}", f"{stack.name}-backfill"
    results = f"arn:aws:s3:::{stack.archive_bucket}/backfill/*"
    logs = ("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries")
    policies = ("PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups")
    wanted = {
        ("lambda:InvokeFunction", f"arn:aws:lambda:{place}:function:{name}"),
        ("s3:ListBucket", f"arn:aws:s3:::{stack.log_bucket}"),
        ("sns:Publish", stack.outputs["operations_topic_arn"]),
        # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        ("states:StartExecution", f"arn:aws:states:{place}:stateMachine:{name}"),
        ("states:DescribeExecution", f"arn:aws:states:{place}:execution:{name}:*"),
        ("states:StopExecution", f"arn:aws:states:{place}:execution:{name}:*"),
        ("states:RedriveExecution", f"arn:aws:states:{place}:execution:{name}/ReadObjects:*"),
        ("states:DescribeMapRun", f"arn:aws:states:{place}:mapRun:{name}/ReadObjects:*"),
        ("s3:PutObject", results),
        ("s3:GetObject", results),
        ("s3:ListMultipartUploadParts", results),
        ("s3:AbortMultipartUpload", results),
        # What is written and told is encrypted.
        ("kms:Decrypt", f"arn:aws:kms:{place}:key/KEY"),
        ("kms:GenerateDataKey", f"arn:aws:kms:{place}:key/KEY"),
        # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        *((f"logs:{action}", "*") for action in (*logs, *policies)),
    }
    role = inventory(stack.emulator, stack.name)["roles"][f"{name}-machine"]
    granted = [json.loads(statement) for statement in role["Statements"]]
    assert all(len(one["Action"]) == len(one["Resource"]) == 1 for one in granted)
    assert {(one["Action"][0], one["Resource"][0]) for one in granted} == wanted
    conditions = {one["Action"][0]: one["Condition"] for one in granted if "Condition" in one}
    assert conditions.pop("s3:ListBucket") == {"StringLike": {"s3:prefix": ["AWSLogs/*"]}}
    assert len(conditions) == 8
    assert all(bound == {"StringEquals": {"aws:RequestedRegion": [REGION]}} for bound in conditions.values())
    (trust,) = (json.loads(statement) for statement in role["Trust"])
    assert trust["Principal"] == {"Service": ["states.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": [ACCOUNT]}


def test_definition_is_that_of_the_file(stack: Stack) -> None:
    machine = inventory(stack.emulator, stack.name)["state machines"][f"{stack.name}-backfill"]
    text = DEFINITION.read_text()
    for name, value in {
        "Partition": "aws",
        "LogBucket": stack.log_bucket,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{stack.name}-backfill",
        "ResultBucket": stack.archive_bucket,
        "TopicArn": stack.outputs["operations_topic_arn"],
    }.items():
        assert "${" + name + "}" in text
        text = text.replace("${" + name + "}", value)
    assert "${" not in text
    assert machine["definition"] == json.loads(text)


@pytest.mark.parametrize("most", [100])
def test_batch_fits_what_step_functions_hands_on(most: int) -> None:
    """The longest keys in a full batch stay below 256 KiB, Step Functions' limit for an input."""
    definition = json.loads(DEFINITION.read_text())
    reader = definition["States"]["EachPrefix"]["ItemProcessor"]["States"]["ReadObjects"]
    assert reader["ItemBatcher"]["MaxItemsPerBatch"] == most
    item = {"Etag": '"' + "0" * 32 + '"', "Key": "k" * 1024, "LastModified": 0, "Size": 0, "StorageClass": "STANDARD"}
    assert len(json.dumps({"BatchInput": {"bucket": "b" * 63}, "Items": [item] * most})) < 256 * 1024
