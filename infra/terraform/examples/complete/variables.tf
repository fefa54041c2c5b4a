variable "region" {
  description = "Where everything is made; null for AWS_REGION, or the region of the profile."
  type        = string
  default     = null
}

variable "name" {
  description = "What every resource's name begins with."
  type        = string
  default     = "tablewarden"
}

variable "trail_log_zip" {
  description = "The zip of trail-log; null for what make build leaves in this repository."
  type        = string
  default     = null
}

variable "ddl_event_zip" {
  description = "The zip of ddl-event; null for what make build leaves in this repository."
  type        = string
  default     = null
}

variable "architecture" {
  description = "The processor that the zips were built for: x86_64 or arm64."
  type        = string
  default     = "x86_64"
}

variable "extra_environment" {
  description = "More environment variables of both functions."
  type        = map(string)
  default     = {}
}

variable "policy_file" {
  description = "The policy; null for the one in this folder."
  type        = string
  default     = null
}

variable "rules" {
  description = "Sigma rules: a path in the functions' zips, or s3://BUCKET/KEY. Empty for none."
  type        = string
  default     = ""
}

variable "key_secret" {
  description = "What hashes of item keys are made with, at least 16 bytes: TF_VAR_key_secret."
  type        = string
  default     = ""
  sensitive   = true
}

variable "alert_emails" {
  description = "From each address to the lowest severity that it gets."
  type        = map(string)
  default = {
    "soc@example.com"    = "medium"
    "oncall@example.com" = "critical"
  }
}

variable "operations_emails" {
  description = "Who gets the alarms."
  type        = list(string)
  default     = ["platform@example.com"]
}

variable "object_lock_days" {
  description = "Days for which nobody deletes a log object; 0 for none. It can't be shortened by destroying the example."
  type        = number
  default     = 0
}

variable "data_event_rule" {
  description = "Whether calls that touch items are told within seconds: an invocation for each of them."
  type        = bool
  default     = false
}

variable "busy_tables" {
  description = "Entries of the policy that are never quiet for long: an alarm for each when they are."
  type        = list(string)
  default     = []
}

variable "config_managed_rules" {
  description = "Whether to make AWS Config's rules; the account must have a configuration recorder."
  type        = bool
  default     = false
}

variable "insights_queries" {
  description = "Whether to save queries of Logs Insights."
  type        = bool
  default     = true
}

variable "contributor_insights" {
  description = "Whether to make Contributor Insights rules on the functions' logs."
  type        = bool
  default     = true
}

variable "table_contributor_insights" {
  description = "Tables of this account and region to switch Contributor Insights on for."
  type        = list(string)
  default     = []
}
