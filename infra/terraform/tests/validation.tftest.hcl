# What cannot work is refused before anything is made, and says so.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_log_zip = "tests/fixtures/function.zip"
  ddl_event_zip = "tests/fixtures/function.zip"
}

run "a_name_is_lower_case" {
  command = plan

  variables {
    name = "Table Warden"
  }

  expect_failures = [var.name]
}

run "a_name_has_room_for_a_buckets_suffix" {
  command = plan

  variables {
    name = "tablewarden-of-the-shop"
  }

  expect_failures = [var.name]
}

run "an_organisation_has_an_id" {
  command = plan

  variables {
    organization_id = "111122223333"
  }

  expect_failures = [var.organization_id]
}

run "tables_are_named_by_arn" {
  command = plan

  variables {
    watched_table_arns = ["orders"]
  }

  expect_failures = [var.watched_table_arns]
}

run "a_bucket_is_a_name" {
  command = plan

  variables {
    existing_log_bucket = "s3://logs/x"
  }

  expect_failures = [var.existing_log_bucket]
}

run "a_prefix_has_no_slash_at_its_ends" {
  command = plan

  variables {
    existing_log_prefix = "central/"
  }

  expect_failures = [var.existing_log_prefix]
}

run "a_key_is_no_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"
  }

  expect_failures = [var.kms_key_arn]
}

run "objects_are_announced_in_three_ways" {
  command = plan

  variables {
    announcement = "sqs"
  }

  expect_failures = [var.announcement]
}

run "a_fifo_topic_announces_nothing" {
  command = plan

  variables {
    existing_sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:logs.fifo"
  }

  expect_failures = [var.existing_sns_topic_arn]
}

run "logs_are_kept_for_a_month_at_least" {
  command = plan

  variables {
    log_retention_days = 7
  }

  expect_failures = [var.log_retention_days]
}

run "lambda_has_two_architectures" {
  command = plan

  variables {
    architecture = "aarch64"
  }

  expect_failures = [var.architecture]
}

run "a_queue_starts_two_at_least" {
  command = plan

  variables {
    max_concurrency = 1
  }

  expect_failures = [var.max_concurrency]
}

run "a_function_runs_a_quarter_of_an_hour_at_most" {
  command = plan

  variables {
    timeout_seconds = 901
  }

  expect_failures = [var.timeout_seconds]
}

run "levels_are_lambdas" {
  command = plan

  variables {
    log_level = "verbose"
  }

  expect_failures = [var.log_level]
}

run "log_groups_keep_for_certain_times" {
  command = plan

  variables {
    function_log_retention_days = 100
  }

  expect_failures = [var.function_log_retention_days]
}

run "a_policy_in_a_bucket_has_a_key" {
  command = plan

  variables {
    policy = "s3://example-config"
  }

  expect_failures = [var.policy]
}

run "a_secret_is_long" {
  command = plan

  variables {
    key_secret = "short"
  }

  expect_failures = [var.key_secret]
}

run "nobody_may_use_the_namespaces_of_aws" {
  command = plan

  variables {
    metrics_namespace = "AWS/Lambda"
  }

  expect_failures = [var.metrics_namespace]
}

run "an_address_has_an_at" {
  command = plan

  variables {
    alert_emails = { "soc" = "high" }
  }

  expect_failures = [var.alert_emails]
}

run "severities_are_words" {
  command = plan

  variables {
    alert_emails = { "soc@example.com" = "severe" }
  }

  expect_failures = [var.alert_emails]
}

run "alarms_are_about_severities" {
  command = plan

  variables {
    finding_alarm_severities = ["fatal"]
  }

  expect_failures = [var.finding_alarm_severities]
}

run "silence_is_at_most_a_day" {
  command = plan

  variables {
    silent_hours = 48
  }

  expect_failures = [var.silent_hours]
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
