# AWS Config's managed rules for DynamoDB. The account must have a configuration recorder that records tables.
# https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html

locals {
  config_rules = var.config_managed_rules ? {
    pitr-enabled                = { identifier = "DYNAMODB_PITR_ENABLED", description = "Tables have point-in-time recovery" }
    deletion-protection-enabled = { identifier = "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED", description = "Tables have deletion protection" }
    encrypted-kms               = { identifier = "DYNAMODB_TABLE_ENCRYPTED_KMS", description = "Tables are encrypted with a KMS key" }
    in-backup-plan              = { identifier = "DYNAMODB_IN_BACKUP_PLAN", description = "Tables are in a plan of AWS Backup" }
  } : {}
}

resource "aws_config_config_rule" "this" {
  for_each = local.config_rules

  name        = "${var.name}-${each.key}"
  description = each.value.description

  source {
    owner             = "AWS"
    source_identifier = each.value.identifier
  }
}
