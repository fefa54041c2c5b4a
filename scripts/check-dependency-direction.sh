#!/usr/bin/env bash
# Proves that dependencies point one way: functions and cli to aws and sigma to core. ARCHITECTURE.md says why.
set -euo pipefail
cd "$(dirname "$0")/.."

broken=0

# forbid PACKAGE DEPTH PATTERN REASON: no dependency of PACKAGE, down to DEPTH, matches the extended regex PATTERN.
# What is only for tests does not count; features and platforms that are off here do.
forbid() {
    local package=$1 depth=$2 pattern=$3 reason=$4 tree found
    tree=$(cargo tree --locked --package "$package" --edges normal,build --all-features --target all \
        --depth "$depth" --prefix none --format '{p}')
    found=$(tail -n +2 <<<"$tree" | awk '{ print $1 }' | sort -u | grep -E "^($pattern)\$" || true)
    if [[ -n "$found" ]]; then
        printf 'dependency direction: %s must not depend on %s: %s\n' "$package" "$(tr '\n' ' ' <<<"$found")" "$reason" >&2
        broken=1
    fi
}

any=100
direct=1
aws_sdk='aws-.*'
runtime='tokio|lambda_runtime.*|lambda_http|aws_lambda_events'
ends='trail-log|ddl-event|tablewarden'

forbid tablewarden-inflate "$any" "tablewarden-.*|$ends|$aws_sdk|$runtime" 'the inflater knows nobody'
forbid tablewarden-core "$any" "tablewarden-(aws|sigma|testkit|generator|bench|tests)|$ends|$aws_sdk|$runtime" 'the core is pure and knows nobody'
forbid tablewarden-sigma "$any" "tablewarden-aws|$ends|$aws_sdk|$runtime" 'rules know nobody but the core'
forbid tablewarden-aws "$any" "$ends" 'adapters do not know who uses them'
forbid trail-log "$any" 'ddl-event|tablewarden' 'functions do not depend on one another'
forbid ddl-event "$any" 'trail-log|tablewarden' 'functions do not depend on one another'
forbid trail-log "$direct" "$aws_sdk" 'only tablewarden-aws names an AWS SDK'
forbid ddl-event "$direct" "$aws_sdk" 'only tablewarden-aws names an AWS SDK'
forbid tablewarden "$direct" "$aws_sdk|$runtime" 'only tablewarden-aws names an AWS SDK'
forbid tablewarden "$any" 'trail-log|ddl-event' 'the command does not depend on a function'
for package in tablewarden-core tablewarden-sigma tablewarden-aws trail-log ddl-event tablewarden; do
    forbid "$package" "$any" 'tablewarden-(testkit|generator|tests)' 'builders and fakes are for tests only'
done

if ((broken == 0)); then
    echo 'dependency direction: ok'
fi
exit "$broken"
