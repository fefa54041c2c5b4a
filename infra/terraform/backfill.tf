# Backfill: log objects that lie in the bucket already go through the function's twin, which tells nobody and remembers nothing.
# The state machine is ../backfill.asl.json, docs/scale.md of the repository says how to start it.

locals {
  backfill = "${var.name}-backfill"

  # It takes a batch of a hundred objects, and nothing waits for it.
  backfill_timeout_seconds = 900

  # Measured apart, so that what is old rings no alarm.
  backfill_namespace = "${var.metrics_namespace}/Backfill"

  # What the state machine writes of the batches lies beside the archive.
  backfill_bucket  = "${var.name}-findings-${local.bucket_suffix}"
  backfill_results = "arn:${local.partition}:s3:::${local.backfill_bucket}/backfill/*"

  backfill_machine_arn = "${local.in_region["states"]}:stateMachine:${local.backfill}"

  # As trail-log, without its queue, its alerts and its memory.
  backfill_statements = concat(
    [for statement in local.trail_log_statements : statement if contains(["ReadLogObjects", "DecryptLogObjects"], statement.Sid)],
    [for statement in local.shared_statements : statement if !contains(["SendAlerts", "SendAlertsToChat", "CountInOurNamespace"], statement.Sid) && !startswith(statement.Sid, "Remember")],
    [{
      Sid       = "CountInOurNamespace"
      Effect    = "Allow"
      Action    = "cloudwatch:PutMetricData"
      Resource  = "*"
      Condition = { StringEquals = { "cloudwatch:namespace" = local.backfill_namespace } }
    }],
  )

  # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
  backfill_machine_statements = concat(
    [for statement in [
      { Sid = "ReadBatches", Action = "lambda:InvokeFunction", Resource = "${local.in_region["lambda"]}:function:${local.backfill}" },
      { Sid = "StartBatches", Action = "states:StartExecution", Resource = local.backfill_machine_arn },
      { Sid = "FollowBatches", Action = "states:DescribeExecution", Resource = "${local.in_region["states"]}:execution:${local.backfill}:*" },
      { Sid = "StopBatches", Action = "states:StopExecution", Resource = "${local.in_region["states"]}:execution:${local.backfill}:*" },
      { Sid = "RedriveBatches", Action = "states:RedriveExecution", Resource = "${local.in_region["states"]}:execution:${local.backfill}/ReadObjects:*" },
      { Sid = "CountBatches", Action = "states:DescribeMapRun", Resource = "${local.in_region["states"]}:mapRun:${local.backfill}/ReadObjects:*" },
      { Sid = "WriteResults", Action = "s3:PutObject", Resource = local.backfill_results },
      { Sid = "ReadResults", Action = "s3:GetObject", Resource = local.backfill_results },
      { Sid = "ListPartsOfResults", Action = "s3:ListMultipartUploadParts", Resource = local.backfill_results },
      { Sid = "GiveUpResults", Action = "s3:AbortMultipartUpload", Resource = local.backfill_results },
      { Sid = "TellOperations", Action = "sns:Publish", Resource = aws_sns_topic.operations.arn },
      { Sid = "DecryptWhatIsOurs", Action = "kms:Decrypt", Resource = local.key_arn },
      { Sid = "EncryptWhatIsOurs", Action = "kms:GenerateDataKey", Resource = local.key_arn },
    ] : merge({ Effect = "Allow" }, statement)],
    [{
      Sid       = "ListTheHistory"
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = local.log_bucket_arn
      Condition = { StringLike = { "s3:prefix" = "${local.log_prefix}*" } }
    }],
    # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html: none of them knows a resource.
    [for action in ["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"] : {
      Sid       = "SetUpLogs${action}"
      Effect    = "Allow"
      Action    = "logs:${action}"
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    }],
  )
}

resource "aws_lambda_function" "backfill" {
  #checkov:skip=CKV_AWS_115:A reservation takes from what the account's other functions may use; the state machine invokes twenty at a time at most
  #checkov:skip=CKV_AWS_116:Nothing invokes it asynchronously; the state machine keeps what failed
  #checkov:skip=CKV_AWS_117:It calls AWS alone; in a VPC it would need an endpoint for each of three services
  #checkov:skip=CKV_AWS_272:The zip comes from this repository's build, whose checksum is beside it; a signing profile is the user's to have
  count = var.backfill ? 1 : 0

  function_name = local.backfill
  description   = "Audits CloudTrail log objects of the past, in silence"
  role          = aws_iam_role.backfill[0].arn

  filename         = local.zips["trail-log"]
  source_code_hash = try(filebase64sha256(local.zips["trail-log"]), null)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]

  memory_size = var.memory_mb
  timeout     = local.backfill_timeout_seconds

  kms_key_arn = local.key_arn
  environment {
    variables = merge(local.environment, {
      TABLEWARDEN_ALERT_TOPIC_ARN   = "none"
      TABLEWARDEN_CHAT_TOPIC_ARN    = ""
      TABLEWARDEN_STATE_TABLE       = ""
      TABLEWARDEN_METRICS_NAMESPACE = local.backfill_namespace
    })
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["backfill"].name
    application_log_level = upper(var.log_level)
    system_log_level      = "INFO"
  }
  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  depends_on = [aws_iam_role_policy.backfill, aws_s3_object.policy]
}

resource "aws_iam_role" "backfill" {
  count = var.backfill ? 1 : 0

  name               = local.backfill
  description        = "What the function ${local.backfill} may do"
  assume_role_policy = local.assume_role_policy
}

resource "aws_iam_role_policy" "backfill" {
  count = var.backfill ? 1 : 0

  name = local.backfill
  role = aws_iam_role.backfill[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.backfill_statements, local.log_statements["backfill"])
  })
}

# --- The state machine ----------------------------------------------------------------------------------------------------

resource "aws_sfn_state_machine" "backfill" {
  #checkov:skip=CKV_AWS_284:A trace ends at the batches of a Distributed Map; the function is traced, and each batch stands in the console
  count = var.backfill ? 1 : 0

  name     = local.backfill
  role_arn = aws_iam_role.backfill_machine[0].arn
  type     = "STANDARD"
  definition = templatefile("${path.module}/../backfill.asl.json", {
    Partition    = local.partition
    LogBucket    = local.log_bucket
    FunctionArn  = aws_lambda_function.backfill[0].arn
    ResultBucket = local.backfill_bucket
    TopicArn     = aws_sns_topic.operations.arn
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.backfill_machine[0].arn}:*"
  }

  depends_on = [aws_iam_role_policy.backfill_machine, aws_s3_bucket.findings]
}

# What CloudWatch Logs may do of itself for a name like this needs no policy of each group.
# https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
resource "aws_cloudwatch_log_group" "backfill_machine" {
  #checkov:skip=CKV_AWS_338:It holds the errors of executions, which Step Functions keeps itself; how long they are kept is for the user to say
  count = var.backfill ? 1 : 0

  name              = local.backfill_log_group
  kms_key_id        = local.key_arn
  retention_in_days = var.function_log_retention_days

  depends_on = [aws_kms_key.this]
}

resource "aws_iam_role" "backfill_machine" {
  count = var.backfill ? 1 : 0

  name        = "${local.backfill}-machine"
  description = "What the state machine ${local.backfill} may do"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "StepFunctionsRunsIt"
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "${local.in_region["states"]}:stateMachine:*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "backfill_machine" {
  count = var.backfill ? 1 : 0

  name = "${local.backfill}-machine"
  role = aws_iam_role.backfill_machine[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.backfill_machine_statements
  })
}
