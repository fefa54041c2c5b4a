"""Taking a deployment down leaves nothing behind."""

from end_to_end import Stack
from inventory import inventory
from stack_sam import SamStack
from stack_terraform import TerraformStack


def empty_buckets(stack: Stack) -> None:
    """What somebody has to do who wants the logs and findings gone: nothing here deletes them otherwise."""
    client = stack.emulator.client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if not name.startswith(stack.name):
            continue
        for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                client.delete_object(
                    Bucket=name, Key=version["Key"], VersionId=version["VersionId"], BypassGovernanceRetention=True
                )


def test_terraform_destroys_what_it_made(terraform_stack: TerraformStack) -> None:
    stack = terraform_stack.stack
    empty_buckets(stack)
    terraform_stack.run("destroy", "-auto-approve", "-parallelism=30")
    left = inventory(stack.emulator, stack.name)
    assert not any(left.values()), left


def test_cloudformation_deletes_what_it_made(sam_stack: SamStack) -> None:
    stack = sam_stack.stack
    empty_buckets(stack)
    sam_stack.delete()
    left = inventory(stack.emulator, stack.name)
    # The policy's bucket was there before.
    left["buckets"].pop(f"{stack.name}-config-123456789012-eu-west-1")
    assert not any(left.values()), left
