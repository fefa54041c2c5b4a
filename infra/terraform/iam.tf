# What the functions may do: one action on one thing a statement, and its Sid says why.

locals {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LambdaRunsIt"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  # s3://BUCKET/KEY to the object's ARN; null where it is a path in the zip, or nothing.
  source_arns = { for what, source in { policy = local.policy_source, rules = var.rules } :
    what => startswith(source, "s3://") ? "arn:${local.partition}:s3:::${trimprefix(source, "s3://")}" : null
  }

  # What both may do.
  shared_statements = concat(
    [for statement in [
      { Sid = "ReadThePolicy", Action = "s3:GetObject", Resource = local.source_arns.policy },
      { Sid = "ReadTheRules", Action = "s3:GetObject", Resource = local.source_arns.rules },
      { Sid = "DecryptThePolicy", Action = "kms:Decrypt", Resource = var.policy_kms_key_arn == "" ? null : var.policy_kms_key_arn },
      { Sid = "DecryptWhatIsOurs", Action = "kms:Decrypt", Resource = local.key_arn },
      { Sid = "EncryptWhatIsOurs", Action = "kms:GenerateDataKey", Resource = local.key_arn },
      { Sid = "SendAlerts", Action = "sns:Publish", Resource = aws_sns_topic.alerts.arn },
      { Sid = "SendAlertsToChat", Action = "sns:Publish", Resource = var.chat ? aws_sns_topic.chat[0].arn : null },
      { Sid = "ArchiveFindings", Action = "s3:PutObject", Resource = var.archive ? "${aws_s3_bucket.findings[0].arn}/${local.archive_prefix}/*" : null },
      { Sid = "RememberReadMany", Action = "dynamodb:BatchGetItem", Resource = aws_dynamodb_table.state.arn },
      { Sid = "RememberWriteMany", Action = "dynamodb:BatchWriteItem", Resource = aws_dynamodb_table.state.arn },
      { Sid = "RememberWriteOnce", Action = "dynamodb:PutItem", Resource = aws_dynamodb_table.state.arn },
      { Sid = "RememberFind", Action = "dynamodb:Query", Resource = aws_dynamodb_table.state.arn },
    ] : merge({ Effect = "Allow" }, statement) if statement.Resource != null],
    # These services know no resources: what bounds the call is its condition.
    [{
      Sid       = "CountInOurNamespace"
      Effect    = "Allow"
      Action    = "cloudwatch:PutMetricData"
      Resource  = "*"
      Condition = { StringEquals = { "cloudwatch:namespace" = var.metrics_namespace } }
    }],
    [for sid, action in { TraceCalls = "xray:PutTraceSegments", TraceCounts = "xray:PutTelemetryRecords" } : {
      Sid                            = sid
      Effect                         = "Allow"
      Action                         = action
      Resource                       = "*"
      Condition                      = { StringEquals = { "aws:RequestedRegion" = local.region } }
    } if var.tracing],
  )

  log_statements = { for function in local.functions : function => [
    { Sid = "OpenALog", Effect = "Allow", Action = "logs:CreateLogStream", Resource = "${aws_cloudwatch_log_group.function[function].arn}:*" },
    { Sid = "WriteLogs", Effect = "Allow", Action = "logs:PutLogEvents", Resource = "${aws_cloudwatch_log_group.function[function].arn}:*" },
  ] }

  trail_log_statements = [for statement in [
    { Sid = "ReadLogObjects", Action = "s3:GetObject", Resource = "${local.log_bucket_arn}/${local.log_prefix}*" },
    { Sid = "DecryptLogObjects", Action = "kms:Decrypt", Resource = var.existing_log_kms_key_arn == "" ? null : var.existing_log_kms_key_arn },
    { Sid = "TakeMessages", Action = "sqs:ReceiveMessage", Resource = aws_sqs_queue.logs.arn },
    { Sid = "FinishMessages", Action = "sqs:DeleteMessage", Resource = aws_sqs_queue.logs.arn },
    { Sid = "LookAtTheQueue", Action = "sqs:GetQueueAttributes", Resource = aws_sqs_queue.logs.arn },
  ] : merge({ Effect = "Allow" }, statement) if statement.Resource != null]

  ddl_event_statements = [
    { Sid = "KeepWhatFailed", Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.events_dead_letters.arn },
  ]
}

resource "aws_iam_role" "trail_log" {
  name               = "${var.name}-trail-log"
  description        = "What the function ${var.name}-trail-log may do"
  assume_role_policy = local.assume_role_policy
}

resource "aws_iam_role_policy" "trail_log" {
  name = "${var.name}-trail-log"
  role = aws_iam_role.trail_log.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.trail_log_statements, local.shared_statements, local.log_statements["trail-log"])
  })
}

resource "aws_iam_role" "ddl_event" {
  name               = "${var.name}-ddl-event"
  description        = "What the function ${var.name}-ddl-event may do"
  assume_role_policy = local.assume_role_policy
}

resource "aws_iam_role_policy" "ddl_event" {
  name = "${var.name}-ddl-event"
  role = aws_iam_role.ddl_event.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.ddl_event_statements, local.shared_statements, local.log_statements["ddl-event"])
  })
}
