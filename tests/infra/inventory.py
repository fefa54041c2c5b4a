"""What a stack brought up, read from the account by each service's own API, in a form in which two stacks compare."""

import json
import re
from typing import Any

from emulator import Emulator
from readers import READERS

Inventory = dict[str, dict[str, Any]]


def inventory(emulator: Emulator, name: str) -> Inventory:
    """Everything whose name begins with `name`, by kind and name.

    The identifiers that AWS draws, those of keys and versions, are the same word everywhere; policies are sets of statements
    with one form for what can be said in several, and without their ids.
    """
    found = {kind: read(emulator, name) for kind, read in READERS.items()}
    text = json.dumps(found)
    for key in emulator.client("kms").list_keys()["Keys"]:
        text = text.replace(key["KeyId"], "KEY")
    return json.loads(text)


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf by its path, so that a difference names its place."""
    if isinstance(value, dict) and value:
        return {where: leaf for key, inner in value.items() for where, leaf in flat(inner, f"{path}/{key}").items()}
    if isinstance(value, list) and value:
        return {where: leaf for at, inner in enumerate(value) for where, leaf in flat(inner, f"{path}[{at}]").items()}
    return {path: value}


def differences(one: Inventory, other: Inventory) -> dict[str, tuple[Any, Any]]:
    """What differs between two stacks: the path of each leaf, with both values; one that is not there is none."""
    left, right = flat(one), flat(other)
    paths = sorted(left.keys() | right.keys())
    return {path: (left.get(path), right.get(path)) for path in paths if left.get(path) != right.get(path)}


def unexplained(
    found: dict[str, tuple[Any, Any]], reasons: dict[str, str]
) -> tuple[dict[str, tuple[Any, Any]], set[str]]:
    """The differences without a reason, and the reasons without a difference. Reasons are by a pattern of the whole path."""
    used = {pattern for pattern in reasons if any(re.fullmatch(pattern, path) for path in found)}
    left = {
        path: values for path, values in found.items() if not any(re.fullmatch(pattern, path) for pattern in reasons)
    }
    return left, set(reasons) - used
