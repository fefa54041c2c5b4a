"""What the emulator knows nothing of (saved queries, Contributor Insights, Config's rules), as both templates have it.

Terraform's plan says what it would make, the SAM template what is in it.
"""

import json
from typing import Any

import pytest
from conftest import REPOSITORY
from stack_sam import SamStack
from stack_terraform import TerraformStack, resources

INFRA = REPOSITORY / "infra"
SWITCHED_OFF = ("insights_queries", "contributor_insights", "config_managed_rules")


@pytest.fixture(scope="module")
def planned(terraform_stack: TerraformStack) -> list[dict[str, Any]]:
    """Every resource that the example would have, with nothing switched off."""
    everything = [f"-var={name}=true" for name in SWITCHED_OFF]
    terraform_stack.run("plan", "-out=everything.plan", *everything)
    shown = json.loads(terraform_stack.run("show", "-json", "everything.plan").stdout)
    return resources(shown["planned_values"]["root_module"])


def by_terraform(planned: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [resource["values"] for resource in planned if resource["type"] == kind]


def by_sam(stack: SamStack, kind: str) -> list[dict[str, Any]]:
    resolver = stack.resolver
    found = [name for name, resource in resolver.template["Resources"].items() if resource["Type"] == kind]
    return [resolver.resource(name) for name in found if resolver.exists(name)]


def filled_in(text: str) -> str:
    """A shared file as it is deployed by default."""
    for word, value in {"name": "tablewarden", "region": "eu-west-1", "namespace": "Tablewarden"}.items():
        text = text.replace("${" + word + "}", value)
    return text


def test_saved_queries_are_those_of_the_files(planned: list[dict[str, Any]], sam_stack: SamStack) -> None:
    groups = ["/aws/lambda/tablewarden-ddl-event", "/aws/lambda/tablewarden-trail-log"]
    files = {
        f"tablewarden-{path.stem}": (filled_in(path.read_text()).strip(), groups)
        for path in (INFRA / "queries").glob("*.logs")
    }
    terraform = {
        query["name"]: (query["query_string"].strip(), sorted(query["log_group_names"]))
        for query in by_terraform(planned, "aws_cloudwatch_query_definition")
    }
    sam = {
        query["Name"]: (query["QueryString"].strip(), sorted(query["LogGroupNames"]))
        for query in by_sam(sam_stack, "AWS::Logs::QueryDefinition")
    }
    assert len(files) >= 4
    assert terraform == files
    assert sam == files


def test_contributor_rules_are_those_of_the_files(planned: list[dict[str, Any]], sam_stack: SamStack) -> None:
    files = {
        f"tablewarden-{path.stem}": json.loads(filled_in(path.read_text()))
        for path in (INFRA / "contributor-insights").glob("*.json")
    }
    terraform = {
        rule["rule_name"]: json.loads(rule["rule_definition"])
        for rule in by_terraform(planned, "aws_cloudwatch_contributor_insight_rule")
    }
    sam = {rule["RuleName"]: json.loads(rule["RuleBody"]) for rule in by_sam(sam_stack, "AWS::CloudWatch::InsightRule")}
    assert len(files) >= 3
    assert terraform == files
    assert sam == files


def test_rules_of_config_are_the_same(planned: list[dict[str, Any]], sam_stack: SamStack) -> None:
    terraform = {
        rule["name"]: (rule["source"][0]["owner"], rule["source"][0]["source_identifier"])
        for rule in by_terraform(planned, "aws_config_config_rule")
    }
    sam = {
        rule["ConfigRuleName"]: (rule["Source"]["Owner"], rule["Source"]["SourceIdentifier"])
        for rule in by_sam(sam_stack, "AWS::Config::ConfigRule")
    }
    assert terraform == sam
    assert {identifier for _, identifier in sam.values()} == {
        "DYNAMODB_PITR_ENABLED",
        "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "DYNAMODB_IN_BACKUP_PLAN",
    }


def test_dashboard_and_event_patterns_are_those_of_the_files(terraform_stack: TerraformStack) -> None:
    """test_same_system.py holds those of the SAM template to these."""
    emulator = terraform_stack.stack.emulator
    body = emulator.client("cloudwatch").get_dashboard(DashboardName="tablewarden")["DashboardBody"]
    assert json.loads(body) == json.loads(filled_in((INFRA / "dashboard.json").read_text()))
    events = emulator.client("events")
    for path in (INFRA / "event-patterns").glob("*.json"):
        pattern = events.describe_rule(Name=f"tablewarden-{path.stem}")["EventPattern"]
        assert json.loads(pattern) == json.loads(filled_in(path.read_text())), path.stem
        assert len(pattern) <= 2048, path.stem
