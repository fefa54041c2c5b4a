#!/usr/bin/env bash
# deploy.sh terraform|sam up|outputs|down: deploys what `make build` made, shows what a deployment put out, or takes it down.
#
# terraform: EXAMPLE is the folder to apply; variables come from there, from *.tfvars in it, and from TF_VAR_….
# sam: STACK is the stack's name, PARAMETERS are "Key=Value Key=Value", POLICY_URI is where the policy is put, s3://BUCKET/KEY.
# POLICY is a policy file: it is checked first. RULES (terraform) is a folder of Sigma rules: it went into the zips.
# YES=1 asks nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$1 command=$2
example=${EXAMPLE:-infra/terraform/examples/complete}
stack=${STACK:-tablewarden}
made=${CARGO_TARGET_DIR:-$PWD/target}

refuse() {
    printf '%s %s: %s\n' "$tool" "$command" "$1" >&2
    exit 2
}

say() {
    printf '\n%s: %s\n\n' "$tool" "$1"
}

check_policy() {
    if [[ -n "${POLICY:-}" ]]; then
        [[ -f "$POLICY" ]] || refuse "POLICY=$POLICY: there is no such file"
        cargo run --quiet --locked --package tablewarden -- policy check "$POLICY"
    fi
}

# Terraform, in the folder of the example.
terraform_here() {
    CHECKPOINT_DISABLE=1 terraform -chdir="$example" "$@"
}

terraform_up() {
    for function in trail-log ddl-event; do
        [[ -f "$made/lambda/$function/bootstrap.zip" ]] || refuse "$made/lambda/$function/bootstrap.zip is not there: run make build"
    done
    check_policy
    if [[ -n "${POLICY:-}" ]]; then
        TF_VAR_policy_file=$(realpath "$POLICY")
        export TF_VAR_policy_file
    fi
    if [[ -n "${RULES:-}" ]]; then
        export TF_VAR_rules=rules
    fi
    export TF_VAR_trail_log_zip=$made/lambda/trail-log/bootstrap.zip TF_VAR_ddl_event_zip=$made/lambda/ddl-event/bootstrap.zip
    plugins=$(scripts/terraform-plugins.sh)
    terraform_here init -input=false ${plugins:+-plugin-dir="$plugins"}
    say "applies $example, policy ${POLICY:-as it says}, as ${AWS_PROFILE:-the credentials at hand} in ${AWS_REGION:-the region it says}"
    terraform_here apply ${YES:+-auto-approve}
}

terraform_outputs() {
    terraform_here output
}

terraform_down() {
    say "destroys $example. A bucket that holds something stays, and stops it: empty those of logs and findings first"
    terraform_here destroy ${YES:+-auto-approve}
}

sam_up() {
    check_policy
    parameters=("Architecture=${ARCH:-x86_64}")
    if [[ -n "${POLICY:-}" ]]; then
        [[ "${POLICY_URI:-}" == s3://*/* ]] || refuse 'POLICY is put into a bucket that you have: say POLICY_URI=s3://BUCKET/KEY'
        parameters+=("Policy=$POLICY_URI")
    fi
    if [[ -n "${RULES:-}" ]]; then
        refuse 'RULES go into zips, which sam build makes of the functions alone: put them into a bucket, PARAMETERS="Rules=s3://…"'
    fi
    # The user's own come last: they win.
    read -ra said <<<"${PARAMETERS:-}"
    parameters+=(${said[@]+"${said[@]}"})
    # shellcheck source=scripts/build-environment.sh
    (source scripts/build-environment.sh && sam build --template-file infra/sam/template.yaml --build-dir "$made/sam" \
        --parameter-overrides "${parameters[0]}")
    if [[ -n "${POLICY:-}" ]]; then
        say "puts $POLICY to $POLICY_URI"
        object=${POLICY_URI#s3://}
        # The Python of SAM, which has the SDK.
        "$(dirname "$(command -v sam)")/python" - "$POLICY" "${object%%/*}" "${object#*/}" <<'PUT'
import sys

import boto3

boto3.client("s3").upload_file(*sys.argv[1:])
PUT
    fi
    say "deploys the stack $stack, policy ${POLICY:-as before}, as ${AWS_PROFILE:-the credentials at hand} in ${AWS_REGION:-the region of that}"
    sam deploy --template-file "$made/sam/template.yaml" --stack-name "$stack" --resolve-s3 --capabilities CAPABILITY_NAMED_IAM \
        --no-fail-on-empty-changeset "--$([[ -n "${YES:-}" ]] && printf no-)confirm-changeset" \
        --parameter-overrides "${parameters[@]}"
}

sam_outputs() {
    sam list stack-outputs --stack-name "$stack"
}

sam_down() {
    say "deletes the stack $stack. A bucket that holds something stays, and stops it: empty those of logs and findings first"
    sam delete --stack-name "$stack" ${YES:+--no-prompts}
}

case $tool in
terraform)
    command -v terraform >/dev/null || refuse 'terraform is not on the PATH: https://developer.hashicorp.com/terraform/install'
    [[ -d "$example" ]] || refuse "EXAMPLE=$example: there is no such folder"
    ;;
sam)
    export SAM_CLI_TELEMETRY=0
    command -v sam >/dev/null || refuse 'sam is not installed: run make setup'
    ;;
*) refuse 'the tool is terraform or sam' ;;
esac
case $command in
up | outputs | down) "${tool}_$command" ;;
*) refuse 'the command is up, outputs or down' ;;
esac
