# What stands there when nothing is said, and that each optional thing comes alone.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_log_zip = "tests/fixtures/function.zip"
  ddl_event_zip = "tests/fixtures/function.zip"
}

run "the_defaults_make_a_trail_and_what_reads_it" {
  assert {
    condition     = length(aws_cloudtrail.this) == 1 && length(aws_s3_bucket.logs) == 1 && length(aws_kms_key.this) == 1
    error_message = "A trail, its bucket and a key are made unless told otherwise."
  }
  assert {
    condition     = aws_sqs_queue.logs.visibility_timeout_seconds == 720
    error_message = "A message is hidden six times as long as the function may run."
  }
  assert {
    condition     = tolist(aws_lambda_event_source_mapping.logs.function_response_types) == tolist(["ReportBatchItemFailures"])
    error_message = "Without it Lambda deletes the messages that failed."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.logs.redrive_policy).maxReceiveCount == 5
    error_message = "Five attempts, then the dead letters."
  }
  assert {
    condition     = keys(aws_cloudwatch_event_rule.this) == ["control-plane", "control-plane-guards", "control-plane-pipeline"]
    error_message = "Only the rules for the control plane are on by default."
  }
  assert {
    condition = sum([
      length(aws_sns_topic.chat), length(aws_sqs_queue.alerts), length(aws_config_config_rule.this), length(aws_s3_bucket.config),
      length(aws_cloudwatch_contributor_insight_rule.this), length(aws_dynamodb_contributor_insights.table),
      length(aws_s3_bucket_object_lock_configuration.logs), length(aws_sns_topic_subscription.alert_email),
      length(aws_sns_topic_subscription.operations_email), length(aws_cloudwatch_metric_alarm.trail_silent),
      length(aws_sfn_state_machine.backfill), length(aws_lambda_function.backfill), length(aws_iam_role.backfill), length(aws_iam_role.backfill_machine),
    ]) == 0
    error_message = "What is off by default is made."
  }
  assert {
    condition     = length(aws_s3_bucket.findings) == 1 && length(aws_cloudwatch_dashboard.this) == 1 && length(aws_cloudwatch_query_definition.this) == 4
    error_message = "The archive, the dashboard and the saved queries are on by default."
  }
  assert {
    condition     = length(output.alarm_names) == 20
    error_message = "There are 20 alarms by default."
  }
  assert {
    condition     = alltrue([for rule in aws_cloudwatch_event_rule.this : length(rule.event_pattern) <= 2048])
    error_message = "An event pattern has more than the 2,048 characters that EventBridge takes."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : length(alarm.alarm_description) <= 1024 && strcontains(alarm.alarm_description, "docs/runbook.md#")])
    error_message = "An alarm's description has more than 1,024 characters, or does not name the runbook."
  }
}

run "event_time_metrics_are_looked_back_at_for_an_hour" {
  command = plan

  assert {
    condition = alltrue([for key in ["findings-high", "findings-critical", "item-deletions", "denials"] :
      aws_cloudwatch_metric_alarm.this[key].evaluation_periods * aws_cloudwatch_metric_alarm.this[key].period == 3600 && aws_cloudwatch_metric_alarm.this[key].datapoints_to_alarm == 1
    ])
    error_message = "Log files come up to half an hour late: an alarm that looks at five minutes never sees them."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.silent[0].treat_missing_data == "breaching"
    error_message = "Silence is what that alarm is about."
  }
}

run "the_trail_logs_all_tables_but_its_own" {
  command = plan

  assert {
    condition = anytrue([for selector in aws_cloudtrail.this[0].advanced_event_selector : anytrue([for field in selector.field_selector :
      field.field == "resources.ARN" && try(tolist(field.not_equals) == tolist(["arn:aws:dynamodb:eu-west-1:123456789012:table/tablewarden-state"]), false)
    ])])
    error_message = "The trail logs the functions' own table: each finding would be billed as an event again."
  }
  assert {
    condition     = !anytrue([for selector in aws_cloudtrail.this[0].advanced_event_selector : anytrue([for field in selector.field_selector : field.field == "readOnly"])])
    error_message = "Reads are logged unless told otherwise."
  }
  assert {
    condition     = aws_cloudtrail.this[0].is_multi_region_trail && aws_cloudtrail.this[0].enable_log_file_validation && !aws_cloudtrail.this[0].is_organization_trail
    error_message = "The trail is multi-region, validated, and of this account."
  }
}

run "a_trail_of_some_tables_without_reads" {
  command = plan

  variables {
    watched_table_arns = ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]
    log_read_events    = false
  }

  assert {
    condition = sort(flatten([for selector in aws_cloudtrail.this[0].advanced_event_selector : [for field in selector.field_selector :
      concat([for arn in coalesce(field.equals, []) : arn], [for arn in coalesce(field.starts_with, []) : arn]) if field.field == "resources.ARN"
      ]])) == sort([
      "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/",
    ])
    error_message = "The table and its streams are what is logged."
  }
  assert {
    condition     = length(flatten([for selector in aws_cloudtrail.this[0].advanced_event_selector : [for field in selector.field_selector : field if field.field == "readOnly"]])) == 2
    error_message = "Neither items nor streams are logged when they are only read."
  }
}

run "an_organisation_writes_below_its_id" {
  variables {
    organization_id = "o-abcdefghij"
  }

  assert {
    condition     = aws_cloudtrail.this[0].is_organization_trail
    error_message = "It is the organisation's trail."
  }
  assert {
    condition = contains(flatten([for statement in jsondecode(aws_s3_bucket_policy.logs[0].policy).Statement : statement.Resource]),
      "arn:aws:s3:::tablewarden-logs-123456789012-eu-west-1/AWSLogs/o-abcdefghij/*"
    )
    error_message = "CloudTrail may not write the member accounts' log files."
  }
}
