"""The SAM template, deployed to an emulator as CloudFormation."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from emulator import REGION, Emulator
from end_to_end import Stack
from intrinsics import Resolver, load

NAME = "tablewarden"

# What the emulator's CloudFormation cannot make. It is taken out before the stack is deployed, and the tests read in the
# template what it would have become.
NOT_IN_THE_EMULATOR = (
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::InsightRule",
    "AWS::Config::ConfigRule",
    "AWS::Logs::QueryDefinition",
)

# What examples/complete of the Terraform module has.
PARAMETERS = {
    "Name": NAME,
    "ObjectLockDays": "30",
    "LogRetentionDays": "400",
    "Tracing": "true",
    "CooldownMinutes": "60",
    "DataEventRule": "true",
    "GuarddutyRule": "true",
    "ConfigRule": "true",
    "ConfigManagedRules": "true",
    "AlertEmail": "soc@example.com",
    "AlertEmailSeverity": "medium",
    "OperationsEmail": "platform@example.com",
    "Chat": "true",
    "MachineQueue": "true",
    "BusyTable": "orders",
    "ContributorInsights": "true",
    "Backfill": "true",
}


@dataclass(frozen=True)
class SamStack:
    """The template, deployed. The resolver tells what is in it for the parameters that it was deployed with."""

    stack: Stack
    resolver: Resolver

    @classmethod
    def deploy(cls, workspace: Path, emulator: Emulator, policy: Path) -> Self:
        """Deploys the zips that `make build` made, with a policy that is put where the Terraform module puts it."""
        template = load(workspace / "infra" / "sam" / "template.yaml")
        parameters = PARAMETERS | {"EndpointUrl": emulator.endpoint, "Policy": put_policy(emulator, policy)}
        resolver = Resolver(template, parameters, {})
        deployed = with_code(deployable(template, resolver), workspace, emulator)
        emulator.client("s3").put_object(Bucket="deployment", Key="template.json", Body=json.dumps(deployed))
        emulator.client("cloudformation").create_stack(
            StackName=NAME,
            TemplateURL=f"{emulator.endpoint}/deployment/template.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        outputs = {snake_case(output["OutputKey"]): output["OutputValue"] for output in wait(emulator)["Outputs"]}
        count_in_numbers(emulator, template)
        described = emulator.client("cloudformation").describe_stack_resources(StackName=NAME)["StackResources"]
        names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in described}
        return cls(Stack(emulator, NAME, outputs), Resolver(template, parameters, names))

    def delete(self) -> None:
        """Deletes the stack, and waits until it is gone."""
        self.stack.emulator.client("cloudformation").delete_stack(StackName=NAME)
        wait(self.stack.emulator)


def snake_case(name: str) -> str:
    """An output's name as the Terraform module has it."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def put_policy(emulator: Emulator, policy: Path) -> str:
    """Puts the policy where `policy_file` of the Terraform module does; gives what names it."""
    bucket = f"{NAME}-config-123456789012-{REGION}"
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="policy.yaml", Body=policy.read_bytes())
    return f"s3://{bucket}/policy.yaml"


def deployable(template: dict[str, Any], resolver: Resolver) -> dict[str, Any]:
    """The template without what the emulator cannot make, and without anything that points there."""
    resources = template["Resources"]
    # Texts are neither split nor joined in its conditions: such a condition is worked out for it.
    worked_out = {
        name: {"Fn::Equals": ["true", str(resolver.condition(name)).lower()]}
        for name, condition in template["Conditions"].items()
        if any(function in json.dumps(condition) for function in ("Fn::Join", "Fn::Split", "Fn::Select"))
    }
    # It refuses alarms with metric math as well.
    without = {
        name
        for name, resource in resources.items()
        if resource["Type"] in NOT_IN_THE_EMULATOR
        or (resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"])
    }

    def cut(value: Any) -> Any:
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]} if name in without:
                return "not-in-the-emulator"
            case dict():
                return {key: cut(inner) for key, inner in value.items()}
            case list():
                return [cut(inner) for inner in value]
        return value

    kept = {name: resource for name, resource in resources.items() if name not in without}
    return cut(template | {"Resources": kept, "Conditions": template["Conditions"] | worked_out})


def with_code(template: dict[str, Any], workspace: Path, emulator: Emulator) -> dict[str, Any]:
    """The template with the functions' zips and the state machine's definition in a bucket, where `sam deploy` puts them too."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="deployment", CreateBucketConfiguration={"LocationConstraint": REGION})
    for logical, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            zipped = workspace / "target" / "lambda" / Path(resource["Properties"]["CodeUri"]).name / "bootstrap.zip"
            s3.put_object(Bucket="deployment", Key=f"{logical}.zip", Body=zipped.read_bytes())
            resource["Properties"]["CodeUri"] = f"s3://deployment/{logical}.zip"
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            definition = workspace / "infra" / "sam" / resource["Properties"]["DefinitionS3Location"]
            s3.put_object(Bucket="deployment", Key=definition.name, Body=definition.read_bytes())
            resource["Properties"]["DefinitionS3Location"] = {"Bucket": "deployment", "Key": definition.name}
    return template


def count_in_numbers(emulator: Emulator, template: dict[str, Any]) -> None:
    """Gives the mapping its concurrency as a number: from a parameter the emulator keeps a text, and its poller fails."""
    client = emulator.client("lambda")
    default = int(template["Parameters"]["MaxConcurrency"]["Default"])
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": default})


def wait(emulator: Emulator) -> dict[str, Any]:
    """Waits until the stack has come to rest, and gives what it is then."""
    client = emulator.client("cloudformation")
    while True:
        stacks = [stack for stack in client.describe_stacks()["Stacks"] if stack["StackName"] == NAME]
        if not stacks:
            return {}
        if not stacks[0]["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.5)
    if stacks[0]["StackStatus"] not in ("CREATE_COMPLETE", "DELETE_COMPLETE"):
        events = client.describe_stack_events(StackName=NAME)["StackEvents"]
        failures = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failures]
        raise AssertionError(f"{stacks[0]['StackStatus']}: {reasons}\n{emulator.log()[-5000:]}")
    return stacks[0]
