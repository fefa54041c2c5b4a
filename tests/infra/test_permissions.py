"""The functions may do what their code calls, and nothing else: one action on one thing a statement."""

import json
from typing import Any

import pytest
from contract import CODE, calls
from emulator import ACCOUNT, REGION
from end_to_end import Stack
from inventory import inventory

# Actions for which AWS knows no resource, and the condition that bounds each instead.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html, …/list_awsx-ray.html
WITHOUT_RESOURCE = {
    "cloudwatch:PutMetricData": {"StringEquals": {"cloudwatch:namespace": ["{namespace}"]}},
    "xray:PutTraceSegments": {"StringEquals": {"aws:RequestedRegion": [REGION]}},
    "xray:PutTelemetryRecords": {"StringEquals": {"aws:RequestedRegion": [REGION]}},
}


def arns(name: str) -> dict[str, str]:
    """What the code calls by a word, as both templates name it."""
    place = f"{REGION}:{ACCOUNT}"
    return {
        "log objects": f"arn:aws:s3:::{name}-logs-{ACCOUNT}-{REGION}/AWSLogs/*",
        "policy object": f"arn:aws:s3:::{name}-config-{ACCOUNT}-{REGION}/policy.yaml",
        "archive objects": f"arn:aws:s3:::{name}-findings-{ACCOUNT}-{REGION}/findings/*",
        "state table": f"arn:aws:dynamodb:{place}:table/{name}-state",
        "alert topic": f"arn:aws:sns:{place}:{name}-alerts",
        "chat topic": f"arn:aws:sns:{place}:{name}-chat",
        "metrics namespace": "*",
    }


def needed_by_lambda(name: str, function: str) -> set[tuple[str, str]]:
    """What no code calls and Lambda does in the role's name all the same."""
    place = f"{REGION}:{ACCOUNT}"
    group = f"arn:aws:logs:{place}:log-group:/aws/lambda/{name}-{function}:*"
    key = f"arn:aws:kms:{place}:key/KEY"
    needed = {
        # Its logs: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
        ("logs:CreateLogStream", group),
        ("logs:PutLogEvents", group),
        # What lies and travels encrypted: objects, the queue's messages, the table; https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        ("kms:Decrypt", key),
        ("kms:GenerateDataKey", key),
        # Traces: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }
    if function == "backfill":
        return needed
    if function == "trail-log":
        # The poller of the queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        queue = f"arn:aws:sqs:{place}:{name}-logs"
        return needed | {
            (f"sqs:{action}", queue) for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
        }
    # The dead letters of asynchronous invocations: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    return needed | {("sqs:SendMessage", f"arn:aws:sqs:{place}:{name}-events-dead-letters")}


@pytest.fixture(scope="module")
def found(stack: Stack) -> dict[str, Any]:
    return inventory(stack.emulator, stack.name)


def granted(found: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [json.loads(statement) for statement in found["roles"][role]["Statements"]]


@pytest.mark.parametrize("function", CODE)
def test_role_grants_exactly_what_the_code_calls(stack: Stack, found: dict[str, Any], function: str) -> None:
    environment = found["functions"][f"{stack.name}-{function}"]["Environment"]
    by_code = {(action, arns(stack.name)[resource]) for action, resource in calls(CODE[function], environment)}
    assert len(by_code) >= (4 if function == "backfill" else 8)
    grants = granted(found, f"{stack.name}-{function}")
    in_template = {(action, resource) for one in grants for action in one["Action"] for resource in one["Resource"]}
    wanted = by_code | needed_by_lambda(stack.name, function)
    assert sorted(in_template - wanted) == [], "granted, and nobody calls it"
    assert sorted(wanted - in_template) == [], "called, and not granted"


@pytest.mark.parametrize("function", CODE)
def test_statement_is_one_action_on_one_thing(stack: Stack, found: dict[str, Any], function: str) -> None:
    grants = granted(found, f"{stack.name}-{function}")
    for statement in grants:
        assert statement["Effect"] == "Allow"
        assert set(statement) <= {"Effect", "Action", "Resource", "Condition"}
        (action,), (resource,) = statement["Action"], statement["Resource"]
        assert "*" not in action, statement
        if resource == "*":
            namespace = "Tablewarden/Backfill" if function == "backfill" else "Tablewarden"
            bounds = json.loads(json.dumps(WITHOUT_RESOURCE[action]).replace("{namespace}", namespace))
            assert statement["Condition"] == bounds
        else:
            # A wildcard stands for keys below a prefix, or streams of a log group, alone.
            assert "*" not in resource[:-1], statement
    assert len({json.dumps(statement) for statement in grants}) == len(grants)


@pytest.mark.parametrize("function", CODE)
def test_role_is_lambdas_alone_and_its_policy_stands_in_the_template(
    stack: Stack, found: dict[str, Any], function: str
) -> None:
    role = found["roles"][f"{stack.name}-{function}"]
    assert role["Attached"] == []
    (trust,) = (json.loads(statement) for statement in role["Trust"])
    assert trust["Principal"] == {"Service": ["lambda.amazonaws.com"]}
    assert found["functions"][f"{stack.name}-{function}"]["Role"].endswith(f":role/{stack.name}-{function}")


@pytest.mark.parametrize("function", CODE)
def test_each_permission_says_what_for(stack: Stack, function: str) -> None:
    client, role = stack.emulator.client("iam"), f"{stack.name}-{function}"
    (name,) = client.list_role_policies(RoleName=role)["PolicyNames"]
    statements = client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
    sids = [statement.get("Sid", "") for statement in statements]
    assert all(len(sid) > 5 for sid in sids), sids
    assert len(set(sids)) == len(sids)


def test_nobody_but_the_owner_and_named_services_gets_in(found: dict[str, Any]) -> None:
    """Policies of queues, topics, buckets and the key let nobody in without a condition but the account itself."""
    policies = {
        f"{kind} {name}": thing.get("Policy") or {}
        for kind in ("queues", "topics", "buckets", "keys")
        for name, thing in found[kind].items()
    }
    assert len(policies) > 10
    for where, policy in policies.items():
        for text in policy:
            statement = json.loads(text)
            if statement["Effect"] == "Deny":
                continue
            own = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
            assert statement["Principal"] == own or statement.get("Condition"), (where, statement)


@pytest.mark.parametrize("kind", ["queues", "topics", "buckets"])
def test_only_encrypted_connections_are_taken(found: dict[str, Any], kind: str) -> None:
    for name, thing in found[kind].items():
        # The bucket for the policy is made by hand where the template makes none.
        if name.startswith("tablewarden-config-") and thing["Policy"] is None:
            continue
        denials = [json.loads(text) for text in thing.get("Policy") or {}]
        assert any(
            one["Effect"] == "Deny" and one["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}
            for one in denials
        ), name
