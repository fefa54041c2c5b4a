# What cannot work is refused before anything is made, and says so.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_log_zip = "tests/fixtures/function.zip"
  ddl_event_zip = "tests/fixtures/function.zip"
}

# A variable is looked at by itself: one run refuses them all, each for what it is named here.
run "each_variable_refuses_what_cannot_work" {
  command = plan

  variables {
    name                        = "Table Warden"
    organization_id             = "111122223333"
    watched_table_arns          = ["orders"]
    existing_log_bucket         = "s3://logs/x"
    existing_log_prefix         = "central/"
    existing_log_kms_key_arn    = "alias/logs"
    announcement                = "sqs"
    existing_sns_topic_arn      = "arn:aws:sns:eu-west-1:123456789012:logs.fifo"
    object_lock_days            = -1
    log_retention_days          = 7
    kms_key_arn                 = "arn:aws:kms:eu-west-1:123456789012:alias/logs"
    architecture                = "aarch64"
    memory_mb                   = 64
    timeout_seconds             = 901
    reserved_concurrency        = 0
    max_concurrency             = 1
    batch_size                  = 0
    batch_window_seconds        = 301
    log_level                   = "verbose"
    function_log_retention_days = 100
    extra_environment           = { "AWS-ENDPOINT" = "http://127.0.0.1" }
    policy                      = "s3://example-config"
    policy_kms_key_arn          = "11111111-2222-3333-4444-555555555555"
    rules                       = "s3://example-config/*.yaml"
    key_secret                  = "short"
    cooldown_minutes            = 1441
    metrics_namespace           = "AWS/Lambda"
    archive_retention_days      = 0
    summary_schedule            = "15 minutes"
    alert_emails                = { "soc" = "high" }
    operations_emails           = ["platform"]
    item_deletions_threshold    = 0
    denials_threshold           = 0
    finding_alarm_severities    = ["fatal"]
    silent_hours                = 48
    message_age_minutes         = 0
    busy_tables                 = ["two words"]
    table_contributor_insights  = ["orders/index"]
  }

  expect_failures = [
    var.name, var.organization_id, var.watched_table_arns, var.existing_log_bucket, var.existing_log_prefix,
    var.existing_log_kms_key_arn, var.announcement, var.existing_sns_topic_arn, var.object_lock_days, var.log_retention_days,
    var.kms_key_arn, var.architecture, var.memory_mb, var.timeout_seconds, var.reserved_concurrency, var.max_concurrency,
    var.batch_size, var.batch_window_seconds, var.log_level, var.function_log_retention_days, var.extra_environment, var.policy,
    var.policy_kms_key_arn, var.rules, var.key_secret, var.cooldown_minutes, var.metrics_namespace, var.archive_retention_days,
    var.summary_schedule, var.alert_emails, var.operations_emails, var.item_deletions_threshold, var.denials_threshold,
    var.finding_alarm_severities, var.silent_hours, var.message_age_minutes, var.busy_tables, var.table_contributor_insights,
  ]
}

run "a_name_leaves_room_for_a_buckets_suffix_and_severities_are_words" {
  command = plan

  variables {
    name         = "tablewarden-of-the-shop"
    alert_emails = { "soc@example.com" = "severe" }
  }

  expect_failures = [var.name, var.alert_emails]
}

run "backfill_needs_the_archive" {
  command = plan

  variables {
    backfill = true
    archive  = false
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "an_existing_bucket_or_a_new_trail" {
  command = plan

  variables {
    existing_log_bucket = "example-cloudtrail"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "without_a_trail_there_is_a_bucket" {
  command = plan

  variables {
    create_trail = false
    announcement = "eventbridge"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "notifications_of_an_existing_bucket_are_left_alone" {
  command = plan

  variables {
    create_trail        = false
    existing_log_bucket = "example-cloudtrail"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "sns_needs_a_topic" {
  command = plan

  variables {
    create_trail        = false
    existing_log_bucket = "example-cloudtrail"
    announcement        = "sns"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_topic_needs_sns" {
  command = plan

  variables {
    create_trail           = false
    existing_log_bucket    = "example-cloudtrail"
    announcement           = "eventbridge"
    existing_sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:logs"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_new_bucket_has_no_topic" {
  command = plan

  variables {
    announcement           = "sns"
    existing_sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:logs"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_new_trail_has_no_existing_prefix" {
  command = plan

  variables {
    existing_log_prefix = "central"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "an_existing_trail_keeps_its_selectors" {
  command = plan

  variables {
    create_trail        = false
    existing_log_bucket = "example-cloudtrail"
    announcement        = "eventbridge"
    watched_table_arns  = ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "what_is_locked_cannot_expire" {
  command = plan

  variables {
    object_lock_days   = 400
    log_retention_days = 400
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "one_policy_at_a_time" {
  command = plan

  variables {
    policy      = "policy.yaml"
    policy_file = "tests/fixtures/policy.yaml"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_policy_file_is_there" {
  command = plan

  variables {
    policy_file = "tests/fixtures/none.yaml"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_policys_key_is_that_of_its_bucket" {
  command = plan

  variables {
    policy             = "policy.yaml"
    policy_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "the_zips_are_there" {
  command = plan

  variables {
    trail_log_zip = "tests/fixtures/none.zip"
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_large_batch_waits" {
  command = plan

  variables {
    batch_size           = 100
    batch_window_seconds = 0
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_batch_is_not_hidden_before_it_is_full" {
  command = plan

  variables {
    timeout_seconds      = 30
    batch_window_seconds = 300
  }

  expect_failures = [data.aws_caller_identity.current]
}

run "a_reservation_has_room_for_the_queue" {
  command = plan

  variables {
    reserved_concurrency = 5
  }

  expect_failures = [data.aws_caller_identity.current]
}
