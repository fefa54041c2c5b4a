locals {
  console = lookup({ aws-cn = "console.amazonaws.cn", aws-us-gov = "console.amazonaws-us-gov.com" }, local.partition, "console.aws.amazon.com")
}

output "alert_topic_arn" {
  description = "The topic that alerts go to."
  value       = aws_sns_topic.alerts.arn
}

output "operations_topic_arn" {
  description = "The topic that alarms go to."
  value       = aws_sns_topic.operations.arn
}

output "chat_topic_arn" {
  description = "The topic for chat, to be connected to a channel in Amazon Q Developer in chat applications; null without `chat`."
  value       = one(aws_sns_topic.chat[*].arn)
}

output "machine_queue_url" {
  description = "The queue that gets every alert as JSON; null without `machine_queue`."
  value       = one(aws_sqs_queue.alerts[*].id)
}

output "log_bucket" {
  description = "The bucket that log objects are read from."
  value       = local.log_bucket
}

output "trail_arn" {
  description = "The new trail; null without `create_trail`."
  value       = one(aws_cloudtrail.this[*].arn)
}

output "queue_url" {
  description = "The queue that log objects are announced in."
  value       = aws_sqs_queue.logs.id
}

output "queue_arn" {
  description = "The queue that log objects are announced in, by its ARN, for an existing bucket or topic in another account."
  value       = aws_sqs_queue.logs.arn
}

output "dead_letter_queue_urls" {
  description = "The queues of what could not be handled: `logs` for log objects, `events` for events."
  value = {
    logs   = aws_sqs_queue.logs_dead_letters.id
    events = aws_sqs_queue.events_dead_letters.id
  }
}

output "trail_log_function_name" {
  description = "The function that reads log objects."
  value       = aws_lambda_function.trail_log.function_name
}

output "ddl_event_function_name" {
  description = "The function that reads events."
  value       = aws_lambda_function.ddl_event.function_name
}

output "trail_log_role_arn" {
  description = "The role that reads log objects: name it in the policy of an existing bucket and of its key where they are another account's."
  value       = aws_iam_role.trail_log.arn
}

output "ddl_event_role_arn" {
  description = "The role that reads events."
  value       = aws_iam_role.ddl_event.arn
}

output "backfill_state_machine_arn" {
  description = "The state machine that audits log objects of the past; null without `backfill`."
  value       = one(aws_sfn_state_machine.backfill[*].arn)
}

output "backfill_role_arn" {
  description = "The role that reads log objects of the past: it needs what `trail_log_role_arn` does in another account's bucket and key. Null without `backfill`."
  value       = one(aws_iam_role.backfill[*].arn)
}

output "backfill_machine_role_arn" {
  description = "The role that lists log objects of the past: it needs `s3:ListBucket` in the policy of another account's bucket. Null without `backfill`."
  value       = one(aws_iam_role.backfill_machine[*].arn)
}

output "state_table" {
  description = "The table that the functions remember in."
  value       = aws_dynamodb_table.state.name
}

output "findings_bucket" {
  description = "The bucket of the archive; null without `archive`."
  value       = one(aws_s3_bucket.findings[*].id)
}

output "config_bucket" {
  description = "The bucket that the policy was put into; null without `policy_file`."
  value       = one(aws_s3_bucket.config[*].id)
}

output "policy_source" {
  description = "Where the functions read the policy from; empty for none."
  value       = local.policy_source
}

output "kms_key_arn" {
  description = "The key for everything."
  value       = local.key_arn
}

output "key_policy" {
  description = "What the policy of a key must have: that of the key that is made here, and a model for `kms_key_arn`."
  value       = local.key_policy
}

output "dashboard_url" {
  description = "The dashboard in the console; null without `dashboard`."
  value       = var.dashboard ? "https://${local.region}.${local.console}/cloudwatch/home?region=${local.region}#dashboards/dashboard/${var.name}" : null
}

output "alarm_names" {
  description = "The alarms."
  value = sort(concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.trail_silent : alarm.alarm_name],
    aws_cloudwatch_metric_alarm.silent[*].alarm_name,
  ))
}

output "own_resources" {
  description = "What the policy should name under `pipeline: resources:`, so that a change of it is told."
  value = concat(
    [
      "${local.in_region["lambda"]}:function:${var.name}-*",
      "${local.in_region["sqs"]}:${var.name}-*",
      "${local.in_region["sns"]}:${var.name}-*",
      "${local.in_region["events"]}:rule/${var.name}-*",
      "${local.in_region["cloudwatch"]}:alarm:${var.name}-*",
      local.state_table_arn,
    ],
    var.create_trail ? [local.trail_arn] : [],
  )
}
