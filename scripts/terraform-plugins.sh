#!/usr/bin/env bash
# Prints the folder of Terraform providers on this machine, for `terraform init -plugin-dir`, or nothing where there is none and
# the registry has to be asked. TABLEWARDEN_TERRAFORM_PLUGINS names it where it is not found.
set -euo pipefail

if [[ -n "${TABLEWARDEN_TERRAFORM_PLUGINS:-}" ]]; then
    printf '%s\n' "$TABLEWARDEN_TERRAFORM_PLUGINS"
    exit
fi
for folder in "${TF_PLUGIN_CACHE_DIR:-}" "$HOME/.terraform.d/plugins" /usr/local/share/terraform/plugins /opt/*; do
    if [[ -d "$folder/registry.terraform.io/hashicorp/aws" ]]; then
        printf '%s\n' "$folder"
        exit
    fi
done
