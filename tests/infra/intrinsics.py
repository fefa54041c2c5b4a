"""CloudFormation's templates as data: YAML with its short forms, and what its functions come to for given parameters."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

NO_VALUE = object()


def load(template: Path) -> dict[str, Any]:
    """A template with the long form of each function."""
    return yaml.load(template.read_text(), Loader=_Loader)


class _Loader(yaml.SafeLoader):
    """Knows `!Ref`, `!Sub` and the others."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


@dataclass(frozen=True)
class Resolver:
    """What a template's functions come to.

    `names` are the physical ids of resources, which `Ref` gives, and `pseudo` CloudFormation's own parameters. The ARNs of a few
    kinds of resources follow from these; any other attribute stands as `{Resource.Attribute}`.
    """

    template: dict[str, Any]
    parameters: dict[str, str]
    names: dict[str, str]
    pseudo: dict[str, str] = field(
        default_factory=lambda: {
            "AWS::AccountId": "123456789012",
            "AWS::Partition": "aws",
            "AWS::Region": "eu-west-1",
            "AWS::URLSuffix": "amazonaws.com",
        }
    )

    def resource(self, logical: str) -> dict[str, Any]:
        """The properties of a resource."""
        return self.value(self.template["Resources"][logical]["Properties"])

    def exists(self, logical: str) -> bool:
        """Whether a resource's condition holds."""
        condition = self.template["Resources"][logical].get("Condition")
        return condition is None or self.condition(condition)

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        return bool(self.value(self.template["Conditions"][name]))

    def value(self, value: Any) -> Any:
        """Any part of the template, with its functions worked out."""
        if isinstance(value, list):
            items = [self.value(item) for item in value]
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._call(name, argument)
        resolved = {key: self.value(inner) for key, inner in value.items()}
        return {key: inner for key, inner in resolved.items() if inner is not NO_VALUE}

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._reference(argument)
            case "Condition":
                return self.condition(argument)
            case "Fn::If":
                condition, yes, no = argument
                return self.value(yes if self.condition(condition) else no)
            case "Fn::Equals":
                one, other = self.value(argument)
                return str(one) == str(other)
            case "Fn::Not":
                return not self.value(argument)[0]
            case "Fn::And":
                return all(self.value(argument))
            case "Fn::Or":
                return any(self.value(argument))
            case "Fn::Join":
                between, parts = argument
                return between.join(str(part) for part in self.value(parts))
            case "Fn::Select":
                index, items = argument
                return self.value(items)[int(index)]
            case "Fn::Split":
                between, text = argument
                return self.value(text).split(between)
            case "Fn::FindInMap":
                table, row, column = (str(part) for part in self.value(argument))
                return self.template["Mappings"][table][row][column]
            case "Fn::GetAtt":
                return self._attribute(*argument)
            case "Fn::Sub":
                return self._substitute(argument)
        raise NotImplementedError(name)

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        for known in (self.pseudo, self.names):
            if name in known:
                return known[name]
        if name in self.template.get("Parameters", {}):
            declared = self.template["Parameters"][name]
            given = self.parameters.get(name, declared.get("Default", ""))
            if declared["Type"] == "Number":
                return int(given)
            if declared["Type"] == "CommaDelimitedList":
                return [item for item in str(given).split(",") if item]
            return str(given)
        return "{" + name + "}"

    def _attribute(self, logical: str, attribute: str) -> str:
        name, kind = self.names.get(logical, logical), self.template["Resources"][logical]["Type"]
        place = f"{self.pseudo['AWS::Region']}:{self.pseudo['AWS::AccountId']}"
        match kind, attribute:
            case "AWS::KMS::Key", "Arn":
                return f"arn:aws:kms:{place}:key/{name}"
            case "AWS::S3::Bucket", "Arn":
                return f"arn:aws:s3:::{name}"
            case "AWS::Logs::LogGroup", "Arn":
                return f"arn:aws:logs:{place}:log-group:{name}:*"
            case "AWS::SQS::Queue", "Arn":
                return f"arn:aws:sqs:{place}:{name.rsplit('/', 1)[-1]}"
        return "{" + f"{logical}.{attribute}" + "}"

    def _substitute(self, argument: Any) -> str:
        text, more = (argument, {}) if isinstance(argument, str) else argument

        def one(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in more:
                return str(self.value(more[name]))
            return str(self._attribute(*name.split(".", 1)) if "." in name else self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)
