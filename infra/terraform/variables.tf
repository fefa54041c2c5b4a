# Rules that hold for one variable stand beside it, rules about several in main.tf.

variable "name" {
  description = "What every resource's name begins with. Choose another for each region of an account: roles are global."
  type        = string
  default     = "tablewarden"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name: 3 to 20 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

# --- Logs -----------------------------------------------------------------------------------------------------------------

variable "create_trail" {
  description = "Whether to make a multi-region trail with a log bucket; if not, the logs come from `existing_log_bucket`."
  type        = bool
  default     = true
  nullable    = false
}

variable "organization_id" {
  description = "`o-…` to make the trail that of the whole organisation, from its management account; empty for this account alone."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(o-[a-z0-9]{10,32})?$", var.organization_id))
    error_message = "organization_id: o- and 10 to 32 letters and digits, or empty."
  }
}

variable "watched_table_arns" {
  description = "Tables whose data events are logged, by ARN; empty for all tables. What is not logged is not seen."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.watched_table_arns : can(regex("^arn:[a-z-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]{3,255}$", arn))])
    error_message = "watched_table_arns: full ARNs of tables, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME."
  }
  # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
  validation {
    condition     = length(var.watched_table_arns) <= 240
    error_message = "watched_table_arns: at most 240; the selectors of a trail hold 500 values, and each table takes two."
  }
}

variable "log_read_events" {
  description = "Whether the trail logs reads of items too. Without them nobody sees who read what; they are most of the cost."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_log_bucket" {
  description = "The bucket of a trail that is there already, also in another account. For `create_trail = false`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.existing_log_bucket))
    error_message = "existing_log_bucket: the name of a bucket, without s3:// and without a path."
  }
}

