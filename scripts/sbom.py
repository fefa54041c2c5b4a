"""Writes what is linked into a function as a CycloneDX bill of materials: the same commit gives the same bytes.

What cargo resolves for this function and this platform counts, without build scripts, macros and tests: they run elsewhere.
Checksums are those of Cargo.lock, so that a crate can be held against the registry.
"""

import argparse
import hashlib
import os
import subprocess
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

APPLICATION = ComponentType.APPLICATION
LIBRARY = ComponentType.LIBRARY


class Crate(NamedTuple):
    """A crate in one version."""

    name: str
    version: str
    licence: str

    @property
    def reference(self) -> str:
        return str(PackageURL("cargo", name=self.name, version=self.version))


def tree(function: str, features: str, target: str) -> str:
    """The lines of `cargo tree`: depth, name, version and licence of each crate, every branch in full."""
    command = ["cargo", "tree", "--locked", "--package", function, "--target", target]
    # A function that lacks a feature is built without it.
    declared = tomllib.loads(Path(f"functions/{function}/Cargo.toml").read_text()).get("features", {})
    command += [f"--features={','.join(name for name in features.split(',') if name in declared)}"]
    command += ["--edges", "normal,no-proc-macro", "--no-dedupe", "--prefix", "depth", "--format", "|{p}|{l}"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def edges(lines: Iterable[str]) -> Iterator[tuple[Crate | None, Crate]]:
    """Who needs whom. The first line is the function, which nobody needs."""
    path: list[Crate] = []
    for line in lines:
        depth, package, licence = line.split("|", 2)
        name, version = package.split()[:2]
        del path[int(depth) :]
        crate = Crate(name, version.removeprefix("v"), licence)
        yield (path[-1] if path else None, crate)
        path.append(crate)


def checksums(lock: Path) -> dict[tuple[str, str], str]:
    """The SHA-256 of each crate that comes from a registry."""
    packages = tomllib.loads(lock.read_text())["package"]
    return {(crate["name"], crate["version"]): crate["checksum"] for crate in packages if "checksum" in crate}


def component(crate: Crate, checksum: str | None, kind: ComponentType = LIBRARY) -> Component:
    # Old crates part their licences with a slash, which means OR and is no SPDX expression.
    licence = " OR ".join(part.strip() for part in crate.licence.split("/"))
    return Component(
        type=kind,
        name=crate.name,
        version=crate.version,
        bom_ref=crate.reference,
        # What no registry has cannot be asked for by its URL.
        purl=PackageURL("cargo", name=crate.name, version=crate.version)
        if checksum and kind is not APPLICATION
        else None,
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def bill(function: str, features: str, target: str, bootstrap: bytes, lock: Path, time: datetime) -> Bom:
    """The bill of materials of one function, whose serial number follows from its bytes."""
    known = checksums(lock)
    components: dict[Crate, Component] = {}
    digest = hashlib.sha256(bootstrap).hexdigest()
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{function}/{digest}"))
    bom.metadata.timestamp = time
    needs: dict[Crate, set[Crate]] = {}
    for parent, crate in edges(tree(function, features, target).splitlines()):
        if parent is None:
            components[crate] = component(crate, digest, APPLICATION)
            bom.metadata.component = components[crate]
        elif crate not in components:
            components[crate] = component(crate, known.get((crate.name, crate.version)))
            bom.components.add(components[crate])
        needs.setdefault(crate, set())
        if parent is not None:
            needs[parent].add(crate)
    for crate, others in needs.items():
        bom.register_dependency(components[crate], [components[other] for other in others])
    return bom


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", default="", help="what it was built with")
    parser.add_argument("function")
    parser.add_argument("target", help="the platform, for instance x86_64-unknown-linux-gnu")
    parser.add_argument("bootstrap", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    time = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    bootstrap = arguments.bootstrap.read_bytes()
    bom = bill(arguments.function, arguments.features, arguments.target, bootstrap, Path("Cargo.lock"), time)
    arguments.output.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n")


if __name__ == "__main__":
    main()
