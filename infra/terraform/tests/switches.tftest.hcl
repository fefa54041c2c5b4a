# Each switch makes what it is for, and nothing else.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_log_zip = "tests/fixtures/function.zip"
  ddl_event_zip = "tests/fixtures/function.zip"
}

run "everything_on" {
  variables {
    object_lock_days           = 30
    policy_file                = "tests/fixtures/policy.yaml"
    tracing                    = true
    data_event_rule            = true
    guardduty_rule             = true
    config_rule                = true
    config_managed_rules       = true
    alert_emails               = { "soc@example.com" = "medium" }
    operations_emails          = ["platform@example.com"]
    chat                       = true
    machine_queue              = true
    busy_tables                = ["orders"]
    contributor_insights       = true
    table_contributor_insights = ["orders"]
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.this) == 6 && length(aws_config_config_rule.this) == 4 && length(aws_cloudwatch_contributor_insight_rule.this) == 3 && length(aws_dynamodb_contributor_insights.table) == 1
    error_message = "Rules are missing."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_subscription.alert_email["soc@example.com"].filter_policy).severity == ["medium", "high", "critical"]
    error_message = "An address gets its severity and what is graver."
  }
  assert {
    condition     = length(aws_sns_topic.chat) == 1 && aws_lambda_function.trail_log.environment[0].variables.TABLEWARDEN_CHAT_TOPIC_ARN != ""
    error_message = "The functions are not told of the topic for chat."
  }
  assert {
    condition     = aws_sns_topic_subscription.machines[0].raw_message_delivery && aws_sns_topic_subscription.machines[0].filter_policy == null
    error_message = "Machines get every alert, raw."
  }
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.logs[0].rule[0].default_retention[0].mode == "GOVERNANCE" && aws_s3_bucket.logs[0].object_lock_enabled
    error_message = "Object Lock is not on."
  }
  assert {
    condition     = aws_lambda_function.trail_log.environment[0].variables.TABLEWARDEN_POLICY == "s3://tablewarden-config-123456789012-eu-west-1/policy.yaml"
    error_message = "The functions are not told of the uploaded policy."
  }
  assert {
    condition = contains([for statement in jsondecode(aws_iam_role_policy.ddl_event.policy).Statement : statement.Resource if statement.Sid == "ReadThePolicy"],
      "arn:aws:s3:::tablewarden-config-123456789012-eu-west-1/policy.yaml"
    )
    error_message = "The functions may not read the uploaded policy."
  }
  assert {
    condition     = contains(output.alarm_names, "tablewarden-trail-silent-orders")
    error_message = "There is no alarm on the busy table."
  }
}

run "backfill_tells_nobody_and_notes_nothing" {
  variables {
    backfill = true
    chat     = true
  }

  assert {
    condition = alltrue([
      aws_lambda_function.backfill[0].environment[0].variables.TABLEWARDEN_ALERT_TOPIC_ARN == "none",
      aws_lambda_function.backfill[0].environment[0].variables.TABLEWARDEN_CHAT_TOPIC_ARN == "",
      aws_lambda_function.backfill[0].environment[0].variables.TABLEWARDEN_STATE_TABLE == "",
      aws_lambda_function.backfill[0].environment[0].variables.TABLEWARDEN_METRICS_NAMESPACE == "Tablewarden/Backfill",
    ])
    error_message = "What is old would be told, noted or measured as if it were new."
  }
  assert {
    condition     = !can(regex("sns:|dynamodb:|sqs:", aws_iam_role_policy.backfill[0].policy))
    error_message = "The function for the past may tell, note or take messages."
  }
  assert {
    condition     = aws_lambda_function.backfill[0].reserved_concurrent_executions == null && !can(regex("[A-Z][A-Za-z]+}", aws_sfn_state_machine.backfill[0].definition))
    error_message = "It takes what is reserved, or something of the definition is not filled in."
  }
  assert {
    condition     = contains(output.alarm_names, "tablewarden-backfill-failed") && aws_sfn_state_machine.backfill[0].logging_configuration[0].level == "ERROR"
    error_message = "Nobody learns that it stopped."
  }
}

