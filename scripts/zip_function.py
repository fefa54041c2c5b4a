"""Packs a function for Lambda: a zip whose bytes depend on what is in it alone, and its SHA-256 beside it."""

import argparse
import hashlib
import zipfile
from pathlib import Path

# The first date that a zip can hold. The files' own dates would make each build another one.
DATE = (1980, 1, 1, 0, 0, 0)
UNIX = 3
EXECUTABLE = 0o100755
READABLE = 0o100644


def pack(bootstrap: Path, policy: Path | None = None, rules: Path | None = None) -> list[tuple[str, Path, int]]:
    """What goes into the zip: the name in it, the file and its mode, in the order of names.

    Lambda runs `bootstrap`. The settings name the policy as `policy.yaml` and the rules as `rules`.
    """
    entries = [("bootstrap", bootstrap, EXECUTABLE)]
    if policy is not None:
        entries.append(("policy.yaml", policy, READABLE))
    if rules is not None:
        files = [path for path in rules.rglob("*") if path.is_file() and path.suffix in (".yml", ".yaml")]
        if not files:
            raise SystemExit(f"{rules}: no *.yml or *.yaml in it")
        entries += [(f"rules/{path.relative_to(rules).as_posix()}", path, READABLE) for path in files]
    return sorted(entries)


def write(entries: list[tuple[str, Path, int]], archive: Path) -> str:
    """Writes the zip and `ARCHIVE.sha256`, in the format of `sha256sum`; gives the checksum."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, path, mode in entries:
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = UNIX
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=9)
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{checksum}  {archive.name}\n")
    return checksum


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap", type=Path)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--policy", type=Path, help="a policy file, which becomes policy.yaml")
    parser.add_argument("--rules", type=Path, help="a folder of Sigma rules, which becomes rules/")
    arguments = parser.parse_args()
    write(pack(arguments.bootstrap, arguments.policy, arguments.rules), arguments.archive)


if __name__ == "__main__":
    main()
