#!/usr/bin/env bash
# Builds the functions named, and puts beside each bootstrap its zip, the zip's SHA-256 and what is linked into it (CycloneDX).
# ARCH is x86_64 or arm64; INFLATER is isal or zlib-rs (unless told); POLICY is a policy file and RULES a folder of Sigma rules to go into the zips.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/build-environment.sh

target_dir=${CARGO_TARGET_DIR:-target}
packages=()
for function in "$@"; do
    packages+=(--package "$function")
done
features=()
if [[ "${INFLATER:-zlib-rs}" == isal ]]; then
    features=(--features isal)
fi

if [[ -n "${POLICY:-}" ]]; then
    # Lambda has neither the processor nor the flags to be the same for a check on this machine.
    env -u CARGO_ENCODED_RUSTFLAGS cargo run --quiet --locked --package tablewarden -- policy check "$POLICY"
fi

# The makefile of ISA-L has an `ARCH` of its own, and would take ours for it: from here, or from the command line of our `make`.
env -u ARCH -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS cargo lambda build --release --locked --output-format binary "$lambda_option" "${features[@]}" "${packages[@]}"

# The bills of materials bear the time of the commit.
committed=$(git log -1 --format=%ct 2>/dev/null || echo 0)
for function in "$@"; do
    folder=$target_dir/lambda/$function
    python scripts/zip_function.py "$folder/bootstrap" "$folder/bootstrap.zip" \
        ${POLICY:+--policy "$POLICY"} ${RULES:+--rules "$RULES"}
    SOURCE_DATE_EPOCH=$committed python scripts/sbom.py "${features[@]}" "$function" "$lambda_target" "$folder/bootstrap" "$folder/bootstrap.cdx.json"
    (cd "$folder" && cat bootstrap.zip.sha256)
done
