# The functions, the logs they write, and what they are told by their environment.

locals {
  functions = concat(["trail-log", "ddl-event"], var.backfill ? ["backfill"] : [])

  zips = {
    trail-log = coalesce(var.trail_log_zip, "${path.module}/../../target/lambda/trail-log/bootstrap.zip")
    ddl-event = coalesce(var.ddl_event_zip, "${path.module}/../../target/lambda/ddl-event/bootstrap.zip")
  }

  policy_source = var.policy_file == "" ? var.policy : "s3://${var.name}-config-${local.bucket_suffix}/${local.policy_key}"

  # An empty value is as good as none. Every name is in the table of the repository's README.
  environment = merge(
    {
      AWS_LAMBDA_LOG_LEVEL          = upper(var.log_level)
      TABLEWARDEN_ALERT_TOPIC_ARN   = aws_sns_topic.alerts.arn
      TABLEWARDEN_CHAT_TOPIC_ARN    = var.chat ? aws_sns_topic.chat[0].arn : ""
      TABLEWARDEN_POLICY            = local.policy_source
      TABLEWARDEN_RULES             = var.rules
      TABLEWARDEN_KEY_SECRET        = var.key_secret
      TABLEWARDEN_STATE_TABLE       = aws_dynamodb_table.state.name
      TABLEWARDEN_COOLDOWN_MINUTES  = tostring(var.cooldown_minutes)
      TABLEWARDEN_METRICS_NAMESPACE = var.metrics_namespace
      TABLEWARDEN_ARCHIVE_BUCKET    = var.archive ? aws_s3_bucket.findings[0].id : ""
      TABLEWARDEN_ARCHIVE_PREFIX    = var.archive ? local.archive_prefix : ""
    },
    var.extra_environment,
  )

  ddl_event_timeout_seconds = 60
}

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_338:What these logs say of findings is archived for longer; how long they are kept is for the user to say
  for_each = toset(local.functions)

  name              = "/aws/lambda/${var.name}-${each.key}"
  kms_key_id        = local.key_arn
  retention_in_days = var.function_log_retention_days

  # CloudWatch Logs tries the key, which must let it by then.
  depends_on = [aws_kms_key.this]
}

resource "aws_lambda_function" "trail_log" {
  #checkov:skip=CKV_AWS_115:A reservation takes from what the account's other functions may use; max_concurrency bounds this one at its queue
  #checkov:skip=CKV_AWS_116:Nothing invokes it asynchronously; the queue has dead letters
  #checkov:skip=CKV_AWS_117:It calls AWS alone; in a VPC it would need an endpoint for each of eight services
  #checkov:skip=CKV_AWS_272:The zip comes from this repository's build, whose checksum is beside it; a signing profile is the user's to have
  function_name = "${var.name}-trail-log"
  description   = "Audits CloudTrail log objects: who touched DynamoDB tables"
  role          = aws_iam_role.trail_log.arn

  filename         = local.zips["trail-log"]
  source_code_hash = try(filebase64sha256(local.zips["trail-log"]), null)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  kms_key_arn = local.key_arn
  environment {
    variables = local.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["trail-log"].name
    application_log_level = upper(var.log_level)
    system_log_level      = "INFO"
  }
  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # The policy has to be there when they start.
  depends_on = [aws_iam_role_policy.trail_log, aws_s3_object.policy]
}

resource "aws_lambda_function" "ddl_event" {
  #checkov:skip=CKV_AWS_115:A reservation takes from what the account's other functions may use
  #checkov:skip=CKV_AWS_117:It calls AWS alone; in a VPC it would need an endpoint for each of seven services
  #checkov:skip=CKV_AWS_272:The zip comes from this repository's build, whose checksum is beside it; a signing profile is the user's to have
  function_name = "${var.name}-ddl-event"
  description   = "Audits EventBridge events: changes of DynamoDB tables and of what guards them"
  role          = aws_iam_role.ddl_event.arn

  filename         = local.zips["ddl-event"]
  source_code_hash = try(filebase64sha256(local.zips["ddl-event"]), null)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]

  memory_size = var.memory_mb
  timeout     = local.ddl_event_timeout_seconds

  kms_key_arn = local.key_arn
  environment {
    variables = local.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["ddl-event"].name
    application_log_level = upper(var.log_level)
    system_log_level      = "INFO"
  }
  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }
  # Lambda tries an event three times, then keeps it here.
  dead_letter_config {
    target_arn = aws_sqs_queue.events_dead_letters.arn
  }

  depends_on = [aws_iam_role_policy.ddl_event, aws_s3_object.policy]
}
