"""IAM's policies in one form, so that two that say the same are the same."""

import json
from typing import Any

LISTS = ("Action", "NotAction", "Resource", "NotResource")


def statements(policy: str | dict[str, Any]) -> dict[str, bool]:
    """The statements of a policy as texts: each stands for itself, in whatever order they are written."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return {json.dumps(_statement(statement), sort_keys=True): True for statement in listed}


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    plain = {field: value for field, value in statement.items() if field != "Sid"}
    for field in LISTS:
        if field in plain:
            plain[field] = _list(plain[field])
    if isinstance(plain.get("Principal"), dict):
        plain["Principal"] = {kind: _list(who) for kind, who in plain["Principal"].items()}
    if "Condition" in plain:
        plain["Condition"] = {
            test: {key: _list(values) for key, values in keys.items()} for test, keys in plain["Condition"].items()
        }
    return plain


def _list(value: Any) -> list[str]:
    return sorted(str(item) for item in (value if isinstance(value, list) else [value]))
