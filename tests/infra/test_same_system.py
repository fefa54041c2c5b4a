"""Both templates describe the same system: what they bring up is held against each other, part by part."""

import json

from inventory import differences, inventory, unexplained
from sam_inventory import completed
from stack_sam import SamStack
from stack_terraform import TerraformStack
from terraform_inventory import with_metric_math

# Where the stacks may differ, and why. A reason without a difference fails as well.
REASONS = {
    r"/functions/.*/Environment/AWS_ENDPOINT_URL": "each stack has an emulator of its own",
    r"/alarms/.*-(duration|throttles|message-age)/AlarmDescription": "they name variables, as they are written there",
    r"/buckets/tablewarden-config-.*": "only the Terraform module puts a policy file into a bucket; the test does it for SAM",
    r"/queues/.*/MaximumMessageSize": "the provider says 256 KiB where nothing is said; S3, SNS and EventBridge send no more",
}


def test_both_templates_bring_up_the_same(terraform_stack: TerraformStack, sam_stack: SamStack) -> None:
    terraform = inventory(terraform_stack.stack.emulator, terraform_stack.stack.name)
    sam = inventory(sam_stack.stack.emulator, sam_stack.stack.name)
    with_metric_math(terraform, terraform_stack)
    completed(sam, sam_stack.resolver)
    left, unused = unexplained(differences(terraform, sam), REASONS)
    assert not left, json.dumps(left, indent=1)
    assert not unused, unused
    # Both being empty would be the same as well.
    counted = {kind: len(things) for kind, things in terraform.items()}
    assert (counted["functions"], counted["roles"]) == (3, 4)
    assert counted["alarms"] >= 21
    assert counted["rules"] >= 7
    assert all(counted.values()), counted


def test_outputs_have_the_same_names_and_values(terraform_stack: TerraformStack, sam_stack: SamStack) -> None:
    terraform, sam = terraform_stack.stack.outputs, sam_stack.stack.outputs
    here = {terraform_stack.stack.emulator.endpoint: "ENDPOINT", sam_stack.stack.emulator.endpoint: "ENDPOINT"}

    def plain(value: str) -> str:
        for endpoint, word in here.items():
            value = value.replace(endpoint, word)
        return value

    # Keys are drawn, the emulator cannot make the trail, and a list is one text for CloudFormation.
    shared = sorted(terraform.keys() & sam.keys() - {"own_resources", "trail_arn", "kms_key_arn"})
    assert {"log_bucket", "findings_bucket", "alert_topic_arn", "machine_queue_url", "state_table"} <= set(shared)
    assert {name: plain(terraform[name]) for name in shared} == {name: plain(sam[name]) for name in shared}
