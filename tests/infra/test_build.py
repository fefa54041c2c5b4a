"""What `make build` puts beside a function: the zip, its checksum and its bill of materials."""

import hashlib
import json
import os
import platform
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from conftest import FUNCTIONS, REPOSITORY, TOOLS

NAMES = ("trail-log", "ddl-event")

# What is tested runs on this machine.
TARGET = f"{platform.machine()}-unknown-linux-gnu"


def features(function: str) -> list[str]:
    """What the function was built with, as `make` says: the other one reads no log files."""
    return ["--features", "isal"] if function == "trail-log" and os.environ.get("INFLATER") == "isal" else []


def pack(folder: Path, *options: str) -> bytes:
    """Packs the bootstrap of a folder by the script that `make build` runs."""
    script = REPOSITORY / "scripts" / "zip_function.py"
    subprocess.run([sys.executable, script, folder / "bootstrap", folder / "bootstrap.zip", *options], check=True)
    return (folder / "bootstrap.zip").read_bytes()


def test_zip_depends_on_the_bytes_of_the_function_alone(tmp_path: Path) -> None:
    archives = []
    for number, mode in enumerate((0o755, 0o600)):
        folder = tmp_path / f"folder-{number}"
        folder.mkdir()
        bootstrap = folder / "bootstrap"
        bootstrap.write_bytes(b"\x7fELF" * 1000)
        bootstrap.chmod(mode)
        os.utime(bootstrap, (1_000_000_000 + number * 86_400,) * 2)
        archives.append(pack(folder))
    assert archives[0] == archives[1]
    (tmp_path / "folder-0" / "bootstrap").write_bytes(b"\x7fELF" * 1001)
    assert pack(tmp_path / "folder-0") != archives[0]


def test_zip_holds_policy_and_rules_where_the_settings_name_them(tmp_path: Path) -> None:
    (tmp_path / "bootstrap").write_bytes(b"function")
    (tmp_path / "mine.yaml").write_text("version: 1\n")
    (tmp_path / "sigma" / "aws").mkdir(parents=True)
    for name in ("b.yml", "aws/a.yaml", "README.md"):
        (tmp_path / "sigma" / name).write_text(name)
    pack(tmp_path, "--policy", str(tmp_path / "mine.yaml"), "--rules", str(tmp_path / "sigma"))
    with zipfile.ZipFile(tmp_path / "bootstrap.zip") as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}
        assert archive.read("policy.yaml") == b"version: 1\n"
    assert modes == {
        "bootstrap": "0o100755",
        "policy.yaml": "0o100644",
        "rules/aws/a.yaml": "0o100644",
        "rules/b.yml": "0o100644",
    }


@pytest.mark.parametrize("function", NAMES)
def test_checksum_is_that_of_the_zip_and_the_zip_holds_the_built_function(function: str) -> None:
    folder = FUNCTIONS / function
    archive = folder / "bootstrap.zip"
    checksum, name = (folder / "bootstrap.zip.sha256").read_text().split()
    assert (checksum, name) == (hashlib.sha256(archive.read_bytes()).hexdigest(), "bootstrap.zip")
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("bootstrap") == (folder / "bootstrap").read_bytes()


@pytest.mark.parametrize("function", NAMES)
def test_function_says_nothing_of_where_it_was_built(function: str) -> None:
    bootstrap = (FUNCTIONS / function / "bootstrap").read_bytes()
    home = os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))
    for place in (str(REPOSITORY), str(FUNCTIONS.parent), f"{home}/registry", str(TOOLS)):
        assert place.encode() not in bootstrap, place
    # The panics of dependencies still say where in the source they are.
    assert b"/registry/tokio-" in bootstrap


@pytest.mark.parametrize("function", NAMES)
def test_bill_of_materials_lists_what_cargo_links_into_the_function(function: str) -> None:
    bom = json.loads((FUNCTIONS / function / "bootstrap.cdx.json").read_text())
    listed = {(component["name"], component["version"]) for component in bom["components"]}
    # Each crate once, by another way than the one that the bill is written by.
    command = [
        "cargo",
        "tree",
        "--locked",
        "--package",
        function,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
    ]
    command += [*features(function), "--target", TARGET, "--format", "{p}"]
    tree = subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True).stdout
    linked = {(line.split()[0], line.split()[1].removeprefix("v")) for line in tree.splitlines()}
    assert listed == linked - {(function, bom["metadata"]["component"]["version"])}
    assert {name for name, _ in listed} >= {"aws-sdk-dynamodb", "tablewarden-core", "lambda_runtime"}
    digest = hashlib.sha256((FUNCTIONS / function / "bootstrap").read_bytes()).hexdigest()
    assert bom["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    from_registry = [component for component in bom["components"] if "purl" in component]
    assert all(component["hashes"] and component["licenses"] for component in from_registry)
    assert {dependency["ref"] for dependency in bom["dependencies"]} >= {one["bom-ref"] for one in bom["components"]}


@pytest.mark.parametrize("function", NAMES)
def test_bill_of_materials_is_the_same_each_time(function: str, tmp_path: Path) -> None:
    folder = FUNCTIONS / function
    again = tmp_path / "again.cdx.json"
    written = json.loads((folder / "bootstrap.cdx.json").read_text())
    epoch = str(int(datetime.fromisoformat(written["metadata"]["timestamp"]).timestamp()))
    subprocess.run(
        [
            TOOLS / "lambda" / "bin" / "python",
            REPOSITORY / "scripts" / "sbom.py",
            *features(function),
            function,
            TARGET,
            folder / "bootstrap",
            again,
        ],
        check=True,
        cwd=REPOSITORY,
        env=os.environ | {"SOURCE_DATE_EPOCH": epoch},
    )
    assert again.read_bytes() == (folder / "bootstrap.cdx.json").read_bytes()