run "backfill_of_another_accounts_bucket" {
  variables {
    backfill                 = true
    create_trail             = false
    existing_log_bucket      = "example-cloudtrail"
    existing_log_prefix      = "central"
    existing_log_kms_key_arn = "arn:aws:kms:eu-west-1:444455556666:key/99999999-2222-3333-4444-555555555555"
    announcement             = "eventbridge"
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.backfill_machine[0].policy).Statement : [statement.Resource, statement.Condition.StringLike["s3:prefix"]] if statement.Action == "s3:ListBucket"] == [
      ["arn:aws:s3:::example-cloudtrail", "central/AWSLogs/*"],
    ]
    error_message = "It may list something else than the logs."
  }
  assert {
    condition     = strcontains(aws_iam_role_policy.backfill[0].policy, "arn:aws:s3:::example-cloudtrail/central/AWSLogs/*") && strcontains(aws_iam_role_policy.backfill[0].policy, "444455556666:key/")
    error_message = "The function may not read the logs."
  }
}

run "everything_off" {
  variables {
    archive                  = false
    alarms                   = false
    busy_tables              = ["orders"]
    dashboard                = false
    insights_queries         = false
    finding_alarm_severities = []
    kms_key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = sum([length(aws_s3_bucket.findings), length(output.alarm_names), length(aws_cloudwatch_dashboard.this), length(aws_cloudwatch_query_definition.this), length(aws_kms_key.this), length(aws_kms_alias.this)]) == 0
    error_message = "What is switched off is made."
  }
  assert {
    condition     = aws_lambda_function.trail_log.environment[0].variables.TABLEWARDEN_ARCHIVE_BUCKET == "" && aws_lambda_function.trail_log.environment[0].variables.TABLEWARDEN_ARCHIVE_PREFIX == ""
    error_message = "The functions refuse a prefix without a bucket."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.trail_log.policy, "s3:PutObject") && !strcontains(aws_iam_role_policy.trail_log.policy, "xray:")
    error_message = "A function may do more than it has use for."
  }
}

run "eventbridge_announces_objects_of_the_new_bucket" {
  variables {
    announcement = "eventbridge"
  }

  assert {
    condition     = aws_s3_bucket_notification.logs[0].eventbridge && length(aws_s3_bucket_notification.logs[0].queue) == 0 && length(aws_cloudwatch_event_rule.log_objects) == 1
    error_message = "Objects are announced by EventBridge, and not twice."
  }
}

run "one_action_on_one_thing_a_statement" {
  variables {
    tracing       = true
    chat          = true
    machine_queue = true
    policy        = "s3://example-config/policy.yaml"
    rules         = "s3://example-config/rules.yaml"
  }

  assert {
    condition = alltrue([for policy in [aws_iam_role_policy.trail_log.policy, aws_iam_role_policy.ddl_event.policy] : alltrue([
      for statement in jsondecode(policy).Statement : can(regex("^[a-z0-9]+:[A-Za-z]+$", statement.Action)) && can(regex("^[^*]+", statement.Resource))
      if statement.Resource != "*"
    ])])
    error_message = "A statement has several actions or resources, or a wildcard for an action."
  }
  assert {
    condition = alltrue([for policy in [aws_iam_role_policy.trail_log.policy, aws_iam_role_policy.ddl_event.policy] : alltrue([
      for statement in jsondecode(policy).Statement : can(statement.Condition.StringEquals) && can(regex("^[a-z]+:[A-Za-z]+$", statement.Action))
      if statement.Resource == "*"
    ])])
    error_message = "Any resource is allowed without a condition."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(output.key_policy).Statement : can(statement.Condition) if statement.Sid != "TheAccountDecides"])
    error_message = "A service may use the key for what is not ours."
  }
  assert {
    condition     = alltrue([for policy in [aws_iam_role_policy.trail_log.policy, aws_iam_role_policy.ddl_event.policy] : length(policy) < 10240])
    error_message = "A role takes 10,240 characters of inline policy."
  }
}
