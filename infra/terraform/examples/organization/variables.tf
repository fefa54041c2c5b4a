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

variable "extra_environment" {
  description = "More environment variables of both functions."
  type        = map(string)
  default     = {}
}

variable "policy" {
  description = "The policy: s3://BUCKET/KEY of an object that exists, or a path in the functions' zips. Empty for none."
  type        = string
  default     = ""
}

variable "alert_emails" {
  description = "From each address to the lowest severity that it gets."
  type        = map(string)
  default     = { "soc@example.com" = "medium" }
}

variable "operations_emails" {
  description = "Who gets the alarms."
  type        = list(string)
  default     = ["platform@example.com"]
}

variable "insights_queries" {
  description = "Whether to save queries of Logs Insights."
  type        = bool
  default     = true
}

variable "organization_id" {
  description = "The organisation, o-…: aws organizations describe-organization --query Organization.Id."
  type        = string
}
