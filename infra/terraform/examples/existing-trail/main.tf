# On top of a trail that is there already, in this account or another.

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

  # Logs: an existing bucket, of which nothing is changed. Its log objects are announced by a topic, or by EventBridge.
  create_trail             = false
  existing_log_bucket      = var.log_bucket
  existing_log_prefix      = var.log_prefix
  existing_log_kms_key_arn = var.log_kms_key_arn
  announcement             = var.sns_topic_arn == "" ? "eventbridge" : "sns"
  existing_sns_topic_arn   = var.sns_topic_arn

  trail_log_zip     = var.trail_log_zip
  ddl_event_zip     = var.ddl_event_zip
  extra_environment = var.extra_environment

  policy            = var.policy
  alert_emails      = var.alert_emails
  operations_emails = var.operations_emails
  insights_queries  = var.insights_queries
}
