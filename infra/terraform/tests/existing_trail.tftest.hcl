# On top of a trail that is there: nothing of it is touched.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_log_zip       = "tests/fixtures/function.zip"
  ddl_event_zip       = "tests/fixtures/function.zip"
  create_trail        = false
  existing_log_bucket = "example-cloudtrail"
  announcement        = "eventbridge"
}

run "nothing_is_written_on_an_existing_bucket" {
  assert {
    condition     = sum([length(aws_cloudtrail.this), length(aws_s3_bucket.logs), length(aws_s3_bucket_policy.logs), length(aws_s3_bucket_notification.logs), length(aws_s3_bucket_lifecycle_configuration.logs)]) == 0
    error_message = "Something is made for, or written on, a bucket that is not ours."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.log_objects[0].event_pattern).detail.bucket.name == ["example-cloudtrail"]
    error_message = "The rule is about another bucket."
  }
  assert {
    condition     = contains([for statement in jsondecode(aws_iam_role_policy.trail_log.policy).Statement : statement.Resource], "arn:aws:s3:::example-cloudtrail/AWSLogs/*")
    error_message = "The function may not read the existing bucket's log objects."
  }
  assert {
    condition     = output.trail_arn == null && output.log_bucket == "example-cloudtrail"
    error_message = "The outputs tell of a trail that is not made."
  }
}

run "another_accounts_bucket_with_its_key_and_prefix_by_sns" {
  variables {
    announcement             = "sns"
    existing_sns_topic_arn   = "arn:aws:sns:eu-west-1:444455556666:cloudtrail"
    existing_log_prefix      = "central/trail"
    existing_log_kms_key_arn = "arn:aws:kms:eu-west-1:444455556666:key/99999999-2222-3333-4444-555555555555"
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.log_objects) == 0 && aws_sns_topic_subscription.log_objects[0].raw_message_delivery
    error_message = "Objects are announced by the topic, raw, and by nothing else."
  }
  assert {
    condition = [for statement in jsondecode(aws_sqs_queue_policy.logs.policy).Statement : statement.Condition if statement.Effect == "Allow"] == [
      { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:444455556666:cloudtrail" } },
    ]
    error_message = "Somebody but that topic may send to the queue."
  }
  assert {
    condition     = contains([for statement in jsondecode(aws_iam_role_policy.trail_log.policy).Statement : statement.Resource if statement.Action == "s3:GetObject"], "arn:aws:s3:::example-cloudtrail/central/trail/AWSLogs/*")
    error_message = "The function may not read below the prefix."
  }
  assert {
    condition     = contains([for statement in jsondecode(aws_iam_role_policy.trail_log.policy).Statement : statement.Resource if statement.Action == "kms:Decrypt"], "arn:aws:kms:eu-west-1:444455556666:key/99999999-2222-3333-4444-555555555555")
    error_message = "The function may not decrypt the existing bucket's objects."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.ddl_event.policy, "444455556666")
    error_message = "ddl-event reads no log objects."
  }
}
