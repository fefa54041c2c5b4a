# The trail of a whole organisation, made from its management account.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region
}

module "tablewarden" {
  source = "../.."

  name = var.name

  # Logs of all accounts, below AWSLogs/o-…/ in one bucket.
  organization_id  = var.organization_id
  object_lock_days = 90

  # Many accounts write many files.
  memory_mb       = 512
  max_concurrency = 50

  trail_log_zip     = var.trail_log_zip
  ddl_event_zip     = var.ddl_event_zip
  extra_environment = var.extra_environment

  policy            = var.policy
  alert_emails      = var.alert_emails
  operations_emails = var.operations_emails
  machine_queue     = true
  insights_queries  = var.insights_queries
}
