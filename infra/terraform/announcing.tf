# How log objects are announced to the function, and where messages go that it cannot handle.

locals {
  # Who announces, as the queue's policy sees it. A bucket's ARN does not say whose it is, a rule's and a topic's do.
  announcer = {
    s3          = { service = "s3", arn = local.log_bucket_arn }
    eventbridge = { service = "events", arn = "${local.in_region["events"]}:rule/${var.name}-log-objects" }
    sns         = { service = "sns", arn = var.existing_sns_topic_arn }
  }[var.announcement]

  # Every rule whose target has a dead-letter queue.
  rule_arns = [for rule in concat(keys(local.event_rules), ["summaries"], [for rule in ["log-objects"] : rule if var.announcement == "eventbridge"]) :
    "${local.in_region["events"]}:rule/${var.name}-${rule}"
  ]

  queue_tls_only = { for queue in local.queues : queue => {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Resource  = "${local.in_region["sqs"]}:${queue}"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  } }
}

resource "aws_sqs_queue" "logs" {
  name                       = "${var.name}-logs"
  kms_master_key_id          = local.key_arn
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 6 * var.timeout_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.logs_dead_letters.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "logs_dead_letters" {
  name                      = "${var.name}-logs-dead-letters"
  kms_master_key_id         = local.key_arn
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_redrive_allow_policy" "logs_dead_letters" {
  queue_url = aws_sqs_queue.logs_dead_letters.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.logs.arn]
  })
}

resource "aws_sqs_queue" "events_dead_letters" {
  name                      = "${var.name}-events-dead-letters"
  kms_master_key_id         = local.key_arn
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_policy" "logs" {
  queue_url = aws_sqs_queue.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AnnounceLogObjects"
        Effect    = "Allow"
        Principal = { Service = "${local.announcer.service}.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.logs.arn
        Condition = merge(
          { ArnEquals = { "aws:SourceArn" = local.announcer.arn } },
          { for operator in ["StringEquals"] : operator => { "aws:SourceAccount" = local.account } if var.announcement == "s3" },
        )
      },
      local.queue_tls_only["${var.name}-logs"],
    ]
  })
}

resource "aws_sqs_queue_policy" "logs_dead_letters" {
  queue_url = aws_sqs_queue.logs_dead_letters.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.queue_tls_only["${var.name}-logs-dead-letters"]]
  })
}

resource "aws_sqs_queue_policy" "events_dead_letters" {
  queue_url = aws_sqs_queue.events_dead_letters.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "KeepEventsThatDidNotArrive"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.events_dead_letters.arn
        Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
      },
      local.queue_tls_only["${var.name}-events-dead-letters"],
    ]
  })
}

# --- S3 to the queue ------------------------------------------------------------------------------------------------------

# A bucket has one such configuration: it is written on our own bucket alone.
resource "aws_s3_bucket_notification" "logs" {
  count = var.create_trail ? 1 : 0

  bucket      = aws_s3_bucket.logs[0].id
  eventbridge = var.announcement == "eventbridge"

  dynamic "queue" {
    for_each = var.announcement == "s3" ? [aws_sqs_queue.logs.arn] : []

    content {
      id            = "log-objects"
      queue_arn     = queue.value
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = local.log_prefix
      filter_suffix = ".json.gz"
    }
  }

  # S3 tries the queue before it takes the configuration.
  depends_on = [aws_sqs_queue_policy.logs, aws_kms_key.this]
}

# --- EventBridge to the queue ---------------------------------------------------------------------------------------------

resource "aws_cloudwatch_event_rule" "log_objects" {
  count = var.announcement == "eventbridge" ? 1 : 0

  name        = "${var.name}-log-objects"
  description = "Log objects of CloudTrail, for the function trail-log"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [local.log_bucket] }
      object = { key = [{ prefix = local.log_prefix }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "log_objects" {
  count = var.announcement == "eventbridge" ? 1 : 0

  rule      = aws_cloudwatch_event_rule.log_objects[0].name
  target_id = "queue"
  arn       = aws_sqs_queue.logs.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  dead_letter_config {
    arn = aws_sqs_queue.events_dead_letters.arn
  }
}

# --- An existing topic to the queue ---------------------------------------------------------------------------------------

resource "aws_sns_topic_subscription" "log_objects" {
  count = var.announcement == "sns" ? 1 : 0

  topic_arn            = var.existing_sns_topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.logs.arn
  raw_message_delivery = true

  depends_on = [aws_sqs_queue_policy.logs]
}

# --- The queue to the function --------------------------------------------------------------------------------------------

resource "aws_lambda_event_source_mapping" "logs" {
  event_source_arn                   = aws_sqs_queue.logs.arn
  function_name                      = aws_lambda_function.trail_log.arn
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batch_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.max_concurrency
  }

  depends_on = [aws_iam_role_policy.trail_log]
}
