#!/usr/bin/env bash
# Holds the dependencies to deny.toml: licences, bans, sources, and known vulnerabilities where their list can be had.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo deny --offline --locked check --hide-inclusion-graph bans licenses sources

# The advisory database is a git repository on another host. A machine that cannot reach it still checks the rest.
if timeout 120 cargo deny fetch db; then
    cargo deny --locked check --disable-fetch advisories
else
    printf '\n!!! SKIPPED: advisories were NOT checked, the RustSec database cannot be fetched from here !!!\n\n' >&2
fi
