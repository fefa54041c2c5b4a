# A new trail, and everything that can be switched on.

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

  # Logs: a new trail, of all tables.
  object_lock_days   = var.object_lock_days
  log_retention_days = 400

  # Functions
  trail_log_zip     = var.trail_log_zip
  ddl_event_zip     = var.ddl_event_zip
  architecture      = var.architecture
  tracing           = true
  extra_environment = var.extra_environment

  # What is found
  policy_file      = coalesce(var.policy_file, "${path.module}/policy.yaml")
  rules            = var.rules
  key_secret       = var.key_secret
  cooldown_minutes = 60
  backfill         = true

  # Events
  data_event_rule      = var.data_event_rule
  guardduty_rule       = true
  config_rule          = true
  config_managed_rules = var.config_managed_rules

  # Who is told
  alert_emails      = var.alert_emails
  operations_emails = var.operations_emails
  chat              = true
  machine_queue     = true

  # Alarms and views
  busy_tables                = var.busy_tables
  insights_queries           = var.insights_queries
  contributor_insights       = var.contributor_insights
  table_contributor_insights = var.table_contributor_insights
}
