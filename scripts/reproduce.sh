#!/usr/bin/env bash
# Builds the functions named of the last commit twice, with nothing in common but the tools: in two folders, with two folders for
# what cargo makes and downloads. What comes out has to be the same to the byte.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for build in one another-one; do
    git clone --quiet --no-hardlinks . "$work/$build"
    # No policy and no rules: these are not of the commit.
    (cd "$work/$build" && unset POLICY RULES RUSTFLAGS && CARGO_TARGET_DIR=$work/$build/made CARGO_HOME=$work/$build/cargo \
        scripts/build-functions.sh "$@")
done

different=0
for function in "$@"; do
    for file in bootstrap bootstrap.zip bootstrap.cdx.json; do
        if ! cmp "$work/one/made/lambda/$function/$file" "$work/another-one/made/lambda/$function/$file"; then
            different=1
        fi
    done
done
if ((different == 0)); then
    printf 'reproduced: two builds of %s gave the same bytes\n' "$(git rev-parse HEAD)"
fi
exit "$different"
