# Where alerts and alarms go.

locals {
  severities = ["informational", "low", "medium", "high", "critical"]

  # Who may publish is for the account's IAM policies to say: a topic's policy adds to them, or forbids.
  topic_tls_only = { for topic in ["alerts", "operations", "chat"] : topic => {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sns:Publish"
    Resource  = "${local.in_region["sns"]}:${var.name}-${topic}"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  } }
}

resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  display_name      = "Tablewarden alerts"
  kms_master_key_id = local.key_arn
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.topic_tls_only["alerts"]]
  })
}

# Each address gets its severity and what is graver, by the message's attribute.
resource "aws_sns_topic_subscription" "alert_email" {
  for_each = var.alert_emails

  topic_arn           = aws_sns_topic.alerts.arn
  protocol            = "email"
  endpoint            = each.key
  filter_policy_scope = "MessageAttributes"
  filter_policy       = jsonencode({ severity = slice(local.severities, index(local.severities, each.value), length(local.severities)) })
}

# --- Alarms: CloudWatch's messages have no severity, so that a filter would drop them -----------------------------------------

resource "aws_sns_topic" "operations" {
  name              = "${var.name}-operations"
  display_name      = "Tablewarden operations"
  kms_master_key_id = local.key_arn
}

resource "aws_sns_topic_policy" "operations" {
  arn = aws_sns_topic.operations.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AlarmsPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.operations.arn
        Condition = {
          ArnLike      = { "aws:SourceArn" = "${local.in_region["cloudwatch"]}:alarm:${var.name}-*" }
          StringEquals = { "aws:SourceAccount" = local.account }
        }
      },
      local.topic_tls_only["operations"],
    ]
  })
}

resource "aws_sns_topic_subscription" "operations_email" {
  for_each = toset(var.operations_emails)

  topic_arn = aws_sns_topic.operations.arn
  protocol  = "email"
  endpoint  = each.key
}

# --- Chat: the messages have the form that Amazon Q Developer in chat applications shows --------------------------------------

resource "aws_sns_topic" "chat" {
  count = var.chat ? 1 : 0

  name              = "${var.name}-chat"
  display_name      = "Tablewarden chat"
  kms_master_key_id = local.key_arn
}

resource "aws_sns_topic_policy" "chat" {
  count = var.chat ? 1 : 0

  arn = aws_sns_topic.chat[0].arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.topic_tls_only["chat"]]
  })
}

# --- Machines: every alert, as JSON -----------------------------------------------------------------------------------------

resource "aws_sqs_queue" "alerts" {
  count = var.machine_queue ? 1 : 0

  name                      = "${var.name}-alerts"
  kms_master_key_id         = local.key_arn
  message_retention_seconds = 1209600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.alerts_dead_letters[0].arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "alerts_dead_letters" {
  count = var.machine_queue ? 1 : 0

  name                      = "${var.name}-alerts-dead-letters"
  kms_master_key_id         = local.key_arn
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_redrive_allow_policy" "alerts_dead_letters" {
  count = var.machine_queue ? 1 : 0

  queue_url = aws_sqs_queue.alerts_dead_letters[0].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.alerts[0].arn]
  })
}

resource "aws_sqs_queue_policy" "alerts" {
  count = var.machine_queue ? 1 : 0

  queue_url = aws_sqs_queue.alerts[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TakeAlerts"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.alerts[0].arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.alerts.arn } }
      },
      local.queue_tls_only["${var.name}-alerts"],
    ]
  })
}

resource "aws_sqs_queue_policy" "alerts_dead_letters" {
  count = var.machine_queue ? 1 : 0

  queue_url = aws_sqs_queue.alerts_dead_letters[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.queue_tls_only["${var.name}-alerts-dead-letters"]]
  })
}

resource "aws_sns_topic_subscription" "machines" {
  count = var.machine_queue ? 1 : 0

  topic_arn            = aws_sns_topic.alerts.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.alerts[0].arn
  raw_message_delivery = true

  depends_on = [aws_sqs_queue_policy.alerts]
}
