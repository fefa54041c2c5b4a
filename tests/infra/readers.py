"""What is in an account, service by service: each reader gives what there is of a kind whose name begins so."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from emulator import Emulator
from policies import statements


def _keep(source: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {field: source[field] for field in fields if source.get(field) not in (None, "", [], {})}


def _optional(call: Callable[[], Any], *absent: str) -> Any:
    """What a call answers, and none where it says that there is nothing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in absent:
            return None
        raise


def _named(items: list[dict[str, Any]], field: str, prefix: str) -> list[dict[str, Any]]:
    return [item for item in items if item[field].startswith(prefix)]


def functions(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("lambda")
    found = {}
    for function in _named(client.list_functions()["Functions"], "FunctionName", prefix):
        name = function["FunctionName"]
        policy = _optional(lambda: client.get_policy(FunctionName=name)["Policy"], "ResourceNotFoundException")
        asynchronous = _optional(
            lambda: client.get_function_event_invoke_config(FunctionName=name), "ResourceNotFoundException"
        )
        mappings = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        found[name] = _keep(
            function,
            "Runtime",
            "Handler",
            "Architectures",
            "MemorySize",
            "Timeout",
            "Role",
            "KMSKeyArn",
            "LoggingConfig",
            "TracingConfig",
            "DeadLetterConfig",
            "Layers",
            "PackageType",
        ) | {
            "Environment": function.get("Environment", {}).get("Variables", {}),
            "Concurrency": client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions"),
            "Asynchronous": _keep(
                asynchronous or {}, "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"
            ),
            "InvokedBy": statements(policy) if policy else {},
            "Mappings": [
                _keep(
                    mapping,
                    "EventSourceArn",
                    "BatchSize",
                    "MaximumBatchingWindowInSeconds",
                    "ScalingConfig",
                    "FunctionResponseTypes",
                    "FilterCriteria",
                    "State",
                )
                for mapping in mappings
            ],
        }
    return found


def roles(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("iam")
    found = {}
    for role in _named(client.list_roles()["Roles"], "RoleName", prefix):
        name = role["RoleName"]
        inline = client.list_role_policies(RoleName=name)["PolicyNames"]
        documents = [client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline]
        attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        together = {"Statement": [one for document in documents for one in document["Statement"]]}
        found[name] = {
            "Trust": statements(role["AssumeRolePolicyDocument"]),
            "Statements": statements(together),
            "Attached": sorted(policy["PolicyArn"] for policy in attached),
        }
    return found


def queues(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("sqs")
    found = {}
    for url in client.list_queues(QueueNamePrefix=prefix).get("QueueUrls", []):
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        one = _keep(
            attributes,
            "VisibilityTimeout",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "DelaySeconds",
            "MaximumMessageSize",
            "KmsMasterKeyId",
            "KmsDataKeyReusePeriodSeconds",
        )
        for field in ("RedrivePolicy", "RedriveAllowPolicy"):
            if field in attributes:
                one[field] = {key: str(value) for key, value in json.loads(attributes[field]).items()}
        if "Policy" in attributes:
            one["Policy"] = statements(attributes["Policy"])
        found[url.rsplit("/", 1)[1]] = one
    return found


def topics(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("sns")
    found = {}
    for topic in client.list_topics()["Topics"]:
        arn = topic["TopicArn"]
        name = arn.rsplit(":", 1)[1]
        if not name.startswith(prefix):
            continue
        attributes = client.get_topic_attributes(TopicArn=arn)["Attributes"]
        subscriptions = []
        for subscription in client.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
            one = _keep(subscription, "Protocol", "Endpoint")
            details = _optional(
                lambda: client.get_subscription_attributes(SubscriptionArn=subscription["SubscriptionArn"])[
                    "Attributes"
                ],
                "InvalidParameter",
                "NotFound",
            )
            for field in ("FilterPolicy", "RedrivePolicy"):
                if (details or {}).get(field):
                    one[field] = json.loads(details[field])
            if "FilterPolicy" in one:
                one["FilterPolicyScope"] = details.get("FilterPolicyScope", "MessageAttributes")
            one |= _keep(details or {}, "RawMessageDelivery")
            subscriptions.append(one)
        found[name] = {
            "KmsMasterKeyId": attributes.get("KmsMasterKeyId"),
            "Policy": statements(attributes["Policy"]) if attributes.get("Policy") else None,
            "Subscriptions": sorted(subscriptions, key=json.dumps),
        }
    return found


def tables(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("dynamodb")
    found = {}
    for name in client.list_tables()["TableNames"]:
        if not name.startswith(prefix):
            continue
        table = client.describe_table(TableName=name)["Table"]
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        found[name] = {
            "KeySchema": table["KeySchema"],
            "Attributes": sorted(table["AttributeDefinitions"], key=json.dumps),
            "Billing": table.get("BillingModeSummary", {}).get("BillingMode"),
            "Encryption": _keep(table.get("SSEDescription", {}), "SSEType", "KMSMasterKeyArn"),
            "DeletionProtection": table.get("DeletionProtectionEnabled", False),
            "PointInTimeRecovery": backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus"),
            "Expiry": _keep(expiry, "AttributeName", "TimeToLiveStatus"),
        }
    return found


def buckets(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("s3")
    found = {}
    for bucket in _named(client.list_buckets()["Buckets"], "Name", prefix):
        name = bucket["Name"]
        policy = _optional(lambda: client.get_bucket_policy(Bucket=name)["Policy"], "NoSuchBucketPolicy")
        encryption = _optional(
            lambda: client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"],
            "ServerSideEncryptionConfigurationNotFoundError",
        )
        lifecycle = _optional(
            lambda: client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"], "NoSuchLifecycleConfiguration"
        )
        blocked = _optional(
            lambda: client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
            "NoSuchPublicAccessBlockConfiguration",
        )
        owner = _optional(
            lambda: client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"],
            "OwnershipControlsNotFoundError",
        )
        lock = _optional(
            lambda: client.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"],
            "ObjectLockConfigurationNotFoundError",
        )
        notified = client.get_bucket_notification_configuration(Bucket=name)
        found[name] = {
            "Versioning": client.get_bucket_versioning(Bucket=name).get("Status"),
            "Encryption": encryption,
            "PublicAccess": blocked,
            "Ownership": owner,
            "ObjectLock": lock,
            "Policy": statements(policy) if policy else None,
            "Lifecycle": sorted((_lifecycle(rule) for rule in lifecycle or []), key=json.dumps),
            "Announces": {
                "Queues": [_announcement(one, "QueueArn") for one in notified.get("QueueConfigurations", [])],
                "EventBridge": "EventBridgeConfiguration" in notified,
            },
        }
    return found


def _lifecycle(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule without its name, and with the one filter for the whole bucket in one form."""
    plain = {field: value for field, value in rule.items() if field not in ("ID", "Prefix", "Filter")}
    prefix = rule.get("Prefix") or (rule.get("Filter") or {}).get("Prefix") or ""
    return plain | {"Prefix": prefix}


def _announcement(one: dict[str, Any], target: str) -> dict[str, Any]:
    return {"Target": one[target], "Events": sorted(one["Events"]), "Filter": one.get("Filter")}


def log_groups(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("logs")
    places = [f"/aws/lambda/{prefix}", f"/aws/vendedlogs/states/{prefix}"]
    groups = [group for place in places for group in client.describe_log_groups(logGroupNamePrefix=place)["logGroups"]]
    return {group["logGroupName"]: _keep(group, "retentionInDays", "kmsKeyId") for group in groups}


def state_machines(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("stepfunctions")
    found = {}
    for machine in _named(client.list_state_machines()["stateMachines"], "name", prefix):
        described = client.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
        found[machine["name"]] = _keep(described, "type", "roleArn", "status", "loggingConfiguration") | {
            "definition": json.loads(described["definition"])
        }
    return found


def alarms(emulator: Emulator, prefix: str) -> dict[str, Any]:
    described = emulator.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)
    assert not described.get("CompositeAlarms"), "composite alarms are not compared"
    found = {}
    for alarm in described["MetricAlarms"]:
        one = _keep(
            alarm,
            "AlarmDescription",
            "ActionsEnabled",
            "Namespace",
            "MetricName",
            "Statistic",
            "ExtendedStatistic",
            "Period",
            "EvaluationPeriods",
            "DatapointsToAlarm",
            "Threshold",
            "ComparisonOperator",
            "TreatMissingData",
            "Metrics",
            "Unit",
        )
        one["Dimensions"] = {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions", [])}
        for actions in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            one[actions] = sorted(alarm.get(actions, []))
        found[alarm["AlarmName"]] = one
    return found


def rules(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("events")
    found = {}
    for rule in client.list_rules(NamePrefix=prefix)["Rules"]:
        targets = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        one = _keep(rule, "ScheduleExpression", "State", "EventBusName")
        if rule.get("EventPattern"):
            one["EventPattern"] = _sorted(json.loads(rule["EventPattern"]))
        one["Targets"] = sorted(
            (
                _keep(target, "Arn", "RetryPolicy", "DeadLetterConfig", "Input", "InputPath", "InputTransformer")
                for target in targets
            ),
            key=json.dumps,
        )
        found[rule["Name"]] = one
    return found


def _sorted(pattern: Any) -> Any:
    """An event pattern, in which the order of what is let through says nothing."""
    if isinstance(pattern, dict):
        return {field: _sorted(value) for field, value in pattern.items()}
    if isinstance(pattern, list):
        return sorted((_sorted(value) for value in pattern), key=json.dumps)
    return pattern


def dashboards(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("cloudwatch")
    entries = client.list_dashboards(DashboardNamePrefix=prefix).get("DashboardEntries", [])
    names = [entry["DashboardName"] for entry in entries]
    return {name: json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"]) for name in names}


def keys(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("kms")
    found = {}
    for alias in client.list_aliases()["Aliases"]:
        if not alias["AliasName"].startswith(f"alias/{prefix}"):
            continue
        key = alias["TargetKeyId"]
        described = client.describe_key(KeyId=key)["KeyMetadata"]
        found[alias["AliasName"]] = _keep(
            described, "KeySpec", "KeyUsage", "KeyState", "MultiRegion", "Description"
        ) | {
            "Rotation": client.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
            "Policy": statements(client.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
        }
    return found


def trails(emulator: Emulator, prefix: str) -> dict[str, Any]:
    client = emulator.client("cloudtrail")
    found = {}
    for trail in _named(client.describe_trails()["trailList"], "Name", prefix):
        selectors = client.get_event_selectors(TrailName=trail["Name"])
        found[trail["Name"]] = _keep(
            trail,
            "S3BucketName",
            "S3KeyPrefix",
            "IncludeGlobalServiceEvents",
            "IsMultiRegionTrail",
            "LogFileValidationEnabled",
            "KmsKeyId",
            "IsOrganizationTrail",
            "SnsTopicARN",
        ) | {
            "Selectors": sorted_selectors(selectors.get("AdvancedEventSelectors", [])),
            "Logging": client.get_trail_status(Name=trail["Name"])["IsLogging"],
        }
    return found


def sorted_selectors(selectors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A trail's selectors; all fields of one have to fit, in whatever order they stand."""
    return [one | {"FieldSelectors": sorted(one["FieldSelectors"], key=_field)} for one in selectors]


def _field(selector: dict[str, Any]) -> str:
    return selector["Field"]


READERS: dict[str, Callable[[Emulator, str], dict[str, Any]]] = {
    "functions": functions,
    "roles": roles,
    "queues": queues,
    "topics": topics,
    "tables": tables,
    "buckets": buckets,
    "log groups": log_groups,
    "state machines": state_machines,
    "alarms": alarms,
    "rules": rules,
    "dashboards": dashboards,
    "keys": keys,
    "trails": trails,
}
