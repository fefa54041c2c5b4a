#!/usr/bin/env python3
"""Writes the tables of variables and outputs into the README of the Terraform module.

usage: terraform-docs.py [--check] [MODULE]

MODULE is infra/terraform unless told. With --check nothing is written: it ends with 1 where the README is not what it would be.
It reads files as `terraform fmt` leaves them: an attribute of a block stands on a line of its own, indented by two spaces.
Anything else is an error, and never a table with something missing.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

BEGIN, END = "<!-- BEGIN_TF_DOCS -->", "<!-- END_TF_DOCS -->"
SECTION = re.compile(r"^# --- (.+?) -+$", re.MULTILINE)
BLOCK = re.compile(r'^(variable|output) "([^"]+)" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
ATTRIBUTE = re.compile(r"^  (description|type|default|sensitive) += (.+)$", re.MULTILINE)
WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"')


def blocks(path: Path, kind: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The blocks of a file: section, name, attributes. Refuses a file in which something looks like a block and is none."""
    text = path.read_text(encoding="utf-8")
    found = [match for match in BLOCK.finditer(text) if match.group(1) == kind]
    if len(found) != len(re.findall(rf"^{kind}\b", text, re.MULTILINE)):
        sys.exit(f"{path}: a block that terraform fmt would write otherwise")
    sections = [(match.start(), match.group(1)) for match in SECTION.finditer(text)]
    for match in found:
        attributes = dict(ATTRIBUTE.findall(match.group(3)))
        description = WORDS.fullmatch(attributes.get("description", ""))
        if description is None or (kind == "variable" and "type" not in attributes):
            sys.exit(f"{path}: {match.group(2)} has no description in one line, or no type")
        if any(value.endswith(("{", "[", "(")) for value in attributes.values()):
            sys.exit(f"{path}: {match.group(2)} has a type or default of several lines")
        attributes["description"] = description.group(1).replace('\\"', '"')
        section = [title for start, title in sections if start < match.start()]
        yield section[-1] if section else "General", match.group(2), attributes


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def tables(module: Path) -> str:
    lines, last = ["### Variables"], None
    for section, name, attributes in blocks(module / "variables.tf", "variable"):
        if section != last:
            lines += ["", f"**{section}**", "", "| variable | meaning | type | default |", "|---|---|---|---|"]
            last = section
        default = f"`{attributes['default']}`" if "default" in attributes else "required"
        lines.append(f"| `{name}` | {cell(attributes['description'])} | `{attributes['type']}` | {cell(default)} |")
    lines += ["", "### Outputs", "", "| output | meaning |", "|---|---|"]
    for _, name, attributes in blocks(module / "outputs.tf", "output"):
        lines.append(f"| `{name}` | {cell(attributes['description'])} |")
    return "\n".join(lines)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    default = Path(__file__).resolve().parent.parent / "infra" / "terraform"
    module = Path(arguments[0]) if arguments else default
    readme = module / "README.md"
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{readme}: expected one {BEGIN} and one {END}")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    want = f"{before}{BEGIN}\n{tables(module)}\n{END}{after}"
    if "--check" not in sys.argv:
        readme.write_text(want, encoding="utf-8")
    elif want != text:
        sys.exit(f"{readme} is not what its variables and outputs say: run scripts/terraform-docs.py")


if __name__ == "__main__":
    main()
