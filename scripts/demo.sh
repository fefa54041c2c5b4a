#!/usr/bin/env bash
# Replays each scenario of events/scenarios with its own policy and rules: what a security engineer would see of that day.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --quiet --package tablewarden
tablewarden="${CARGO_TARGET_DIR:-target}/debug/tablewarden"

for scenario in events/scenarios/*/; do
    scenario=${scenario%/}
    title=$(basename "$scenario")
    if [[ -f "$scenario/README.md" ]]; then
        title=$(sed -n '1s/^#* *//p' "$scenario/README.md")
    fi
    printf '\n━━━ %s ━━━\n\n' "$title"

    options=()
    if [[ -f "$scenario/policy.yaml" ]]; then
        options+=(--policy "$scenario/policy.yaml")
    fi
    if [[ -d "$scenario/rules" ]]; then
        options+=(--rules "$scenario/rules")
    fi
    # 1 says that there are findings, 2 that some records were no records: one scenario has those on purpose.
    status=0
    "$tablewarden" replay ${options[@]+"${options[@]}"} "$scenario" || status=$?
    if ((status > 2)); then
        exit "$status"
    fi
done