variable "existing_log_prefix" {
  description = "What stands before `AWSLogs/` in the keys of the existing bucket, without a slash at either end."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([^/*?]+(/[^/*?]+)*)?$", var.existing_log_prefix))
    error_message = "existing_log_prefix: no slash at either end, and neither * nor ?."
  }
}

variable "existing_log_kms_key_arn" {
  description = "The KMS key that objects of the existing bucket are encrypted with, if any. Its policy must let `trail_log_role_arn` decrypt."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.existing_log_kms_key_arn))
    error_message = "existing_log_kms_key_arn: the full ARN of a key, not of an alias."
  }
}

variable "announcement" {
  description = "How log objects are announced: `s3` (notification of the new bucket), `eventbridge`, or `sns` (`existing_sns_topic_arn`)."
  type        = string
  default     = "s3"
  nullable    = false

  validation {
    condition     = contains(["s3", "eventbridge", "sns"], var.announcement)
    error_message = "announcement: s3, eventbridge or sns."
  }
}

variable "existing_sns_topic_arn" {
  description = "The topic that announces objects of the existing bucket: CloudTrail's own, or one that S3 notifies."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$", var.existing_sns_topic_arn))
    error_message = "existing_sns_topic_arn: the full ARN of a standard topic."
  }
}

variable "object_lock_days" {
  description = "Days for which nobody deletes a log object of the new bucket without `s3:BypassGovernanceRetention`; 0 for none. Object Lock can't be added later."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.object_lock_days >= 0 && var.object_lock_days <= 36500 && floor(var.object_lock_days) == var.object_lock_days
    error_message = "object_lock_days: a whole number from 0 to 36500."
  }
}

variable "log_retention_days" {
  description = "Days after which log objects of the new bucket are deleted."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 30 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days: a whole number from 30 on."
  }
}

variable "kms_key_arn" {
  description = "The key for everything that is made here. Its policy needs what the output `key_policy` has. Empty to make one, with rotation."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.kms_key_arn))
    error_message = "kms_key_arn: the full ARN of a key, not of an alias."
  }
}

# --- Functions ------------------------------------------------------------------------------------------------------------

variable "architecture" {
  description = "The processor that the functions were built for, `x86_64` or `arm64` (`make build ARCH=…`)."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture: x86_64 or arm64."
  }
}

variable "trail_log_zip" {
  description = "The zip of the function `trail-log`; null for what `make build` leaves in this repository."
  type        = string
  default     = null
}

variable "ddl_event_zip" {
  description = "The zip of the function `ddl-event`; null for what `make build` leaves in this repository."
  type        = string
  default     = null
}

variable "memory_mb" {
  description = "Memory of each function, in MB. Processor time grows with it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb: a whole number from 128 to 10240."
  }
}

variable "timeout_seconds" {
  description = "The longest that `trail-log` may run. The queue hides a message six times as long. `ddl-event` has 60 seconds."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds: a whole number from 30 to 900."
  }
}

variable "reserved_concurrency" {
  description = "How many of the account's concurrent invocations are kept for `trail-log`, and at most used by it; -1 for no reservation."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || (var.reserved_concurrency >= 2 && floor(var.reserved_concurrency) == var.reserved_concurrency)
    error_message = "reserved_concurrency: a whole number from 2 on, or -1."
  }
}

variable "max_concurrency" {
  description = "How many invocations of `trail-log` the queue starts at a time, at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_concurrency >= 2 && var.max_concurrency <= 1000 && floor(var.max_concurrency) == var.max_concurrency
    error_message = "max_concurrency: a whole number from 2 to 1000."
  }
}

variable "batch_size" {
  description = "How many messages one invocation of `trail-log` gets, at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000 && floor(var.batch_size) == var.batch_size
    error_message = "batch_size: a whole number from 1 to 10000."
  }
}

variable "batch_window_seconds" {
  description = "How long the queue waits for a batch to fill."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.batch_window_seconds >= 0 && var.batch_window_seconds <= 300 && floor(var.batch_window_seconds) == var.batch_window_seconds
    error_message = "batch_window_seconds: a whole number from 0 to 300."
  }
}

variable "log_level" {
  description = "What the functions log: `trace` (the same as `debug`), `debug`, `info`, `warn` or `error`. Saved queries and Contributor Insights need `info`."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["trace", "debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level: trace, debug, info, warn or error."
  }
}

variable "function_log_retention_days" {
  description = "Days for which the functions' logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.function_log_retention_days)
    error_message = "function_log_retention_days: one of the numbers that CloudWatch Logs takes, 30, 90, 365 or 400 among them."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the functions."
  type        = bool
  default     = false
  nullable    = false
}

variable "extra_environment" {
  description = "More environment variables of both functions, such as `AWS_ENDPOINT_URL` of a VPC endpoint."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.extra_environment) : can(regex("^[A-Za-z][A-Za-z0-9_]*$", key))])
    error_message = "extra_environment: names of letters, digits and underscores."
  }
}

# --- What is found --------------------------------------------------------------------------------------------------------

variable "policy" {
  description = "Where the policy is: `s3://BUCKET/KEY` of an object that exists, or a path in the functions' zips. Empty for none, or for `policy_file`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !startswith(var.policy, "s3:") || can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^*?]+$", var.policy))
    error_message = "policy: s3://BUCKET/KEY, where KEY has neither * nor ?, or a path."
  }
}

variable "policy_file" {
  description = "A policy on this machine, which is put into a bucket of its own. Check it before: `tablewarden policy check`. Empty for none."
  type        = string
  default     = ""
  nullable    = false
}

variable "policy_kms_key_arn" {
  description = "The KMS key of the bucket that `policy` or `rules` names, if it has one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.policy_kms_key_arn))
    error_message = "policy_kms_key_arn: the full ARN of a key, not of an alias."
  }
}

variable "rules" {
  description = "Where Sigma rules are: `s3://BUCKET/KEY`, or a path in the functions' zips. Empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !startswith(var.rules, "s3:") || can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^*?]+$", var.rules))
    error_message = "rules: s3://BUCKET/KEY, where KEY has neither * nor ?, or a path."
  }
}

variable "key_secret" {
  description = "What hashes of item keys are made with, at least 16 bytes; needed where the policy says `keys: hash`. It is kept in the state."
  type        = string
  default     = ""
  nullable    = false
  sensitive   = true

  validation {
    condition     = var.key_secret == "" || length(var.key_secret) >= 16
    error_message = "key_secret: at least 16 characters."
  }
}

variable "cooldown_minutes" {
  description = "How long alerts of the same detection, actor and table are held back after one of them; 0 holds nothing back."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.cooldown_minutes >= 0 && var.cooldown_minutes <= 1440 && floor(var.cooldown_minutes) == var.cooldown_minutes
    error_message = "cooldown_minutes: a whole number from 0 to 1440."
  }
}

variable "metrics_namespace" {
  description = "The CloudWatch namespace of the metrics."
  type        = string
  default     = "Tablewarden"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/#-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "metrics_namespace: up to 255 letters, digits and ._/#-, and not AWS/ in front."
  }
}

variable "archive" {
  description = "Whether findings are archived in a bucket, as OCSF."
  type        = bool
  default     = true
  nullable    = false
}

variable "archive_retention_days" {
  description = "Days after which archived findings are deleted."
  type        = number
  default     = 730
  nullable    = false

  validation {
    condition     = var.archive_retention_days >= 1 && floor(var.archive_retention_days) == var.archive_retention_days
    error_message = "archive_retention_days: a whole number from 1 on."
  }
}

variable "backfill" {
  description = "Whether there is a state machine that audits log objects of the past, which tells nobody and archives what it finds. It costs nothing until it is started."
  type        = bool
  default     = false
  nullable    = false
}

variable "summary_schedule" {
  description = "How often alerts that were held back are summed up when nothing else happens, as a schedule expression of EventBridge."
  type        = string
  default     = "rate(15 minutes)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.summary_schedule))
    error_message = "summary_schedule: rate(…) or cron(…)."
  }
}

# --- Events ---------------------------------------------------------------------------------------------------------------

variable "data_event_rule" {
  description = "Whether `ddl-event` gets data events too, seconds after the call, for each of which it is invoked. In one deployment of a region only."
  type        = bool
  default     = false
  nullable    = false
}

variable "guardduty_rule" {
  description = "Whether `ddl-event` gets GuardDuty's findings."
  type        = bool
  default     = false
  nullable    = false
}

variable "config_rule" {
  description = "Whether `ddl-event` is told when AWS Config finds a table to comply no longer."
  type        = bool
  default     = false
  nullable    = false
}

variable "config_managed_rules" {
  description = "Whether to make AWS Config's managed rules for DynamoDB. The account must have a configuration recorder."
  type        = bool
  default     = false
  nullable    = false
}

# --- Who is told ----------------------------------------------------------------------------------------------------------

variable "alert_emails" {
  description = "Who gets alerts by e-mail: from each address to the lowest severity that it gets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for email in keys(var.alert_emails) : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "alert_emails: the keys are e-mail addresses."
  }
  validation {
    condition     = alltrue([for severity in values(var.alert_emails) : contains(["informational", "low", "medium", "high", "critical"], severity)])
    error_message = "alert_emails: the values are informational, low, medium, high or critical."
  }
}

variable "operations_emails" {
  description = "Who gets the alarms by e-mail."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.operations_emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "operations_emails: e-mail addresses."
  }
}

variable "chat" {
  description = "Whether there is a topic for chat, with messages in the form of Amazon Q Developer in chat applications."
  type        = bool
  default     = false
  nullable    = false
}

variable "machine_queue" {
  description = "Whether there is a queue that gets every alert as JSON."
  type        = bool
  default     = false
  nullable    = false
}

# --- Alarms and views -----------------------------------------------------------------------------------------------------

variable "alarms" {
  description = "Whether there are alarms."
  type        = bool
  default     = true
  nullable    = false
}

variable "item_deletions_threshold" {
  description = "Items deleted in five minutes, in all tables together, from which on an alarm rings."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.item_deletions_threshold >= 1
    error_message = "item_deletions_threshold: at least 1."
  }
}

variable "denials_threshold" {
  description = "Denied calls in five minutes, in all tables together, from which on an alarm rings."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.denials_threshold >= 1
    error_message = "denials_threshold: at least 1."
  }
}

variable "finding_alarm_severities" {
  description = "Severities of which one finding is enough for an alarm."
  type        = list(string)
  default     = ["high", "critical"]
  nullable    = false

  validation {
    condition     = alltrue([for severity in var.finding_alarm_severities : contains(["informational", "low", "medium", "high", "critical"], severity)])
    error_message = "finding_alarm_severities: informational, low, medium, high or critical."
  }
}

variable "silent_hours" {
  description = "Hours without a log object, or without an access to a busy table, after which an alarm rings."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.silent_hours >= 1 && var.silent_hours <= 24 && floor(var.silent_hours) == var.silent_hours
    error_message = "silent_hours: a whole number from 1 to 24."
  }
}

variable "message_age_minutes" {
  description = "Minutes that a message about log objects may wait in the queue before an alarm rings."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.message_age_minutes >= 1
    error_message = "message_age_minutes: at least 1."
  }
}

variable "busy_tables" {
  description = "Tables that are used all the time, as the policy writes them: an alarm rings when nothing is logged of one."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for table in var.busy_tables : can(regex("^[\\x21-\\x7e]{1,200}$", table))])
    error_message = "busy_tables: entries of the policy, up to 200 printable characters without spaces."
  }
}

variable "dashboard" {
  description = "Whether there is a dashboard."
  type        = bool
  default     = true
  nullable    = false
}

variable "insights_queries" {
  description = "Whether there are saved queries of Logs Insights."
  type        = bool
  default     = true
  nullable    = false
}

variable "contributor_insights" {
  description = "Whether there are Contributor Insights rules on the functions' logs."
  type        = bool
  default     = false
  nullable    = false
}

variable "table_contributor_insights" {
  description = "Names of tables of this account and region that Contributor Insights is switched on for: their most used keys."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for table in var.table_contributor_insights : can(regex("^[A-Za-z0-9_.-]{3,255}$", table))])
    error_message = "table_contributor_insights: names of tables."
  }
}
