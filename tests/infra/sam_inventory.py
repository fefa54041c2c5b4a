"""What the emulator's CloudFormation leaves out, put into a stack's inventory as the SAM template says it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from intrinsics import Resolver
from inventory import Inventory
from readers import sorted_selectors


def completed(found: Inventory, resolver: Resolver) -> Inventory:
    """The inventory with the properties that the emulator drops, and with the resources that it cannot make."""
    resources = resolver.template["Resources"]
    keys = {logical: "KEY" for logical, resource in resources.items() if resource["Type"] == "AWS::KMS::Key"}
    resolver = replace(resolver, names=resolver.names | keys)
    for logical, resource in resources.items():
        complete = COMPLETED.get(resource["Type"])
        if complete and resolver.exists(logical):
            complete(found, resolver.resource(logical))
    return found


def _bucket(found: Inventory, properties: dict[str, Any]) -> None:
    bucket = found["buckets"][properties["BucketName"]]
    bucket["Encryption"] = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule["BucketKeyEnabled"],
        }
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    bucket["Lifecycle"] = [
        {field: rule[field] for field in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Status")}
        | ({"Expiration": {"Days": rule["ExpirationInDays"]}} if "ExpirationInDays" in rule else {})
        | {"Prefix": rule.get("Prefix", "")}
        for rule in properties["LifecycleConfiguration"]["Rules"]
    ]
    bucket["ObjectLock"] = properties.get("ObjectLockConfiguration")


def _function(found: Inventory, properties: dict[str, Any]) -> None:
    function = found["functions"][properties["FunctionName"]]
    function["KMSKeyArn"] = properties["KmsKeyArn"]
    if "DeadLetterQueue" in properties:
        function["DeadLetterConfig"] = {"TargetArn": properties["DeadLetterQueue"]["TargetArn"]}


def _table(found: Inventory, properties: dict[str, Any]) -> None:
    table = found["tables"][properties["TableName"]]
    encryption, expiry = properties["SSESpecification"], properties["TimeToLiveSpecification"]
    assert encryption["SSEEnabled"]
    table["Encryption"] = {"SSEType": encryption["SSEType"], "KMSMasterKeyArn": encryption["KMSMasterKeyId"]}
    table["Expiry"] = {
        "AttributeName": expiry["AttributeName"],
        "TimeToLiveStatus": "ENABLED" if expiry["Enabled"] else "DISABLED",
    }


def _topic(found: Inventory, properties: dict[str, Any]) -> None:
    found["topics"][properties["TopicName"]]["KmsMasterKeyId"] = properties["KmsMasterKeyId"]


def _state_machine(found: Inventory, properties: dict[str, Any]) -> None:
    logging = properties["LoggingConfiguration"]
    machine = found["state machines"][properties["StateMachineName"]]
    machine["loggingConfiguration"] = {
        "level": logging["Level"],
        "includeExecutionData": logging["IncludeExecutionData"],
        "destinations": [
            {"cloudWatchLogsLogGroup": {"logGroupArn": one["CloudWatchLogsLogGroup"]["LogGroupArn"]}}
            for one in logging["Destinations"]
        ],
    }


def _trail(found: Inventory, properties: dict[str, Any]) -> None:
    found["trails"][properties["TrailName"]] = {
        "S3BucketName": properties["S3BucketName"],
        "IncludeGlobalServiceEvents": properties["IncludeGlobalServiceEvents"],
        "IsMultiRegionTrail": properties["IsMultiRegionTrail"],
        "LogFileValidationEnabled": properties["EnableLogFileValidation"],
        "KmsKeyId": properties["KMSKeyId"],
        "IsOrganizationTrail": properties["IsOrganizationTrail"],
        "Selectors": sorted_selectors(properties["AdvancedEventSelectors"]),
        "Logging": properties["IsLogging"],
    }


def _alarm(found: Inventory, properties: dict[str, Any]) -> None:
    # The others are in the emulator.
    if "Metrics" not in properties:
        return
    found["alarms"][properties["AlarmName"]] = properties | {
        "ActionsEnabled": properties.get("ActionsEnabled", True),
        "Dimensions": {},
        "OKActions": properties.get("OKActions", []),
        "InsufficientDataActions": properties.get("InsufficientDataActions", []),
        "Metrics": sorted((_query(query) for query in properties["Metrics"]), key=lambda query: query["Id"]),
    }
    del found["alarms"][properties["AlarmName"]]["AlarmName"]


def _query(query: dict[str, Any]) -> dict[str, Any]:
    plain = {"ReturnData": True} | query
    if "MetricStat" in plain:
        metric = plain["MetricStat"]["Metric"]
        dimensions = sorted(metric["Dimensions"], key=lambda dimension: dimension["Name"])
        plain["MetricStat"] = plain["MetricStat"] | {"Metric": metric | {"Dimensions": dimensions}}
    return plain


COMPLETED: dict[str, Callable[[Inventory, dict[str, Any]], None]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::Serverless::Function": _function,
    "AWS::DynamoDB::Table": _table,
    "AWS::SNS::Topic": _topic,
    "AWS::CloudTrail::Trail": _trail,
    "AWS::StepFunctions::StateMachine": _state_machine,
    "AWS::CloudWatch::Alarm": _alarm,
}
